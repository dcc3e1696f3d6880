"""`--from`: what an earlier picture was made with, from its sidecar, from the picture itself, or from the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from uni_cli import codec
from uni_cli.errors import BadReference, UnknownJob, Usage
from uni_cli.folders import expanded
from uni_cli.models import Job, Operation, Reference, Request
from uni_cli.order.references import JOB_ID, REMOTE_ID, References
from uni_cli.order.request import check_options
from uni_cli.storage import embed, sidecar


@dataclass(frozen=True, slots=True)
class Earlier:
    request: Request
    provider: str | None
    made: Mapping[str, Any]


def find(text: str, *, folder: Path, find_job: Callable[[str], Job]) -> Earlier:
    path = expanded(text)
    path = path if path.is_absolute() else folder / path
    if path.is_file():
        return _from_file(text, path)
    if JOB_ID.fullmatch(text) or REMOTE_ID.fullmatch(text):
        try:
            job = find_job(text)
        except UnknownJob as error:
            raise UnknownJob(f"--from {text}: there is no such picture, sidecar or job") from error
        seed = job.seed if sidecar.seed_was_sent(job) else None
        return Earlier(_with_seed(job.request, seed), job.provider, {})
    raise Usage(f"--from {text!r}: there is no such picture, sidecar or job", hint="Check the path. Nothing was sent.")


def _from_file(shown: str, path: Path) -> Earlier:
    beside = path if path.suffix == sidecar.SUFFIX else sidecar.path_of(path)
    try:
        made = sidecar.read(beside) if beside.exists() else _embedded(path)
        request = codec.request_from(made["request"])
        _check(request)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Usage) as error:
        raise Usage(
            f"--from {shown}: it does not say how it was made", hint="Only pictures of `uni` do. Nothing was sent."
        ) from error
    seed = made.get("seed")
    returned = seed.get("returned") if isinstance(seed, Mapping) and seed.get("sent") else None
    return Earlier(_with_seed(request, returned), made.get("provider"), made)


def _embedded(path: Path) -> Mapping[str, Any]:
    with path.open("rb") as stream:
        found = embed.read(stream)
    if not found.extra:
        raise ValueError("nothing of ours inside")
    return {"prompt": found.prompt, **found.extra}


def _with_seed(request: Request, returned: object) -> Request:
    """The seed that the service was sent and honoured, so that the same picture is made again."""
    if request.seed is None and isinstance(returned, int) and not isinstance(returned, bool):
        return replace(request, seed=returned)
    return request


def _check(request: Request) -> None:
    """A sidecar may have been written by anybody: raise ValueError or Usage unless its values are of the right kind."""
    for value, kind in (
        *((text, str) for text in (request.prompt, request.model, *request.keep)),
        *((text, str | None) for text in (request.aspect, request.style, request.format, request.safety)),
        *((text, str | None) for text in (request.webhook, request.upload_to)),
        *((number, int | None) for number in (request.seed, request.quality, request.ttl)),
        *((number, int) for number in request.size or ()),
        (request.extra, Mapping),
    ):
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ValueError(f"{value!r} is not of the right kind")
    if request.size and len(request.size) != 2:
        raise ValueError("a size has two numbers")
    if request.operation is Operation.EDIT and not request.source:
        raise ValueError("an edit without a source")
    for reference in request.inputs:
        where = (reference.path, reference.url, reference.remote)
        if not isinstance(reference.source, str) or not all(isinstance(text, str | None) for text in where):
            raise ValueError("a reference that names no picture")
    check_options(request)


def without_replaced(request: Request, *, image: bool, references: bool) -> Request:
    """Without the inputs that are given anew: they may be gone by now."""
    return replace(
        request, source=None if image else request.source, references=() if references else request.references
    )


def reload(request: Request, references: References) -> Request:
    """The same input pictures, checked to be the same still."""
    source = _again(request.source, references) if request.source else None
    return replace(request, source=source, references=tuple(_again(r, references) for r in request.references))


def _again(reference: Reference, references: References) -> Reference:
    if reference.url or (reference.remote and not reference.path):
        return reference
    found = references.source(reference.path or reference.source)
    if found.sha256 != reference.sha256:
        raise BadReference(
            f"{reference.source} is not the picture that was used then",
            hint="Give the input again with -r, or restore the file. Nothing was sent.",
        )
    return replace(reference, path=found.path, data=found.data, sent_as=None)
