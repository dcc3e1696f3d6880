"""Where a key may go, where a picture may come from, and whether a proxy stands between."""

from __future__ import annotations

import ipaddress
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from uni_cli.errors import BadSettings
from uni_cli.transport.calls import Unsendable, split
from uni_cli.transport.outcomes import Forbidden, Lost, reason_of


@lru_cache(maxsize=64)
def is_loopback(url: str) -> bool:
    return _is_this_machine(urlsplit(url).hostname or "")


@lru_cache(maxsize=64)
def _is_this_machine(host: str) -> bool:
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


@lru_cache(maxsize=64)
def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address).is_global


def is_address(host: str) -> bool:
    """And not a name, which may have several."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def proxy_of(scheme: str, host: str) -> str | None:
    """The proxy that the environment names for a host, which is never this machine."""
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    found = proxies.get(scheme) or proxies.get("all")
    if not found or is_loopback(f"{scheme}://{f'[{host}]' if ':' in host else host}") or proxy_bypass(host):
        return None
    return found if "://" in found else f"http://{found}"


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

    try:
        place, _ = split(url)
    except Unsendable as error:
        raise Forbidden(f"A link that leads nowhere: {reason_of(error)}") from error
    if loopback and _is_this_machine(place.host):
        return
    if place.scheme != "https":
        raise Forbidden(f"A link that is not https: {place.scheme}://{place.host}")
    if proxy_of("https", place.host):
        return  # the proxy looks the name up, and only it may know it
    try:
        found = await asyncio.get_running_loop().getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Lost(f"{place.host} is not found: {error.strerror or error}") from error
    for entry in found:
        if not _is_public(entry[4][0]):
            raise Forbidden(f"{place.host} leads to a private address")
