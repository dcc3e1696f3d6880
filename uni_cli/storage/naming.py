"""Names for pictures: templates become paths that are safe on every system."""

import difflib
import os
import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

DEFAULT = "{slug}-{job}.{ext}"
FIELDS = frozenset({"slug", "job", "n", "seed", "date", "time", "provider", "model", "aspect", "recipe", "item", "ext"})
SLUG_LIMIT, ITEM_LIMIT = 60, 160
PART_BYTES = 200  # leaves room for `-12` and `.png.json` under the usual limit of 255

SUFFIXES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}
TRUE_SUFFIX = {"png": "png", "jpeg": "jpg", "jpg": "jpg", "webp": "webp"}

_FIELD = re.compile(r"\{([^{}]*)\}")
_FIELD_NAME = re.compile(r"[^\W\d][\w -]*")
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_GAPS = re.compile("[^a-z0-9]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)", re.IGNORECASE)
# Letters that Unicode does not take apart, as people spell them without the letter.
_SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"})


class TemplateError(ValueError):
    """A template that cannot name a file; the message is a sentence for the user."""


def slug(text: object, *, limit: int = SLUG_LIMIT) -> str:
    """Lower-case letters, digits and hyphens; `São Paulo` becomes `sao-paulo`."""
    if text is None:
        return "none"
    if (plain := str(text)).isascii():
        return _shorten(_GAPS.sub("-", plain.lower().replace("'", "")).strip("-"), limit) or "untitled"
    lowered = unicodedata.normalize("NFKC", plain).lower().translate(_SPELLED)
    letters = "".join(_spell(char) for char in unicodedata.normalize("NFC", lowered))
    words = re.sub(r"-(?:-|[\u0300-\u036f])*", "-", _drop_loose_marks(letters)).strip("-")
    return _shorten(words, limit) or "untitled"


def check(template: str, *, fields: Collection[str]) -> None:
    """Raise `TemplateError` unless `template` can name pictures with these fields."""
    if not template.strip():
        raise TemplateError("The output template is empty.")
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in template):
        raise TemplateError("The output template holds a control character.")
    if ".." in re.split(r"[/\\]", template):
        raise TemplateError("The output template may not contain '..'.")
    for name in _fields(template):
        if name not in fields:
            raise TemplateError(f"The output template has an unknown field {{{name}}}.{_nearest(name, fields)}")
    if "{" in Path(template).anchor:
        raise TemplateError("The output template has a field where a drive or a share is named.")


def fill(template: str, fields: Mapping[str, object]) -> Path:
    """The path that `template` names; relative stays relative."""
    root, parts = _parts(template, frozenset(fields))
    return Path(Path.home() if root == "~" else root, *(_fill_part(part, fields) for part in parts))


@lru_cache(maxsize=64)
def _parts(template: str, fields: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """What the named parts stand below, and these parts. The same for every picture of a run."""
    check(template, fields=fields)
    complete = _complete(template)
    check(complete, fields=fields)
    root, rest = _split_root(complete)
    return root, tuple(part for part in _split(rest) if part not in {"", "."})


def suffix_format(template: str) -> str | None:
    """`png`, `jpeg` or `webp` when the template's own suffix says so."""
    last = _split(template)[-1]
    stem, dot, suffix = last.rpartition(".")
    return SUFFIXES.get(f".{suffix}".lower()) if dot and stem else None


def with_suffix(path: Path, format: str) -> Path:
    """`path` with the suffix that is true for `format`; a suffix that is true already stays as it was written."""
    suffix = TRUE_SUFFIX[format]
    written = suffix_format(path.name)
    if written is None:
        return path.with_name(f"{path.name}.{suffix}")
    if TRUE_SUFFIX[written] == suffix:
        return path
    return path.with_name(f"{path.name.rpartition('.')[0]}.{suffix}")


def numbered(path: Path, k: int) -> Path:
    """The k-th alternative to a taken name: `name-1.png`."""
    if k == 0:
        return path
    stem, dot, suffix = path.name.rpartition(".")
    return path.with_name(f"{stem}-{k}.{suffix}" if dot and stem else f"{path.name}-{k}")


def _spell(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    if base.isascii():
        return base if base.isalnum() else "" if base == "'" else "-"
    category = unicodedata.category(char)
    if category[0] in "LMN":
        return char
    return "" if category == "Cf" or char == "\u2019" else "-"


def _drop_loose_marks(text: str) -> str:
    """Marks belong to the letter before them; after a Latin letter or a gap they have lost it."""
    kept: list[str] = []
    for char in text:
        if unicodedata.category(char)[0] != "M" or (kept and not kept[-1].isascii()):
            kept.append(char)
    return "".join(kept)


def _shorten(words: str, limit: int) -> str:
    if len(words) <= limit:
        return words
    cut = limit
    while cut and unicodedata.category(words[cut])[0] == "M":
        cut -= 1
    head = words[:cut]
    whole = head if words[cut] == "-" else head.rpartition("-")[0]
    return (whole if len(whole) > limit // 2 else head).strip("-")


def _fields(template: str) -> list[str]:
    names = _FIELD.findall(template)
    if any(brace in _FIELD.sub("", template) for brace in "{}"):
        raise TemplateError("The output template has a brace without its partner.")
    for name in names:
        if not _FIELD_NAME.fullmatch(name):
            raise TemplateError(f"The output template may hold plain field names only, not {{{name}}}.")
    return names


def _nearest(name: str, fields: Collection[str]) -> str:
    close = difflib.get_close_matches(name, sorted(fields), n=1)
    return f" Did you mean {{{close[0]}}}?" if close else f" Fields: {', '.join(sorted(fields))}."


def _split(text: str) -> list[str]:
    return re.split(r"[/\\]" if os.name == "nt" else "/", text)


def _complete(template: str) -> str:
    """Add the default name to a folder and the suffix to a bare name."""
    last = _split(template)[-1]
    if last in {"", "."} or template == "~":
        return f"{template}{'/' if last else ''}{DEFAULT}"
    if re.search(r".\.\{ext\}$", last) or suffix_format(template):
        return template
    return f"{template}.{{ext}}"


def _split_root(template: str) -> tuple[str, str]:
    """What stands before the named parts: nothing, the root or drive, or the home folder."""
    first, *rest = _split(template)
    if first == "~" and rest:
        return first, "/".join(rest)
    anchor = Path(template).anchor
    return anchor, template[len(anchor) :]


def _fill_part(part: str, fields: Mapping[str, object]) -> str:
    """One part of the path; too long a part is shortened in its longest field first."""
    pieces = _FIELD.split(part)
    pieces[1::2] = [_value(name, fields[name]) for name in pieces[1::2]]
    for _ in pieces:
        excess = _bytes("".join(pieces)) - PART_BYTES
        longest = max(range(1, len(pieces), 2), key=lambda index: _bytes(pieces[index]), default=None)
        if excess <= 0 or longest is None:
            break
        pieces[longest] = _cut(pieces[longest], max(8, _bytes(pieces[longest]) - excess)).rstrip("-")
    return _safe("".join(pieces))


def _value(name: str, value: object) -> str:
    if name == "ext" and value in TRUE_SUFFIX.values():
        return str(value)
    # The id of an item tells it from all others only as a whole.
    return slug(value, limit=ITEM_LIMIT if name == "item" else SLUG_LIMIT)


def _safe(part: str) -> str:
    """`part` unchanged if every system takes it as a name, else the nearest that is."""
    name = _UNSAFE.sub("-", unicodedata.normalize("NFC", part)).rstrip(" .")
    if not name or name[0] in " -~" or _RESERVED.match(name):
        name = f"_{name}"
    if _bytes(name) <= PART_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or _bytes(suffix) > 16:
        return _cut(name, PART_BYTES).rstrip(" .")
    return f"{_cut(stem, PART_BYTES - _bytes(suffix) - 1).rstrip(' .')}.{suffix}"


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")


def _bytes(text: str) -> int:
    return len(text.encode())
