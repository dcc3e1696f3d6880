"""A request written down as a recipe that builds the very same request again."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uni_cli.errors import BadOutput, BadReference, Usage
from uni_cli.models import Reference, Request
from uni_cli.recipes import find, schema
from uni_cli.storage import files, naming

SCHEMA_FILE = "uni-recipe.schema.json"
HEAD = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9 _./-]*[A-Za-z0-9]|[A-Za-z]")
_SPECIAL = frozenset({"null", "true", "false"})

START = """recipe: {name}
description: What these pictures are for
prompt: |
  {{{{ subject }}}} in {{{{ place }}}}, soft morning light, long lens
vars:
  subject: A paper lighthouse
  place: a quiet harbour
aspect: 3:2
format: png
# matrix:                 # every combination becomes a picture of its own
#   place: [a quiet harbour, a desert]
# seeds: {{from: 1, count: 4}}
# references:
#   - {{image: palette.png, role: palette, borrow: warm copper and sea green}}
output: out/{{recipe}}/{{item}}.{{ext}}
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What is not in the request, in the words of the user."""

    provider: str | None = None
    output: str | None = None
    count: int = 1
    convert: bool = False
    overwrite: bool = False
    no_embed: bool = False
    no_prompt_embed: bool = False
    format: str | None = None
    strict: bool = False
    no_advice: bool = False
    preview: bool | None = None
    max_cost: str | None = None
    timeout: float | None = None


def check_name(name: str) -> str:
    if not re.fullmatch(schema.NAME, name) or len(name) > 80:
        raise Usage(
            f"{name!r} cannot name a recipe", hint="Letters, digits, blanks and hyphens only. Nothing was written."
        )
    return name


def check_place(path: Path) -> None:
    if path.name.lower() in find.DEFAULTS:
        raise BadOutput(
            f"{path.name} holds the defaults of its folder and is no recipe",
            hint="Choose another name. Nothing was written.",
        )


def write(path: Path, text: str) -> None:
    """The file and the schema that its first line names. Never over another file."""
    try:
        files.write_atomic(path, text.encode(), overwrite=False)
        wanted = json.dumps(schema.json_schema(), ensure_ascii=False, indent=2) + "\n"
        beside = path.with_name(SCHEMA_FILE)
        if not beside.exists() or beside.read_text("utf-8") != wanted:
            files.write_atomic(beside, wanted.encode())
    except FileExistsError as error:
        raise BadOutput(f"{path} is there already", hint="Choose another name, or remove it first.") from error
    except OSError as error:
        raise BadOutput(f"{path} cannot be written: {error.strerror or error}") from error


def text(name: str, request: Request, said: Said, pictures: Mapping[str, str]) -> str:
    """`pictures` says for the source of each input what the recipe calls it."""
    lines = [HEAD.rstrip(), f"recipe: {scalar(name)}", *_prompt(literal(request.prompt))]
    for key, value in _settings(request, said):
        lines.append(f"{key}: {scalar(value)}")
    if request.source:
        lines.append(f"source: {scalar(literal(pictures[request.source.source]))}")
    if request.references:
        lines.append("references:")
        lines += [line for r in request.references for line in _reference(r, pictures)]
    if request.keep:
        lines += ["keep:", *(f"  - {scalar(literal(words))}" for words in request.keep)]
    if request.extra:
        lines += ["set:", *(f"  {quoted(key)}: {_json(value)}" for key, value in request.extra.items())]
    return "\n".join(lines) + "\n"


def _settings(request: Request, said: Said) -> Iterable[tuple[str, Any]]:
    size = f"{request.size[0]}x{request.size[1]}" if request.size else None
    pairs: list[tuple[str, Any]] = [
        ("provider", said.provider),
        ("model", request.model),
        ("aspect", request.aspect),
        ("size", size),
        ("style", request.style),
        ("search", request.search),
        ("seed", request.seed),
        ("count", said.count if said.count > 1 else None),
        ("format", said.format),
        ("quality", request.quality),
        ("convert", said.convert),
        ("safety", request.safety),
        ("webhook", request.webhook),
        ("upload-to", request.upload_to),
        ("ttl", request.ttl),
        ("no-embed", said.no_embed),
        ("no-prompt-embed", said.no_prompt_embed),
        ("overwrite", said.overwrite),
        ("output", said.output),
        ("strict", said.strict),
        ("no-advice", said.no_advice),
        ("max-cost", said.max_cost),
        ("timeout", said.timeout),
    ]
    told = [(key, value) for key, value in pairs if value is not None and value is not False]
    return told if said.preview is None else [*told, ("preview", said.preview)]


def _reference(reference: Reference, pictures: Mapping[str, str]) -> list[str]:
    lines = [f"  - image: {scalar(literal(pictures[reference.source]))}"]
    if reference.role:
        lines.append(f"    role: {reference.role.value}")
    if reference.borrow:
        lines.append(f"    borrow: {scalar(literal(reference.borrow))}")
    return lines


def _prompt(prompt: str) -> list[str]:
    if "\n" not in prompt or not _is_plain_block(prompt):
        return [f"prompt: {scalar(prompt)}"]
    return ["prompt: |-", *(f"  {line}" if line else "" for line in prompt.split("\n"))]


def _is_plain_block(text: str) -> bool:
    printable = all(char.isprintable() or char == "\n" for char in text)
    return printable and not text.startswith((" ", "\n")) and not text.endswith(("\n", " "))


def literal(text: str) -> str:
    """Text that a template gives out as it stands."""
    return re.sub(r"\{(?=[{%#])", '{{ "{" }}', text)


def scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    word = str(value)
    return word if _SAFE.fullmatch(word) and word.lower() not in _SPECIAL else quoted(word)


def quoted(text: str) -> str:
    """A double-quoted text of YAML."""
    out = []
    for char in text:
        if char in '"\\':
            out.append(f"\\{char}")
        elif char == "\n":
            out.append("\\n")
        elif char.isprintable():
            out.append(char)
        else:
            code = ord(char)
            out.append(f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}")
    return f'"{"".join(out)}"'


def _json(value: Any) -> str:
    """A raw field; flow YAML is what JSON is, but for letters that YAML does not print."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(str(k))}: {_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_json(v) for v in value) + "]"
    return json.dumps(value)


# --- input pictures ------------------------------------------------------------------------------------------------


def gather(request: Request, folder: Path, name: str) -> dict[str, str]:
    """Inputs as the recipe can name them: files of its own folder; others are copied beside it."""
    return {reference.source: _named(reference, folder, name) for reference in request.inputs}


def _named(reference: Reference, folder: Path, name: str) -> str:
    if reference.url:
        return reference.url
    if reference.path is None and reference.remote:
        return reference.remote
    if reference.path is None and reference.data is None:
        raise BadReference(
            f"The input {reference.source[:60]!r} is not there any more", hint="Give it again. Nothing was written."
        )
    path = Path(reference.path) if reference.path else None
    if path is not None and files.contained(path, folder):
        return path.resolve().relative_to(folder.resolve()).as_posix()
    suffix = {"image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}.get(reference.media_type or "", ".png")
    stem = naming.slug(path.stem if path else "input")
    target = folder / naming.slug(name) / f"{stem}-{(reference.sha256 or '')[:8]}{suffix}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() and path is not None:
            shutil.copyfile(path, target)
        elif not target.exists():
            files.write_atomic(target, reference.data or b"")
    except OSError as error:
        raise BadOutput(f"{target} cannot be written: {error.strerror or error}") from error
    return target.relative_to(folder).as_posix()
