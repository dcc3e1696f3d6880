"""A ledger, a lock and files with names that a shell could take for more than names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from uni_cli.ledger import Budget, Ledger
from uni_cli.models import Job, JobState, Operation, Request, Target

HOSTILE = 'a "fox" in `touch boom` $(touch boom); \x1b[31mred\x1b[0m 16:9 \\ it\'s\nnight %F{red} {x,y} *'
SHOWN = 'a "fox" in `touch boom` $(touch boom); [31mred [0m 16:9'
FILES = ("cat.png", "my file.png", "$(touch boom).png", "`touch boom`.png", 'it\'s "so".png', "16:9=wide.png")


def job(id: str, prompt: str, *, state: JobState, created: float) -> Job:
    request = Request(Operation.GENERATE, prompt)
    return Job(id, "run", "local", "", request, Target("{slug}", "/"), id, created, created, state=state)


def fill(folder: Path, *jobs: Job) -> None:
    ledger = Ledger(folder)
    ledger.reserve(jobs, Budget(), 1.7e9)
    for one in jobs:
        ledger.save(one)
    ledger.close()


@pytest.fixture
def desk() -> Path:
    """The working folder, with three jobs in the ledger beside it."""
    fill(
        Path(os.environ["UNI_STATE_DIR"]),
        job("7f3a9c21", HOSTILE, state=JobState.SAVED, created=1.7e9),
        job("81aa0000", "a red van", state=JobState.IN_DOUBT, created=1.7e9 + 1),
        job("92bb1111", "霧の灯台", state=JobState.FAILED, created=1.7e9 + 2),
    )
    for name in FILES:
        Path(name).touch()
    Path("recipes").mkdir()
    Path("recipes/skyline.yaml").write_text("recipe: skyline\nprompt: a skyline\n")
    Path("recipes/bad name; touch boom.yaml").write_text("prompt: x\n")
    Path("recipes/skyline.lock.json").write_text(
        '{"schema": "uni.lock/1", "recipe": "skyline", "items": {"lisbon-dawn-1": {"path": "out/a.png"}, '
        '"lisbon-dusk-1": {"path": "out/$(touch boom).png"}, "street/night": {}, "$(touch boom)": {}, "a b": {}}}'
    )
    return Path.cwd()
