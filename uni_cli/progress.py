"""What a person sees while jobs run: bars on a terminal, one plain line per change of state elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from uni_cli.console import Console, safe
from uni_cli.models import Job, JobState

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

WORDS = {
    JobState.PLANNED: "planned",
    JobState.SUBMITTING: "sending",
    JobState.QUEUED: "queued",
    JobState.RUNNING: "running",
    JobState.FINISHED: "finished, fetching",
    JobState.SAVED: "saved",
    JobState.FAILED: "failed",
    JobState.REFUSED: "refused",
    JobState.IN_DOUBT: "in doubt, asking",
}


class Watcher:
    """Hears every snapshot of every job."""

    def hear(self, job: Job) -> None:
        """Nothing is shown in --quiet."""


class Lines(Watcher):
    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: dict[str, JobState] = {}

    def hear(self, job: Job) -> None:
        if self._last.get(job.id) is job.state:
            return
        self._last[job.id] = job.state
        self._console.note(line_of(job))


def line_of(job: Job) -> str:
    words = [job.id, job.provider, WORDS[job.state]]
    if job.state is JobState.SAVED and job.result:
        words.append(f"{job.result.shown} ({price_of(job)})")
    elif job.state is JobState.PLANNED:
        words.append(f"({price_of(job)})")
    return " ".join(safe(word) for word in words)


def price_of(job: Job) -> str:
    if job.charged is not None:
        return f"${job.charged.normalize():f}" if job.charged else "free"
    return "price unknown" if job.estimate is None else f"about ${job.estimate}" if job.estimate else "free"


class Bars(Watcher):
    """A line per running job; what ended stays above as a tidy line."""

    def __init__(self, console: Console, progress: Progress, total: int) -> None:
        self._console = console
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._ended: set[str] = set()
        self._total = total

    def hear(self, job: Job) -> None:
        if job.ended:
            self._close(job)
            return
        if job.id not in self._tasks and len(self._tasks) < 12:
            self._tasks[job.id] = self._progress.add_task("", total=None, start=True, words="", price="")
        if job.id in self._tasks:
            done = job.progress if job.progress is not None else None
            self._progress.update(
                self._tasks[job.id],
                completed=done or 0,
                total=100 if done is not None else None,
                words=f"{job.id} {job.provider} {WORDS[job.state]}",
                price=price_of(job),
            )

    def _close(self, job: Job) -> None:
        if job.id in self._ended:
            return
        self._ended.add(job.id)
        if job.id in self._tasks:
            self._progress.remove_task(self._tasks.pop(job.id))
        self._console.note(line_of(job))


@contextmanager
def watch(console: Console, total: int) -> Iterator[Watcher]:
    if console.quiet:
        yield Watcher()
        return
    if not console.is_terminal:
        yield Lines(console)
        return
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.text import Text

    screen = RichConsole(file=console.stderr, no_color=not console.has_colour, highlight=False, force_terminal=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[words]}", markup=False),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.fields[price]}", markup=False, style="dim"),
    )
    with Progress(*columns, console=screen, transient=True, refresh_per_second=8) as progress:
        console.above_bars = lambda text: progress.console.print(Text.from_ansi(text), soft_wrap=True)
        try:
            yield Bars(console, progress, total)
        finally:
            console.above_bars = None
