"""`uni status --wait` and `--recover`: whatever an earlier run left is brought to its end. Buys nothing."""

from __future__ import annotations

from collections.abc import Sequence

from uni_cli.commands import running
from uni_cli.context import Context
from uni_cli.models import Job, JobState


def collect(context: Context, ids: Sequence[str], *, wait: bool, timeout: float | None) -> int:
    """Without ids: everything unfinished. With `wait` False only the jobs in doubt are asked about."""
    jobs = [context.ledger.get(job_id) for job_id in ids] if ids else _unfinished(context)
    if not wait:
        jobs = [job for job in jobs if job.state in (JobState.IN_DOUBT, JobState.SUBMITTING)]
    if not jobs:
        context.console.note("Nothing is unfinished.")
    patience = timeout if timeout is not None else context.settings.timeout
    run = running.collect(context, jobs, patience=patience)
    code = running.report(run)
    running.preview(context, run.jobs)
    return code


def _unfinished(context: Context) -> list[Job]:
    return context.ledger.open_jobs() if context.ledger.exists else []
