"""An event loop that asks for the addresses of a name once a minute, whoever wants them: a check, a line, httpx.

Otherwise each connection asks for itself, in a thread; and where a link was checked, its connection could be told of
other addresses than the check.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

if sys.platform == "win32":
    from asyncio import ProactorEventLoop as _Base
else:
    from asyncio import SelectorEventLoop as _Base

Value = TypeVar("Value")

KNOWN_SECONDS = 60.0


class Loop(_Base):
    def __init__(self) -> None:
        super().__init__()
        self._names: dict[tuple[Any, ...], tuple[float, asyncio.Task[list[Any]]]] = {}

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        question = host.decode("ascii") if isinstance(host, bytes) else host, port, family, type, proto, flags
        asked, answer = self._names.get(question, (0.0, None))
        if answer is None or _is_of_no_use(answer) or time.monotonic() - asked > KNOWN_SECONDS:
            asking = super().getaddrinfo(host, port, family=family, type=type, proto=proto, flags=flags)
            answer = self.create_task(asking)
            self._names[question] = time.monotonic(), answer
        # Others may wait for it as well.
        return list(await asyncio.shield(answer))


def _is_of_no_use(answer: asyncio.Task[list[Any]]) -> bool:
    return answer.done() and (answer.cancelled() or answer.exception() is not None)


def run(work: Coroutine[Any, Any, Value]) -> Value:
    """`asyncio.run` with such a loop."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(work)
