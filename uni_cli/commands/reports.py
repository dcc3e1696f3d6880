"""The JSON documents of the contract, and the exit code that a set of jobs deserves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from uni_cli import pricing
from uni_cli.console import error_values
from uni_cli.errors import InDoubt, NotWritten, Partial, Pending, UniError, exit_of
from uni_cli.models import Failure, Job, JobState, Saved
from uni_cli.storage.sidecar import seed_of


def is_pending(job: Job) -> bool:
    """Not finished in time, in doubt, or finished and not fetched yet."""
    if job.state is JobState.FINISHED:
        return job.failure is None or job.failure.code != NotWritten.code
    return not job.ended


def exit_code(jobs: Sequence[Job], *, waited: bool = True) -> int:
    """Mixed ends: 8 if anything is unfinished, else 9, else 3 if some are saved and some not, else the common code."""
    unfinished = [job for job in jobs if is_pending(job)]
    if any(waited or job.state is JobState.IN_DOUBT for job in unfinished):
        return Pending.exit
    lost = [job for job in jobs if job.state is not JobState.SAVED and not is_pending(job)]
    if any(job.state is JobState.FINISHED for job in lost):
        return NotWritten.exit
    if not lost:
        return 0
    if len(lost) < len(jobs):
        return Partial.exit
    codes = {exit_of(job.failure.code) if job.failure else 1 for job in lost}
    return codes.pop() if len(codes) == 1 else 1


def result(jobs: Sequence[Job], *, exit: int, error: UniError | None = None) -> dict[str, Any]:
    saved = [job for job in jobs if job.state is JobState.SAVED]
    pending = [job for job in jobs if is_pending(job)]
    failed = [job for job in jobs if job.state is not JobState.SAVED and not is_pending(job)]
    return {
        "schema": "uni.result/1",
        "ok": exit == 0,
        "images": [image(job, job.result) for job in saved if job.result],
        "pending": [{"job": j.id, "provider": j.provider, "state": j.state.value} for j in pending],
        "failures": [failure(job) for job in failed],
        "cost_usd": pricing.as_text(pricing.total([job.charged for job in jobs])),
        "error": {**error_values(error), "exit": exit} if error else None,
    }


def image(job: Job, saved: Saved) -> dict[str, Any]:
    return {
        "path": saved.shown,
        "sidecar": saved.sidecar,
        "job": job.id,
        "provider": job.provider,
        "model": job.request.model,
        "remote_id": job.remote_id,
        "seed": seed_of(job),
        "width": saved.width,
        "height": saved.height,
        "format": saved.format,
        "bytes": saved.bytes,
        "sha256": saved.sha256,
        "cost_usd": pricing.as_text(job.charged),
        "estimate_usd": pricing.as_text(job.estimate),
        **{name: job.target.made[name] for name in ("recipe", "item") if name in job.target.made},
    }


def failure(job: Job) -> dict[str, Any]:
    said = job.failure
    return {
        "job": job.id,
        "code": said.code if said else "provider.failed",
        "message": said.message if said else "The job ended without a reason",
        "hint": hint_of(job),
    }


def hint_of(job: Job) -> str | None:
    return next_step(job.id, job.state, job.failure)


def next_step(job_id: str, state: str, failure: Failure | None) -> str | None:
    """What to do about a job that has not ended well."""
    from uni_cli.errors import REGISTRY

    if not failure:
        return None
    if failure.code == InDoubt.code:
        return f"`uni status {job_id} --recover` asks the service again, `uni status --forget {job_id}` closes it."
    if failure.hint:
        return failure.hint
    if failure.code == Pending.code and state != JobState.FINISHED:
        return f"`uni status {job_id} --wait` resumes it."
    if state == JobState.FINISHED:
        return f"`uni status {job_id} --wait` tries again for free."
    return REGISTRY[failure.code].next_step if failure.code in REGISTRY else None


def plan(items: Sequence[Mapping[str, Any]], prices: Sequence[Decimal | None]) -> dict[str, Any]:
    return {"schema": "uni.plan/1", "items": list(items), "total_usd": pricing.as_text(pricing.total(list(prices)))}
