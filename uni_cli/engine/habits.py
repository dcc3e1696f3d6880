"""How long jobs of one kind take, and when to look: from the ledger at first, then from the jobs of this very run.

A look tells only that a job has ended by then, or that it has not. From these spans follows how likely it is that a job
ends at which moment, and from that the looks with which it costs least to find it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, takewhile
from random import randrange

from uni_cli.engine.patience import Pauses

# One look more is worth it where it saves so many seconds of waiting.
LOOK_WORTH = 0.03
EARLY_SECONDS = 15.0
# All jobs of one service together look at most that often, so that two hundred jobs do not drown it. Short jobs may be
# looked at after such a share of their time, for where jobs are short there is much traffic anyway.
LOOKS_PER_SECOND = 20.0
SHORT_SECONDS, SHORT_SHARE = 8.0, 1 / 12
# From so few jobs nobody can tell how much their times differ.
FEW, KNOWN = 5, 40
# After so many jobs what they say is thought over again.
FRESH = 8
# A job that is later than all others is looked at again after so long, then after twice as long, and so on.
SOONEST, NEAR = 0.01, 0.7
# Of so many jobs one is looked at sooner than seems best, for else nobody would learn that they are ready sooner.
PIONEERS = 12
GOLDEN = 0.618034
# Of kinds whose times differ by so many seconds, and how long between two looks while only one in ten has ended.
WIDE, SELDOM, MOST_STEPS = 12.0, 2.0, 2000
# How exactly it is worth to know a time, in seconds and as a share of it.
EXACT_SECONDS, EXACT_SHARE = 0.001, 0.001
# By which share of the shortest time that was seen a job may be faster.
SOONER_SHARES = 1 / 100, 1 / 2
# One that took so many times as long as most is no reason to wait for all.
FAR = 3.0
# Where nobody wrote down when a job was looked at before: at about such a share of its time.
BEFORE = 0.95
# Of how many moments one is chosen for a look, and how often all spans are weighed against each other.
MOMENTS, ROUNDS = (24, 72), 12

# After the first moment the job was not ready, or nobody had looked (0); at the second it was.
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """`looks` are the moments at which it is best to look; `moments` lie as close as jobs were seen to end."""

    looks: tuple[float, ...]
    moments: tuple[float, ...]
    usual: float
    shortest: float


@dataclass
class Habit:
    """The latest jobs of one kind."""

    _spans: deque[Span] = field(default_factory=lambda: deque(maxlen=KNOWN))
    _plan: Plan | None = None
    _fresh: int = 0
    _sooner: float = SOONER_SHARES[0]
    # Where it begins is left to chance, so that runs of one job have their pioneers, too.
    _begun: int = field(default_factory=lambda: randrange(PIONEERS))

    @classmethod
    def of(cls, known: Iterable[tuple[float | None, float]]) -> Habit:
        """`known` has the oldest first."""
        habit = cls()
        for missed, found in known:
            habit.learn(found * BEFORE if missed is None else missed, found)
        # Runs of one job each have no other way to notice that a service got faster.
        in_time = sum(1 for _ in takewhile(lambda span: not span[0], reversed(habit._spans)))
        if habit._plan and in_time:
            least, most = SOONER_SHARES
            habit._plan = plan_of(habit._spans, min(most, least * 2.0**in_time))
        return habit

    def learn(self, missed: float, found: float) -> None:
        """A job was found finished; at `missed`, if that is not 0, it was not."""
        plan = self._plan
        # That a job is ready when the last of all jobs should be says nothing new.
        if plan and not missed and found >= plan.looks[-1] - EXACT_SECONDS:
            return
        self._spans.append((missed, found))
        self._fresh += 1
        is_late = plan is not None and missed >= plan.looks[-1]
        if len(self._spans) >= FEW and (plan is None or is_late or self._fresh >= FRESH):
            self._think_over()

    def _think_over(self) -> None:
        """As long as nobody comes too soon, all may be much faster than was thought.

        Of short jobs a whole wave may have been under way before anybody came early, so somebody has to have done so.
        """
        least, most = SOONER_SHARES
        fresh = list(self._spans)[-self._fresh :]
        if self._plan is None or any(missed for missed, _ in fresh):
            self._sooner = least
        elif self._plan.shortest > SHORT_SECONDS or any(found < self._plan.shortest for _, found in fresh):
            self._sooner = min(2 * self._sooner, most)
        self._fresh, self._plan = 0, plan_of(self._spans, self._sooner)

    def first(self, pauses: Pauses) -> float:
        """Seconds after the submit at which looking begins to make sense."""
        plan = self._plan
        if plan is None:
            return min([pauses.first_look, *(found * BEFORE for _, found in self._spans)])
        self._begun += 1
        turn, place = divmod(self._begun, PIONEERS)
        if place != PIONEERS // 2:
            return plan.looks[0]
        # Each pioneer at another of the moments at which jobs end.
        return min(plan.looks[0], plan.moments[int(turn * GOLDEN % 1 * len(plan.moments))])

    def next(self, elapsed: float, *, looks: int, active: int, pauses: Pauses) -> float:
        """Seconds until the next look, after `looks` of them."""
        plan, together = self._plan, active / LOOKS_PER_SECOND
        if plan is None:
            return max(pauses.early if elapsed < EARLY_SECONDS else pauses.late, together)
        if elapsed > plan.moments[-1] * 1.5 + 2.0:
            return max(pauses.late, together)
        due = bisect_right(plan.looks, elapsed + EXACT_SECONDS)
        if due == len(plan.looks):
            return max(min(NEAR, max(SOONEST, elapsed - plan.moments[-1])), together)
        if plan.usual < SHORT_SECONDS:
            together = min(together, plan.usual * SHORT_SHARE)
        # Where few are looked at, a second look is free to come at its time: from it most is learned.
        is_free = looks == 1 and active <= LOOKS_PER_SECOND
        return max(plan.looks[due] - elapsed, 0.0 if is_free else together)


def plan_of(spans: Iterable[Span], sooner: float) -> Plan:
    spans = sorted(spans, key=lambda span: span[1])
    found = [late for _, late in spans]
    # One in twenty at either end is not what one should wait for.
    low, high = found[len(found) // 20], min(found[-1 - len(found) // 20], found[len(found) // 2] * FAR)
    exact = max(EXACT_SECONDS, low * EXACT_SHARE)
    least = low - max(low * sooner, (high - low) / 2, exact)
    if too_soon := sorted(early for early, _ in spans if early):
        least = min(least, too_soon[len(too_soon) // 20])
    least = max(0.0, least)
    width = max(high - least, exact)
    count = max(MOMENTS[0], min(MOMENTS[1], int(4 * (width / LOOK_WORTH) ** 0.5)))
    edges = [least + width * n / count for n in range(count + 1)]
    shares = _shares(spans, edges)
    ended = list(accumulate(shares))
    moments = tuple(edge for edge, by_then in zip(edges[1:], ended, strict=True) if 0.02 < by_then < 0.98)
    looks = _best(edges, shares) if width < WIDE else _steps(found, high)
    return Plan(tuple(looks), moments or (high,), edges[bisect_left(ended, 0.5) + 1], low)


def _steps(found: Sequence[float], high: float) -> list[float]:
    """Where times differ by much, some dozens of jobs tell too little to plan by: from well before the shortest on."""
    shortest, middle = found[0], found[len(found) // 2]
    often = found[len(found) // 10] * BEFORE
    looks = [max(0.2, (shortest - (middle - shortest) / 2) * BEFORE)]
    while looks[-1] < high and len(looks) < MOST_STEPS:
        looks.append(looks[-1] + (NEAR if looks[-1] >= often else SELDOM))
    return looks


def _shares(spans: Sequence[Span], edges: Sequence[float]) -> list[float]:
    """How likely a job ends between two edges: each job's span is shared out as the spans of all others suggest."""
    count = len(edges) - 1
    shares = [1 / count] * count
    inside = []
    for early, late in spans:
        begin = min(bisect_left(edges, early), count - 1)
        end = max(begin + 1, min(bisect_left(edges, late), count))
        inside.append((begin, end))
    for _ in range(ROUNDS):
        sums = [0.0, *accumulate(shares)]
        weights = [0.0] * (count + 1)
        for begin, end in inside:
            weight = 1 / max(sums[end] - sums[begin], 1e-9)
            weights[begin] += weight
            weights[end] -= weight
        shares = [share * weight / len(spans) for share, weight in zip(shares, accumulate(weights), strict=False)]
    # Nobody has seen enough jobs to rule a moment out.
    return [0.9 * share + 0.1 / count for share in shares]


def _best(edges: Sequence[float], shares: Sequence[float]) -> list[float]:
    """The moments of looks for which waiting and looking together cost least, found from the end backwards."""
    count = len(shares)
    sums = [0.0, *accumulate(shares)]
    ends = [0.0, *accumulate(share * (edges[n] + edges[n + 1]) / 2 for n, share in enumerate(shares))]
    costs, following = [0.0] * (count + 1), [count] * (count + 1)
    for n in range(count - 1, -1, -1):
        asking = LOOK_WORTH * (1 - sums[n])
        near = max(n + 1, bisect_right(edges, edges[n] + NEAR) - 1) if n else count
        costs[n], following[n] = min(
            (asking + edges[m] * (sums[m] - sums[n]) - (ends[m] - ends[n]) + costs[m], m)
            for m in range(n + 1, near + 1)
        )
    looks, n = list[float](), 0
    while n < count:
        n = following[n]
        looks.append(edges[n])
    return looks
