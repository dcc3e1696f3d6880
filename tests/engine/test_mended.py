"""Faults that a reader found: each of these once cost a picture, a second price or an honest answer."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from tests.engine.house import House, jobs
from tests.engine.test_death import start
from tests.front import uni
from uni_cli import sketch
from uni_cli.ledger import Ledger, schema
from uni_cli.process import this_process
from uni_cli.transport import Lost, NotSent, Transport

pytestmark = pytest.mark.usefixtures("quick")
ONCE = ("generate", "a fox", "-p", "luma", "--once", "k", "-o", "fox.{ext}", "--timeout", "5")


def take_for_dead() -> None:
    """As another process would that reads another moment for the beginning of this one."""
    db = sqlite3.connect(Path(os.environ["UNI_STATE_DIR"]) / schema.FILE)
    db.execute("UPDATE owners SET started = 'another moment'")
    db.commit()
    db.close()


def at(moment: str, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let something happen once, when this process has just written that."""
    done: list[str] = []

    def after_write(self: Ledger, what: str) -> None:
        if what == moment and not done:
            done.append(what)
            take_for_dead()
            act()

    monkeypatch.setattr(Ledger, "after_write", after_write)


def test_a_process_that_was_taken_for_dead_does_not_buy_what_another_bought(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("planned", lambda: start("never", *ONCE), monkeypatch)

    first = uni(*ONCE, "--json")

    assert home.services.billed() == 1
    assert (first.code, first.json["failures"][0]["code"]) == (1, "ledger.never_sent")
    assert sorted(row["state"] for row in jobs()) == ["failed", "saved"]


def test_the_answer_to_a_process_that_was_taken_for_dead_is_not_lost(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While its request is under way another process puts its job in doubt; then the service says yes."""
    at("submitting", lambda: start("never", "status", "--wait", "--timeout", "1"), monkeypatch)

    result = uni("generate", "a fox", "-p", "luma", "--timeout", "5")

    assert (result.code, home.services.billed()) == (0, 1), result.err
    assert Path(result.lines[0]).is_file()
    assert [row["state"] for row in jobs()] == ["saved"]


def test_an_answer_that_came_after_the_doubt_is_found_later(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    at("submitting", lambda: start("never", "status", "--wait", "--timeout", "1"), monkeypatch)
    sent = uni("generate", "a fox", "-p", "luma", "--no-wait")
    assert (sent.code, [row["state"] for row in jobs()]) == (8, ["in_doubt"])

    assert uni("status", "--wait").code == 0
    assert [row["state"] for row in jobs()] == ["saved"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells the beginning of a process in universal time")
def test_the_beginning_of_a_process_is_the_same_moment_in_every_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    told = []
    for zone in ("Asia/Tokyo", "America/Lima"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        told.append(datetime.strptime(this_process().started, "%a %b %d %H:%M:%S %Y"))
    monkeypatch.undo()
    time.tzset()
    assert abs((told[0] - told[1]).total_seconds()) <= 2


def test_jobs_that_nobody_waits_for_make_room_as_soon_as_the_service_has_ended_them(home: House) -> None:
    """Luma takes ten at once; the ledger remembers them, and somebody looks."""
    first = uni("generate", "a fox", "-p", "luma", "-n", "12", "--no-wait", "--timeout", "10")
    assert (first.code, len(first.lines), home.services.billed()) == (0, 12, 12), first.err

    assert uni("status", "--wait").code == 0
    assert [row["state"] for row in jobs()] == ["saved"] * 12


def test_a_full_house_of_an_earlier_run_is_looked_at_by_the_next(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_RUNWARE__CONCURRENCY", "2")
    assert uni("generate", "a fox", "-p", "runware", "-n", "2", "--no-wait").code == 0

    result = uni("generate", "an owl", "-p", "runware", "--timeout", "10")

    assert (result.code, home.services.billed()) == (0, 3), result.err
    assert uni("status", "--wait").code == 0
    assert [row["state"] for row in jobs()] == ["saved"] * 3


def test_painters_that_died_hold_no_place(home: House) -> None:
    dead = (os.cpu_count() or 2) + 1
    for _ in range(dead):
        assert start("write-5", "generate", "a fox", "-p", "local") < 0
    assert [row["state"] for row in jobs()] == ["queued"] * dead

    result = uni("generate", "a fox", "-p", "local", "--timeout", "5")

    assert result.code == 0, result.err


def test_what_a_painter_trips_over_is_told_at_once(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(*_: object, **__: object) -> None:
        raise KeyError("a word that no brush knows")

    monkeypatch.setattr(sketch, "paint", trip)

    result = uni("generate", "a fox", "-p", "local", "--timeout", "5", "--json")

    assert (result.code, [one["code"] for one in result.json["failures"]]) == (1, ["provider.failed"])
    assert "no brush knows" in result.err


def test_a_fault_of_the_protocol_leaves_a_doubt_because_the_request_may_be_out() -> None:
    """With HTTP/2 a host that breaks the rules in its answer is told as a fault of our own side."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.LocalProtocolError("Invalid input in state CLOSED", request=request)

    transport = Transport(mount=httpx.MockTransport(answer))
    with pytest.raises(Lost) as told:
        asyncio.run(transport.send("POST", "http://127.0.0.1/v1", body={}))
    assert not isinstance(told.value, NotSent)
