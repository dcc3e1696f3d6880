"""Sending again: what certainly did nothing, and for how long it is worth another try."""

from __future__ import annotations

from dataclasses import dataclass

from uni_cli.models import Failure, Job
from uni_cli.providers.base import Refused


class Again(Exception):
    """The paid request certainly did nothing; it may be sent again after so many seconds."""

    def __init__(self, failure: Failure, *, after: float, slot: bool = False) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.after = after
        self.slot = slot


@dataclass
class Tries:
    """How often one service was tried in vain, and for how long without any connection."""

    count: int = 0
    without_connection: float = 0.0
    _since: float | None = None

    def add(self, again: Again, now: float) -> None:
        self.count += 1
        if again.failure.code != "provider.unreachable":
            self._since = None
        elif self._since is None:
            self._since = now
        self.without_connection = 0.0 if self._since is None else now + again.after - self._since


class NoRoom(Refused):
    """Nothing was sent: the limits left no room as long as the patience lasted."""

    def __init__(self, job: Job) -> None:
        message = f"{job.provider} had no room for one more job within the given time"
        super().__init__(Failure("provider.rate_limited", message))
