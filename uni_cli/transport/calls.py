"""A request and its answer on their way, whichever client carries them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit


class Unsendable(ValueError):
    """Not even the first byte of such a request can leave."""


# Addresses of which nothing has to be rewritten before they go on the wire.
PLAIN = re.compile(r"(https?://[A-Za-z0-9_.:\[\]-]+)((?:[/?][A-Za-z0-9_.~:/?@!$&'()*+,;=%\[\]-]*)?)")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """Where connections go."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `connect` is the seconds that the connection may take; the rest is bounded by whoever asks."""

    method: str
    url: str
    place: Place
    target: str
    headers: Mapping[str, str]
    content: bytes | None
    connect: float

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.place.host}]" if ":" in self.place.host else self.place.host
        return host if self.place.port == PORTS[self.place.scheme] else f"{host}:{self.place.port}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body is still to be read, and then to be closed. Names of headers are in lower case.

    `block` gives what comes next of the body; nothing at its end.
    """

    status: int
    headers: Mapping[str, str]
    block: Callable[[], Awaitable[bytes]]
    aclose: Callable[[], Awaitable[None]]


def split(url: str) -> tuple[Place, str]:
    """The place and what is asked for there. Raises Unsendable where that is nowhere."""
    plain = PLAIN.fullmatch(url)
    if not plain:
        import httpx

        try:
            url = str(httpx.URL(url))
        except (httpx.InvalidURL, ValueError) as error:
            raise Unsendable(str(error)) from error
        if not url.startswith(("http://", "https://")):
            raise Unsendable("the address is neither http nor https")
        parts = urlsplit(url)
        return _place(
            f"{parts.scheme}://{parts.netloc}"
        ), f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    origin, target = plain.groups()
    return _place(origin), target if target.startswith("/") else f"/{target}"


@lru_cache(maxsize=64)
def _place(origin: str) -> Place:
    try:
        parts = urlsplit(origin)
        port = parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise Unsendable(str(error)) from error
    if not parts.hostname:
        raise Unsendable("the address names no host")
    return Place(parts.scheme, parts.hostname, port)


def joined(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """One value a name, as most of them have."""
    last = {name.lower(): value.rstrip(" \t") for name, value in headers}
    if len(last) == len(headers):
        return last
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value.rstrip(" \t"))
    return {name: ", ".join(values) for name, values in found.items()}
