"""Accounts of what was asked, billed and delivered, read from outside: the front door and the emulator's own books."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.front import Result, Services, environment, uni
from uni_cli.emulator import create_app, env_lines
from uni_cli.emulator.server import running
from uni_cli.engine.patience import Pauses

SERVICES = ("luma", "runware", "gmicloud", "segmind")
OPEN = ("submitting", "queued", "running", "finished", "in_doubt")

# The same engine with less patience. Real pauses have tests of their own.
QUICK = Pauses(
    connect=0.05,
    connect_patience=0.3,
    throttled=0.1,
    room=0.1,
    abandoned=0.05,
    recover=(0.02, 0.03, 0.05, 0.1),
    recover_patience=1.5,
    first_look=0.05,
    early=0.05,
    late=0.1,
    look_trouble=(0.02, 0.05),
    download=(0.02, 0.05),
    resume=0.02,
    stall=0.3,
)


@dataclass(frozen=True)
class Account:
    """Pictures: asked for, billed by the services, delivered to their places, named as open or in doubt."""

    asked: int = 0
    billed: int = 0
    delivered: int = 0
    pending: int = 0
    in_doubt: int = 0

    @property
    def doubles(self) -> int:
        """More bills than pictures asked for, or more pictures than bills."""
        return max(0, self.billed - self.asked) + max(0, self.delivered - self.billed)

    @property
    def lost(self) -> int:
        """Paid, and neither delivered nor named."""
        return max(0, self.billed - self.delivered - self.pending - self.in_doubt)

    def __add__(self, other: Account) -> Account:
        return Account(
            self.asked + other.asked,
            self.billed + other.billed,
            self.delivered + other.delivered,
            self.pending + other.pending,
            self.in_doubt + other.in_doubt,
        )


@dataclass(frozen=True)
class House:
    """One emulator for many stories, emptied between them."""

    services: Services

    def empty(self) -> None:
        request = urllib.request.Request(f"{self.services.url}/_emulator/reset", method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def break_with(self, *faults: str) -> None:
        self.services.break_with(*faults)

    @property
    def books(self) -> list[dict[str, Any]]:
        """Every job that a service accepted."""
        with urllib.request.urlopen(f"{self.services.url}/_emulator/jobs", timeout=10) as answer:
            rows: list[dict[str, Any]] = json.load(answer)
        return rows

    def account(self, asked: int, service: str | None = None) -> Account:
        rows = [row for row in jobs() if service in (None, row["provider"])]
        states = [row["state"] for row in rows]
        return Account(
            asked=asked,
            billed=self.services.billed(service),
            delivered=delivered(rows),
            pending=sum(state in OPEN and state != "in_doubt" for state in states),
            in_doubt=states.count("in_doubt"),
        )


def jobs() -> list[dict[str, Any]]:
    """The ledger as `uni status` tells it."""
    rows: list[dict[str, Any]] = uni("status", "--all", "--json").json["jobs"]
    return rows


def delivered(rows: list[dict[str, Any]]) -> int:
    """Different pictures in different files, with their sidecars."""
    saved = [row for row in rows if row["state"] == "saved"]
    assert all(Path(f"{row['path']}.json").is_file() and Path(row["path"]).is_file() for row in saved)
    assert len({row["path"] for row in saved}) == len(saved)
    return len({(row["provider"], row["remote_id"] or row["job"]) for row in saved})


def speaks_plainly(result: Result) -> None:
    """No traceback, no fault of our own; whoever ends badly is told in one sentence with a code and a next step."""
    assert "Traceback" not in result.err
    assert "internal.error" not in result.err + result.out
    assert "\x1b" not in result.err
    if result.code not in (0, 130, 143):
        told = [line for line in result.err.splitlines() if line.startswith("error: ")]
        assert told, result.err
        assert all(line.rstrip().endswith("]") for line in told), told


@contextmanager
def house(**options: Any) -> Iterator[tuple[House, Mapping[str, str]]]:
    """An emulator on a socket, and the environment that leads to it."""
    with running(create_app(**{"fast": True, "limits": False, "latency": 0.0, **options})) as url:
        yield House(Services(url)), environment(env_lines(url))


@contextmanager
def fresh(place: Path) -> Iterator[Path]:
    """A working folder with an empty ledger beside it, entered."""
    before, state = Path.cwd(), os.environ.get("UNI_STATE_DIR")
    work = place / "work"
    work.mkdir(parents=True)
    os.environ["UNI_STATE_DIR"] = str(place / "state")
    os.chdir(work)
    try:
        yield work
    finally:
        os.chdir(before)
        if state is not None:
            os.environ["UNI_STATE_DIR"] = state
