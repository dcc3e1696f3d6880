"""One emulator for all tests of a module, and an engine that waits less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.engine.house import QUICK, House, house
from uni_cli.engine import patience


@pytest.fixture(scope="module")
def started() -> Iterator[tuple[House, Mapping[str, str]]]:
    with house() as found:
        yield found


@pytest.fixture
def home(started: tuple[House, Mapping[str, str]], monkeypatch: pytest.MonkeyPatch) -> House:
    """The module's emulator, emptied, with the environment leading to it."""
    found, names = started
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    found.empty()
    return found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "USUAL", QUICK)
