"""Segmind, against its emulator and on answers written out."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from tests.bench import Stand
from tests.contract import ProviderContract
from uni_cli.providers.segmind import Segmind
from uni_cli.settings import Segmind as Settings


def settings(origin: str) -> Settings:
    return Settings(history_url=f"{origin}/segmind-history", upload_url=f"{origin}/segmind-upload")


STAND = Stand(Segmind, "/segmind", "SG_0123456789abcdef", settings)


class TestSegmind(ProviderContract):
    stand = STAND
    prices: ClassVar = {"uni-1": Decimal("0.0543"), "uni-1-max": Decimal("0.1290")}
    per_input = Decimal(0)
    recovers = True
    tells_charge = True
