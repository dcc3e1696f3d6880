"""What a picture costs: each service's list with its date. Money is Decimal, in US dollars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from uni_cli.models import Request

LARGE_RUN = Decimal(10)


@dataclass(frozen=True, slots=True)
class Table:
    """A base price per model (neutral name) and a price per input picture."""

    base: Mapping[str, Decimal]
    per_input: Decimal
    dated: str

    def price(self, request: Request) -> Decimal | None:
        base = self.base.get(request.model)
        return None if base is None else base + self.per_input * len(request.inputs)


_LIST = {"uni-1": Decimal("0.0404"), "uni-1-max": Decimal("0.1000")}

LUMA = Table(_LIST, Decimal("0.0030"), "2026-11-20")
RUNWARE = Table(_LIST, Decimal("0.0030"), "2026-11-20")
GMICLOUD = Table({"uni-1": Decimal("0.0404")}, Decimal("0.0030"), "2026-06-15")
# Segmind publishes averages, the same for edits.
SEGMIND = Table({"uni-1": Decimal("0.0543"), "uni-1-max": Decimal("0.1290")}, Decimal(0), "2026-11-20")
LOCAL = Table({"uni-1": Decimal(0), "uni-1-max": Decimal(0)}, Decimal(0), "2026-11-20")


def total(amounts: list[Decimal | None]) -> Decimal | None:
    """A sum over the known; None where nothing is known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def as_text(amount: Decimal | None) -> str | None:
    """Money as JSON has it: a decimal string, at least four places, null for unknown."""
    if amount is None:
        return None
    shown = amount.quantize(Decimal("0.0001"))
    return str(shown if shown == amount else amount.normalize())
