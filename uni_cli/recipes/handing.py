"""A step's picture on its way into a later step: by the service's own id where it made it lately, else as the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from uni_cli.models import Job, Reference, Request
from uni_cli.recipes.asking import STEP

# Services say nothing about how long they keep a picture; within a day all of them do.
LATELY = 24 * 3600.0
# A handle of this kind can be changed, and cannot stand as a reference.
SOURCE_ONLY = "generation:"


@dataclass(frozen=True, slots=True)
class Handed:
    """The picture as a file, and the handle that the service at `at` (its name and base URL) knows it by."""

    file: Reference
    handle: str | None = None
    at: tuple[str, str] | None = None


def hand(file: Reference, job: Job | None, now: float) -> Handed:
    """`job` made this very file."""
    if job is None or job.result is None or job.result.sha256 != file.sha256 or "converted" in job.notes:
        return Handed(file)
    if now - (job.finished or job.updated) > LATELY:
        return Handed(file)
    named = job.notes.get("handle")
    return Handed(file, str(named) if named else None, (job.provider, job.base_url))


def settle(request: Request, pictures: Mapping[str, Handed], provider: str, base_url: str) -> Request:
    """The request with real pictures in place of its stand-ins; `pictures` by what the stand-ins are called."""

    def real(reference: Reference, *, is_source: bool) -> Reference:
        found = pictures.get(reference.source) if reference.source.startswith(STEP) else None
        if found is None:
            return reference
        whole = replace(found.file, role=reference.role, borrow=reference.borrow)
        handle = found.handle if found.at == (provider, base_url) else None
        if handle is None or (handle.startswith(SOURCE_ONLY) and not is_source):
            return whole
        return replace(whole, remote=handle, remote_at=provider)

    source = real(request.source, is_source=True) if request.source else None
    return replace(request, source=source, references=tuple(real(r, is_source=False) for r in request.references))


def shown(request: Request) -> Request:
    """For a dry run: stand-ins that a body can hold."""

    def standing(reference: Reference) -> Reference:
        return replace(reference, url=reference.source) if reference.source.startswith(STEP) else reference

    source = standing(request.source) if request.source else None
    return replace(request, source=source, references=tuple(standing(r) for r in request.references))
