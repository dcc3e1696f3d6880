"""How long jobs of one kind take: from the ledger at first, then from the jobs of this very run."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from uni_cli.engine.patience import USUAL, Pauses

# Between two looks when the usual time is near, and while only one job in ten ends so early.
NEAR, RARE = 0.7, 2.0
EARLY_SECONDS = 15.0
# All jobs of one service together look at most that often, so that two hundred jobs do not drown it.
LOOKS_PER_SECOND = 20.0
# Short jobs whose times differ by less than this are brisk: nearly all are caught by a few looks close together. Each
# may look again after this share of its usual time, for where jobs are short there is much traffic anyway.
BRISK_SECONDS, BRISK_LONGEST, BRISK_SHARE = 1.5, 8.0, 1 / 8
KNOWN = 20
# Jobs whose times differ by so little are looked at when they should be ready, and again very soon if they are not.
STEADY_SECONDS, STEADY_SHARE, STEADY_JOBS = 1.0, 0.05, 5
SOONEST = 0.03
SOON_LOOKS = 3


def spread_of(usual: list[float]) -> float:
    """Between the fast and the slow, without the one in ten at either end; `usual` is sorted."""
    return usual[len(usual) * 9 // 10] - usual[len(usual) // 10] if usual else 0.0


def is_brisk(usual: list[float]) -> bool:
    return len(usual) >= STEADY_JOBS and usual[-1] <= BRISK_LONGEST and spread_of(usual) <= BRISK_SECONDS


def first_look(usual: list[float], pauses: Pauses = USUAL) -> float:
    """Seconds after the submit at which looking begins to make sense."""
    if not usual:
        return pauses.first_look
    if is_brisk(usual):
        return max(0.2, usual[len(usual) // 10] * 0.95)
    shortest, middle = usual[0], usual[len(usual) // 2]
    # Where times differ much, the shortest one known is not the shortest there is.
    return max(0.2, (shortest - (middle - shortest) / 2) * 0.95)


def next_look(elapsed: float, usual: list[float], *, active: int = 1, pauses: Pauses = USUAL) -> float:
    """Seconds until the next look, `elapsed` seconds after the submit."""
    together = active / LOOKS_PER_SECOND
    if not usual:
        return max(pauses.early if elapsed < EARLY_SECONDS else pauses.late, together)
    if elapsed > usual[-1] * 1.5 + 2.0:
        return max(pauses.late, together)
    if is_brisk(usual):
        share = usual[len(usual) // 2] * BRISK_SHARE
        # Three looks between the fast and the slow.
        return max(min(NEAR, max(0.1, spread_of(usual) / 3)), min(together, share))
    rare = elapsed < usual[len(usual) // 10] * 0.95
    # A kind of job that takes a second is looked at more often than one that takes a minute.
    return max(min(RARE if rare else NEAR, max(0.1, usual[0] / 4)), together)


@dataclass
class Habit:
    """The latest jobs of one kind. A look tells only that a job ended since the look before."""

    _took: deque[float] = field(default_factory=lambda: deque(maxlen=KNOWN))
    _usual: list[float] = field(default_factory=list)
    _streak: int = 0
    # Tells jobs that were planned before the last step from those that were planned after it.
    turn: int = 0

    @classmethod
    def of(cls, known: Iterable[float]) -> Habit:
        habit = cls()
        for seconds in known:
            habit._add(seconds)
        return habit

    @property
    def usual(self) -> list[float]:
        """Sorted."""
        return self._usual

    @property
    def is_steady(self) -> bool:
        if len(self._usual) < STEADY_JOBS:
            return False
        middle = self._usual[len(self._usual) // 2]
        # A second is little for a job of ten, and all for a job of one.
        return spread_of(self._usual) <= max(0.1, min(STEADY_SECONDS, middle / 10), middle * STEADY_SHARE)

    def _add(self, seconds: float) -> None:
        self._took.append(seconds)
        self._usual = sorted(self._took)

    def learn(self, elapsed: float, *, looks: int, turn: int) -> None:
        """A job was found finished at its look number `looks`; its first was planned in this `turn`."""
        if looks > 1 or not self._usual:
            self._streak, self.turn = 0, self.turn + 1
            self._add(elapsed)
            return
        # It had been ready for a while already. The longer every first look finds its job so, the larger are the steps
        # to an earlier one: a step for all jobs that were planned alike.
        if turn == self.turn:
            self._streak, self.turn = self._streak + 1, self.turn + 1
        self._add(elapsed - min(self._soon(0) / 2 * 2.0**self._streak, elapsed / 4))

    def first(self, pauses: Pauses) -> float:
        return self._usual[len(self._usual) * 6 // 10] if self.is_steady else first_look(self._usual, pauses)

    def next(self, elapsed: float, *, looks: int, active: int, pauses: Pauses) -> float:
        """Seconds until the next look, after `looks` of them."""
        if self.is_steady and looks <= SOON_LOOKS:
            return self._soon(looks - 1)
        return next_look(elapsed, self._usual, active=active, pauses=pauses)

    def _soon(self, turn: int) -> float:
        middle = self._usual[len(self._usual) // 2]
        return min(NEAR, max(SOONEST, middle / 100, spread_of(self._usual) / 4) * 2.0**turn)
