"""Any order of pictures, faults, deaths and collections: paid at most once each, and never out of sight."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.engine.cells import kinds
from tests.engine.house import OPEN, SERVICES, House, fresh, jobs, speaks_plainly
from tests.engine.mortal import freeze
from tests.front import uni
from uni_cli.ledger import Ledger, schema

pytestmark = pytest.mark.usefixtures("quick")
TOO_LONG = ("oversized", "drip=0.1")
STEPS = ("submit", "poll", "recover", "download")
FAULTS = sorted(
    {
        f"{service}:{step}:{kind}"
        for service in SERVICES
        for step in STEPS
        for kind in kinds(step, service)
        if kind not in TOO_LONG
    }
)


class Death(BaseException):
    """The process is gone: nothing that it would still do reaches the ledger."""


class Story(RuleBasedStateMachine):
    home: House
    patch: pytest.MonkeyPatch

    def __init__(self) -> None:
        super().__init__()
        self.home.empty()
        self.place = TemporaryDirectory()
        self.inside = fresh(Path(self.place.name))
        self.inside.__enter__()
        self.asked: Counter[str] = Counter()
        self.deaths = 0

    def teardown(self) -> None:
        try:
            self._settle()
        finally:
            self.inside.__exit__(None, None, None)
            self.place.cleanup()

    def _settle(self) -> None:
        """In the end, with everything mended, what was billed is delivered or named as in doubt."""
        self.home.break_with()
        self._run("status", "--wait", "--timeout", "1")
        self.nothing_is_paid_twice()
        self.every_paid_picture_is_in_sight()
        billed = self.home.services.billed()
        states = Counter(row["state"] for row in jobs())
        assert states["saved"] <= billed <= states["saved"] + states["in_doubt"]

    @rule(service=st.sampled_from(SERVICES), count=st.integers(1, 3), prompt=st.sampled_from(["a fox", "an owl"]))
    def ask(self, service: str, count: int, prompt: str) -> None:
        self.asked[service] += count
        self._run("generate", prompt, "-p", service, "-n", str(count), "--timeout", "0.5", "-o", "fox.{ext}")

    @rule(service=st.sampled_from(SERVICES))
    def ask_without_waiting(self, service: str) -> None:
        self.asked[service] += 1
        self._run("generate", "a fox", "-p", service, "--no-wait")

    @rule(service=st.sampled_from(SERVICES), write=st.integers(1, 12))
    def ask_and_die(self, service: str, write: int) -> None:
        self.asked[service] += 2
        self._die(write, "generate", "a fox", "-p", service, "-n", "2", "--timeout", "0.5")

    @rule(write=st.integers(1, 12))
    def collect_and_die(self, write: int) -> None:
        self._die(write, "status", "--wait", "--timeout", "0.5")

    @rule(faults=st.lists(st.sampled_from(FAULTS), max_size=4), often=st.sampled_from(["", ":1", ":2"]))
    def break_things(self, faults: list[str], often: str) -> None:
        self.home.break_with(*(f"{fault}{often}" for fault in faults))

    @rule()
    def mend_things(self) -> None:
        self.home.break_with()

    @rule()
    def collect(self) -> None:
        self._run("status", "--wait", "--timeout", "0.5")

    @rule(seconds=st.sampled_from([90, 4000]))
    def let_time_pass(self, seconds: int) -> None:
        self.home.services.advance(seconds)

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        for service in SERVICES:
            assert self.home.services.billed(service) <= self.asked[service], service

    @invariant()
    def every_paid_picture_is_in_sight(self) -> None:
        rows = jobs()
        billed = {(row["service"], row["id"]) for row in self.home.books if float(row["usd"]) > 0}
        known = {(row["provider"], row["remote_id"]) for row in rows if row["state"] in (*OPEN, "saved")}
        unseen = Counter(service for service, _ in billed - known)
        silent = Counter(
            row["provider"] for row in rows if row["state"] in ("submitting", "in_doubt") and not row["remote_id"]
        )
        assert all(unseen[service] <= silent[service] for service in SERVICES), (unseen, silent)
        paths = [row["path"] for row in rows if row["state"] == "saved"]
        assert len(set(paths)) == len(paths)
        assert all(Path(path).is_file() for path in paths)

    def _run(self, *args: str) -> None:
        speaks_plainly(uni(*args))

    def _die(self, write: int, *args: str) -> None:
        """As `kill -9` would leave it: no later write, and an owner that lives no more."""
        self.patch.setattr(Ledger, "after_write", _strike_at(write))
        try:
            uni(*args)
        except Death:
            self.deaths += 1
        finally:
            self.patch.undo()
        _bury()


def _strike_at(write: int) -> Callable[[Ledger, str], None]:
    left = iter(range(write - 1))

    def after_write(ledger: Ledger, what: str) -> None:
        if next(left, None) is None:
            freeze(ledger)
            raise Death

    return after_write


def _bury() -> None:
    """In this test the same process goes on under another name."""
    path = Path(os.environ["UNI_STATE_DIR"]) / schema.FILE
    if not path.exists():
        return
    db = sqlite3.connect(path)
    if db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        db.execute("UPDATE owners SET started = 'long gone'")
    db.commit()
    db.close()


def test_no_order_of_events_pays_twice_or_loses_a_picture(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.MonkeyPatch.context() as patch:
        members: dict[str, Any] = {"home": home, "patch": patch}
        story = type("Story", (Story,), members)
        run_state_machine_as_test(
            story,
            settings=settings(
                max_examples=10,
                stateful_step_count=8,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
