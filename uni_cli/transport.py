"""The one HTTP client: timeouts, where a key may go, what a failed exchange means. It never repeats anything.

Lost         something was sent and no whole answer came back: the other side may have acted
└── NotSent  no connection was made, so nothing happened
"""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from uni_cli.errors import BadSettings

if TYPE_CHECKING:
    import ssl

    import httpx

ANSWER_LIMIT = 160 * 1024 * 1024
CONNECT_SECONDS = 10.0
REDIRECTS = 5
# Some hosts close an idle connection after five seconds, and a paid request that meets that moment is in doubt.
IDLE_SECONDS = 4.0
# A file that comes slower than this is asked for anew, from where it stopped.
STALL_SECONDS = 20.0
STALL_BYTES = 20_000
# httpx's pool looks at every connection it holds at each request: many small pools cost less than a large one.
POOL_SIZE = 4
HEADERS = {"user-agent": "uni-image", "accept": "application/json, */*"}
MOVED = frozenset({301, 302, 303, 307, 308})


class Lost(Exception):
    """No whole answer came back. Whether the service acted is not known."""


class NotSent(Lost):
    """No connection was made. Nothing happened."""


class Forbidden(Exception):
    """An address that a download must not go to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; None where it is not JSON."""
        with suppress(ValueError, RecursionError):
            return json.loads(self.body)
        return None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange, for --verbose: no headers of ours, so no key."""

    method: str
    url: str
    status: int | None
    seconds: float
    sent: str
    got: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a download brought: `offset` tells from which byte on."""

    status: int
    offset: int
    total: int | None
    media_type: str | None


class Transport:
    """Connections to every service, opened when first needed."""

    def __init__(
        self,
        *,
        on_exchange: Callable[[Exchange], None] | None = None,
        mount: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._on_exchange = on_exchange
        self._pools = {scheme: Pools(scheme, mount) for scheme in ("http", "https")}
        self._secrets: set[bytes] = set()

    def hide(self, secret: str) -> None:
        """From now on no answer can carry this key further, whoever echoes it."""
        if secret:
            self._secrets.add(secret.encode())

    def _scrub(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body.replace(secret, b"***")
        return body

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        content: bytes | None = None,
        patience: float = 60.0,
    ) -> Answer:
        """One exchange. Raises NotSent or Lost where there is no whole answer; never follows a redirect."""
        started = time.monotonic()
        extra = {"content-type": "application/json"} if body is not None else {}
        lines = {**extra, **(headers or {})}
        data = content if body is None else _encoded(body)
        _check_headers(lines)
        answer: Answer | None = None
        try:
            answer = await self._exchange(method, url, lines, data, patience)
        finally:
            if self._on_exchange:
                shown = data if body is not None else None
                self._on_exchange(_summary(method, url, answer, time.monotonic() - started, shown))
        return answer

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], data: bytes | None, patience: float
    ) -> Answer:
        import asyncio

        try:
            # Each read alone proves nothing: a host that drips one byte a minute needs a bound on the whole.
            async with (
                asyncio.timeout(patience),
                self._stream(method, url, headers, data, connect=patience) as response,
            ):
                body = bytearray()
                async for block in response.aiter_bytes():
                    body += block
                    if len(body) > ANSWER_LIMIT:
                        raise Lost(f"The answer of {_host(url)} is larger than {ANSWER_LIMIT // 2**20} MB")
                return Answer(response.status_code, dict(response.headers), self._scrub(bytes(body)))
        except TimeoutError as error:
            raise Lost(f"{_host(url)} did not answer within {patience:g} s") from error
        except ValueError as error:
            raise NotSent(f"This cannot be sent to {_host(url)}: {_reason(error)}") from error

    async def download(
        self,
        url: str,
        sink: Callable[[bytes], None],
        *,
        limit: int,
        offset: int = 0,
        loopback: bool = False,
        restart: Callable[[], None] | None = None,
        stall: float = STALL_SECONDS,
    ) -> Arrival:
        """Fetch a file without any key. `offset` asks for the rest; `restart` is called if the host starts anew."""
        headers = {"range": f"bytes={offset}-"} if offset else {}
        patience = CONNECT_SECONDS + stall
        try:
            for _ in range(REDIRECTS):
                await check_file_address(url, loopback=loopback)
                async with self._stream("GET", url, headers, None, connect=patience, read=patience) as response:
                    if response.status_code in MOVED and (location := response.headers.get("location")):
                        url = urljoin(url, location)
                        continue
                    return await _receive(response, sink, limit=limit, offset=offset, restart=restart, stall=stall)
        except ValueError as error:
            raise Forbidden(f"A link that leads nowhere: {_reason(error)}") from error
        raise Forbidden(f"{_host(url)} redirects in a circle")

    @asynccontextmanager
    async def _stream(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: bytes | None,
        *,
        connect: float,
        read: float | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """An answer whose body is still to be read. What httpx raises becomes NotSent, Lost or ValueError here."""
        import httpx

        pools = self._pools["https" if urlsplit(url).scheme == "https" else "http"]
        limits = httpx.Timeout(read, connect=min(connect, CONNECT_SECONDS))
        try:
            with pools.lease() as client:
                async with client.stream(method, url, headers=headers, content=data, timeout=limits) as response:
                    yield response
        except httpx.InvalidURL as error:
            raise ValueError(str(error)) from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NotSent(f"No connection to {_host(url)}: {_reason(error)}") from error
        # A LocalProtocolError too: with HTTP/2 it also comes while the answer is read. What it could say of our own
        # headers is found before anything is opened.
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Lost(f"The connection to {_host(url)} ended without a whole answer: {_reason(error)}") from error

    async def aclose(self) -> None:
        for pools in self._pools.values():
            await pools.aclose()


class Pools:
    """Clients of a few connections each; the first with room is taken, so that its idle connections are used again."""

    def __init__(self, scheme: str, mount: httpx.AsyncBaseTransport | None) -> None:
        self._secure = scheme == "https"
        self._mount = mount
        self._clients: list[httpx.AsyncClient] = []
        self._busy: list[int] = []
        self._context: ssl.SSLContext | None = None

    @contextmanager
    def lease(self) -> Iterator[httpx.AsyncClient]:
        number = next((n for n, busy in enumerate(self._busy) if busy < POOL_SIZE), len(self._clients))
        if number == len(self._clients):
            self._clients.append(self._make())
            self._busy.append(0)
        self._busy[number] += 1
        try:
            yield self._clients[number]
        finally:
            self._busy[number] -= 1

    def _make(self) -> httpx.AsyncClient:
        from urllib.request import getproxies

        import httpx

        if self._context is None and (self._secure or getproxies()):
            # Made once for all: it takes longer than a request.
            self._context = httpx.create_ssl_context()
        return httpx.AsyncClient(
            transport=self._mount,
            verify=self._context or False,
            http2=self._secure,
            follow_redirects=False,
            headers=HEADERS,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=IDLE_SECONDS),
        )

    async def aclose(self) -> None:
        for client in self._clients:
            await client.aclose()


async def _receive(
    response: httpx.Response,
    sink: Callable[[bytes], None],
    *,
    limit: int,
    offset: int,
    restart: Callable[[], None] | None,
    stall: float,
) -> Arrival:
    begun = offset if response.status_code == 206 else 0
    length = response.headers.get("content-length")
    total = begun + int(length) if length and length.isdigit() else None
    arrival = Arrival(response.status_code, begun, total, response.headers.get("content-type"))
    if response.status_code not in (200, 206):
        return arrival
    if total is not None and total > limit:
        raise Forbidden(f"The file has {total} bytes, more than the limit of {limit}")
    if offset and not begun and restart:
        restart()
    received = begun
    since, then = time.monotonic(), begun
    # Without a size of our own: gathering a whole block from a host that drips would hide that it does.
    async for block in response.aiter_bytes():
        received += len(block)
        if received > limit:
            raise Forbidden(f"The file is larger than the limit of {limit} bytes")
        sink(block)
        if time.monotonic() - since > stall:
            if received - then < STALL_BYTES:
                raise Lost(f"The download stalled at byte {received}")
            since, then = time.monotonic(), received
    if total is not None and received != total and not response.headers.get("content-encoding"):
        raise Lost(f"The download ended at byte {received} of {total}")
    return arrival


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _encoded(body: Any) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise NotSent(f"The request cannot be written as JSON: {_reason(error)}") from error


def _check_headers(headers: Mapping[str, str]) -> None:
    """What is found here cannot leave a doubt; found on the way it would."""
    for name, value in headers.items():
        if not (name.isascii() and value.isascii() and value.isprintable()):
            raise NotSent(f"The header {name} holds more than plain characters")


def check_base_url(name: str, url: str) -> None:
    """A key goes over https, or over plain http to this very machine."""
    hint = f"Give an https URL in UNI_{name.upper()}__BASE_URL. Nothing was sent."
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (a ValueError where it is none)
    except ValueError as error:
        raise BadSettings(f"The base URL of {name} is {url!r}, which is no URL", hint=hint) from error
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))):
        return
    raise BadSettings(f"The base URL of {name} is {url!r}: plain http is for loopback only", hint=hint)


async def check_file_address(url: str, *, loopback: bool) -> None:
    """A result link may lead to a public https host only; to loopback where the service itself is there."""
    import asyncio

    parts = urlsplit(url)
    port = parts.port or 443  # a ValueError where it is none
    if loopback and is_loopback(url) and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https" or not parts.hostname:
        raise Forbidden(f"A link that is not https: {parts.scheme}://{parts.hostname}")
    if _has_proxy(parts.hostname):
        return  # the proxy looks the name up, and only it may know it
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port)
    except OSError as error:
        raise Lost(f"{parts.hostname} is not found: {error.strerror or error}") from error
    for entry in found:
        if not ipaddress.ip_address(entry[4][0]).is_global:
            raise Forbidden(f"{parts.hostname} leads to a private address")


def _has_proxy(host: str) -> bool:
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    return bool((proxies.get("https") or proxies.get("all")) and not proxy_bypass(host))


def _summary(method: str, url: str, answer: Answer | None, seconds: float, sent: bytes | None) -> Exchange:
    got = answer.body[:4000].decode("utf-8", "replace") if answer else ""
    shown = (sent or b"")[:4000].decode("utf-8", "replace")
    return Exchange(method, url, answer.status if answer else None, seconds, shown, got)


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _reason(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text if len(text) < 200 else text[:200] + "…"
