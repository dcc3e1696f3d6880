"""`uni generate` through the front door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.front import Services, uni


def test_a_newcomer_gets_a_picture_and_its_path() -> None:
    result = uni("generate", "a paper lighthouse at dawn", "-o", "first.png")

    assert (result.code, result.out) == (0, "first.png\n")
    assert Path("first.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads(Path("first.png.json").read_text())["prompt"] == "a paper lighthouse at dawn"
    assert "offline painter" in result.err


@pytest.mark.parametrize("provider", ["luma", "runware", "gmicloud", "segmind"])
def test_every_service_makes_a_picture(services: Services, provider: str) -> None:
    result = uni("generate", "a red fox", "-p", provider, "-o", "fox.{ext}", "--json")

    assert result.code == 0, result.err
    (image,) = result.json["images"]
    assert image["provider"] == provider
    assert Path(image["path"]).stat().st_size == image["bytes"]
    assert services.billed(provider) == 1
