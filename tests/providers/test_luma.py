"""Luma's own service, against its emulator and on answers written out."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from tests.bench import Stand
from tests.contract import ProviderContract
from uni_cli.providers.luma import Luma


class TestLuma(ProviderContract):
    stand = Stand(Luma, "/luma/v1", "luma-api-test")
    prices: ClassVar = {"uni-1": Decimal("0.0404"), "uni-1-max": Decimal("0.1000")}
