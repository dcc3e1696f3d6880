"""Drives jobs through the engine and tells about them: shared by every command that makes or collects pictures."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from uni_cli import report as fault
from uni_cli.commands import reports
from uni_cli.commands.stopping import Stops
from uni_cli.context import Context
from uni_cli.engine import Engine
from uni_cli.errors import Interrupted, LedgerTrouble, NeverSent, Pending, UniError, UnknownJob
from uni_cli.models import Job, JobState
from uni_cli.progress import Watcher, watch
from uni_cli.transport import loops

HELD_PAUSE = 0.3
# As many as one `generate` makes; more than that is a job for the gallery.
MOST_DRAWN = 20


class Run:
    """Collects the newest snapshot of each job, in the order in which they were asked for."""

    def __init__(self, context: Context, jobs: Sequence[Job]) -> None:
        self.context = context
        self.newest: dict[str, Job] = {job.id: job for job in jobs}
        self.stops = Stops()
        self.stopped_by = 0
        self.trouble: UniError | None = None
        self.watcher = Watcher()

    @property
    def jobs(self) -> list[Job]:
        return list(self.newest.values())

    def add(self, job: Job) -> None:
        """One more job of this run."""
        self.newest.setdefault(job.id, job)

    def drive(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run to the end, or to Ctrl-C or SIGTERM: the ledger has all that matters at any moment."""
        self.stops.listen()
        with watch(self.context.console, len(self.newest), self.context.usual_seconds) as self.watcher:
            try:
                loops.run(self._main(work))
            except KeyboardInterrupt:
                pass  # the second of two, long after the first
            except UniError as error:
                self.trouble = error
            except Exception as error:  # it must not hide what the other jobs became
                self.trouble = fault.unforeseen(error, sys.argv[1:])
            if self.stopped_by or self.trouble:
                self._catch_up()

    def _catch_up(self) -> None:
        """What the ledger has heard after the last snapshot that came here."""
        for job in self.jobs:
            with suppress(LedgerTrouble, UnknownJob):
                stored = self.context.ledger.get(job.id)
                self.newest[job.id] = stored if stored.updated >= job.updated else job

    async def _main(self, work: Callable[[], Awaitable[None]]) -> None:
        main = asyncio.ensure_future(work())
        self.stops.watch_over(main)
        try:
            await main
        except asyncio.CancelledError:
            if not self.stops.number:
                raise
        finally:
            self.stops.let_go()
            self.stopped_by = self.stops.number
            await self.context.aclose()

    def hear(self, job: Job) -> None:
        self.newest[job.id] = job
        self.watcher.hear(job)


def make(
    context: Context,
    jobs: Sequence[Job],
    alternatives: Mapping[str, list[Job]],
    *,
    patience: float | None,
    wait: bool = True,
) -> Run:
    run = Run(context, jobs)

    async def work() -> None:
        engine = Engine(context.desk(patience=patience), alternatives=alternatives)
        await engine.run(jobs, run.hear, wait=wait)

    run.drive(work)
    return run


def collect(context: Context, jobs: Sequence[Job], *, patience: float | None) -> Run:
    """Follow jobs of earlier runs: those of dead processes are taken over, those of living ones are watched."""
    run = Run(context, jobs)

    async def work() -> None:
        desk = context.desk(patience=patience)
        engine = Engine(desk)
        held = _reachable(run)
        while held:
            claimed = [job for job_id in sorted(held) if (job := context.ledger.claim(job_id, context.clock.now()))]
            await engine.collect(claimed, run.hear)
            held -= {job.id for job in claimed}
            for job_id in sorted(held):
                run.newest[job_id] = context.ledger.get(job_id)
            held = {job_id for job_id in held if not run.newest[job_id].ended}
            if held and not await desk.pause(HELD_PAUSE):
                return

    run.drive(work)
    return run


def _reachable(run: Run) -> set[str]:
    """Ids of the open jobs that these settings lead to; where none is left of several, the reason ends the run."""
    found: set[str] = set()
    troubles: dict[str, UniError] = {}
    for job in run.jobs:
        try:
            run.context.reach(job)
        except UniError as trouble:
            troubles[job.id] = trouble
        else:
            found.update([job.id] if not job.ended else [])
    if troubles and not found:
        raise next(iter(troubles.values()))
    for why in troubles.values():
        run.context.console.warn(f"{why.message}. {why.hint}")
    return found


def report(run: Run, *, waited: bool = True, to_stdout: bool = False) -> int:
    """Tell the end: paths or one document on stdout, reasons on stderr. Returns the exit code."""
    try:
        return _report(run, waited=waited, to_stdout=to_stdout)
    finally:
        if not run.context.console.as_json:
            # A drawing may follow that somebody may want to stop; of a document there is only one.
            run.stops.restore()


def _report(run: Run, *, waited: bool, to_stdout: bool) -> int:
    console, jobs = run.context.console, run.jobs
    stopped = Interrupted(by=run.stopped_by, hint=_resume_hint(jobs)) if run.stopped_by else None
    error = stopped or run.trouble
    code = error.exit if error else reports.exit_code(jobs, waited=waited)
    if run.trouble and not stopped and _leaves_some(jobs):
        # Whatever went wrong beside them, they are unfinished, and that is what a script has to know.
        code = Pending.exit
    if console.as_json:
        console.document(reports.result(jobs, exit=code, error=error))
    else:
        _print_data(run, waited=waited, to_stdout=to_stdout)
    _tell(run, jobs, waited=waited)
    if error:
        console.fail(error)
    return code


def _leaves_some(jobs: Sequence[Job]) -> bool:
    """Does a service have jobs that are not fetched?"""
    return any(reports.is_pending(job) and job.state is not JobState.PLANNED for job in jobs)


def _print_data(run: Run, *, waited: bool, to_stdout: bool) -> None:
    console = run.context.console
    for job in run.jobs:
        if job.state is JobState.SAVED and job.result:
            if to_stdout:
                console.picture(Path(job.result.path).read_bytes())
            elif waited:
                console.line(job.result.shown)
        if not waited and not (job.ended and job.state is not JobState.SAVED):
            console.line(job.id)


def _tell(run: Run, jobs: Sequence[Job], *, waited: bool) -> None:
    console = run.context.console
    for job in jobs:
        if job.notes.get("unmarked") and job.result:
            console.warn(f"{job.result.shown} takes no mark inside: what it was made with is in its sidecar alone")
        if job.state is JobState.SAVED or (not waited and not job.ended and job.state is not JobState.IN_DOUBT):
            continue
        if job.failure:
            console.problem(job.id, job.failure.code, job.failure.message, reports.hint_of(job))
        elif run.stopped_by:
            continue
        elif job.state is JobState.PLANNED:
            console.problem(job.id, NeverSent.code, "It was not sent", "Nothing was bought. Run the command again.")
        else:
            hint = f"`uni status {job.id} --wait` resumes it."
            console.problem(job.id, "ledger.pending", f"{job.provider} has not finished it in time", hint)


def preview(context: Context, jobs: Sequence[Job], *, wanted: bool | None = None) -> None:
    """Draw the saved pictures below their paths; where no flag says whether, the settings do."""
    if not (context.settings.preview if wanted is None else wanted):
        return
    from uni_cli import preview
    from uni_cli.storage import places

    if not preview.can_draw(context.console):
        return
    saved = [job.result.path for job in jobs if job.state is JobState.SAVED and job.result]
    for path in saved[:MOST_DRAWN]:
        with suppress(OSError):  # of a store that does not give back what it has taken
            preview.show(context.console, places.local_copy(path, context.state_dir / "fetched"))
    if len(saved) > MOST_DRAWN:
        context.console.note(f"{len(saved) - MOST_DRAWN} more are not drawn here: `uni gallery` shows all.")


def _resume_hint(jobs: Sequence[Job]) -> str:
    left = [job.id for job in jobs if reports.is_pending(job) and job.state is not JobState.PLANNED]
    if not left:
        return "Nothing that was bought is left open."
    return f"Jobs that were accepted go on at the service: `uni status --wait {' '.join(left[:8])}` collects them."
