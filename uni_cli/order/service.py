"""Which service makes the picture, and what it will not do of what was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from uni_cli import providers
from uni_cli.errors import KeyMissing, Unsupported, Usage
from uni_cli.models import Request
from uni_cli.providers.base import Capabilities
from uni_cli.providers.fit import Lack, lacks
from uni_cli.settings import SERVICES

AUTO = "auto"
NO_KEY_NOTICE = "No key was found, so the offline painter draws a sketch: `uni providers login NAME` adds a service."


@dataclass(frozen=True, slots=True)
class Market:
    """What choosing needs to know of the world: who has a key, what each can do, what it costs there."""

    has_key: Callable[[str], bool]
    able: Callable[[str], Capabilities]
    price: Callable[[str, Request], Decimal | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """Services in the order in which they are tried, and what the user should hear."""

    names: tuple[str, ...]
    notices: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def choose(
    wanted: str | None, request: Request, market: Market, *, convert: bool = False, strict: bool = False,
    dry_run: bool = False,
) -> Choice:  # fmt: skip
    """Raises Unsupported where nobody asked can do it, KeyMissing where a chosen service has no key."""
    names = _listed(wanted)
    notices: list[str] = []
    if names == [AUTO]:
        names = _cheapest(request, market, convert=convert)
        if not names:
            names = [providers.LOCAL]
            notices.append(NO_KEY_NOTICE)
    fit = [name for name in names if not _fatal(market, name, request, convert=convert)]
    if not fit:
        _refuse(names[0], request, market, convert=convert)
    warnings = [_cannot(name, request, market, convert=convert) for name in names if name not in fit]
    ignored = [lack for lack in lacks(market.able(fit[0]), request, convert=convert) if not lack.fatal]
    if strict and ignored:
        raise Unsupported(_said(fit[0], ignored[0]), hint=_who(fit[0], ignored[0].option, request, market))
    if not dry_run:
        for name in fit:
            _check_key(name, market)
    return Choice(tuple(fit), tuple(notices), (*warnings, *(_said(fit[0], lack) for lack in ignored)))


def _listed(wanted: str | None) -> list[str]:
    names = [name.strip().lower() for name in (wanted or AUTO).split(",") if name.strip()] or [AUTO]
    if AUTO in names and len(names) > 1:
        raise Usage("-p auto cannot stand in a list", hint="Name the services, or say auto alone. Nothing was sent.")
    if len(set(names)) != len(names):
        raise Usage(f"-p {wanted} names a service twice", hint="Nothing was sent.")
    return names


def _cheapest(request: Request, market: Market, *, convert: bool) -> list[str]:
    """The cheapest with a key that can do exactly this; [] where there is no key at all."""
    with_key = [name for name in providers.names() if market.able(name).needs_key and market.has_key(name)]
    if not with_key:
        return []
    fit = [name for name in with_key if not _fatal(market, name, request, convert=convert)]
    if not fit:
        tried = "; ".join(_cannot(name, request, market, convert=convert) for name in with_key)
        first = _fatal(market, with_key[0], request, convert=convert)[0]
        raise Unsupported(
            f"No service with a key can do this: {tried}", hint=_who(with_key[0], first.option, request, market)
        )

    def order(name: str) -> tuple[int, Decimal, int]:
        ignored = len(lacks(market.able(name), request, convert=convert))
        price = market.price(name, request)
        return ignored, price if price is not None else Decimal("Infinity"), with_key.index(name)

    return [min(fit, key=order)]


def _fatal(market: Market, name: str, request: Request, *, convert: bool) -> list[Lack]:
    return [lack for lack in lacks(market.able(name), request, convert=convert) if lack.fatal]


def _said(name: str, lack: Lack) -> str:
    return f"{name} does not take {lack.text}"


def _cannot(name: str, request: Request, market: Market, *, convert: bool) -> str:
    return f"{name} cannot: it does not have {_fatal(market, name, request, convert=convert)[0].text}"


def _refuse(name: str, request: Request, market: Market, *, convert: bool) -> None:
    lack = _fatal(market, name, request, convert=convert)[0]
    raise Unsupported(f"{name} does not have {lack.text}", hint=_who(name, lack.option, request, market))


def _who(name: str, option: str, request: Request, market: Market) -> str:
    """Names the services that have what was asked; the rest of the request may still not fit them."""
    able = [
        other
        for other in providers.names()
        if other != name and option not in {lack.option for lack in lacks(market.able(other), request)}
    ]
    if not able:
        return f"No service has it: leave {option} out. Nothing was sent."
    return f"{_joined(able)} {'has' if len(able) == 1 else 'have'} it (-p {able[0]}). Nothing was sent."


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _check_key(name: str, market: Market) -> None:
    if market.able(name).needs_key and not market.has_key(name):
        variable = f"UNI_{name.upper()}__API_KEY" if name in SERVICES else "the key its package names"
        raise KeyMissing(
            f"There is no key for {name}",
            hint=f"Set {variable}, or run `uni providers login {name}`. -p local needs no key. Nothing was sent.",
        )
