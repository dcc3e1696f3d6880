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
    mine, elsewhere = _reachable(context, jobs)
    for job in elsewhere:
        context.console.warn(
            f"job {job.id} was made at {job.base_url}, which is not the {job.provider} of your settings: "
            f"set UNI_{job.provider.upper()}__BASE_URL to collect it"
        )
    if not jobs:
        context.console.note("Nothing is unfinished.")
    patience = timeout if timeout is not None else context.settings.timeout
    run = running.collect(context, mine, patience=patience)
    run.newest.update({job.id: job for job in elsewhere})
    return running.report(run)


def _unfinished(context: Context) -> list[Job]:
    return context.ledger.open_jobs() if context.ledger.exists else []


def _reachable(context: Context, jobs: Sequence[Job]) -> tuple[list[Job], list[Job]]:
    """A key goes only to the address that the settings name."""
    mine = [job for job in jobs if job.ended or job.base_url == context.settings.base_url(job.provider)]
    return mine, [job for job in jobs if job not in mine]
