"""Is there room for one more job at a service? Asked inside a transaction, so all processes on a ledger share it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from uni_cli.ledger.schema import OPEN
from uni_cli.models import Job

# A service forgets a slot after an hour, so a job that nobody collected does not hold one for ever.
SLOT_SECONDS = 3600.0
MINUTE = 60.0
ROOM_PAUSE = 0.25

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Room:
    """`wait`: None where there is room for one more, else seconds until it makes sense to ask again.

    `is_last`: one more, and there is none.
    """

    wait: float | None
    is_last: bool = False


class Entry(NamedTuple):
    """Which jobs were begun; if none, after how long to ask again; and did the last of them take the last place?"""

    begun: Sequence[Job]
    wait: float
    is_last: bool


def rooms(
    db: sqlite3.Connection, place: Place, *, concurrency: int | None, rate: int | None, now: float, ended: int = 0
) -> Iterator[Room]:
    """The room for one more, and for one after the other if each is written down before the next is asked for.

    `ended`: so many have ended of those that the ledger takes for running.
    """
    told = db.execute("SELECT * FROM pace WHERE provider = ? AND base_url = ?", place).fetchone()
    if told:
        if now < told["not_before"] <= now + SLOT_SECONDS:
            yield Room(float(told["not_before"] - now))
            return
        full = told["full_at"] if now < (told["full_until"] or 0.0) <= now + SLOT_SECONDS else None
        concurrency = _least(concurrency, told["concurrency"], full)
        rate = _least(rate, told["rate"])
    left = float("inf")
    if concurrency is not None:
        left = concurrency + ended - _count(db, place, ("submitting", "queued", "running"), now=now)
    while left > 0:
        yield Room(_until_the_minute_has_room(db, place, rate, now) if rate else None, is_last=left == 1)
        left -= 1
    yield Room(ROOM_PAUSE)


def _until_the_minute_has_room(db: sqlite3.Connection, place: Place, rate: int, now: float) -> float | None:
    # Moments that lie ahead are left by a clock that was set back, and would block for as long as it was wrong.
    # Where fewer jobs were ever written down than may leave in a minute, none has to be looked at.
    query = (
        "SELECT submitted FROM jobs WHERE provider = ? AND base_url = ? AND submitted > ? AND submitted <= ? "
        "ORDER BY submitted DESC LIMIT (SELECT coalesce(max(rowid), 0) >= ? FROM jobs) OFFSET ?"
    )
    row = db.execute(query, (*place, now - MINUTE, now + 1.0, rate, rate - 1)).fetchone()
    return max(0.05, float(row["submitted"]) + MINUTE - now) if row else None


def _count(db: sqlite3.Connection, place: Place, states: tuple[str, ...], *, now: float) -> int:
    """The index alone tells, without a look at any row."""
    marks = ",".join("?" * len(states))
    where = f"provider = ? AND base_url = ? AND state IN ({marks}) AND updated > ? AND {OPEN}"
    query = f"SELECT count(*) FROM jobs WHERE {where}"  # noqa: S608  (our words and question marks)
    return int(db.execute(query, (*place, *states, now - SLOT_SECONDS)).fetchone()[0])


def slow_down(
    db: sqlite3.Connection,
    place: Place,
    *,
    not_before: float | None = None,
    concurrency: int | None = None,
    rate: int | None = None,
) -> None:
    db.execute(
        "INSERT INTO pace (provider, base_url, not_before, concurrency, rate) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (provider, base_url) DO UPDATE SET "
        "not_before = coalesce(nullif(excluded.not_before, 0), not_before), "
        "concurrency = coalesce(excluded.concurrency, concurrency), rate = coalesce(excluded.rate, rate)",
        (*place, not_before or 0.0, concurrency, rate),
    )


def is_full(db: sqlite3.Connection, place: Place, *, until: float, now: float) -> None:
    """The service has no room beside the jobs that run there now; one of them ending makes some."""
    running = _count(db, place, ("queued", "running"), now=now)
    slow_down(db, place)
    db.execute(
        "UPDATE pace SET full_at = ?, full_until = ? WHERE provider = ? AND base_url = ?", (running, until, *place)
    )


def had_room(db: sqlite3.Connection, place: Place, *, now: float) -> None:
    """One more was taken after all, so there is room for at least as many as run there now."""
    running = _count(db, place, ("queued", "running"), now=now)
    db.execute(
        "UPDATE pace SET full_at = max(full_at, ?) WHERE provider = ? AND base_url = ? AND full_until > ?",
        (running, *place, now),
    )


def _least(*limits: int | None) -> int | None:
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None
