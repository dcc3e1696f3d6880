"""What a run learns of its own jobs: many at once, played through on a clock of its own."""

from __future__ import annotations

import heapq
import statistics
from random import Random

import pytest

from uni_cli.engine.habits import Habit
from uni_cli.engine.patience import USUAL

AT_ONCE, JOBS = 50, 1500


def play(typical: float, spread: float, known: list[float]) -> tuple[float, float]:
    """The median time that a finished picture waits to be seen, and the mean number of looks, once it is learned."""
    dice, habit = Random(7), Habit.of(known)
    lags, looks = list[float](), list[int]()
    started = 0
    due: list[tuple[float, int, float, float, int, int]] = []

    def start(now: float) -> None:
        nonlocal started
        started += 1
        takes = max(0.05, dice.gauss(typical, spread))
        heapq.heappush(due, (now + habit.first(USUAL), started, now, takes, 0, habit.turn))

    for _ in range(AT_ONCE):
        start(0.0)
    while due:
        now, number, begun, took, looked, turn = heapq.heappop(due)
        looked += 1
        if now - begun >= took:
            habit.learn(now - begun, looks=looked, turn=turn)
            lags.append(now - begun - took)
            looks.append(looked)
            if started < JOBS:
                start(now + 0.01)
            continue
        looking = sum(1 for other in due if other[4])
        pause = habit.next(now - begun, looks=looked, active=looking + 1, pauses=USUAL)
        heapq.heappush(due, (now + pause, number, begun, took, looked, turn))
    return statistics.median(lags[JOBS // 2 :]), statistics.mean(looks[JOBS // 2 :])


@pytest.mark.parametrize(
    ("typical", "spread", "known", "lag", "looks"),
    [
        (1.0, 0.01, [], 0.1, 2.0),
        (0.25, 0.01, [], 0.1, 2.0),
        (30.0, 0.3, [], 0.5, 2.0),
        (30.0, 0.3, [10.0] * 20, 0.5, 2.0),
        (10.0, 0.3, [30.0] * 20, 0.6, 2.0),
        (30.0, 8.0, [], 2.0, 15.0),
        (1.0, 0.1, [], 0.1, 3.0),
        (1.0, 0.25, [], 0.15, 4.0),
        (1.0, 0.25, [30.0] * 20, 0.25, 4.0),
    ],
)
def test_a_run_learns_when_to_look(typical: float, spread: float, known: list[float], lag: float, looks: float) -> None:
    """From nothing, or from a ledger that remembers other times; a steady kind costs a look or two for each picture."""
    waited, asked = play(typical, spread, known)

    assert waited < lag
    assert asked < looks


def test_a_kind_that_is_not_steady_is_looked_at_from_its_shortest_time_on() -> None:
    habit = Habit.of([20.0, 25.0, 30.0, 35.0, 40.0])

    assert habit.first(USUAL) < 20.0


def test_only_the_latest_jobs_count() -> None:
    habit = Habit.of([30.0] * 20)
    for _ in range(20):
        habit.learn(10.0, looks=2, turn=0)

    assert habit.usual == [10.0] * 20
