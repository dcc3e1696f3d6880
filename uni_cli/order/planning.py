"""An order: the jobs of one run, planned and priced, with what may be tried next. Nothing is sent here."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from uni_cli import codec
from uni_cli.errors import NeedsMaxCost, OnceConflict, OverMaxCost, Usage
from uni_cli.models import Job, Request, Target
from uni_cli.order import inputs
from uni_cli.pricing import LARGE_RUN
from uni_cli.providers.base import Provider

ONCE_KEY = re.compile(r"\S(.{0,198}\S)?")


@dataclass(frozen=True, slots=True)
class Draft:
    """One picture at one service."""

    provider: str
    base_url: str
    request: Request
    target: Target
    token: str
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Order:
    """`alternatives` maps a job's id to the same picture at the services that come after in the list."""

    jobs: tuple[Job, ...]
    alternatives: Mapping[str, list[Job]] = field(default_factory=dict)
    # How many of the prices are not known; some picture may cost that.
    unknown: int = 0

    @property
    def prices(self) -> list[Decimal | None]:
        return [*(job.estimate for job in self.jobs), *[None] * self.unknown]


def draft(provider: Provider, base_url: str, request: Request, target: Target) -> Draft:
    request, token = inputs.fit(request, provider.name, provider.capabilities), str(uuid.uuid4())
    if request.extra:
        provider.body(request, token)  # what it does not take is told before anything is sent
    return Draft(provider.name, base_url, request, target, token, provider.price(request).usd)


def order(pictures: Sequence[Sequence[Draft]], *, now: float, once: str | None = None) -> Order:
    """`pictures` has for each picture its drafts, the first choice first."""
    run = secrets.token_hex(4)
    jobs: list[Job] = []
    alternatives: dict[str, list[Job]] = {}
    for drafts in pictures:
        chain = [_job(d, secrets.token_hex(4), run, now=now, once=once) for d in drafts]
        chain = [replace(job, id=chain[0].id) for job in chain]
        # What is reserved is the dearest of the list; the true price follows when a service is settled on.
        known = [d.price for d in drafts if d.price is not None]
        jobs.append(replace(chain[0], estimate=max(known) if known else None))
        alternatives[chain[0].id] = chain[1:]
    unknown = sum(d.price is None for drafts in pictures for d in drafts)
    return Order(tuple(jobs), alternatives, unknown)


def _job(draft: Draft, job_id: str, run: str, *, now: float, once: str | None) -> Job:
    return Job(
        id=job_id,
        run=run,
        provider=draft.provider,
        base_url=draft.base_url,
        request=draft.request,
        target=draft.target,
        token=draft.token,
        created=now,
        updated=now,
        estimate=draft.price,
        once=once,
    )


def money(flag: str, text: str | Decimal | None) -> Decimal | None:
    if text is None or isinstance(text, Decimal):
        return text
    try:
        amount = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise Usage(f"{flag} {text!r} is not an amount in US dollars", hint="For example 0.50. Nothing was sent.")
    return amount


def check_cost(estimates: Sequence[Decimal | None], limit: Decimal | None, *, cap: str = "--max-cost") -> None:
    """Refuse before anything is sent."""
    total = sum((e for e in estimates if e is not None), Decimal(0))
    if limit is None:
        if total > LARGE_RUN:
            raise NeedsMaxCost(f"This run costs about ${total}")
        return
    if total > limit:
        raise OverMaxCost(f"This run costs about ${total}, more than the ${limit} of {cap}")
    if any(e is None for e in estimates):
        raise OverMaxCost(f"The price of this run is not known, so {cap} cannot be held")


def check_patience(seconds: float | None) -> None:
    if seconds is not None and not seconds >= 0:  # not a number is not above 0 either
        raise Usage(f"--timeout {seconds:g} is not a number of seconds", hint="For example 300. Nothing was sent.")


def check_once(key: str | None, count: int) -> None:
    if key is None:
        return
    if not ONCE_KEY.fullmatch(key) or not key.isprintable():
        raise Usage(f"--once {key[:40]!r} is not a key of 1 to 200 printable characters")
    if count > 1:
        raise OnceConflict(f"--once stands for one picture, and --count is {count}")


def asks_the_same(order: Order, held: Job) -> bool:
    """Is the one picture of this order what an earlier job was asked for, at whichever service that was made?"""
    first = order.jobs[0]
    chain = [first, *order.alternatives.get(first.id, ())]
    there = [job for job in chain if job.provider == held.provider]
    if there:
        return bool(codec.identity(there[0].request) == codec.identity(held.request))
    # Where nobody said a format, it is the service's own.
    ours = replace(first.request, format=held.request.format)
    return bool(codec.identity(ours) == codec.identity(held.request))
