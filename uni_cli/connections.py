"""Connections that are kept, one stack of idle ones per host: taking one costs the same however many there are.

httpx's own pool looks at every connection at each request; with fifty of them that costs more than the request itself.
HTTP/2 where the host offers it: then one connection carries every request to that host.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpcore

from uni_cli.sockets import Stream

# A second address is tried after that long, so that a broken IPv6 costs no more.
SECOND_ADDRESS = 0.25
# What a URL's path and query may hold as it is.
PLAIN = "%/:@!$&'()*+,;=~-._?[]"
PACKED = frozenset({"gzip", "x-gzip", "deflate"})

Header = tuple[bytes, bytes]
Blocks = Callable[[], AsyncIterator[bytes]]
Kept = httpcore.AsyncHTTP11Connection | httpcore.AsyncHTTP2Connection


class Unreachable(Exception):
    """No connection was made."""


class BrokenOff(Exception):
    """The connection ended before the whole answer was there."""


@dataclass(frozen=True, slots=True)
class Address:
    """A URL in the parts that go on the wire."""

    scheme: bytes
    host: bytes
    port: int
    target: bytes
    authority: bytes

    @property
    def place(self) -> tuple[bytes, bytes, int]:
        return self.scheme, self.host, self.port

    @classmethod
    def of(cls, url: str) -> Address:
        """Raises ValueError for what is no http or https URL."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http or https address: {url[:80]}")
        scheme, host = parts.scheme.encode(), _ascii(parts.hostname)
        shown = b"[%s]" % host if b":" in host else host
        authority = shown if parts.port is None else b"%s:%d" % (shown, parts.port)
        target = quote(parts.path or "/", safe=PLAIN) + (f"?{quote(parts.query, safe=PLAIN)}" if parts.query else "")
        return cls(scheme, host, parts.port or (443 if scheme == b"https" else 80), target.encode(), authority)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body is still to be read."""

    status: int
    headers: Mapping[str, str]
    blocks: Blocks


def _ascii(host: str) -> bytes:
    return host.encode() if host.isascii() else host.encode("idna")


class Connections:
    """Every connection of one run."""

    def __init__(self, *, idle_seconds: float, context: Callable[[], ssl.SSLContext]) -> None:
        self._idle_seconds = idle_seconds
        self._context = context
        self._trusted: ssl.SSLContext | None = None
        self._idle: dict[tuple[bytes, bytes, int], list[httpcore.AsyncHTTP11Connection]] = {}
        self._shared: dict[tuple[bytes, bytes, int], httpcore.AsyncHTTP2Connection] = {}
        self._first: dict[tuple[bytes, bytes, int], asyncio.Lock] = {}

    @asynccontextmanager
    async def exchange(
        self,
        method: str,
        address: Address,
        headers: Iterable[Header],
        content: bytes | None,
        *,
        connect: float,
        read: float | None = None,
    ) -> AsyncIterator[Reply]:
        """Send once. A connection is taken anew only where httpcore says that nothing was sent."""
        request = httpcore.Request(
            method.encode(),
            httpcore.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target),
            headers=[(b"host", address.authority), *headers, *_length(method, content)],
            content=content or b"",
            extensions={"timeout": {"read": read, "write": read}},
        )
        try:
            connection, response = await self._send(address, request, connect)
            try:
                named = _joined(response.headers)
                yield Reply(response.status, named, _unpacked(response.aiter_stream, named))
            finally:
                await response.aclose()
                self._keep(address, connection)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise BrokenOff(str(error) or type(error).__name__) from error

    async def _send(
        self, address: Address, request: httpcore.Request, connect: float
    ) -> tuple[Kept, httpcore.Response]:
        while True:
            connection = self._take(address) or await self._open(address, connect)
            try:
                return connection, await connection.handle_async_request(request)
            except httpcore.ConnectionNotAvailable:
                self._forget(address, connection)

    def _take(self, address: Address) -> Kept | None:
        if shared := self._shared.get(address.place):
            if shared.is_available() and not shared.has_expired():
                return shared
            del self._shared[address.place]
            if shared.is_idle():
                self._drop(shared)
        idle = self._idle.get(address.place)
        while idle:
            connection = idle.pop()
            if connection.is_available() and not connection.has_expired():
                return connection
            self._drop(connection)
        return None

    async def _open(self, address: Address, seconds: float) -> Kept:
        if address.scheme == b"http":
            return await self._connect(address, seconds)
        # The first handshake tells whether the host speaks HTTP/2; if so, nobody else has to connect.
        async with self._first.setdefault(address.place, asyncio.Lock()):
            taken = self._take(address)
            if taken:
                return taken
            if address.place not in self._idle:
                return await self._connect(address, seconds)
        return await self._connect(address, seconds)

    async def _connect(self, address: Address, seconds: float) -> Kept:
        host, trusted = address.host.decode("ascii"), None
        if address.scheme == b"https":
            trusted = self._trusted = self._trusted or self._context()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                made, stream = await loop.create_connection(
                    Stream, host, address.port, ssl=trusted, happy_eyeballs_delay=SECOND_ADDRESS
                )
        except TimeoutError as error:
            raise Unreachable(f"no connection within {seconds:g} s") from error
        except (OSError, ssl.SSLError, UnicodeError) as error:
            raise Unreachable(str(error) or type(error).__name__) from error
        secured = made.get_extra_info("ssl_object")
        origin = httpcore.Origin(address.scheme, address.host, address.port)
        if secured and secured.selected_alpn_protocol() == "h2":
            shared = httpcore.AsyncHTTP2Connection(origin, stream, keepalive_expiry=self._idle_seconds)
            self._shared[address.place] = shared
            return shared
        self._idle.setdefault(address.place, [])
        return httpcore.AsyncHTTP11Connection(origin, stream, keepalive_expiry=self._idle_seconds)

    def _keep(self, address: Address, connection: Kept) -> None:
        if isinstance(connection, httpcore.AsyncHTTP11Connection) and connection.is_available():
            self._idle.setdefault(address.place, []).append(connection)

    def _forget(self, address: Address, connection: Kept) -> None:
        if self._shared.get(address.place) is connection:
            del self._shared[address.place]
        self._drop(connection)

    def _drop(self, connection: Kept) -> None:
        """Closing says goodbye at most, and nobody waits for that."""
        task = asyncio.ensure_future(connection.aclose())
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def aclose(self) -> None:
        kept: list[Kept] = [*self._shared.values(), *(c for idle in self._idle.values() for c in idle)]
        self._shared.clear()
        self._idle.clear()
        self._first.clear()
        for connection in kept:
            with suppress(httpcore.NetworkError, httpcore.ProtocolError, OSError):
                await connection.aclose()


def _unpacked(parts: Blocks, headers: Mapping[str, str]) -> Blocks:
    packing = headers.get("content-encoding", "identity").lower()
    if packing == "identity":
        return parts

    async def unpack() -> AsyncIterator[bytes]:
        if packing not in PACKED:
            raise BrokenOff(f"the answer is packed as {packing[:40]}")
        unpacker = zlib.decompressobj(31 if "gzip" in packing else 15)
        try:
            async for part in parts():
                yield unpacker.decompress(part)
        except zlib.error as error:
            raise BrokenOff("the answer could not be unpacked") from error

    return unpack


def _length(method: str, content: bytes | None) -> list[Header]:
    if content is None and method in ("GET", "HEAD", "DELETE"):
        return []
    return [(b"content-length", str(len(content or b"")).encode())]


def _joined(headers: Iterable[Header]) -> dict[str, str]:
    """Names in lower case; what is said twice stands with a comma between."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
