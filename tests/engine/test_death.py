"""A process killed at any step of any service: the next one finds, delivers or names every picture."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.house import SERVICES, House, fresh, jobs, speaks_plainly
from tests.engine.mortal import MOMENTS
from tests.front import uni

pytestmark = [
    pytest.mark.usefixtures("quick"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to send to oneself"),
]
ROOT = Path(__file__).parents[2]
WRITES = 40


def start(point: str | int, *args: str) -> int:
    """Run a mortal `uni` to its end; its exit code, negative for a signal."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.engine.mortal", str(point), *args]
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60).returncode


def deaths(*args: str, place: Path) -> Iterator[int]:
    """One run after the other, each in a house of its own, each killed one ledger write later than the one before."""
    for count in itertools.count(1):
        assert count < WRITES
        with fresh(place / str(count)):
            code = start(count, *args)
            if code != -signal.SIGKILL:
                assert code == 0
                return
            yield count


@pytest.mark.parametrize("service", SERVICES)
def test_a_kill_after_any_ledger_write_loses_nothing_and_pays_nothing_twice(
    home: House, service: str, tmp_path: Path
) -> None:
    home.empty()
    killed = 0
    for count in deaths("generate", "a fox at dusk", "-p", service, "-o", "fox.{ext}", place=tmp_path):
        states = [row["state"] for row in jobs()]
        _is_collected(home, service, was=states)
        home.empty()
        killed = count
    assert killed >= 5


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("service", SERVICES)
def test_a_kill_between_two_ledger_writes_loses_nothing_and_pays_nothing_twice(
    home: House, service: str, moment: str
) -> None:
    assert start(moment, "generate", "a fox at dusk", "-p", service, "-o", "fox.{ext}") == -signal.SIGKILL

    assert home.services.billed(service) == 1
    _is_collected(home, service, was=[row["state"] for row in jobs()])
    pictures = [path for path in Path().glob("fox*") if path.suffix != ".json"]
    assert len(pictures) == (0 if (service, moment) == ("luma", "answer-not-stored") else 1)


@pytest.mark.parametrize("service", SERVICES)
def test_an_answer_that_was_written_down_before_the_kill_is_all_that_is_needed(home: House, service: str) -> None:
    assert start("answer-stored", "generate", "a fox", "-p", service, "-o", "fox.{ext}") == -signal.SIGKILL
    home.break_with(f"{service}:recover:500")

    assert uni("status", "--wait", "--timeout", "20").code == 0
    assert (home.account(1).billed, home.account(1).delivered) == (1, 1)


def _is_collected(home: House, service: str, *, was: list[str]) -> None:
    """What the next process finds; and one more picture, undisturbed."""
    result = uni("status", "--wait", "--timeout", "3", "--json")
    speaks_plainly(result)
    account = home.account(len(was))
    assert (account.doubles, account.lost, account.pending) == (0, 0, 0), result.err
    assert account.billed == account.delivered + (account.in_doubt if account.billed else 0)
    if account.in_doubt:
        assert was == ["submitting"]
        assert result.code == 8
        assert jobs()[0]["job"] in result.err
    later = uni("generate", "an owl", "-p", service, "-o", "owl.{ext}")
    assert later.code == 0, later.err
    assert home.services.billed(service) == account.billed + 1


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_killed_while_it_collects_can_be_followed_by_another(
    home: House, service: str, tmp_path: Path
) -> None:
    for count in itertools.count(1):
        with fresh(tmp_path / str(count)):
            assert uni("generate", "a fox", "-p", service, "--no-wait").code == 0
            code = start(count, "status", "--wait", "--timeout", "3")
            again = uni("status", "--wait", "--timeout", "3")
            assert again.code == 0, again.err
            account = home.account(1)
            assert (account.billed, account.delivered) == (1, 1)
            home.empty()
            if code != -signal.SIGKILL:
                break
    assert count > 3
