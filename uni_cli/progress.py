"""What a person sees while jobs run: lines that move on a terminal, one plain line per change of state elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from uni_cli.console import Console, safe
from uni_cli.models import Job, JobState

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.console import RenderableType
    from rich.text import Text

WORDS = {
    JobState.PLANNED: "planned",
    JobState.SUBMITTING: "sending",
    JobState.QUEUED: "queued",
    JobState.RUNNING: "running",
    JobState.FINISHED: "fetching",
    JobState.SAVED: "saved",
    JobState.FAILED: "failed",
    JobState.REFUSED: "refused",
    JobState.IN_DOUBT: "in doubt",
}
# Most telling first: what moves stands above what waits.
ORDER = (JobState.FINISHED, JobState.RUNNING, JobState.IN_DOUBT, JobState.QUEUED, JobState.SUBMITTING, JobState.PLANNED)
MOST_LINES = 10
REFRESHES = 8

# From a job to the seconds that one of its kind usually takes; None where nobody knows.
Usual = Callable[[Job], "float | None"]


class Watcher:
    """Hears every snapshot of every job."""

    def hear(self, job: Job) -> None:
        """Nothing is shown in --quiet."""


class Lines(Watcher):
    """One plain line per change of state."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: set[tuple[str, str, JobState]] = set()

    def hear(self, job: Job) -> None:
        """A job that is sent again says so once: the log of a dead network stays short."""
        news = (job.id, job.provider, job.state)
        if news not in self._said:
            self._said.add(news)
            self._console.note(line_of(job))


def line_of(job: Job) -> str:
    words = [job.id, job.provider, WORDS[job.state]]
    if job.state is JobState.SAVED and job.result:
        words.append(f"{job.result.shown} ({price_of(job)})")
    elif job.state is JobState.PLANNED:
        words.append(f"({price_of(job)})")
    return safe(" ".join(words))


def price_of(job: Job) -> str:
    if job.charged is not None:
        return f"${job.charged.normalize():f}" if job.charged else "free"
    return "price unknown" if job.estimate is None else f"about ${job.estimate}" if job.estimate else "free"


def span(seconds: float) -> str:
    """`9 s` or `2:05`."""
    whole = int(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02d}"


class Board(Watcher):
    """A line per running job and, for several, one that adds up. What ended stays above as a tidy line."""

    def __init__(self, console: Console, screen: RichConsole, total: int, usual: Usual) -> None:
        self._console = console
        self._screen = screen
        self._total = total
        self._usual = usual
        self._jobs: dict[str, Job] = {}
        self._usuals: dict[str, float | None] = {}
        self._begun = time.monotonic()
        self._counts = {JobState.SAVED: 0, JobState.FAILED: 0, JobState.REFUSED: 0}

    def hear(self, job: Job) -> None:
        if job.ended:
            if self._jobs.pop(job.id, None) or self._total == 1:
                self._counts[job.state] += 1
                self._console.note(line_of(job))
            return
        if job.id not in self._usuals and job.state in (JobState.QUEUED, JobState.RUNNING):
            self._usuals[job.id] = self._usual(job)
        # A new dict for the thread that draws: one that grows while it is read would make it stumble.
        self._jobs = {**self._jobs, job.id: job}

    def render(self) -> RenderableType:
        from rich.text import Text

        jobs = sorted(self._jobs.values(), key=lambda job: (ORDER.index(job.state), job.created, job.id))
        room = max(1, min(MOST_LINES, self._screen.height - 4))
        rows = [self._line(job) for job in jobs[:room]]
        if len(jobs) > room:
            rows.append(Text(f"  … and {len(jobs) - room} more", style="dim"))
        if self._total > 1 and jobs:
            rows.append(self._sum(len(jobs)))
        return Text("\n").join(row for row in rows if _fit(row, self._screen.width - 1))

    def _line(self, job: Job) -> Text:
        from rich.text import Text

        since = job.submitted or job.created
        elapsed, usual = max(0.0, time.time() - since), self._usuals.get(job.id)
        against = f"{span(elapsed)} of about {span(usual)}" if usual and usual >= 1 else span(elapsed)
        row = Text()
        row.append(f"{self._spinner()} ", style="cyan")
        row.append(f"{job.id} ", style="dim")
        row.append(f"{safe(job.provider)} ", style="bold")
        row.append(f"{WORDS[job.state]:<9}", style="yellow" if job.state is JobState.IN_DOUBT else "")
        row.append(_bar(elapsed / usual if usual else None, job.progress, 16), style="cyan")
        row.append(f" {against}  ")
        row.append(price_of(job), style="dim")
        return row

    def _sum(self, running: int) -> Text:
        from rich.text import Text

        saved = self._counts[JobState.SAVED]
        lost = self._counts[JobState.FAILED] + self._counts[JobState.REFUSED]
        row = Text("= ")
        row.append(_bar((saved + lost) / self._total, None, 20), style="green")
        row.append(f" {saved} of {self._total} saved")
        if lost:
            row.append(f", {lost} not", style="red")
        row.append(f", {running} under way, {span(time.monotonic() - self._begun)}")
        return row

    def _spinner(self) -> str:
        return "|/-\\"[int(time.monotonic() * 6) % 4]


def _bar(share: float | None, percent: float | None, width: int) -> str:
    """Never full before the end: the usual time is a guess."""
    if percent is not None:
        share = percent / 100
    filled = 0 if share is None else min(width - 1 if share < 1 or percent is None else width, int(share * width))
    return "━" * filled + "─" * (width - filled)


def _fit(row: Text, width: int) -> bool:
    row.truncate(max(10, width), overflow="ellipsis")
    return True


@contextmanager
def watch(console: Console, total: int, usual: Usual) -> Iterator[Watcher]:
    if console.quiet:
        yield Watcher()
        return
    if not console.is_terminal:
        yield Lines(console)
        return
    from rich.console import Console as RichConsole
    from rich.live import Live
    from rich.text import Text

    # LINES and COLUMNS are often left over from another window; the terminal itself knows its size at any moment.
    environment = {name: value for name, value in os.environ.items() if name not in ("LINES", "COLUMNS")}
    screen = RichConsole(
        file=console.stderr,
        no_color=not console.has_colour,
        highlight=False,
        force_terminal=True,
        _environ=environment,
    )
    board = Board(console, screen, total, usual)
    with Live(
        get_renderable=board.render, console=screen, transient=True, refresh_per_second=REFRESHES,
        redirect_stdout=False, redirect_stderr=False, vertical_overflow="crop",
    ):  # fmt: skip
        console.above_bars = lambda text: screen.print(Text.from_ansi(text), soft_wrap=True)
        try:
            yield board
        finally:
            console.above_bars = None
