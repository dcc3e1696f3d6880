"""Many processes on one ledger and one purse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.house import House, jobs
from tests.front import uni

pytestmark = pytest.mark.usefixtures("quick")
ROOT = Path(__file__).parents[2]


def together(*commands: list[str], **settings: str) -> list[tuple[int, str, str]]:
    """Real processes at the same time: their exit codes and what they said."""
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "uni_cli", *command],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    said = [run.communicate(timeout=120) for run in running]
    return [(run.returncode, out, err) for run, (out, err) in zip(running, said, strict=True)]


def test_eight_processes_never_spend_more_than_the_budget(home: House) -> None:
    ends = together(
        *[["generate", f"fox {n}", "-p", "luma", "-o", "fox.png"] for n in range(8)], UNI_BUDGET_DAILY="0.17"
    )

    assert sorted(code for code, _, _ in ends) == [0, 0, 0, 0, 6, 6, 6, 6]
    assert home.services.billed("luma") == 4
    assert len({out for code, out, _ in ends if code == 0}) == 4
    assert not any("is locked" in err or "Traceback" in err for _, _, err in ends)


def test_eight_processes_with_many_pictures_share_a_new_ledger(home: House) -> None:
    ends = together(*[["generate", f"fox {n}", "-p", "gmicloud", "-n", "5", "-q"] for n in range(8)])

    assert [code for code, _, _ in ends] == [0] * 8
    assert [err for _, _, err in ends] == [""] * 8
    account = home.account(40)
    assert (account.billed, account.delivered) == (40, 40)


def test_of_two_processes_with_one_key_one_buys_and_the_other_waits(home: House) -> None:
    command = ["generate", "a fox", "-p", "luma", "--once", "build-7", "--json"]
    ends = together(command, command, command)

    assert [code for code, _, _ in ends] == [0, 0, 0]
    images = [json.loads(out)["images"][0] for _, out, _ in ends]
    assert len({(image["path"], image["job"], image["sha256"]) for image in images}) == 1
    assert home.services.billed() == 1


def test_a_running_process_keeps_its_jobs_while_another_collects(home: House) -> None:
    home.break_with("luma:download:slow=1:1")
    ends = together(
        ["generate", "a fox", "-p", "luma", "-o", "fox.png"],
        ["status", "--wait", "-q"],
        ["status", "--wait", "--recover", "-q"],
    )

    assert [code for code, _, _ in ends] == [0, 0, 0]
    assert [path.name for path in sorted(Path().iterdir())] == ["fox.png", "fox.png.json"]
    assert home.account(1).billed == 1


def test_a_key_whose_process_died_before_it_sent_anything_is_free(home: House) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.engine.mortal", "2", "generate", "a fox", "-p", "luma", "--once", "k"]
    assert subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60).returncode < 0
    assert [row["state"] for row in jobs()] == ["planned"]

    again = uni("generate", "a fox", "-p", "luma", "--once", "k")

    assert again.code == 0, again.err
    assert sorted(row["state"] for row in jobs()) == ["failed", "saved"]
    assert home.services.billed() == 1
