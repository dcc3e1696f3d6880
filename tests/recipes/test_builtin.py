"""The built-in recipes: found by name, each runs on `local`, lock and pictures in ./recipes/."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.front import Services, uni
from tests.recipes.kitchen import ids, lock, plan, run, statuses
from uni_cli.models import ASPECTS
from uni_cli.recipes import find

NAMES = [
    "character-sheet", "day-to-night", "hero-banner", "localized-set", "manga-page", "palette-transfer", "product-shot",
]  # fmt: skip


def test_they_are_found_without_a_yaml_parser() -> None:
    assert find.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_planned_on_local_and_on_luma(name: str) -> None:
    for service in ("local", "luma"):
        assert {item["provider"] for item in plan(name, "-p", service)} == {service}


def test_the_banner_has_every_aspect() -> None:
    sizes = [(i["body"]["width"], i["body"]["height"]) for i in plan("hero-banner", "-p", "local")]
    assert sizes == list(ASPECTS.values())


@pytest.mark.parametrize(
    ("name", "item", "made"),
    [
        ("day-to-night", "day-to-night/dusk", 2),
        ("manga-page", "manga-page/page", 2),
        ("palette-transfer", "palette-transfer", 1),
        ("localized-set", "japan", 1),
        ("product-shot", "grey-slate", 1),
    ],
)
def test_local_draws_them(name: str, item: str, made: int) -> None:
    result = run(name, "-p", "local", "--only", item, "-q")
    assert (result.code, len(result.lines)) == (0, made)
    assert all(Path(line).is_relative_to(f"recipes/out/{name}") for line in result.lines)
    assert statuses()[item] == "ok"


def test_the_character_sheet_runs_whole_on_a_service(services: Services) -> None:
    assert run("character-sheet", "-p", "runware", "--jobs", "8").code == 0
    assert (len(lock("character-sheet")), services.billed("runware")) == (5, 5)


def test_a_recipe_of_the_user_is_found_too() -> None:
    from uni_cli import folders

    own = folders.data_dir() / "recipes"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("prompt: mine\n", "utf-8")
    assert ids("mine") == ["mine"]
    rows = {row["recipe"]: row["place"] for row in uni("recipes", "list", "--json").json["recipes"]}
    assert rows["mine"] == "user"
