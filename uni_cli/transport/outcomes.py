"""What an exchange can come to.

Lost         something was sent and no whole answer came back: the other side may have acted
└── NotSent  no connection was made, so nothing happened
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uni_cli.transport.calls import Unsendable


class Lost(Exception):
    """No whole answer came back. Whether the service acted is not known."""


class NotSent(Lost):
    """No connection was made. Nothing happened."""


class Forbidden(Exception):
    """An address that a download must not go to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status. The names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; None where it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
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
    """What a download brought."""

    status: int
    media_type: str | None


class InOurWords:
    """What goes wrong inside becomes NotSent or Lost. That a request cannot be sent at all stays Unsendable."""

    __slots__ = ("url",)

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, (Lost, Forbidden, Unsendable)) or not isinstance(error, Exception):
            return
        import httpx

        before = (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.ProxyError,
            httpx.UnsupportedProtocol,
        )
        if isinstance(error, before):
            raise NotSent(f"No connection to {host_of(self.url)}: {reason_of(error)}") from error
        # A LocalProtocolError too: with HTTP/2 it also comes while the answer is read. What it could say of our own
        # headers is found before anything is opened.
        # And so is what nobody foresaw about the values of an answer.
        if isinstance(error, (httpx.TransportError, httpx.DecodingError, ValueError)):
            why = f"The connection to {host_of(self.url)} ended without a whole answer: {reason_of(error)}"
            raise Lost(why) from error


def host_of(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or url


def reason_of(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text if len(text) < 200 else text[:200] + "…"
