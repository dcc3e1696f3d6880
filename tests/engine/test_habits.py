"""What a run learns of its own jobs: many at once, played through on a clock of its own."""

from __future__ import annotations

import heapq
import statistics
from collections.abc import Callable
from random import Random

import pytest

from uni_cli.engine.habits import Habit
from uni_cli.engine.patience import USUAL

AT_ONCE, JOBS = 50, 1500


def habit_of(known: list[float]) -> Habit:
    """With a history that knows only when jobs were found."""
    return Habit.of((None, seconds) for seconds in known)


def play(takes: Callable[[Random], float], known: list[float]) -> tuple[float, float]:
    """The median time that a finished picture waits to be seen, and the mean number of looks, once it is learned."""
    dice, habit = Random(7), habit_of(known)
    lags, looks = list[float](), list[int]()
    started = 0
    due: list[tuple[float, int, float, float, int, float | None]] = []

    def start(now: float) -> None:
        nonlocal started
        started += 1
        heapq.heappush(due, (now + habit.first(USUAL), started, now, max(0.05, takes(dice)), 0, None))

    for _ in range(AT_ONCE):
        start(0.0)
    while due:
        now, number, begun, took, looked, missed = heapq.heappop(due)
        looked += 1
        if now - begun >= took:
            habit.learn(missed or 0.0, now - begun)
            lags.append(now - begun - took)
            looks.append(looked)
            if started < JOBS:
                start(now + 0.01)
            continue
        looking = sum(1 for other in due if other[4])
        pause = habit.next(now - begun, looks=looked, active=looking + 1, pauses=USUAL)
        heapq.heappush(due, (now + pause, number, begun, took, looked, now - begun))
    return statistics.median(lags[JOBS // 2 :]), statistics.mean(looks[JOBS // 2 :])


@pytest.mark.parametrize(
    ("typical", "spread", "known", "lag", "looks"),
    [
        (1.0, 0.0, [], 0.01, 1.3),
        (30.0, 0.0, [], 0.1, 2.5),
        (1.0, 0.01, [], 0.03, 1.5),
        (0.25, 0.01, [], 0.03, 1.5),
        (30.0, 0.3, [], 0.2, 4.0),
        (30.0, 0.3, [10.0] * 20, 0.2, 4.0),
        (10.0, 0.3, [30.0] * 20, 0.2, 4.0),
        (30.0, 8.0, [], 2.0, 15.0),
        (1.0, 0.1, [], 0.08, 2.6),
        (1.0, 0.25, [], 0.1, 4.0),
        (1.0, 0.25, [30.0] * 20, 0.1, 4.0),
    ],
)
def test_a_run_learns_when_to_look(typical: float, spread: float, known: list[float], lag: float, looks: float) -> None:
    """From nothing, or from a ledger that remembers other times; a steady kind costs a look or two for each picture."""
    waited, asked = play(lambda dice: dice.gauss(typical, spread), known)

    assert waited < lag
    assert asked < looks


def test_times_that_differ_evenly_are_met_by_as_many_looks_as_a_script_asks_and_three_times_as_soon() -> None:
    """From 0.8 to 1.2 s; who looks every half second asks 2.5 times and waits 0.2 s."""
    waited, asked = play(lambda dice: dice.uniform(0.8, 1.2), [])

    assert waited < 0.2 / 3
    assert asked < 2.8


def test_a_wave_of_short_jobs_that_was_under_way_sends_nobody_too_early_into_the_next() -> None:
    """Fifty jobs set out before anybody knew anything, and all are found at once: none can have come too soon."""
    habit = habit_of([])
    assert {habit.first(USUAL) for _ in range(50)} == {1.0}
    for n in range(50):
        habit.learn(0.0, 1.0 + n % 5 / 1000)

    early = [first for first in (habit.first(USUAL) for _ in range(50)) if first < 0.99]
    assert len(early) <= 50 // 8 + 1


def test_a_kind_that_is_not_steady_is_looked_at_from_its_shortest_time_on() -> None:
    habit = habit_of([20.0, 25.0, 30.0, 35.0, 40.0])

    assert habit.first(USUAL) < 20.0


def test_only_the_latest_jobs_count() -> None:
    habit = habit_of([30.0] * 40)
    for _ in range(48):
        habit.learn(9.9, 10.0)

    assert 9.8 <= habit.first(USUAL) <= 10.0


def test_a_job_that_is_late_is_asked_for_less_and_less_often() -> None:
    habit = habit_of([10.0] * 20)
    pauses, now = list[float](), 10.0
    while now < 40.0:
        pauses.append(habit.next(now, looks=len(pauses) + 1, active=1, pauses=USUAL))
        now += pauses[-1]

    assert pauses == sorted(pauses)
    assert pauses[0] < 0.1
    assert set(pauses[-3:]) == {3.0}
    assert len(pauses) < 30


def test_runs_of_one_job_neither_drift_nor_miss_that_a_service_got_faster() -> None:
    """Each run knows what the ledger has of the latest twenty, and an answer takes its time."""
    dice, known, waited = Random(7), list[tuple[float | None, float]](), list[float]()
    for run in range(400):
        habit, now, looks, missed = Habit.of(known[-20:]), 0.0, 0, 0.0
        takes = dice.gauss(10.0, 0.5) if run < 200 else dice.gauss(5.0, 0.3)
        pause = habit.first(USUAL)
        while (now := now + pause) < takes:
            looks, missed = looks + 1, now
            pause = habit.next(now + 0.3, looks=looks, active=1, pauses=USUAL) + 0.3
        known.append((missed, now))
        waited.append(now - takes)

    assert statistics.mean(waited[100:200]) < 0.8
    assert statistics.mean(waited[300:]) < 0.8


def test_one_job_that_took_for_ever_changes_little() -> None:
    habit = habit_of([3.0] * 10 + [600.0])

    assert habit.first(USUAL) < 3.1
    assert habit.next(3.0, looks=1, active=1, pauses=USUAL) <= 1.0


def test_late_jobs_together_are_polite() -> None:
    habit = habit_of([5.0 + n / 40 for n in range(40)])

    assert 200 / habit.next(8.0, looks=3, active=200, pauses=USUAL) <= 20.0
