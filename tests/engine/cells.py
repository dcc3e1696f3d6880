"""The cells of the fault matrix: what is done in each, and how each must end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.engine.house import SERVICES, Account, House, jobs, speaks_plainly
from tests.front import Result, uni
from uni_cli.emulator.faults import AFTER, BEFORE, FILE, FILE_STATUSES, JOB, STATUSES

PATIENCE = "0.4"
# What ends the same way however often it strikes, and what only a look or a file can tell.
ENDINGS = {"moderated": 5, "failed": 1}
HARMLESS = ("slow=0.05", "redirect")
ASYNC = "gmicloud:submit:shape=C"
REFUSALS = {400: 1, 401: 4, 402: 6, 403: 4, 404: 1, 406: 6, 410: 1, 413: 1, 422: 1}


def kinds(step: str, service: str) -> list[str]:
    """Every kind of fault that the emulator has for this step."""
    statuses = FILE_STATUSES if step == "download" else STATUSES[service]
    found = [*BEFORE, *AFTER, *map(str, statuses), "500-after", "502-after", "504-after"]
    if step in ("submit", "poll"):
        found += JOB
    if (service, step) == ("luma", "submit"):
        found.append("concurrency")
    if (service, step) == ("runware", "submit"):
        found.append("partial")
    if step == "download":
        found += FILE
    short = {"slow": "slow=0.05", "429": "429=1", "concurrency": "concurrency=1", "drip": "drip=0.1"}
    return [short.get(kind, kind) for kind in found]


@dataclass(frozen=True)
class Cell:
    service: str
    step: str
    kind: str
    forever: bool

    @property
    def fault(self) -> str:
        return f"{self.service}:{self.step}:{self.kind}{'' if self.forever else ':1'}"

    def __str__(self) -> str:
        return f"{self.service}-{self.step}-{self.kind}-{'forever' if self.forever else 'once'}"


SUBMITS = [
    Cell(service, "submit", kind, forever)
    for service in SERVICES
    for kind in kinds("submit", service)
    for forever in (False, True)
]


def _by_step(step: str, services: tuple[str, ...]) -> list[tuple[Cell, ...]]:
    """One group for each kind of fault: the same thing happens at every service at once."""
    every = list(dict.fromkeys(kind for service in services for kind in kinds(step, service)))
    return [
        tuple(Cell(service, step, kind, forever) for service in services if kind in kinds(step, service))
        for kind in every
        for forever in (False, True)
        # A file without an end is written to the disk up to the limit each time.
        if not (kind == "oversized" and forever)
    ]


POLLS = _by_step("poll", SERVICES)
RECOVERS = _by_step("recover", ("runware", "gmicloud", "segmind"))
DOWNLOADS = _by_step("download", SERVICES)
GROUPS = [*POLLS, *RECOVERS, *DOWNLOADS]


def submit_code(cell: Cell) -> int:
    """How one picture must end when its paid request meets this fault."""
    kind = cell.kind.partition("=")[0]
    if kind in ENDINGS:
        return ENDINGS[kind]
    if kind == "partial":
        return 1
    if kind == "slow":
        return 0
    if kind in ("429", "concurrency") or (cell.service, kind) == ("luma", "503"):
        return 7 if cell.forever else 0
    if kind.isdecimal() and int(kind) in REFUSALS:
        return REFUSALS[int(kind)]
    if kind == "never" or cell.service == "luma":
        return 8
    if kind in BEFORE or kind.isdecimal():
        # Only Runware may be asked again, and only it can say that it took nothing.
        return 0 if cell.service == "runware" and not cell.forever else 8
    return 0


def group_code(cell: Cell) -> int:
    """How a job must end whose polls, searches or downloads meet this fault."""
    kind = cell.kind.partition("=")[0]
    if cell.step == "poll" and kind in ENDINGS:
        return ENDINGS[kind]
    if kind == "never":
        return 8
    if kind in ("slow", "redirect") or not cell.forever:
        return 0
    if (cell.service, cell.step, kind) == ("segmind", "poll", "404"):
        return 0  # its record is gone, and the history has it
    if (cell.service, cell.step, kind) == ("runware", "recover", "404"):
        return 0  # nobody knows the task, so the identical one is sent
    return 8


@dataclass(frozen=True)
class Story:
    """What a cell came to: the end of the first command, and the accounts before and after the fault was lifted."""

    first: Result
    during: Account
    after: Account
    by_service: Mapping[str, Account]


def tell_submit(house: House, cell: Cell) -> Story:
    house.empty()
    house.break_with(cell.fault)
    prompt = f"a fox, {cell}"
    first = uni(
        "generate", prompt, "-p", cell.service, "--timeout", _patience(submit_code(cell), kind=cell.kind), "--json"
    )
    return _finish(house, first, {cell.service: 1})


def tell_group(house: House, group: tuple[Cell, ...], *, each: int = 1) -> Story:
    """Every service of the group has jobs on the way when the fault begins."""
    house.empty()
    for cell in group:
        house.break_with(ASYNC, *_way_into_doubt(cell, each))
        uni("generate", f"a fox, {cell}", "-p", cell.service, "-n", str(each), "--no-wait", "-q")
    house.break_with(ASYNC, *(cell.fault for cell in group))
    wait = _patience(*map(group_code, group), kind=group[0].kind)
    first = uni("status", "--wait", "--timeout", wait, "--json")
    return _finish(house, first, dict.fromkeys((cell.service for cell in group), each))


def _patience(*codes: int, kind: str) -> str:
    """Long where everything comes to an end by itself, even on a busy machine; short where nothing does."""
    if kind == "oversized":
        return "30"
    if set(codes) <= {0, *ENDINGS.values()}:
        return "10"
    return PATIENCE if set(codes) <= {7, 8} else "2"


def _way_into_doubt(cell: Cell, each: int) -> list[str]:
    if cell.step != "recover":
        return []
    # Runware's archive is asked only where its queue knows nothing.
    kind = "cut-before" if cell.service == "runware" else "cut-after"
    return [f"{cell.service}:submit:{kind}:{each}"]


def _finish(house: House, first: Result, asked: Mapping[str, int]) -> Story:
    speaks_plainly(first)
    during = house.account(sum(asked.values()))
    house.break_with(ASYNC)
    if any(row["state"] in ("queued", "running", "finished", "in_doubt", "submitting") for row in jobs()):
        speaks_plainly(uni("status", "--wait", "--timeout", "2", "--json"))
    after = {service: house.account(count, service) for service, count in asked.items()}
    return Story(first, during, sum(after.values(), Account()), after)
