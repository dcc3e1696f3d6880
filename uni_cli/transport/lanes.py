"""Connections to each host, opened when first needed and used again.

httpx's pool looks at every connection it holds at each request, and with fifty of them that costs more than the request
itself. So each lane is a pool of its own with one connection. HTTP/2 carries many exchanges on it, HTTP/1.1 one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uni_cli.transport.addresses import proxy_of

if TYPE_CHECKING:
    import ssl

    import httpx

# Some hosts close an idle connection after five seconds, and a paid request that meets that moment is in doubt.
IDLE_SECONDS = 4.0
# What a host with HTTP/2 is asked at once on one connection; they all allow a hundred.
STREAMS = 50


@dataclass(slots=True)
class Lane:
    transport: httpx.AsyncBaseTransport
    room: int = 1
    busy: int = 0

    async def handle(self, request: httpx.Request) -> httpx.Response:
        response = await self.transport.handle_async_request(request)
        if response.extensions.get("http_version") == b"HTTP/2":
            self.room = STREAMS
        return response


class Lanes:
    def __init__(self, mount: httpx.AsyncBaseTransport | None) -> None:
        self._mount = mount
        self._to: dict[tuple[str, str, int | None], list[Lane]] = {}
        self._context: ssl.SSLContext | None = None

    @contextmanager
    def lease(self, url: httpx.URL) -> Iterator[Lane]:
        """The first lane with room, so that the connections that are warm are used again."""
        lanes = self._to.setdefault((url.scheme, url.host, url.port), [])
        lane = next((lane for lane in lanes if lane.busy < lane.room), None)
        if lane is None:
            lane = Lane(self._mount or self._transport(url))
            lanes.append(lane)
        lane.busy += 1
        try:
            yield lane
        finally:
            lane.busy -= 1

    def _transport(self, url: httpx.URL) -> httpx.AsyncHTTPTransport:
        import httpx

        proxy = proxy_of(url.scheme, url.host)
        secure = url.scheme == "https"
        try:
            return httpx.AsyncHTTPTransport(
                verify=self._trust(secure=secure or proxy is not None),
                http2=secure,
                proxy=proxy,
                limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS, max_connections=None),
            )
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            raise httpx.ProxyError(f"the proxy of the environment cannot be used: {error}") from error

    def _trust(self, *, secure: bool) -> ssl.SSLContext:
        """Made once for all: it takes longer than a request."""
        import httpx

        if not secure:
            return _bare_context()
        if self._context is None:
            self._context = httpx.create_ssl_context()
        return self._context

    async def aclose(self) -> None:
        for lanes in self._to.values():
            for lane in lanes:
                await lane.transport.aclose()


def _bare_context() -> ssl.SSLContext:
    """For plain http, where nothing is trusted and nothing needs to be loaded."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
