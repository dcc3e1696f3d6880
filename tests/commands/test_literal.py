"""What a tester with the contract in hand found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.front import Services, uni


def test_strict_holds_for_a_format_that_only_the_name_asks_for(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "segmind", "-o", "fox.png", "--strict")

    assert result.code == 2
    assert services.stats()["segmind"]["accepted"] == 0


def test_the_last_of_several_seeds_is_a_seed_too() -> None:
    assert uni("generate", "a fox", "--seed", str(2**63 - 1), "--dry-run").code == 0
    assert uni("generate", "a fox", "--seed", str(2**63 - 1), "-n", "2", "--dry-run").code == 2


def test_inspect_sees_a_changed_sidecar(services: Services) -> None:
    uni("generate", "a fox", "-p", "luma", "-o", "fox.png")
    beside = Path("fox.png.json")
    beside.write_text(json.dumps({**json.loads(beside.read_text()), "prompt": "a cat"}))

    result = uni("inspect", "fox.png", "--json")

    assert result.code == 1
    assert result.json["problems"] == ["the sidecar's prompt is not the one inside the picture"]


@pytest.mark.parametrize("command", ["run", "show", "pin", "merge"])
def test_a_missing_name_is_an_error(command: str) -> None:
    result = uni("recipes", command, "--json")

    assert (result.code, result.json["error"]["code"]) == (2, "usage.invalid")


def test_a_missing_picture_of_a_recipe_gets_its_own_name_back(services: Services) -> None:
    Path("recipes").mkdir()
    Path("recipes/m.yaml").write_text("prompt: one fox\nprovider: luma\noutput: out/m.{ext}\n")
    assert uni("recipes", "run", "m").lines == ["recipes/out/m.png"]
    Path("recipes/out/m.png").unlink()

    assert uni("recipes", "run", "m").lines == ["recipes/out/m.png"]
    assert uni("recipes", "check").code == 0


@pytest.mark.parametrize("provider", ["luma", "gmicloud", "segmind"])
def test_a_shape_for_an_edit_is_warned_of(services: Services, provider: str) -> None:
    uni("generate", "a fox", "-p", "luma", "-o", "fox.png")

    plan = uni("edit", "fox.png", "night", "-p", provider, "-a", "16:9", "--no-advice", "--dry-run", "--json").json

    assert plan["items"][0]["warnings"] == [
        f"{provider} does not take a shape for edits for certain: the source's may be kept"
    ]
