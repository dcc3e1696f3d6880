"""How long things may take: like `asyncio.timeout`, with one timer for many.

A timer of its own for each exchange is made, sorted in and taken out again several times for every picture, and nearly
never rings.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self


class Bounds:
    """`with bounds.within(seconds):` raises TimeoutError where what is inside takes longer."""

    def __init__(self) -> None:
        # A dict for its order: what is cut at the same moment is cut in the order in which it began.
        self.running: dict[Bound, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def within(self, seconds: float) -> Bound:
        return Bound(self, seconds)

    def watch(self, bound: Bound) -> None:
        """The timer stays when the bound is gone: whoever begins next needs one as well."""
        self.running[bound] = None
        if self._timer is None or bound.until < self._timer.when():
            self._wake_at(bound.until)

    def _wake_at(self, moment: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(moment, self._ring)

    def _ring(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for bound in [bound for bound in self.running if bound.until <= now]:
            del self.running[bound]
            bound.cut()
        if self.running:
            self._wake_at(min(bound.until for bound in self.running))


class Bound:
    """One of them, entered once."""

    __slots__ = ("_asked_before", "_bounds", "_is_cut", "_seconds", "_task", "until")

    def __init__(self, bounds: Bounds, seconds: float) -> None:
        self._bounds, self._seconds = bounds, seconds
        self._is_cut = False

    def __enter__(self) -> Self:
        task: asyncio.Task[Any] | None = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be cut")
        self._task, self._asked_before = task, task.cancelling()
        self.until = asyncio.get_running_loop().time() + self._seconds
        self._bounds.watch(self)
        return self

    def renew(self) -> None:
        """Again so many seconds from now on."""
        self.until = asyncio.get_running_loop().time() + self._seconds

    def cut(self) -> None:
        self._is_cut = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bounds.running.pop(self, None)
        # Where somebody else wants the task to end as well, that counts.
        if self._is_cut and self._task.uncancel() <= self._asked_before and kind is asyncio.CancelledError:
            raise TimeoutError from error
