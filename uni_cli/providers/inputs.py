"""The bytes of input pictures, read once and checked against the hash that was taken when the request was built."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from uni_cli.errors import BadReference
from uni_cli.models import Reference, Request, replace
from uni_cli.providers.base import Capabilities


def read(reference: Reference) -> bytes:
    """A local picture's bytes. Raises where the file is no longer the one the user asked for."""
    data = reference.data
    if data is None:
        try:
            data = Path(reference.path or "").read_bytes()
        except OSError as error:
            raise BadReference(f"{reference.source} cannot be read any more: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != reference.sha256:
        raise BadReference(f"{reference.source} was changed while it was in use", hint="Run the command again.")
    return data


@lru_cache(maxsize=16)
def _encoded(sha256: str, path: str) -> str:
    return base64.b64encode(read(Reference(path, path=path, sha256=sha256))).decode()


def base64_text(reference: Reference) -> str:
    """Encoded once for all jobs of a run that use the same file."""
    if reference.data is None and reference.path and reference.sha256:
        return _encoded(reference.sha256, reference.path)
    return base64.b64encode(read(reference)).decode()


def data_uri(reference: Reference) -> str:
    """Encoded once, like `base64_text`, and one text for all bodies: they can be many and large."""
    if reference.data is None and reference.path and reference.sha256:
        return _uri(reference.sha256, reference.path, reference.media_type)
    return f"data:{reference.media_type};base64,{base64_text(reference)}"


@lru_cache(maxsize=16)
def _uri(sha256: str, path: str, media_type: str | None) -> str:
    data = read(Reference(path, path=path, sha256=sha256))
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def settle(request: Request, name: str, able: Capabilities) -> Request:
    """Each input as the service gets it: by its id where the service made it and takes it so, the cheapest way."""
    if not request.inputs:
        return request

    def settled(reference: Reference, *, allowed: bool) -> Reference:
        if not reference.remote:
            return _stood_in(reference)
        if reference.path is None:
            return replace(reference, remote_at=reference.remote_at or name)
        if allowed and reference.remote_at == name:
            return replace(reference, path=None, data=None)
        return _stood_in(replace(reference, remote=None, remote_at=None))

    source = settled(request.source, allowed=able.remote_source) if request.source else None
    references = tuple(settled(r, allowed=able.remote_inputs) for r in request.references)
    return replace(request, source=source, references=references)


def _stood_in(reference: Reference) -> Reference:
    """What the service gets in place of a picture that it would not take."""
    given = reference.sent_as
    if given is None or not is_local(reference):
        return reference
    return replace(
        reference,
        path=given.path,
        data=None,
        sha256=given.sha256,
        media_type=given.media_type,
        width=given.width,
        height=given.height,
        bytes=given.bytes,
        sent_as=None,
    )


def is_local(reference: Reference) -> bool:
    """Its bytes are on this machine, so they have to be handed over."""
    return reference.path is not None or reference.data is not None


def placeholder(reference: Reference) -> str:
    """Stands in a dry run for the URL that an upload will give."""
    return f"upload:sha256:{reference.sha256}"
