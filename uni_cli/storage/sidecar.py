"""The file beside a picture that says exactly how it was made."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any, TypeVar

from uni_cli import __version__, codec
from uni_cli.models import Job, Reference, Saved, SentAs
from uni_cli.pricing import as_text
from uni_cli.storage.embed import Mark

AnyPath = TypeVar("AnyPath", bound=PurePath)

SCHEMA = "uni.sidecar/1"
SUFFIX = ".json"
LIMIT = 8 * 1024 * 1024


def path_of(picture: AnyPath) -> AnyPath:
    return picture.with_name(picture.name + SUFFIX)


def both(picture: str) -> tuple[str, str]:
    """A picture's file and that of its sidecar."""
    return picture, picture + SUFFIX


def contents(job: Job, saved: Saved, *, at: float) -> dict[str, Any]:
    request = job.request
    return {
        "schema": SCHEMA,
        "uni": __version__,
        "provider": job.provider,
        "model": request.model,
        "operation": request.operation.value,
        "prompt": request.prompt,
        "seed": {"requested": request.seed, "sent": seed_was_sent(job), "returned": job.seed},
        "request": without_bytes(codec.plain(request)),
        "sent": job.sent,
        "job": job.id,
        "remote_id": job.remote_id,
        "cost": {"estimate_usd": as_text(job.estimate), "charged_usd": as_text(job.charged)},
        "times": {
            "created": codec.moment(job.created),
            "submitted": codec.moment(job.submitted),
            "finished": codec.moment(job.finished),
            "saved": codec.moment(at),
        },
        "image": {
            "file": os.path.basename(saved.path),
            "sha256": saved.sha256,
            "bytes": saved.bytes,
            "width": saved.width,
            "height": saved.height,
            "format": saved.format,
        },
        "references": [_reference(r) for r in request.references],
        **({"source": _reference(request.source)} if request.source else {}),
        **({"converted": True} if job.notes.get("converted") else {}),
        **({"service_said": dict(said)} if (said := job.notes.get("said")) else {}),
        **dict(job.target.made),
    }


def seed_was_sent(job: Job) -> bool:
    """Did the body hold a seed, wherever the service wants it? Only then can it make the same picture again."""
    return _holds_seed(job.sent)


def seed_of(job: Job) -> int | None:
    """The returned one, or the asked one where it was sent, else unknown."""
    if job.seed is not None:
        return job.seed
    return job.request.seed if seed_was_sent(job) else None


def _holds_seed(body: Any) -> bool:
    if isinstance(body, dict):
        return "seed" in body or any(_holds_seed(value) for value in body.values() if not isinstance(value, str))
    return isinstance(body, list) and any(_holds_seed(value) for value in body)


def _reference(reference: Reference) -> dict[str, Any]:
    return {
        "role": reference.role.value if reference.role else None,
        "source": codec.without_pictures(reference.source),
        "sha256": reference.sha256,
        **({"borrow": reference.borrow} if reference.borrow else {}),
        **({"sent_as": _stand_in(reference.sent_as)} if reference.sent_as else {}),
    }


def _stand_in(sent: SentAs) -> dict[str, Any]:
    return {"sha256": sent.sha256, "media_type": sent.media_type, "width": sent.width, "height": sent.height}


def without_bytes(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request without inline pictures: a data URI is named by its hash."""
    return dict(codec.without_pictures(request))


_encode = json.JSONEncoder(ensure_ascii=False).encode
_quoted = lru_cache(maxsize=64)(_encode)


def as_bytes(data: Mapping[str, Any]) -> bytes:
    """One member a line, so that it can be read, and compared line by line."""
    lines = [f"  {_quoted(name)}: {_encode(value)}" for name, value in data.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def mark(job: Job, *, with_prompt: bool) -> Mark:
    """What goes into the picture itself, so that it can be made again when the sidecar is lost."""
    request = codec.plain(job.request)
    if not with_prompt:
        request.pop("prompt", None)
        request.pop("keep", None)
        for reference in request.get("references", ()):
            reference.pop("borrow", None)
    extra = {
        "provider": job.provider,
        "job": job.id,
        "seed": {"returned": job.seed, "sent": seed_was_sent(job)},
        "request": without_bytes(request),
    }
    return Mark(
        edited=job.request.source is not None,
        model=job.request.model,
        prompt=job.request.prompt if with_prompt else None,
        software=f"uni {__version__}",
        extra=extra,
    )


def read(path: Path) -> dict[str, Any]:
    """A sidecar as plain values. Raises ValueError where it is none, OSError where it cannot be read."""
    if path.stat().st_size > LIMIT:
        raise ValueError("The sidecar is larger than any that `uni` writes")
    return parse(path.read_bytes())


def parse(text: bytes) -> dict[str, Any]:
    """The same from its bytes."""
    data = json.loads(text.decode("utf-8"))
    if not isinstance(data, dict) or not str(data.get("schema", "")).startswith("uni.sidecar/"):
        raise ValueError("not a sidecar of `uni`")
    return data
