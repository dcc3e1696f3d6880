"""A socket as httpcore wants it, without the layers between that cost more than the reading."""

from __future__ import annotations

import asyncio
import select
from typing import Any

import httpcore

READ_AHEAD = 1 << 20
WRITE_AHEAD = 1 << 16


class Stream(httpcore.AsyncNetworkStream, asyncio.Protocol):
    """A socket as httpcore wants it. What is written waits for the first read, so head and body leave together."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._got = bytearray()
        self._kept: list[bytes] = []
        self._kept_bytes = 0
        self._ended = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        if len(self._got) > READ_AHEAD:
            self._transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> None:
        self._ended = True
        _wake(self._reader)

    def connection_lost(self, error: Exception | None) -> None:
        self._ended, self._error = True, error
        _wake(self._reader)
        _wake(self._writable)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        _wake(self._writable)
        self._writable = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._flush()
        if not self._got and not self._ended:
            self._reader = self._loop.create_future()
            try:
                await _within(timeout, self._reader, httpcore.ReadTimeout)
            finally:
                self._reader = None
        if not self._got and self._error:
            raise httpcore.ReadError(str(self._error) or type(self._error).__name__)
        data = bytes(self._got[:max_bytes])
        del self._got[:max_bytes]
        if not self._got and not self._ended and not self._transport.is_reading():
            self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._kept.append(buffer)
        self._kept_bytes += len(buffer)
        # Somebody reads already (HTTP/2), so no read will come that sends this.
        if self._reader or self._kept_bytes > WRITE_AHEAD:
            self._flush()
        if self._writable:
            await _within(timeout, self._writable, httpcore.WriteTimeout)
        if self._ended and self._transport.is_closing():
            raise httpcore.WriteError("the connection is closed")

    def _flush(self) -> None:
        if self._kept:
            self._transport.write(b"".join(self._kept))
            self._kept.clear()
            self._kept_bytes = 0

    async def aclose(self) -> None:
        if self._transport:
            self._flush()
            self._transport.close()

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._got) or self._ended or self._transport.is_closing() or self._has_news()
        return self._transport.get_extra_info(info)

    def _has_news(self) -> bool:
        """Bytes that the loop has not seen yet: on an idle connection they are its end."""
        socket = self._transport.get_extra_info("socket")
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(socket.fileno(), select.POLLIN)
            return bool(poll.poll(0))
        return bool(select.select([socket.fileno()], [], [], 0)[0])


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter and not waiter.done():
        waiter.set_result(None)


async def _within(seconds: float | None, waiter: asyncio.Future[None], error: type[Exception]) -> None:
    if seconds is None:
        await waiter
        return
    try:
        async with asyncio.timeout(seconds):
            await waiter
    except TimeoutError:
        raise error(f"nothing moved for {seconds:g} s") from None
