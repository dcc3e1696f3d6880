"""Wishes become a request: every value checked, the nearest right one named."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from uni_cli.errors import BadPrompt, BadReference, Usage
from uni_cli.folders import expanded
from uni_cli.models import ASPECTS, MAX_SEED, PROMPT_LIMIT, Operation, Request
from uni_cli.order.references import MAX_REFERENCES, References
from uni_cli.order.wishes import Wishes
from uni_cli.prompts import compose

MODELS = ("uni-1", "uni-1-max")
STYLES = ("auto", "manga")
SAFETY = ("none", "fast")
FORMATS = {"png": "png", "jpeg": "jpeg", "jpg": "jpeg", "webp": "webp"}
MAX_COUNT = 20


def build(wishes: Wishes, *, edit: bool, base: Request | None, references: References) -> Request:
    """`base` is the request of an earlier picture (`--from`); what is wished for stands above it."""
    edit = edit or (base is not None and base.source is not None)
    request = base or Request(Operation.GENERATE, "")
    if edit and wishes.image:
        request = replace(request, source=references.source(wishes.image))
    request = replace(request, operation=Operation.EDIT if edit else Operation.GENERATE)
    if wishes.prompt is not None or base is None:
        request = replace(request, prompt=checked_prompt(wishes.prompt, edit=edit))
    if wishes.ref:
        most = MAX_REFERENCES - 1 if edit else MAX_REFERENCES
        request = replace(request, references=references.all(wishes.ref, most=most))
    request = _with_options(request, wishes)
    _check_whole(request)
    return request


def _with_options(request: Request, wishes: Wishes) -> Request:
    said: dict[str, Any] = {
        "model": _choice("--model", wishes.model, MODELS),
        "aspect": _choice("--aspect", wishes.aspect, tuple(ASPECTS)),
        "size": _size(wishes.size),
        "style": _choice("--style", wishes.style, STYLES),
        "safety": _choice("--safety", wishes.safety, SAFETY),
        "seed": _between("--seed", wishes.seed, 0, MAX_SEED),
        "format": format_of("--format", wishes.format),
        "quality": _between("--quality", wishes.quality, 20, 99),
        "webhook": _https("--webhook", wishes.webhook),
        "upload_to": _https("--upload-to", wishes.upload_to),
        "ttl": _between("--ttl", wishes.ttl, 60, 10**9),
        "search": wishes.search or None,
        "keep": tuple(checked_keep(text) for text in wishes.keep) or None,
        "extra": {**request.extra, **raw_fields(wishes.set)} if wishes.set else None,
    }
    _between("--count", wishes.count, 1, MAX_COUNT)
    _between("--seed", wishes.seed, 0, MAX_SEED - wishes.count + 1)
    # A shape that is asked for anew takes the place of the other way to say it.
    if said["aspect"] and not said["size"]:
        request = replace(request, size=None)
    elif said["size"] and not said["aspect"]:
        request = replace(request, aspect=None)
    return replace(request, **{name: value for name, value in said.items() if value is not None})


def check_options(request: Request) -> None:
    """The values of a request that no flag has checked."""
    _choice("model", request.model, MODELS)
    _choice("aspect", request.aspect, tuple(ASPECTS))
    _choice("style", request.style, STYLES)
    _choice("safety", request.safety, SAFETY)
    _choice("format", request.format, tuple(FORMATS))
    _between("seed", request.seed, 0, MAX_SEED)
    _between("quality", request.quality, 20, 99)
    _between("ttl", request.ttl, 60, 10**9)
    _https("webhook", request.webhook)
    _https("upload_to", request.upload_to)
    for key, value in request.extra.items():
        check_sendable(key, value)


def _check_whole(request: Request) -> None:
    if request.operation is Operation.EDIT and request.source is None:
        raise BadReference("An edit needs the picture to change", hint="`uni edit IMAGE PROMPT`. Nothing was sent.")
    if request.keep and request.operation is not Operation.EDIT:
        raise Usage("--keep says what an edit must not change", hint="Use it with `uni edit IMAGE`. Nothing was sent.")
    if request.aspect and request.size and ASPECTS[request.aspect] != request.size:
        shown = "x".join(map(str, ASPECTS[request.aspect]))
        raise Usage(f"--aspect {request.aspect} is {shown}, and --size says otherwise", hint="Give one of the two.")
    length = len(compose(request))
    if length > PROMPT_LIMIT:
        raise BadPrompt(f"The prompt has {length} characters; {PROMPT_LIMIT} are the most")


def checked_prompt(text: str | None, *, edit: bool = False) -> str:
    if text is None:
        said = '`uni edit PICTURE "make it night"`' if edit else '`uni generate "a paper lighthouse at dawn"`'
        what = "what to change" if edit else "what to make"
        raise BadPrompt("There is no prompt", hint=f"Say {what}: {said}, or - to read it from stdin. Nothing was sent.")
    if not text.strip():
        raise BadPrompt("The prompt is empty")
    if not is_text(text):
        raise BadPrompt("The prompt is not UTF-8 text")
    if len(text.strip()) > PROMPT_LIMIT:
        raise BadPrompt(f"The prompt has {len(text.strip())} characters; {PROMPT_LIMIT} are the most")
    return text.strip()


def is_text(words: str) -> bool:
    """What came as other bytes than UTF-8 can be written down nowhere."""
    return not any("\ud800" <= char <= "\udfff" for char in words)


def checked_keep(text: str) -> str:
    if not text.strip():
        raise Usage("--keep is empty: say what must stay")
    return text.strip()


def read_prompt(wishes: Wishes, stdin: Any) -> Wishes:
    """`-` and --prompt-file become text."""
    if wishes.prompt_file:
        if wishes.prompt is not None:
            raise BadPrompt("A prompt and --prompt-file were both given", hint="Give one of the two.")
        return replace(wishes, prompt=_decoded(_file_bytes(wishes.prompt_file), wishes.prompt_file))
    if wishes.prompt == "-":
        if stdin is None:
            raise BadPrompt("The prompt was to come from stdin, which is closed")
        return replace(wishes, prompt=_decoded(stdin.buffer.read(PROMPT_LIMIT * 4 + 4), "stdin"))
    return wishes


def _file_bytes(name: str) -> bytes:
    path = expanded(name)
    if path.exists() and not path.is_file():
        # A pipe or a device might keep us waiting for ever.
        raise BadPrompt(
            f"The prompt file {name} is not a file", hint="- reads the prompt from stdin. Nothing was sent."
        )
    try:
        with path.open("rb") as stream:
            return stream.read(PROMPT_LIMIT * 4 + 4)
    except OSError as error:
        why = f"The prompt file {name} cannot be read: {error.strerror}"
        raise BadPrompt(why, hint="Check the path. Nothing was sent.") from error


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A cut through a letter at the very end is our own bound, and then the text is too long anyway.
        if error.start > PROMPT_LIMIT * 4:
            return data[: error.start].decode("utf-8-sig")
        raise BadPrompt(f"The prompt in {name} is not UTF-8 text (byte {error.start})") from error


def raw_fields(texts: tuple[str, ...]) -> dict[str, Any]:
    """`--set KEY=VALUE`: JSON where it is JSON, else text."""
    fields: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise Usage(f"--set {text!r} is not KEY=VALUE", hint="For example --set seed=7. Nothing was sent.")
        try:
            fields[key.strip()] = json.loads(value, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            fields[key.strip()] = value
    for key, value in fields.items():
        check_sendable(key, value)
    return fields


def check_sendable(key: str, value: Any) -> None:
    """What JSON has no words for is never sent, nor written down."""
    try:
        json.dumps({key: value}, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise Usage("--set holds half of a character, which cannot be sent", hint="Nothing was sent.") from error
    except ValueError as error:
        raise Usage(f"--set {key} holds a number that is too large for JSON", hint="Nothing was sent.") from error


def _no_constant(name: str) -> None:
    raise ValueError(name)


def format_of(flag: str, text: str | None) -> str | None:
    return None if text is None else FORMATS[str(_choice(flag, text, tuple(FORMATS)))]


def _choice(flag: str, text: str | None, choices: tuple[str, ...]) -> str | None:
    if text is None:
        return None
    if text.lower() in choices:
        return text.lower()
    near = _nearest_shape(text, choices) or get_close_matches(text.lower(), choices, n=1)
    tip = f"Did you mean {near[0]}? " if near else ""
    raise Usage(f"{flag} {text!r} is not one of {' '.join(choices)}", hint=f"{tip}Nothing was sent.")


def _nearest_shape(text: str, choices: tuple[str, ...]) -> list[str]:
    """Of two numbers, the choice that looks most like it: 16:10 is nearly 3:2, however it is spelt."""
    shapes = {choice: shape for choice in choices if (shape := _shape(choice))}
    wanted = _shape(text.replace("x", ":").replace("/", ":"))
    return [min(shapes, key=lambda choice: abs(math.log(shapes[choice] / wanted)))] if wanted and shapes else []


def _shape(text: str) -> float | None:
    found = re.fullmatch(r"(\d{1,5}):(\d{1,5})", text)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    return width / height if width and height else None


def _between(flag: str, number: int | None, low: int, high: int) -> int | None:
    if number is not None and not low <= number <= high:
        raise Usage(f"{flag} {number} is not between {low} and {high}", hint="Nothing was sent.")
    return number


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, cross, height = text.lower().replace("×", "x").partition("x")
    if not cross or not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise Usage(f"--size {text!r} is not WIDTHxHEIGHT in pixels", hint="For example 2784x1504. Nothing was sent.")
    if len(width) > 5 or len(height) > 5:
        raise Usage(f"--size {text!r} is larger than any service makes", hint="Nothing was sent.")
    return int(width), int(height)


def _https(flag: str, url: str | None) -> str | None:
    if url is None:
        return None
    if not _may_be_called(url):
        raise Usage(f"{flag} {url[:80]!r} is not an https URL", hint="Nothing was sent.")
    return url


def _may_be_called(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or local)
