"""Input pictures that a service does not take as they are: made smaller or encoded anew, and only then."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

from uni_cli import folders
from uni_cli.errors import BadReference
from uni_cli.models import Reference, Request, SentAs
from uni_cli.providers import inputs
from uni_cli.providers.base import Capabilities
from uni_cli.providers.fit import misfit
from uni_cli.storage import files, picture

FOLDER = "inputs"
QUALITY = 95
# Where the bytes are too many, each try is that much smaller a side.
SHRINK, TRIES = 0.75, 12
ENDINGS = {"png": "png", "jpeg": "jpg", "webp": "webp"}

_known: dict[str, SentAs] = {}


def fit(request: Request, name: str, able: Capabilities) -> Request:
    """The request with a stand-in for each local picture that the service would refuse."""

    def fitted(reference: Reference, *, allowed: bool) -> Reference:
        named = allowed and reference.remote is not None and reference.remote_at == name
        if named or not inputs.is_local(reference) or not misfit(able, reference):
            return replace(reference, sent_as=None) if reference.sent_as else reference
        return replace(reference, sent_as=_stand_in(reference, able))

    source = fitted(request.source, allowed=able.remote_source) if request.source else None
    references = tuple(fitted(reference, allowed=able.remote_inputs) for reference in request.references)
    return replace(request, source=source, references=references)


def _stand_in(reference: Reference, able: Capabilities) -> SentAs:
    key = f"{reference.sha256}/{able.input_side}/{able.input_bytes}/{able.input_types}"
    try:
        return _made(hashlib.sha256(key.encode()).hexdigest()[:32], reference, able)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadReference(f"The smaller {reference.source} could not be written: {why}") from error
    except ValueError as error:
        raise BadReference(
            f"{reference.source} cannot be made to fit {able.title}: {str(error).rstrip('.')}"
        ) from error


def _made(name: str, reference: Reference, able: Capabilities) -> SentAs:
    """Once for all pictures of a run, and of later ones: the name tells what it was made from, and for which limits."""
    known = _known.get(name)
    if known is None or Path(known.path).parent != _folder():
        known = _known[name] = _found(name) or _written(name, *_encoded(inputs.read(reference), reference, able))
    return known


def _found(name: str) -> SentAs | None:
    for ending in ENDINGS.values():
        path = _path(name, ending)
        if path.is_file():
            return _described(path, path.read_bytes())
    return None


def _written(name: str, format: str, data: bytes) -> SentAs:
    path = _path(name, ENDINGS[format])
    files.write_atomic(path, data)
    return _described(path, data)


def _path(name: str, ending: str) -> Path:
    return _folder() / f"{name}.{ending}"


def _folder() -> Path:
    return folders.state_dir() / FOLDER


def _encoded(data: bytes, reference: Reference, able: Capabilities) -> tuple[str, bytes]:
    format = _format(data, reference, able)
    side = able.input_side or max(reference.width or 0, reference.height or 0)
    for _ in range(TRIES):
        made = picture.resized(io.BytesIO(data), side=side, format=format, quality=QUALITY)
        if not able.input_bytes or len(made) <= able.input_bytes:
            return format, made
        format = "jpeg" if format == "png" and not picture.is_transparent(io.BytesIO(data)) else format
        side = int(min(side, max(reference.width or side, reference.height or side)) * SHRINK)
    raise ValueError("it stays too large")


def _format(data: bytes, reference: Reference, able: Capabilities) -> str:
    """The same as before where that is taken; else without loss where something could be lost."""
    own = (reference.media_type or "").removeprefix("image/")
    if own in ENDINGS and reference.media_type in able.input_types:
        return own
    if own == "webp" and "image/jpeg" in able.input_types and not picture.is_transparent(io.BytesIO(data)):
        return "jpeg"
    return "png" if "image/png" in able.input_types else "jpeg"


def _described(path: Path, data: bytes) -> SentAs:
    format, width, height = picture.dimensions(io.BytesIO(data))
    digest = hashlib.sha256(data).hexdigest()
    return SentAs(str(path), digest, f"image/{format}", width, height, len(data))
