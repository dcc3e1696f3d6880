"""Only what changed is written, and the row is the job all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from uni_cli.ledger import Budget, Ledger, TakenOver
from uni_cli.ledger.rows import job_of
from uni_cli.models import Asset, Failure, Job, JobState, Operation, Request, Saved, Target

NEW: dict[str, Any] = {
    "run": "run-2",
    "provider": "runware",
    "base_url": "https://example.com",
    "request": Request(Operation.EDIT, "another prompt", model="uni-1-max", seed=7),
    "target": Target("other-{n}.png", "/elsewhere", n=3),
    "token": "token-2",
    "created": 2.0,
    "updated": 3.0,
    "state": JobState.RUNNING,
    "estimate": Decimal("0.0434"),
    "charged": Decimal("0.05"),
    "remote_id": "remote-2",
    "submitted": 4.0,
    "finished": 5.0,
    "saved": 6.0,
    "seed": 11,
    "assets": (Asset(url="https://example.com/a.png"),),
    "failure": Failure("provider.failed", "no", "again"),
    "result": Saved("/a.png", "a.png", "a.png.json", "f" * 64, 1, 2, 3, "png"),
    "once": "a-key",
    "sent": {"prompt": "sent"},
    "notes": {"took": 1.5},
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.close()


def planned(ledger: Ledger) -> Job:
    request = Request(Operation.GENERATE, "a prompt")
    job = Job("0000000a", "run-1", "luma", "https://example.org", request, Target("a.png", "/here"), "token", 1.0, 1.0)
    return ledger.reserve([job], Budget(), 1.0).jobs[0]


def stored(ledger: Ledger, job_id: str) -> Job:
    """As another process reads it."""
    db = sqlite3.connect(ledger.path)
    db.row_factory = sqlite3.Row
    try:
        return job_of(db.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone())
    finally:
        db.close()


def test_every_member_of_a_job_is_told_here() -> None:
    assert {field.name for field in fields(Job)} - set(NEW) == {"id", "progress"}


@pytest.mark.parametrize("name", NEW)
def test_a_change_of_any_member_is_written(ledger: Ledger, name: str) -> None:
    job = planned(ledger)
    changed = replace(job, **{name: NEW[name]})
    ledger.save(changed)
    assert stored(ledger, job.id) == changed

    ledger.save(job)
    assert stored(ledger, job.id) == job


def test_money_and_path_follow_from_more_than_one_member(ledger: Ledger) -> None:
    job = replace(planned(ledger), estimate=Decimal("0.04"), result=NEW["result"])
    ledger.save(job)
    ledger.save(replace(job, state=JobState.SAVED))
    with sqlite3.connect(ledger.path) as db:
        assert db.execute("SELECT path, cost FROM jobs").fetchone() == ("/a.png", 40_000_000)


def test_what_was_not_committed_is_written_next_time(ledger: Ledger) -> None:
    job = planned(ledger)
    ledger.db.execute("CREATE TRIGGER full BEFORE UPDATE ON jobs BEGIN SELECT raise(ABORT, 'disk is full'); END")
    with pytest.raises(Exception, match="full"):
        ledger.save(replace(job, remote_id="remote-2", state=JobState.QUEUED))
    ledger.db.execute("DROP TRIGGER full")

    later = replace(job, remote_id="remote-2", state=JobState.RUNNING)
    ledger.save(later)
    assert stored(ledger, job.id) == later


def test_a_disk_that_fails_after_all_was_written_spoils_no_later_write(ledger: Ledger) -> None:
    job = planned(ledger)

    def fail() -> None:
        raise OSError("no wait for this disk")

    ledger.settle = fail
    with pytest.raises(OSError, match="no wait"):
        ledger.save(replace(job, state=JobState.QUEUED, remote_id="remote-1"), durable=True)
    ledger.save(job)
    assert stored(ledger, job.id) == job


def test_a_row_that_went_through_other_hands_is_written_whole(ledger: Ledger, tmp_path: Path) -> None:
    job = planned(ledger)
    ledger.save(replace(job, state=JobState.QUEUED, remote_id="remote-1"))
    ledger.release([job.id])
    other = Ledger(tmp_path)
    theirs = other.claim(job.id, 2.0)
    assert theirs is not None
    other.save(replace(theirs, state=JobState.RUNNING, seed=5))
    with pytest.raises(TakenOver):
        ledger.save(replace(job, state=JobState.FINISHED))
    other.release([job.id])
    other.close()

    mine = ledger.claim(job.id, 3.0)
    assert mine is not None
    ended = replace(mine, state=JobState.FINISHED, seed=None)
    ledger.save(ended)
    assert stored(ledger, job.id) == ended
