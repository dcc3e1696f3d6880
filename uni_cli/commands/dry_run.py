"""What `generate` and `edit` would send, to whom, and what it may cost. Nothing is sent here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from uni_cli import codec, pricing
from uni_cli.commands import reports
from uni_cli.context import Context
from uni_cli.errors import OverMaxCost
from uni_cli.models import Job
from uni_cli.order import planning

Priced = tuple[str, Decimal | None]


def show(context: Context, order: planning.Order, warnings: Sequence[str]) -> int:
    console = context.console
    if console.as_json:
        # One item per picture has no place for the others of the list.
        for said in _beside(context, order, order.jobs[0]):
            console.note(said)
        prices = [_price(context, job) for job in order.jobs]
        console.document(reports.plan([_item(context, job, warnings) for job in order.jobs], prices))
        return 0
    for job in order.jobs:
        before: list[str] = []
        for one in _chain(order, job):
            if before:
                console.line(f"and if {' and '.join(before)} certainly took nothing:")
            _print(context, one)
            before.append(one.provider)
    total = _total(context, order)
    if len(order.jobs) > 1:
        console.line(f"{len(order.jobs)} pictures, total {total}")
    elif _beside(context, order, order.jobs[0]):
        console.line(f"1 picture, {total}")
    return 0


@contextmanager
def told(context: Context) -> Iterator[None]:
    """A dry run is shown all the same, but it should not look as if the run itself would go through."""
    try:
        yield
    except OverMaxCost as refusal:
        context.console.warn(f"Without --dry-run this is refused ({refusal.exit}): {refusal.message}")


def spread(least: Decimal | None, most: Decimal | None) -> str:
    """A price that hangs on which service of a list takes the job."""
    if least is None or most is None:
        return "unknown"
    if least == most:
        return f"${pricing.as_text(most)}"
    return f"${pricing.as_text(least)} to ${pricing.as_text(most)}"


def one_of(prices: Sequence[Decimal | None]) -> str:
    """The same of one picture."""
    known = [price for price in prices if price is not None]
    shown = spread(min(known, default=None), max(known, default=None))
    return f"{shown} or unknown" if known and None in prices else shown


def beside(chain: Sequence[Priced]) -> list[str]:
    """What each service of a list takes for one picture, where they differ."""
    if len({price for _, price in chain}) < 2:
        return []
    named = ", ".join(f"{name} {one_of([price])}" for name, price in chain)
    counted = _counted([price for _, price in chain])
    return [f"The price of a picture hangs on the service that takes it ({named}); {counted}."]


def _counted(prices: Sequence[Decimal | None]) -> str:
    if None in prices:
        return "with one that is not known, no cap can be held"
    return f"caps and budgets count {one_of([max(price for price in prices if price is not None)])}"


def _chain(order: planning.Order, job: Job) -> list[Job]:
    return [job, *order.alternatives.get(job.id, ())]


def _price(context: Context, job: Job) -> Decimal | None:
    """Of this service: the estimate of a job is what the dearest of its list takes."""
    return context.price(job.provider, job.request)


def _beside(context: Context, order: planning.Order, job: Job) -> list[str]:
    return beside([(one.provider, _price(context, one)) for one in _chain(order, job)])


def _total(context: Context, order: planning.Order) -> str:
    chains = [[_price(context, one) for one in _chain(order, job)] for job in order.jobs]
    known = [[price for price in chain if price is not None] for chain in chains]
    least = pricing.total([min(some, default=None) for some in known])
    most = pricing.total([max(some, default=None) for some in known])
    shown = spread(least, most)
    if order.unknown and most is not None:
        return f"{shown} or unknown; {_counted([None])}"
    return shown if least == most else f"{shown}; {_counted([most])}"


def _print(context: Context, job: Job) -> None:
    item = _item(context, job, ())
    context.console.line(f"{item['method']} {item['url']}")
    context.console.line(json.dumps(codec.without_pictures(item["body"]), ensure_ascii=False, indent=2))
    context.console.line(f"service {job.provider}, price {one_of([_price(context, job)])}")


def _item(context: Context, job: Job, warnings: Sequence[str]) -> Mapping[str, Any]:
    wire = context.provider(job.provider).body(job.request, job.token)
    return {
        "provider": job.provider,
        "method": wire.method,
        "url": wire.url,
        "body": wire.body,
        "price_usd": pricing.as_text(_price(context, job)),
        "warnings": list(warnings),
    }
