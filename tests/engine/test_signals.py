"""Ctrl-C and SIGTERM: the process ends at once, says how to go on, and the ledger goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine.house import SERVICES, House, jobs
from tests.front import uni

pytestmark = [
    pytest.mark.usefixtures("quick"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send to another process"),
]
ROOT = Path(__file__).parents[2]
BOTH = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@contextmanager
def running(*args: str, point: str = "never") -> Iterator[subprocess.Popen[str]]:
    """A `uni` of its own, which dies at this point; killed at the end if it did not."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.engine.mortal", point, *args]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def states() -> set[str]:
    return {row["state"] for row in jobs()}


@pytest.mark.parametrize(("number", "code"), BOTH)
@pytest.mark.parametrize("service", SERVICES)
def test_an_interrupted_run_says_how_to_go_on_and_goes_on(
    home: House, service: str, number: signal.Signals, code: int
) -> None:
    home.break_with("gmicloud:submit:shape=C", f"{service}:poll:500", f"{service}:recover:500")
    with running("generate", "a fox", "-p", service, "-n", "2", "-o", "fox.{ext}") as process:
        until(lambda: {row["state"] for row in jobs()} in ({"queued"}, {"running"}, {"queued", "running"}))
        process.send_signal(number)
        out, err = process.communicate(timeout=20)

    assert (process.returncode, out) == (code, "")
    assert "[interrupted]" in err
    assert "`uni status --wait " in err
    assert all(row["job"] in err for row in jobs())
    assert "Traceback" not in err
    home.break_with()
    assert uni("status", "--wait", "--timeout", "30").code == 0
    account = home.account(2)
    assert (account.billed, account.delivered) == (2, 2)


@pytest.mark.parametrize(("number", "code"), BOTH)
def test_with_json_an_interrupted_run_prints_its_document(home: House, number: signal.Signals, code: int) -> None:
    home.break_with("luma:poll:500")
    with running("generate", "a fox", "-p", "luma", "--json", "-q") as process:
        until(lambda: states() == {"queued"})
        process.send_signal(number)
        out, _ = process.communicate(timeout=20)

    document = json.loads(out)
    assert process.returncode == code
    assert (document["ok"], document["error"]["code"], document["error"]["exit"]) == (False, "interrupted", code)
    assert [job["state"] for job in document["pending"]] == ["queued"]


def test_the_document_of_an_interrupted_run_says_what_the_ledger_says(home: House) -> None:
    """The answer comes after Ctrl-C, when nobody draws what becomes of the job any more."""
    home.break_with("luma:submit:slow=0.5", "luma:poll:never")
    with running("generate", "a fox", "-p", "luma", "--json") as process:
        until(lambda: states() == {"submitting"} and home.services.stats()["luma"]["accepted"] == 1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)

    assert [job["state"] for job in json.loads(out)["pending"]] == ["queued"]
    assert states() == {"queued"}


def test_an_interrupted_short_request_is_heard_to_its_end(home: House) -> None:
    home.break_with("luma:submit:slow=0.5")
    with running("generate", "a fox", "-p", "luma", "-o", "fox.png") as process:
        until(lambda: states() == {"submitting"} and home.services.stats()["luma"]["accepted"] == 1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert process.returncode == 130
    assert states() == {"queued"}
    assert uni("status", "--wait", "--timeout", "30").out == "fox.png\n"


@pytest.mark.parametrize("service", ["gmicloud", "luma"])
def test_a_request_that_answers_too_late_is_in_doubt_and_found_where_that_is_possible(
    home: House, service: str
) -> None:
    home.break_with(f"{service}:submit:slow=20")
    with running("generate", "a fox", "-p", service, "-o", "fox.{ext}") as process:
        until(lambda: home.services.stats()[service]["accepted"] == 1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)

    assert process.returncode == 143
    assert states() == {"in_doubt"}
    home.break_with()
    after = uni("status", "--wait", "--timeout", "30")
    assert (after.code, states()) == ((0, {"saved"}) if service == "gmicloud" else (8, {"in_doubt"}))
    assert home.account(1).lost == 0


def test_a_planned_job_of_an_interrupted_run_is_closed_as_never_sent(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNI_LUMA__CONCURRENCY", "1")
    home.break_with("luma:poll:500")
    with running("generate", "a fox", "-p", "luma", "-n", "2") as process:
        until(lambda: states() == {"queued", "planned"})
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    home.break_with()
    after = uni("status", "--wait", "--timeout", "30", "--json")
    assert after.code == 3
    assert [failure["code"] for failure in after.json["failures"]] == ["ledger.never_sent"]
    assert home.services.billed() == 1


def test_an_interrupted_collection_can_be_collected_again(home: House) -> None:
    assert uni("generate", "a fox", "-p", "luma", "--no-wait").code == 0
    home.break_with("luma:poll:500")
    with running("status", "--wait") as process:
        until(lambda: home.services.stats()["luma"]["struck"] > 1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    home.break_with()

    assert process.returncode == 130
    assert uni("status", "--wait", "--timeout", "30").code == 0
