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
from uni_cli.settings import SERVICES, variable_of

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


@dataclass(frozen=True, slots=True)
class Question:
    """One request, asked of any service."""

    request: Request
    market: Market
    convert: bool
    by_suffix: bool

    def lacks(self, name: str) -> list[Lack]:
        return lacks(self.market.able(name), self.request, convert=self.convert, by_suffix=self.by_suffix)

    def fatal(self, name: str) -> list[Lack]:
        return [lack for lack in self.lacks(name) if lack.fatal]

    def cannot(self, name: str) -> str:
        return f"{name} cannot: it does not have {self.fatal(name)[0].text}"

    def who(self, name: str, option: str) -> str:
        """Names the services that have what was asked; the rest of the request may still not fit them."""
        others = [other for other in providers.names() if other != name]
        able = [o for o in others if option not in {lack.option for lack in lacks(self.market.able(o), self.request)}]
        if not able:
            return f"No service has it: leave {option} out. Nothing was sent."
        return f"{_joined(able)} {'has' if len(able) == 1 else 'have'} it (-p {able[0]}). Nothing was sent."


def choose(
    wanted: str | None, request: Request, market: Market, *, convert: bool = False, by_suffix: bool = False,
    strict: bool = False, dry_run: bool = False,
) -> Choice:  # fmt: skip
    """Raises Unsupported where nobody asked can do it, KeyMissing where a chosen service has no key."""
    question = Question(request, market, convert, by_suffix)
    names = listed(wanted)
    notices: list[str] = []
    if names == [AUTO]:
        names = _cheapest(question)
        if not names:
            names = [providers.LOCAL]
            notices.append(NO_KEY_NOTICE)
    fit = [name for name in names if not question.fatal(name)]
    if not fit:
        lack = question.fatal(names[0])[0]
        hint = question.who(names[0], lack.option)
        raise Unsupported(f"{names[0]} does not have {lack.text}", hint=hint).about(lack.option)
    warnings = [question.cannot(name) for name in names if name not in fit]
    ignored = {name: [lack for lack in question.lacks(name) if not lack.fatal] for name in fit}
    if strict:
        exact = [name for name in fit if not ignored[name]]
        if not exact:
            first, lack = fit[0], ignored[fit[0]][0]
            raise Unsupported(_said(first, lack), hint=question.who(first, lack.option)).about(lack.option)
        for name in [name for name in fit if name not in exact]:
            what = _said(name, ignored[name][0]).partition(":")[0]
            warnings.append(f"{what}, so it is left out")
        fit = exact
    if not dry_run:
        for name in fit:
            check_key(name, market)
    warnings += [_said(name, lack) for name in fit for lack in ignored[name]]
    return Choice(tuple(fit), tuple(notices), tuple(warnings))


def listed(wanted: str | None) -> list[str]:
    """The services of a list, in its order."""
    names = [name.strip().lower() for name in (AUTO if wanted is None else wanted).split(",")]
    if "" in names:
        raise Usage(f"-p {wanted!r} has an empty place", hint="Name services: -p luma,runware. Nothing was sent.")
    if AUTO in names and len(names) > 1:
        raise Usage("-p auto cannot stand in a list", hint="Name the services, or say auto alone. Nothing was sent.")
    if len(set(names)) != len(names):
        raise Usage(f"-p {wanted} names a service twice", hint="Nothing was sent.")
    return names


def _cheapest(question: Question) -> list[str]:
    """The cheapest with a key that can do exactly this; [] where there is no key at all."""
    market = question.market
    with_key = [name for name in providers.names() if market.able(name).needs_key and market.has_key(name)]
    if not with_key:
        return []
    fit = [name for name in with_key if not question.fatal(name)]
    if not fit:
        tried = "; ".join(question.cannot(name) for name in with_key)
        option = question.fatal(with_key[0])[0].option
        hint = question.who(with_key[0], option)
        raise Unsupported(f"No service with a key can do this: {tried}", hint=hint).about(option)

    def order(name: str) -> tuple[int, Decimal, int]:
        price = market.price(name, question.request)
        return len(question.lacks(name)), price if price is not None else Decimal("Infinity"), with_key.index(name)

    return [min(fit, key=order)]


def _said(name: str, lack: Lack) -> str:
    return f"{name} does not take {lack.text}"


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def check_key(name: str, market: Market) -> None:
    """Raises KeyMissing."""
    if market.able(name).needs_key and not market.has_key(name):
        variable = variable_of(name, "api_key") if name in SERVICES else "the key its package names"
        raise KeyMissing(
            f"There is no key for {name}",
            hint=f"Set {variable}, or run `uni providers login {name}`. -p local needs no key. Nothing was sent.",
        )
