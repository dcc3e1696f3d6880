"""Does a service have what a request asks for? Asked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from uni_cli.models import ASPECTS, Operation, Reference, Request
from uni_cli.providers.base import Capabilities


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing a service does not have. Not `fatal`: the picture is made all the same, without it."""

    option: str
    text: str
    fatal: bool = True


def lacks(able: Capabilities, request: Request, *, convert: bool = False, by_suffix: bool = False) -> list[Lack]:
    """`by_suffix`: the format is only what a file name says, so it gives way where the service decides alone."""
    edit = request.operation is Operation.EDIT
    return [
        *_operation(able, request),
        *_shape(able, request, edit=edit),
        *_look(able, request, edit=edit),
        *_format(able, request, convert=convert, by_suffix=by_suffix),
        *_references(able, request, edit=edit),
        *_delivery(able, request),
        *_ignored(able, request, edit=edit),
    ]


def _operation(able: Capabilities, request: Request) -> Iterator[Lack]:
    if request.model not in able.models:
        yield Lack("--model", f"the model {request.model}; it has {', '.join(able.models)}")
    if request.operation not in able.operations:
        yield Lack("edit", "edits of a picture")


def _shape(able: Capabilities, request: Request, *, edit: bool) -> Iterator[Lack]:
    if request.aspect and request.aspect not in able.aspects:
        yield Lack("--aspect", f"the aspect {request.aspect}; it has {' '.join(able.aspects)}")
    if not request.size:
        return
    shown = "x".join(map(str, request.size))
    if not able.sizes:
        yield Lack("--size", "sizes in pixels; use --aspect")
    elif request.size not in able.sizes:
        pairs = " ".join(f"{w}x{h}" for w, h in able.sizes)
        yield Lack("--size", f"the size {shown}; it has {pairs}")
    elif edit and not able.aspect_on_edit:
        yield Lack("--size", "a size on an edit: the source's is kept")


def _look(able: Capabilities, request: Request, *, edit: bool) -> Iterator[Lack]:
    styles = able.styles_on_edit if edit else able.styles
    style = request.style
    if style and style != "auto" and style not in styles:
        yield Lack("--style", f"the style {style}{' on an edit' if edit else ''}")
    elif style in able.portrait_styles and not edit and _is_wide(request):
        tall = " ".join(name for name, (w, h) in ASPECTS.items() if w < h)
        yield Lack("--style", f"{style} in a wide or square picture; use one of {tall}")
    if request.search and not (able.search_on_edit if edit else able.search):
        yield Lack("--search", f"a web search{' on an edit' if edit else ''}")


def _is_wide(request: Request) -> bool:
    size = request.size or (ASPECTS[request.aspect] if request.aspect else None)
    return size is not None and size[0] >= size[1]


def _format(able: Capabilities, request: Request, *, convert: bool, by_suffix: bool) -> Iterator[Lack]:
    wanted = request.format
    if not wanted or wanted in able.formats or convert:
        return
    if able.formats:
        yield Lack("--format", f"the format {wanted}; it has {', '.join(able.formats)} (--convert re-encodes)")
    elif not by_suffix:
        yield Lack("--format", "a choice of format: the service decides (--convert re-encodes)")


def _references(able: Capabilities, request: Request, *, edit: bool) -> Iterator[Lack]:
    most = able.references_with_source if edit else able.references
    count = len(request.references)
    if count and not most and not edit:
        yield Lack("--ref", "references, only a source: use `uni edit IMAGE`")
    elif count > most:
        have = f"{most} beside a source" if edit and most else "a source only" if edit else str(most)
        yield Lack("--ref", f"{count} references; it takes {have}")
    for reference in request.inputs:
        yield from _input(able, reference)


def _input(able: Capabilities, reference: Reference) -> Iterator[Lack]:
    if reference.url and not able.url_inputs:
        yield Lack("--ref", f"pictures by URL ({reference.source[:60]}): it works offline")
    if reference.remote and not (reference.path or able.remote_source or able.remote_inputs):
        yield Lack("--ref", f"pictures named by an id ({reference.source[:60]})")
    local = reference.path is not None or reference.data is not None
    for words, remedy in misfit(able, reference):
        yield Lack("--ref", f"{words}{f': {remedy}' if local else ''}", fatal=not local)


def misfit(able: Capabilities, reference: Reference) -> list[tuple[str, str]]:
    """Why a service would refuse an input as it is, and what is done about it where its bytes are here."""
    shown, found = reference.source[:60], list[tuple[str, str]]()
    if reference.media_type and reference.media_type not in able.input_types:
        kinds = ", ".join(kind.removeprefix("image/") for kind in able.input_types)
        words = f"{reference.media_type} pictures as input ({shown}); it takes {kinds}"
        found.append((words, "it is sent encoded anew"))
    side = max(reference.width or 0, reference.height or 0)
    if able.input_side and side > able.input_side:
        found.append((f"inputs above {able.input_side} pixels a side ({shown})", "it is sent smaller"))
    elif able.input_bytes and (reference.bytes or 0) > able.input_bytes:
        found.append((f"inputs above {able.input_bytes // 2**20} MB ({shown})", "it is sent smaller"))
    return found


def _delivery(able: Capabilities, request: Request) -> Iterator[Lack]:
    if request.safety == "fast" and not able.safety:
        yield Lack("--safety", "a safety check that can be asked for")
    if request.webhook and not able.webhook:
        yield Lack("--webhook", "webhooks")
    if request.upload_to and not able.upload_to:
        yield Lack("--upload-to", "uploads of the result")
    if request.ttl is not None and not able.ttl:
        yield Lack("--ttl", "a lifetime for result links")


def _ignored(able: Capabilities, request: Request, *, edit: bool) -> Iterator[Lack]:
    if request.seed is not None and not able.seed:
        yield Lack("--seed", "seeds: yours is kept in the sidecar and not sent", fatal=False)
    if request.quality is not None and not able.quality:
        yield Lack("--quality", "a quality setting: it is ignored", fatal=False)
    if edit and request.aspect and not able.aspect_on_edit:
        yield Lack("--aspect", "a shape for edits for certain: the source's may be kept", fatal=False)
