"""Waiting for tasks, and no longer than there is hope."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

LOOK = 2.0
# Workers that died come back within seconds where somebody restarts them.
ALONE = 30.0


class Gone(Exception):
    """A task has no result: its workers died, it takes too long, or the cluster went away."""


class Watch:
    """Knows since when a cluster has had no worker."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._alone_since: float | None = None
        self._task = asyncio.create_task(self._look())

    async def run(self, task: Callable[..., Any], order: object, *, key: str, retries: int, patience: float) -> Any:
        """A task's result. Raises Gone where there is none within so many seconds."""
        try:
            future = self.client.submit(task, order, key=key, pure=False, retries=retries)
        except Exception as error:
            raise Gone(f"the cluster does not answer: {error}") from error
        return await self._outcome(future, patience)

    async def _outcome(self, future: Any, patience: float) -> Any:
        waiting = asyncio.ensure_future(_result(future))
        end = asyncio.get_running_loop().time() + patience
        try:
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=LOOK)
                if not waiting.done():
                    self._check(end)
            return waiting.result()
        finally:
            if not waiting.done():
                waiting.cancel()
                with suppress(Exception):
                    await future.cancel()
            future.release()

    def _check(self, end: float) -> None:
        now = asyncio.get_running_loop().time()
        if self._alone_since is not None and now - self._alone_since > ALONE:
            raise Gone("the cluster has no worker any more")
        if now > end:
            raise Gone("the cluster did not do it in time")

    async def _look(self) -> None:
        while True:
            found: Any = None
            with suppress(Exception):
                found = await self.client.ncores()
            now = asyncio.get_running_loop().time()
            self._alone_since = None if found else self._alone_since or now
            await asyncio.sleep(LOOK)

    def close(self) -> None:
        self._task.cancel()


async def _result(future: Any) -> Any:
    try:
        return await future
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise Gone("the cluster dropped the task") from None
    except Exception as error:
        raise Gone(f"{type(error).__name__}: {error}") from error
