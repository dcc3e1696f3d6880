"""One connection with HTTP/1.1, one exchange at a time. `http1` knows the protocol; here its bytes are moved.

httpx does this through four layers, which cost more than all else that a picture costs. What goes wrong is raised in
httpx's own words, so that one place says what it means.
"""

from __future__ import annotations

import asyncio
import select
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from uni_cli.transport.addresses import is_address
from uni_cli.transport.calls import Call
from uni_cli.transport.http1 import Reader, written

if TYPE_CHECKING:
    import ssl

# A second address is tried after that long, so that a broken IPv6 costs no more.
SECOND_ADDRESS = 0.25


class Line(asyncio.Protocol):
    def __init__(self) -> None:
        self._answers = Reader()
        # Both set when the connection is made, which is before `open` returns it.
        self._transport: Any = None
        self._glance: Callable[[], object] = bool
        self._ended = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._lost = asyncio.get_running_loop().create_future()
        self.idle_since = 0.0

    @classmethod
    async def open(cls, call: Call, trust: ssl.SSLContext | None) -> Line:
        place = call.place
        # Cancelled as soon as it is connected, a race of addresses forgets to close its winner. One needs no race.
        delay = None if is_address(place.host) else SECOND_ADDRESS
        try:
            async with asyncio.timeout(call.connect):
                _, line = await asyncio.get_running_loop().create_connection(
                    cls, place.host, place.port, ssl=trust, happy_eyeballs_delay=delay
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"no connection within {call.connect:g} s") from error
        except (OSError, UnicodeError) as error:  # an ssl.SSLError is an OSError
            raise httpx.ConnectError(str(error) or type(error).__name__) from error
        return line

    # --- what the event loop tells -----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._glance = _glance(transport.get_extra_info("socket").fileno())

    def data_received(self, data: bytes) -> None:
        # Never more than one read of the loop ahead: who reads the answer does not wait for anything else.
        self._answers.feed(data)
        self._wake()

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, error: Exception | None) -> None:
        self._error = error
        if not self._lost.done():
            self._lost.set_result(None)
        self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            # A regular end; a connection that broke ends nothing.
            if self._error is None:
                self._answers.end()
        self._wake()

    def _wake(self) -> None:
        if self._reader and not self._reader.done():
            self._reader.set_result(None)

    # --- an exchange -------------------------------------------------------------------------------------------

    async def ask(self, call: Call) -> tuple[int, Mapping[str, str]]:
        """Send it whole and read the answer's head: its status and its headers."""
        request = written(call.method, call.target, {"host": call.authority, **call.headers}, call.content)
        try:
            self._transport.write(request)
            # Nearly always nothing is there yet.
            while self._answers.is_clean or not self._answers.head():
                await self._more()
        except BaseException:
            self.abort()
            raise
        return self._answers.status, self._answers.headers

    async def block(self) -> bytes:
        """What comes next of the answer's body; nothing at its end."""
        while (block := self._answers.block()) is None:
            await self._more()
        return block

    async def _more(self) -> None:
        if self._ended:
            if self._error is None:
                raise httpx.RemoteProtocolError("the host closed it too early")
            raise httpx.ReadError(str(self._error) or "it broke")
        self._reader = asyncio.get_running_loop().create_future()
        try:
            await self._reader
        finally:
            self._reader = None

    def finish(self) -> None:
        """The next exchange may begin, or this connection is of no more use."""
        is_done = self._answers.is_over and self._answers.keeps
        # A host may answer before it has read everything, and the rest would stand before the next request.
        if is_done and not self._ended and not self._transport.get_write_buffer_size():
            self.idle_since = time.monotonic()
        else:
            self.abort()

    # --- between exchanges -------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """And nothing was said that nobody had asked for: it would be taken for the next answer."""
        return not self._ended and self._answers.is_clean and not self._transport.is_closing()

    @property
    def is_quiet(self) -> bool:
        """Nothing has come that the loop has not seen yet: on an idle connection it would be the end."""
        return not self._glance()

    def abort(self) -> None:
        self._ended = True
        self._transport.abort()

    async def aclose(self) -> None:
        """Its socket is closed when this returns, and whoever still reads hears of it."""
        self.abort()
        self._wake()
        await asyncio.shield(self._lost)


def _glance(handle: int) -> Callable[[], object]:
    """What looks, without waiting, whether there is anything to read."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return partial(poll.poll, 0)
    return lambda: select.select([handle], [], [], 0)[0]
