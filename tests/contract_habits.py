"""What a provider's test class says about its service; the contract reads it."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from tests.workbench import Stand, dry, text
from uni_cli.models import Request
from uni_cli.providers.base import Capabilities


class Habits:
    stand: ClassVar[Stand]
    prices: ClassVar[dict[str, Decimal]]
    per_input: ClassVar[Decimal] = Decimal("0.0030")
    # Whether the service can be asked for a job whose submit was lost.
    recovers: ClassVar[bool] = False
    # What the service says of itself: a price charged, a seed.
    tells_charge: ClassVar[bool] = False
    tells_seed: ClassVar[bool] = False
    unknown_id: ClassVar[str] = "5f0d3c1e-7a52-4d0b-9b57-0c1a8e2f4411"
    # How a submit's 5xx looks that proves nothing.
    doubtful: ClassVar[tuple[str, ...]] = ("500", "html-502")

    @property
    def able(self) -> Capabilities:
        return dry(self.stand).capabilities

    def request(self) -> Request:
        """A picture that this service can make."""
        return text(aspect="16:9")
