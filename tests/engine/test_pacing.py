"""Many jobs at a service with limits: none fails, and the service is not hammered."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.house import House, jobs
from tests.front import Services, uni
from uni_cli.console import Console
from uni_cli.context import Context
from uni_cli.ledger import schema

pytestmark = pytest.mark.usefixtures("quick")
Start = Callable[..., Services]


def busy(err: str) -> int:
    """How often a service said "not now"."""
    return len(re.findall(r"-> 429", err))


def test_one_of_our_own_jobs_that_ends_makes_room_long_before_the_hour_of_the_service(start_services: Start) -> None:
    """Luma's 429 for too many jobs asks for a minute, and the run has half of one."""
    services = start_services(limits=True, latency=0.3, luma_jobs=3)

    result = uni("generate", "a fox", "-p", "luma", "-n", "12", "--timeout", "30", "-v")

    assert result.code == 0, result.err[-2000:]
    assert services.billed("luma") == 12
    # Ten are sent before the first answer tells that there is room for three; each is told once.
    assert busy(result.err) <= 10


def test_two_runs_share_what_a_service_says_about_room(start_services: Start) -> None:
    services = start_services(limits=True, latency=0.1, luma_jobs=2)
    assert uni("generate", "a fox", "-p", "luma", "-n", "6", "--timeout", "30").code == 0

    second = uni("generate", "a fox", "-p", "luma", "-n", "6", "--timeout", "30", "-v")

    assert (second.code, busy(second.err)) == (0, 0)
    assert services.billed("luma") == 12


def test_jobs_of_strangers_that_fill_the_account_fail_nobody(start_services: Start) -> None:
    services = start_services(limits=True, latency=0.0)
    services.break_with("luma:submit:concurrency=1:3")

    result = uni("generate", "a fox", "-p", "luma", "-n", "4", "--timeout", "20", "-v")

    assert result.code == 0, result.err[-2000:]
    assert services.billed("luma") == 4
    assert busy(result.err) == 3


def test_the_rate_that_luma_tells_beside_an_answer_is_kept_by_the_next_run(start_services: Start) -> None:
    """Five a minute, told with the first picture: of six more, four go out and two wait, unsent."""
    services = start_services(limits=True, latency=0.0, luma_rpm=5)
    assert uni("generate", "a fox", "-p", "luma", "--timeout", "20").code == 0

    result = uni("generate", "a fox", "-p", "luma", "-n", "6", "--timeout", "1.5", "-v")

    assert busy(result.err) == 0
    assert services.billed("luma") == 5
    assert sorted(row["state"] for row in jobs()) == ["refused"] * 2 + ["saved"] * 5
    assert result.err.count("[provider.rate_limited]") == 2


def test_one_429_slows_down_every_job_of_the_run(home: House) -> None:
    home.break_with("runware:submit:429=1:1")

    result = uni("generate", "a fox", "-p", "runware", "-n", "8", "--timeout", "20", "-v")

    assert result.code == 0, result.err
    assert busy(result.err) == 1
    assert home.services.billed() == 8


def test_no_more_jobs_run_at_once_than_the_settings_allow(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_SEGMIND__CONCURRENCY", "2")
    home.break_with("segmind:poll:never")

    uni("generate", "a fox", "-p", "segmind", "-n", "5", "--timeout", "0.6")

    assert home.services.stats()["segmind"]["accepted"] == 2
    assert sorted(row["state"] for row in jobs()) == ["refused"] * 3 + ["running"] * 2


@pytest.mark.usefixtures("quick")
def test_the_looks_at_a_job_come_near_the_usual_time(start_services: Start) -> None:
    """Learned from five pictures: the next takes its submit, two looks or three, and its download."""
    services = start_services(latency=0.6)
    for _ in range(5):
        assert uni("generate", "a fox", "-p", "luma").code == 0
    before = services.stats()["luma"]["requests"]

    assert uni("generate", "a fox", "-p", "luma").code == 0

    assert services.stats()["luma"]["requests"] - before <= 5
    ledger = Context(Console()).ledger
    assert 0.5 < ledger.history(ledger.get(jobs()[0]["job"]))[0][1] < 2
    ledger.close()


def test_that_a_service_took_a_job_is_on_the_disk_long_before_its_picture_comes(
    start_services: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it; a power cut while the service works must not cost the way back."""
    start_services(latency=1.0)
    wait, ledger, safe = os.fsync, Path(os.environ["UNI_STATE_DIR"]) / schema.FILE, list[str]()

    def note(handle: int) -> None:
        wait(handle)
        log = ledger.with_name(f"{ledger.name}-wal")
        if log.exists() and os.fstat(handle).st_ino == log.stat().st_ino:
            db = sqlite3.connect(ledger)
            safe.extend(row[0] for row in db.execute("SELECT state FROM jobs"))
            db.close()

    monkeypatch.setattr(os, "fsync", note)

    assert uni("generate", "a fox", "-p", "luma").code == 0
    assert (safe[0], safe[-1]) == ("submitting", "saved")
    assert {"queued", "running"} & set(safe)
