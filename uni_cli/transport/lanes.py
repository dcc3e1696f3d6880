"""Connections to each host, opened when first needed and used again.

A client with one pool looks at every connection it holds at each request, and with fifty of them that costs more than
the request itself. So each lane has one connection, which carries one exchange at a time, or many with HTTP/2.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from uni_cli.transport.addresses import proxy_of
from uni_cli.transport.calls import Call, Place, Reply, Unsendable, joined

if TYPE_CHECKING:
    import ssl

    import httpx

    from uni_cli.transport.line import Line

# Some hosts close an idle connection after five seconds, and a paid request that meets that moment is in doubt.
IDLE_SECONDS = 4.0
# What a host with HTTP/2 is asked at once on one connection; they all allow a hundred.
STREAMS = 50


class Lane(Protocol):
    """`room`: so many exchanges at once, of which `busy` are not closed. Raises what httpx raises."""

    room: int
    busy: int

    async def ask(self, call: Call) -> Reply: ...

    async def aclose(self) -> None: ...


class Broad:
    """By httpx: the first connection to a host, which tells whether it speaks HTTP/2, and all through proxies."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.room, self.busy = 1, 0
        self.speaks_http_1 = False
        self._transport = transport

    async def ask(self, call: Call) -> Reply:
        import httpx

        limits = {"connect": call.connect, "read": None, "write": None, "pool": None}
        # A client of httpx would add cookies, redirects and authorization from ~/.netrc, none of which is wanted.
        try:
            request = httpx.Request(
                call.method, call.url, headers=call.headers, content=call.content, extensions={"timeout": limits}
            )
        except (ValueError, httpx.InvalidURL) as error:
            raise Unsendable(str(error)) from error
        response = await self._transport.handle_async_request(request)
        version = response.extensions.get("http_version")
        self.speaks_http_1 = version == b"HTTP/1.1"
        if version == b"HTTP/2":
            self.room = STREAMS
        stream = response.stream
        blocks = aiter(stream) if isinstance(stream, httpx.AsyncByteStream) else response.aiter_raw()

        async def block() -> bytes:
            async for found in blocks:
                if found:
                    return found
            return b""

        async def leave() -> None:
            try:
                await response.aclose()
            finally:
                self.busy -= 1

        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
        return Reply(response.status_code, joined(headers), block, leave)

    async def aclose(self) -> None:
        await self._transport.aclose()


class Narrow:
    """A line of our own, made anew where the one before was idle for too long."""

    def __init__(self, trust: ssl.SSLContext | None) -> None:
        self.room, self.busy = 1, 0
        self._trust = trust
        self._line: Line | None = None

    async def ask(self, call: Call) -> Reply:
        from uni_cli.transport.line import Line

        line = self._line
        if line is None or not line.is_open or time.monotonic() - line.idle_since > IDLE_SECONDS or not line.is_quiet:
            await self.aclose()
            line = self._line = await Line.open(call, self._trust)
        status, headers = await line.ask(call)

        async def leave() -> None:
            self.busy -= 1
            line.finish()

        return Reply(status, headers, line.block, leave)

    async def aclose(self) -> None:
        if self._line:
            await self._line.aclose()


class Lanes:
    def __init__(self, mount: httpx.AsyncBaseTransport | None) -> None:
        self._mount = mount
        self._to: dict[Place, list[Lane]] = {}
        self._contexts: dict[bool, ssl.SSLContext] = {}

    async def ask(self, call: Call) -> Reply:
        """By the first lane with room, so that the connections that are warm are used again."""
        lanes = self._to.setdefault(call.place, [])
        for lane in lanes:
            if lane.busy < lane.room:
                break
        else:
            lane = self._lane(call.place, lanes)
            lanes.append(lane)
        lane.busy += 1
        try:
            return await lane.ask(call)
        except BaseException:
            lane.busy -= 1
            raise

    def _lane(self, place: Place, others: list[Lane]) -> Lane:
        if self._mount:
            return Broad(self._mount)
        if proxy := proxy_of(place.scheme, place.host):
            return Broad(self._by_httpx(secure=place.scheme == "https", proxy=proxy))
        if place.scheme == "http":
            return Narrow(None)
        if any(isinstance(lane, Broad) and lane.speaks_http_1 for lane in others):
            return Narrow(self._trust(alone=True))
        return Broad(self._by_httpx(secure=True))

    def _by_httpx(self, *, secure: bool, proxy: str | None = None) -> httpx.AsyncHTTPTransport:
        import httpx

        try:
            return httpx.AsyncHTTPTransport(
                verify=self._trust(),
                http2=secure,
                proxy=proxy,
                limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS, max_connections=None),
            )
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            raise httpx.ProxyError(f"the proxy of the environment cannot be used: {error}") from error

    def _trust(self, *, alone: bool = False) -> ssl.SSLContext:
        """Made once for all: it takes longer than a request. httpx offers HTTP/2 with the one it has."""
        import httpx

        if alone not in self._contexts:
            self._contexts[alone] = httpx.create_ssl_context()
            if alone:
                self._contexts[alone].set_alpn_protocols(["http/1.1"])
        return self._contexts[alone]

    async def aclose(self) -> None:
        for lanes in self._to.values():
            for lane in lanes:
                await lane.aclose()
