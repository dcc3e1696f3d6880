"""When the engine looks again: pure numbers, and clocks that cannot be trusted."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from random import Random

import pytest

from tests.engine.house import SERVICES, House
from tests.engine.test_habits import habit_of
from tests.front import uni
from uni_cli.clock import Clock
from uni_cli.console import Console
from uni_cli.context import Context
from uni_cli.engine.habits import Habit
from uni_cli.engine.patience import USUAL
from uni_cli.folders import state_dir
from uni_cli.ledger import Ledger


def looks(took: float, habit: Habit) -> list[float]:
    """The moments, in seconds after the submit, at which a job that takes so long is looked at."""
    moments = [habit.first(USUAL)]
    while moments[-1] < took:
        moments.append(moments[-1] + habit.next(moments[-1], looks=len(moments), active=1, pauses=USUAL))
    return moments


@pytest.mark.parametrize(("typical", "spread"), [(30.0, 1.0), (30.0, 8.0), (63.0, 20.0), (8.0, 2.0), (1.0, 0.2)])
def test_a_finished_picture_waits_less_than_half_a_second_on_average(typical: float, spread: float) -> None:
    """With only the history of a ledger, which has the moments at which pictures were found."""
    dice = Random(7)
    times = [max(0.3, dice.gauss(typical, spread)) for _ in range(400)]
    waited = [looks(took, habit_of(times[:20]))[-1] - took for took in times[20:]]

    assert sum(waited) / len(waited) < 0.5


def test_the_first_look_comes_near_the_usual_time_and_costs_few_questions() -> None:
    habit = habit_of([28.0, 29.0, 30.0, 30.5, 31.0])

    assert 26.0 < habit.first(USUAL) < 28.5
    assert len(looks(30.0, habit)) <= 9


def test_without_history_looks_come_every_second_and_later_every_three() -> None:
    moments = looks(30.0, habit_of([]))

    assert moments[0] == 1.0
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps[:14] == [1.0] * 14
    assert set(gaps[14:]) == {3.0}


@pytest.mark.parametrize("active", [1, 40, 200])
def test_many_jobs_together_look_at_most_twenty_times_a_second(active: int) -> None:
    assert active / habit_of([2.0, 3.0, 4.0]).next(3.0, looks=2, active=active, pauses=USUAL) <= 20.0
    for known in ([], [20.0, 25.0, 30.0, 35.0, 40.0]):
        pause = habit_of(known).next(30.0, looks=2, active=active, pauses=USUAL)
        assert active / pause <= 20.0


def test_a_kind_of_job_that_was_slow_once_is_not_left_alone_for_so_long_again() -> None:
    assert habit_of([2.0] * 19 + [600.0]).first(USUAL) <= 2.0


class Jumping(Clock):
    """A wall clock that is set forth and back by a day all the time."""

    steps = 0

    def now(self) -> float:
        Jumping.steps += 1
        return super().now() + (86_400 if Jumping.steps % 2 else -86_400)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.usefixtures("quick")
def test_a_clock_that_jumps_changes_nothing(home: House, service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uni_cli.context.Clock", Jumping)
    for _ in range(3):
        result = uni("generate", "a fox", "-p", service, "-n", "2", "--timeout", "5")
        assert result.code == 0, result.err

    assert home.services.billed() == 6


class Machine(Clock):
    """Sleeping takes no time, here or at the services, but the clocks tell that it did."""

    home: House
    offset = 0.0
    late = 0.0
    slept: list[float]

    def now(self) -> float:
        return super().now() + Machine.offset

    def monotonic(self) -> float:
        return super().monotonic() + Machine.offset

    async def sleep(self, seconds: float) -> None:
        Machine.slept.append(seconds)
        Machine.offset += seconds + Machine.late
        Machine.home.services.advance(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def machine(home: House, monkeypatch: pytest.MonkeyPatch) -> type[Machine]:
    Machine.home, Machine.offset, Machine.slept = home, 0.0, []
    monkeypatch.setattr("uni_cli.context.Clock", Machine)
    return Machine


@pytest.mark.usefixtures("quick")
def test_a_clock_that_was_set_back_blocks_nobody(
    home: House, machine: type[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNI_LUMA__RATE", "1")
    machine.offset = 86_400.0
    assert uni("generate", "a fox", "-p", "luma").code == 0
    machine.offset = 0.0

    assert uni("generate", "a fox", "-p", "luma", "--timeout", "30").code == 0
    assert home.services.billed("luma") == 2


@pytest.mark.parametrize("step", ["submit", "poll"])
@pytest.mark.parametrize("service", SERVICES)
def test_the_pause_that_a_service_asks_for_is_kept(
    home: House, machine: type[Machine], service: str, step: str
) -> None:
    home.break_with("gmicloud:submit:shape=C", f"{service}:{step}:429=40:1")

    result = uni("generate", "a fox", "-p", service, "--timeout", "300", "-v")

    assert result.code == 0, result.err
    assert result.err.count("-> 429") == 1
    assert 38 < max(machine.slept) <= 41


def test_a_job_that_was_left_alone_for_a_day_does_not_teach_patience(home: House, machine: type[Machine]) -> None:
    assert uni("generate", "a fox", "-p", "luma", "--no-wait").code == 0
    machine.offset += 86_400
    home.services.advance(600)

    assert uni("status", "--wait").code == 0
    assert _usual() == []
    assert uni("generate", "a fox", "-p", "luma").code == 0
    assert len(_usual()) == 1
    assert _usual()[0] < 3


@pytest.mark.parametrize(("late", "usual"), [(0.002, 1.0), (0.3, 1.3)])
def test_that_alarms_ring_a_little_late_is_no_news_of_a_job(
    home: House, machine: type[Machine], monkeypatch: pytest.MonkeyPatch, late: float, usual: float
) -> None:
    """Each run looks when the runs before it found their jobs, so it would look later every time."""
    monkeypatch.setattr(machine, "late", late)
    # This machine's clock tells of true time as well, which may be more than a few milliseconds.
    monkeypatch.setattr("uni_cli.engine.waiting.LATE_SECONDS", 0.2)
    assert uni("generate", "a fox", "-p", "luma").code == 0

    found = _usual()[0]
    assert found == 1.0 if usual == 1.0 else usual <= found < usual + 0.3


def _usual() -> list[float]:
    """What the ledger knows of the latest job's kind."""
    ledger = Ledger(state_dir())
    newest = ledger.get(ledger.summaries(limit=1)[0].job)
    found = [seconds for _, seconds in ledger.history(newest)]
    ledger.close()
    return found


def test_a_pause_that_one_process_was_asked_for_holds_for_the_next(home: House) -> None:
    home.break_with("luma:submit:429=30:1")
    assert uni("generate", "a fox", "-p", "luma", "--timeout", "0.3").code == 7
    sent = home.services.stats()["luma"]["requests"]

    result = uni("generate", "a fox", "-p", "luma", "--timeout", "0.3")

    assert (result.code, "[provider.rate_limited]" in result.err) == (7, True)
    assert home.services.stats()["luma"]["requests"] == sent


def test_limits_come_from_the_settings_of_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_LUMA__CONCURRENCY", "3")
    monkeypatch.setenv("UNI_LUMA__RATE", "7")

    limits = Context(Console()).limits("luma")

    assert (limits.concurrency, limits.rate) == (3, 7)
