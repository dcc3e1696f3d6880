"""What `uni recipes run` would make, at which services, and what it may cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from uni_cli import codec, pricing
from uni_cli.commands import dry_run
from uni_cli.context import Context
from uni_cli.order import advice as hints
from uni_cli.recipes import handing
from uni_cli.recipes.plan import Picture
from uni_cli.recipes.survey import Link, Survey

TABLED = 2000


@dataclass
class Total:
    """Summed up while the pictures pass by: a plan of many thousand does not have to fit into memory."""

    count: int = 0
    unknown: int = 0
    first: Decimal | None = None
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)

    def add(self, picture: Picture) -> None:
        prices = _prices(picture)
        self.count += 1
        self.unknown += None in prices
        self.first = pricing.total([self.first, prices[0]])
        known = [price for price in prices if price is not None]
        self.least += min(known, default=Decimal(0))
        self.most += max(known, default=Decimal(0))

    def __str__(self) -> str:
        more = f", {self.unknown} of unknown price" if self.unknown else ""
        counted = f"; caps and budgets count ${pricing.as_text(self.most)}" if self.most != self.least else ""
        count = "1 picture" if self.count == 1 else f"{self.count} pictures"
        return f"{count}, total {dry_run.spread(self.least, self.most)}{more}{counted}"


def show(context: Context, survey: Survey, links: Iterator[Link]) -> int:
    pictures = (picture for link in links for picture in link.pictures if not picture.is_held)
    if survey.held:
        context.console.note(f"Bought already, and only to be taken up: {survey.held}.")
    total = Total()
    if context.console.as_json:
        _print_document(context, pictures, total)
        return 0
    rows = (_row(picture, total) for picture in pictures)
    if survey.count <= TABLED:
        heads = ("recipe", "item", "why", "service", "model", "price")
        context.console.table(heads, list(rows), folds=("recipe", "item", "model"))
    else:
        for row in rows:
            context.console.line("\t".join(row))
    context.console.line(str(total))
    return 0


def _prices(picture: Picture) -> list[Decimal | None]:
    return [draft.price for draft in picture.drafts]


def _row(picture: Picture, total: Total) -> tuple[str, ...]:
    total.add(picture)
    item = picture.asked.item
    services = ",".join(draft.provider for draft in picture.drafts)
    why = picture.status if picture.status in ("missing", "stale") else "forced"
    price = dry_run.one_of(_prices(picture))
    return item.recipe.name, item.id, why, services, picture.drafts[0].request.model, price


def _print_document(context: Context, pictures: Iterator[Picture], total: Total) -> None:
    """`uni.plan/1`, written as it comes."""
    line = context.console.line
    line('{\n  "schema": "uni.plan/1",\n  "items": [')
    before, said = "", dict[str, None]()
    for picture in pictures:
        total.add(picture)
        # Alike for most of them, and a document with one item per picture has no place for it.
        said |= dict.fromkeys(dry_run.beside([(draft.provider, draft.price) for draft in picture.drafts]))
        text = json.dumps(_item(context, picture), ensure_ascii=False)
        if before:
            line(f"    {before},")
        before = text
    if before:
        line(f"    {before}")
    sum_ = total.first if total.count else Decimal(0)
    line(f'  ],\n  "total_usd": {json.dumps(pricing.as_text(sum_))}\n}}')
    for text in said:
        context.console.note(text)


def _item(context: Context, picture: Picture) -> dict[str, Any]:
    draft, item = picture.drafts[0], picture.asked.item
    has_advice = context.settings.advice and not picture.asked.wishes.no_advice
    wire = context.provider(draft.provider).body(handing.shown(draft.request), draft.token)
    return {
        "recipe": item.recipe.name,
        "item": item.id,
        "provider": draft.provider,
        "method": wire.method,
        "url": wire.url,
        "body": codec.plain(wire.body),
        "price_usd": pricing.as_text(draft.price),
        "warnings": [
            *picture.warnings,
            *(hints.advise(picture.asked.request) if has_advice else ()),
        ],
    }
