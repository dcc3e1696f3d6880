"""The published JSON Schema and the loader agree."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import uni_cli
from tests.front import uni
from tests.recipes.kitchen import complaint, picture, put
from uni_cli.models import ASPECTS
from uni_cli.order.wishes import Wishes
from uni_cli.recipes import schema

# The package has no types, so it is imported by name.
jsonschema: Any = import_module("jsonschema")

BUILT_IN = Path(uni_cli.__file__).parent / "data" / "recipes"
# Flags that say how to run, and those that have another name in a recipe.
ELSEWHERE = {"once", "no_wait", "dry_run", "save_recipe", "image", "ref"}


def published() -> dict[str, Any]:
    found: dict[str, Any] = uni("recipes", "schema").json
    return found


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(published())


@pytest.mark.parametrize("path", sorted(BUILT_IN.glob("*.yaml")), ids=lambda path: str(path.stem))
def test_the_built_in_recipes_hold_to_the_schema(path: Path) -> None:
    jsonschema.validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")), published())


@pytest.mark.parametrize(
    "text",
    [
        "prompt: x\naspct: 1:1", "prompt: x\naspect: 4:3", "prompt: 7", "prompt: x\nseeds: {count: 0}",
        "prompt: x\nsteps: [{edit: a}]", "prompt: x\nreferences: [{image: a.png, role: hero}]", "prompt: x\nquality: 5",
        "prompt: x\nreferences: {image: p.png}", "prompt: x\nreferences: ''", "prompt: x\nreferences: [7]",
        "prompt: x\nreferences: 7", "prompt: x\nsource: p.png\nkeep: ''", "prompt: x\nmax_cots: 3",
    ],
)  # fmt: skip
def test_schema_and_loader_refuse_the_same(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(YAML(typ="safe", pure=True).load(text), published())
    complaint("a.yaml", text)


@pytest.mark.parametrize(
    "text",
    [
        "prompt: x\nreferences: p.png", "prompt: x\nreferences: palette=p.png", "prompt: x\nreferences: [p.png]",
        "prompt: x\nref: p.png", "prompt: x\nsteps: [{id: a, references: p.png}, {id: b, ref: [{step: a}]}]",
        "prompt: x\nimage: p.png\nkeep: the van", "brief: {subject: a van, keep: the van}", "prompt: x\nset: [a=1]",
        "prompt: x\nmax-cost: 2", "prompt: x\nmax_cost: $2", "prompt: x\nno_embed: true\ntimeout: 300",
        "prompt: x\nsteps: [{id: a, no_prompt_embed: true}]", "prompt: x\naspect:\nseeds: {from: 1, count: 2}",
    ],
)  # fmt: skip
def test_schema_and_loader_take_the_same(text: str) -> None:
    jsonschema.validate(YAML(typ="safe", pure=True).load(text), published())
    picture("p.png")
    put("a.yaml", f"{text}\nprovider: local\n")
    result = uni("recipes", "run", "a", "--dry-run")
    assert result.code == 0, result.err


def test_every_flag_of_generate_and_edit_is_a_key() -> None:
    flags = {name.strip("_").replace("_", "-") for name in Wishes.__dataclass_fields__ if name not in ELSEWHERE}
    assert flags - set(schema.keys_of(schema.Recipe)) == set()
    assert {"ref", "image"} <= set(published()["properties"])


def test_the_aspects_are_those_of_the_model() -> None:
    found = published()["properties"]["aspect"]["anyOf"][0]["enum"]
    assert found == list(ASPECTS)
