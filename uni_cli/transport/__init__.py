"""The one HTTP client: timeouts, what a failed exchange means, what is shown of it. It never repeats anything."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from uni_cli.transport.addresses import check_base_url, check_file_address, is_loopback
from uni_cli.transport.bounds import Bound, Bounds
from uni_cli.transport.calls import Call, Reply, Unsendable, split
from uni_cli.transport.lanes import Lanes
from uni_cli.transport.outcomes import (
    Answer,
    Arrival,
    Exchange,
    Forbidden,
    InOurWords,
    Lost,
    NotSent,
    host_of,
    reason_of,
)

if TYPE_CHECKING:
    import httpx

__all__ = [
    "Answer",
    "Arrival",
    "Exchange",
    "Forbidden",
    "Lost",
    "NotSent",
    "Transport",
    "check_base_url",
    "check_file_address",
    "is_loopback",
]

ANSWER_LIMIT = 160 * 1024 * 1024
CONNECT_SECONDS = 10.0
REDIRECTS = 5
# A file that comes slower than this is asked for anew, from where it stopped.
STALL_SECONDS = 20.0
STALL_BYTES = 20_000
HEADERS = {"user-agent": "uni-image", "accept": "application/json, */*", "accept-encoding": "gzip, deflate"}
MOVED = frozenset({301, 302, 303, 307, 308})


class Transport:
    """Connections to every service, opened when first needed."""

    def __init__(
        self,
        *,
        on_exchange: Callable[[Exchange], None] | None = None,
        mount: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._on_exchange = on_exchange
        self._lanes = Lanes(mount)
        self._bounds = Bounds()
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
        try:
            # Each read alone proves nothing: a host that drips one byte a minute needs a bound on the whole.
            with self._bounds.within(patience), InOurWords(url):
                reply = await self._ask(method, url, headers, data, connect=patience)
                try:
                    body, next_block = bytearray(), _unpacked(reply)
                    while block := await next_block():
                        body += block
                        if len(body) > ANSWER_LIMIT:
                            raise Lost(f"The answer of {host_of(url)} is larger than {ANSWER_LIMIT // 2**20} MB")
                finally:
                    await reply.aclose()
            return Answer(reply.status, reply.headers, self._scrub(bytes(body)))
        except TimeoutError as error:
            raise Lost(f"{host_of(url)} did not answer within {patience:g} s") from error
        except Unsendable as error:
            raise NotSent(f"This cannot be sent to {host_of(url)}: {reason_of(error)}") from error

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
                with self._bounds.within(patience) as bound, InOurWords(url):
                    reply = await self._ask("GET", url, headers, None, connect=patience)
                    try:
                        if reply.status in MOVED and (location := reply.headers.get("location")):
                            url = urljoin(url, location)
                            continue
                        return await _receive(
                            reply, bound, sink, limit=limit, offset=offset, restart=restart, stall=stall
                        )
                    finally:
                        await reply.aclose()
        except TimeoutError as error:
            raise Lost(f"Nothing came from {host_of(url)} for {patience:g} s") from error
        except ValueError as error:
            raise Forbidden(f"A link that leads nowhere: {reason_of(error)}") from error
        raise Forbidden(f"{host_of(url)} redirects in a circle")

    def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: bytes | None,
        *,
        connect: float,
    ) -> Awaitable[Reply]:
        """An answer whose body is still to be read."""
        place, target = split(url)
        lines = {**HEADERS, **headers}
        return self._lanes.ask(Call(method, url, place, target, lines, data, min(connect, CONNECT_SECONDS)))

    async def aclose(self) -> None:
        await self._lanes.aclose()


def _unpacked(reply: Reply) -> Callable[[], Awaitable[bytes]]:
    """`reply.block`, and nothing in between where nothing has to be unpacked."""
    if "content-encoding" not in reply.headers:
        return reply.block
    import httpx

    class Packed(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while block := await reply.block():
                yield block

    # What else the headers hold is of no use here, and may be in no encoding that httpx takes.
    packing = reply.headers["content-encoding"].encode("latin-1")
    blocks = httpx.Response(reply.status, headers=[(b"content-encoding", packing)], stream=Packed()).aiter_bytes()

    async def block() -> bytes:
        return await anext(blocks, b"")

    return block


async def _receive(
    reply: Reply,
    bound: Bound,
    sink: Callable[[bytes], None],
    *,
    limit: int,
    offset: int,
    restart: Callable[[], None] | None,
    stall: float,
) -> Arrival:
    begun = offset if reply.status == 206 else 0
    length = reply.headers.get("content-length")
    total = begun + int(length) if length and length.isdigit() else None
    arrival = Arrival(reply.status, reply.headers.get("content-type"))
    if reply.status not in (200, 206):
        return arrival
    if total is not None and total > limit:
        raise Forbidden(f"The file has {total} bytes, more than the limit of {limit}")
    if offset and not begun and restart:
        restart()
    received = begun
    since, then = time.monotonic(), begun
    next_block = _unpacked(reply)
    # Without a size of our own: gathering a whole block from a host that drips would hide that it does.
    while block := await next_block():
        bound.renew()
        received += len(block)
        if received > limit:
            raise Forbidden(f"The file is larger than the limit of {limit} bytes")
        sink(block)
        if time.monotonic() - since > stall:
            if received - then < STALL_BYTES:
                raise Lost(f"The download stalled at byte {received}")
            since, then = time.monotonic(), received
    if total is not None and received != total and not reply.headers.get("content-encoding"):
        raise Lost(f"The download ended at byte {received} of {total}")
    return arrival


# Made once: `json.dumps` makes one at each call that does not want its defaults.
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def _encoded(body: Any) -> bytes:
    try:
        return _as_json(body).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise NotSent(f"The request cannot be written as JSON: {reason_of(error)}") from error


def _check_headers(headers: Mapping[str, str]) -> None:
    """What is found here cannot leave a doubt; found on the way it would."""
    for name, value in headers.items():
        if not (name.isascii() and value.isascii() and value.isprintable() and value == value.strip()):
            raise NotSent(f"The header {name} holds more than plain characters, or begins or ends with a blank")


def _summary(method: str, url: str, answer: Answer | None, seconds: float, sent: bytes | None) -> Exchange:
    got = answer.body[:4000].decode("utf-8", "replace") if answer else ""
    shown = (sent or b"")[:4000].decode("utf-8", "replace")
    return Exchange(method, url, answer.status if answer else None, seconds, shown, got)
