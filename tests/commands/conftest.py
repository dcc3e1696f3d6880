"""One emulator for all tests of a module: starting it for each of them would take most of their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.front import Services, environment
from uni_cli.emulator import create_app, env_lines
from uni_cli.emulator.server import running
from uni_cli.engine import patience


@pytest.fixture(scope="module")
def stand() -> Iterator[str]:
    """The address of the running emulator."""
    with running(create_app(fast=True, limits=False, latency=0.01)) as url:
        yield url


@pytest.fixture
def services(stand: str, monkeypatch: pytest.MonkeyPatch) -> Services:
    """All four services, fresh, with the environment pointing at them."""
    for name, value in environment(env_lines(stand)).items():
        monkeypatch.setenv(name, value)
    # Its pictures are there at once, so the first look need not wait the second that a real service deserves.
    monkeypatch.setattr(patience, "USUAL", replace(patience.USUAL, first_look=0.05, early=0.1))
    found = Services(stand)
    found.forget()
    return found


@pytest.fixture
def drawn() -> Callable[..., Path]:
    """Makes a small picture that can be given as a reference."""
    from PIL import Image

    def draw(name: str = "ref.png", size: tuple[int, int] = (96, 64)) -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, (200, 90, 30)).save(path)
        return path

    return draw
