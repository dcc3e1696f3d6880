"""The way to a service: jobs that wait are written down together, and none is in doubt that has not left."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.house import QUICK, House, jobs
from tests.engine.test_signals import running, until
from tests.front import Services, uni
from uni_cli.engine import patience
from uni_cli.engine.gate import Gate
from uni_cli.ledger import Budget, Ledger, TakenOver, schema
from uni_cli.models import Job, JobState, Operation, Request, Target

pytestmark = pytest.mark.usefixtures("quick")
Start = Callable[..., Services]


def ledger_path() -> Path:
    return Path(os.environ["UNI_STATE_DIR"]) / schema.FILE


@contextmanager
def slow_to_leave(*args: str) -> Iterator[subprocess.Popen[str]]:
    """A run with a third of a second between two requests, in which two have left and three are about to."""
    with running(*args, point="slow-to-leave") as process:
        until(lambda: (len(in_state("submitting")), len(in_state("planned"))) == (3, 0))
        yield process


def in_state(state: str) -> list[str]:
    """The ids of such jobs, as another process reads them."""
    if not ledger_path().exists():
        return []
    db = sqlite3.connect(ledger_path())
    try:
        return [row[0] for row in db.execute("SELECT id FROM jobs WHERE state = ?", (state,))]
    except sqlite3.OperationalError:  # the table is not there yet
        return []
    finally:
        db.close()


def is_log(handle: int) -> bool:
    """Is it the file that the ledger's writes wait for?"""
    log = ledger_path().with_name(f"{schema.FILE}-wal")
    return log.exists() and os.fstat(handle).st_ino == log.stat().st_ino


def test_jobs_that_wait_are_written_down_together_before_the_first_of_them_leaves(
    start_services: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = start_services(latency=0.2)
    written, safe = list[str](), list[int]()
    monkeypatch.setattr(Ledger, "after_write", lambda self, what: written.append(what))
    wait = os.fsync

    def note(handle: int) -> None:
        wait(handle)
        if is_log(handle) and in_state("submitting"):
            safe.append(services.stats()["luma"]["accepted"])

    monkeypatch.setattr(os, "fsync", note)

    result = uni("generate", "a fox", "-p", "luma", "-n", "8")

    assert (result.code, services.billed("luma")) == (0, 8), result.err
    # The first alone, for nobody had come yet; then four, then three, if nothing holds them up.
    assert written.count("submitting") <= 5
    assert safe[0] == 0


def test_a_ledger_that_takes_nothing_more_stops_those_that_are_about_to_leave(
    start_services: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = start_services(latency=0.2)
    monkeypatch.setattr(patience, "USUAL", replace(QUICK, between_submits=0.1))
    seen = list[str]()

    def freeze(ledger: Ledger, what: str) -> None:
        seen.append(what)
        if seen.count("submitting") == 2:
            ledger.db.execute("PRAGMA query_only = ON")

    monkeypatch.setattr(Ledger, "after_write", freeze)

    result = uni("generate", "a fox", "-p", "luma", "-n", "5", "--timeout", "10")

    # The first, and of the four that were begun together the one whose answer could not be written down.
    assert services.billed("luma") == 2
    assert (result.code, result.err.count("was not sent")) == (8, 3), result.err
    assert len(list(Path().glob("*.png"))) == 2


def three_ready(ledger: Ledger) -> tuple[Sequence[Job], list[Job]]:
    """As they are planned, and as they would leave."""
    request, target = Request(Operation.GENERATE, "a prompt"), Target("a.png", "/here")
    made = [
        Job(f"0000000{name}", "run-1", "luma", "https://example.org", request, target, f"token {name}", 1.0, 1.0)
        for name in "abc"
    ]
    planned = ledger.reserve(made, Budget(), 1.0).jobs
    return planned, [replace(job, state=JobState.SUBMITTING, submitted=2.0, updated=2.0) for job in planned]


@pytest.mark.parametrize("slow", [0.0, 0.03])
def test_none_leaves_whose_row_is_not_on_the_disk(
    start_services: Start, monkeypatch: pytest.MonkeyPatch, slow: float
) -> None:
    """Also where the disk is so slow that a thread waits for it, and more is written meanwhile."""
    start_services(latency=0.2)
    wait, enter = os.fsync, Gate.enter
    safe, left = set[str](), list[bool]()

    def note(handle: int) -> None:
        written = in_state("submitting") if is_log(handle) else []
        time.sleep(slow if is_log(handle) else 0.0)
        wait(handle)
        safe.update(written)

    async def watched(self: Gate, job: Job, sent: object, *, may_move: bool) -> Job:
        begun = await enter(self, job, sent, may_move=may_move)
        left.append(job.id in safe)
        return begun

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(Gate, "enter", watched)

    assert uni("generate", "a fox", "-p", "luma", "-n", "16").code == 0
    assert left == [True] * 16


def test_none_leaves_that_the_disk_did_not_take_even_if_it_takes_what_follows(
    start_services: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = start_services(latency=0.2)
    wait, failed = os.fsync, list[str]()

    def fail_once(handle: int) -> None:
        if is_log(handle) and not failed and len(in_state("submitting")) > 1:
            failed.extend(in_state("submitting"))
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        wait(handle)

    monkeypatch.setattr(os, "fsync", fail_once)

    result = uni("generate", "a fox", "-p", "luma", "-n", "8", "--timeout", "10")

    assert (result.code, result.err.count("It was not sent [ledger.never_sent]")) == (1, 4), result.err
    assert len(failed) > 1
    rows = {row["job"]: row for row in jobs()}
    lost = [job for job in failed if rows[job]["state"] != "saved"]
    assert len(lost) >= len(failed) - 1  # the one before them had left
    assert services.billed("luma") == 8 - len(lost)
    assert "in_doubt" not in {row["state"] for row in rows.values()}


def test_of_those_that_wait_as_many_begin_as_there_is_room_for(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    _, ready = three_ready(ledger)

    assert ledger.begin(ready, concurrency=2, rate=None)[::2] == (ready[:2], True)
    assert ledger.begin(ready[2:], concurrency=2, rate=None).begun == []
    assert ledger.begin(ready[2:], concurrency=4, rate=2).begun == []
    assert ledger.begin(ready[2:], concurrency=4, rate=3) == (ready[2:], 0.0, False)
    ledger.close()


def test_one_that_is_another_processes_by_now_stays_out(tmp_path: Path) -> None:
    ledger, other = Ledger(tmp_path), Ledger(tmp_path)
    planned, ready = three_ready(ledger)
    ledger.release([planned[1].id])
    assert other.claim(planned[1].id, 2.0)

    assert ledger.begin(ready, concurrency=2, rate=None) == (ready[:1], 0.0, False)
    with pytest.raises(TakenOver):
        ledger.begin(ready[1:], concurrency=2, rate=None)
    assert ledger.begin(ready[2:], concurrency=2, rate=None) == (ready[2:], 0.0, True)
    full = ledger.begin(ready[2:], concurrency=2, rate=None)
    assert (full.begun, full.wait > 0) == ([], True)
    assert [ledger.get(job.id).state.value for job in planned] == ["submitting", "planned", "submitting"]
    ledger.close()
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to another process")
def test_what_is_written_down_and_has_not_left_is_no_doubt_after_ctrl_c(home: House) -> None:
    home.break_with("luma:poll:500")
    with slow_to_leave("generate", "a fox", "-p", "luma", "-n", "5") as process:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert process.returncode == 130
    home.break_with()
    result = uni("status", "--wait", "--timeout", "20")
    assert home.services.billed("luma") == 2, result.err
    assert sorted(row["state"] for row in jobs()) == ["failed"] * 3 + ["saved"] * 2
    assert {row["error"]["code"] for row in jobs() if row["state"] == "failed"} == {"ledger.never_sent"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP to send to another process")
def test_a_machine_that_sleeps_before_they_leave_sends_nothing_that_another_has_taken_over(home: House) -> None:
    home.break_with("luma:poll:500")
    with slow_to_leave("generate", "a fox", "-p", "luma", "-n", "5", "--timeout", "10") as process:
        process.send_signal(signal.SIGSTOP)
        accepted = home.services.billed("luma")
        db = sqlite3.connect(ledger_path())
        db.execute("UPDATE owners SET started = 'another moment'")
        db.commit()
        db.close()
        uni("status", "--wait", "--timeout", "1")
        home.break_with()
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=20)

    assert accepted == 2
    assert home.services.billed("luma") == 2
