"""What a service calls a picture that it made, where a later request to it can name that instead of the file."""

from __future__ import annotations

from dataclasses import dataclass

from uni_cli.models import Job


@dataclass(frozen=True, slots=True)
class Held:
    """`source_only`: it may be changed, but not stand as a reference."""

    remote: str
    source_only: bool = False


def held(job: Job) -> Held | None:
    """None: only the file can be handed on."""
    if job.provider == "luma" and job.remote_id:
        return Held(f"generation:{job.remote_id}", source_only=True)
    if job.provider == "runware" and job.notes.get("image_id"):
        return Held(str(job.notes["image_id"]))
    return None
