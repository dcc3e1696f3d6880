"""Pictures in a plan: what each is for, and edits of one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.front import uni


@pytest.fixture
def picture() -> Callable[..., str]:
    def make(name: str, colour: str = "teal") -> str:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 48), colour).save(name)
        return name

    return make


Make = Callable[..., str]


def planned(*args: str) -> dict[str, Any]:
    result = uni("plan", *args, "--json")
    assert result.code == 0, result.err
    found: dict[str, Any] = result.json
    return found


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("palette.png", "palette"),
        ("brand_colours-02.png", "palette"),
        ("evening-light.png", "lighting"),
        ("pose sketch.png", "composition"),
        ("ink-style.png", "style"),
        ("hero_face.png", "character"),
        ("bottle.png", "content"),
        ("IMG_2034.png", "content"),
    ],
)
def test_a_file_name_tells_a_role(picture: Make, name: str, role: str) -> None:
    (reference,) = planned("a quiet harbour", "-r", picture(name))["references"]

    assert reference["role"] == role
    assert reference["image"] == name


@pytest.mark.parametrize(
    ("intent", "role", "borrow"),
    [
        ("a beach with the warm colours of IMAGE1", "palette", "the warm colours"),
        ("a beach in the style of IMAGE1", "style", "the medium, the line and the texture"),
        ("a beach lit like IMAGE1", "lighting", "the direction, softness and colour of the light"),
        ("the woman in IMAGE1 on a beach", "character", "the woman: the face, hair, build and clothes"),
        ("a cat wearing the green felt hat from img.png", "content", "the green felt hat"),
        ("a dancer, image 1 for the pose", "composition", "the placement of the main shapes and the camera angle"),
        ("my dog as a sailor", "character", "the markings, colours and build"),
    ],
)
def test_words_tell_a_role_and_what_to_take(picture: Make, intent: str, role: str, borrow: str) -> None:
    (reference,) = planned(intent, "-r", picture("img.png"))["references"]

    assert (reference["role"], reference["borrow"]) == (role, borrow)


def test_what_a_picture_is_for_is_no_part_of_the_scene(picture: Make) -> None:
    pictures = ("-r", picture("a.png"), "-r", picture("b.png"))
    plan = planned("use IMAGE1 as the palette and IMAGE2 for the pose: a ballerina on a rooftop", *pictures)
    queen = planned("the woman in IMAGE1 as a queen on a throne", *pictures[:2])

    assert [one["role"] for one in plan["references"]] == ["palette", "composition"]
    assert plan["brief"]["subject"].startswith("a ballerina")
    assert queen["brief"]["subject"] == "the woman in IMAGE1 as a queen on a throne"
    assert queen["references"][0]["role"] == "character"


def test_a_role_that_was_given_stands(picture: Make) -> None:
    (reference,) = planned("the woman in IMAGE1 on a beach", "-r", f"lighting={picture('palette.png')}")["references"]

    assert reference["role"] == "lighting"


def test_an_edit_names_the_change_what_it_touches_and_what_stays(picture: Make) -> None:
    plan = planned("make it night, but keep the red van and the shop signs", "-r", picture("street.png"))

    assert plan["source"] == "street.png"
    assert plan["aspect"] is None
    assert list(plan["brief"]) == ["change", "keep"]
    assert plan["brief"]["change"].startswith("Make it night: a deep blue sky, lamps and windows lit")
    assert plan["brief"]["keep"][:2] == ["the red van", "the shop signs"]
    assert "the composition and the camera position" in plan["brief"]["keep"]


@pytest.mark.parametrize(
    ("intent", "touched", "kept"),
    [
        ("remove the people", "what lies behind", "everything else as it is"),
        ("turn the van blue", "its texture", "its shape and material"),
        ("turn it into a watercolour", "the whole picture in that manner", "the place of every object"),
        ("add a hat to the cat", "with its own shadow", "everything that is already in the picture"),
        ("add snow", "every ledge", "every building and object where it is"),
        ("give him a beard", "natural in the face", "the clothes and the background"),
        ("replace the background with a beach", "edges of the subject clean", "the camera position"),
        ('change the sign to say "OPEN"', "spelled exactly so", "everything else as it is"),
    ],
)
def test_each_kind_of_change_has_its_own_sentence(picture: Make, intent: str, touched: str, kept: str) -> None:
    brief = planned(intent, "-r", picture("photo.png"))["brief"]

    assert touched in brief["change"]
    assert kept in brief["keep"]


@pytest.mark.parametrize(
    ("intent", "change", "kept"),
    [
        ("Keep the van, make it night", "Make it night", ["the van"]),
        ("keep the van and make it night", "Make it night", ["the van"]),
        ("Keep the red van, the signs and the camera position, and make it night", "Make it night",
         ["the red van", "the signs", "the camera position"]),
        ("Leave the van alone, remove the people", "Remove the people", ["the van"]),
        ("keep everything else the same, just change the van to blue", "Change the van to blue", ["everything else"]),
        ("without changing the van make it night", "Make it night", ["the van"]),
        ("don't touch the faces, turn it into a watercolour", "Turn it into a watercolour", ["the faces"]),
        ("preserve her face and change the dress to green", "Change the dress to green", ["her face"]),
        ("keep the van; everything else should become snow", "Everything else should become snow", ["the van"]),
        ("keep the van, but at night", "At night", ["the van"]),
        ("keep the van, night", "Night", ["the van"]),
        ("keep the van, no people", "No people", ["the van"]),
        ("the van stays as it is, make it night", "Make it night", ["the van"]),
        ("make it night. The van must stay as it is.", "Make it night", ["the van"]),
        ("make it night with the van unchanged", "Make it night", ["the van"]),
        ("make it night, but not the van", "Make it night", ["the van"]),
        ("make it night, keep the hat and dress, and add snow", "Make it night, and add snow", ["the hat and dress"]),
        ("change the sky to a sunset, nothing else", "Change the sky to a sunset", ["everything else"]),
        ("add a cat that will keep the van company", "Add a cat that will keep the van company", []),
        ("make the dog leave the house", "Make the dog leave the house", []),
        ("leave only the van", "Leave only the van", []),
        ('make the sign say "Keep out, turn back"', 'Make the sign say "Keep out, turn back"', []),
        ('keep the sign "Keep out, turn back" and make it night', "Make it night", ['the sign "Keep out, turn back"']),
        ("Change: night. Keep: the van, the signs", "Night", ["the van", "the signs"]),
    ],
)  # fmt: skip
def test_what_stays_is_told_from_what_changes_in_any_order(
    picture: Make, intent: str, change: str, kept: list[str]
) -> None:
    result = uni("plan", intent, "-r", picture("street.png"), "-o", "-")
    brief = planned(intent, "-r", "street.png")["brief"]

    assert brief["change"].startswith(f"{change}: ")
    own = [text for text in re.findall(r"^    - (.*)$", result.out, re.MULTILINE) if "# suggested" not in text]
    assert [json.loads(text) if text.startswith('"') else text for text in own] == kept
    assert brief["keep"][: len(kept)] == kept


@pytest.mark.parametrize("named", ["IMAGE1", "street.png", "image 1", "the picture"])
def test_a_picture_that_is_turned_into_something_is_changed(picture: Make, named: str) -> None:
    plan = planned(f"turn {named} into a watercolour, keep the van", "-r", picture("street.png"))

    assert plan["source"] == "street.png"
    assert plan["brief"]["change"].startswith("Turn the picture into a watercolour: ")
    assert plan["brief"]["keep"][0] == "the van"


def test_an_edit_that_changes_nothing_is_refused(picture: Make) -> None:
    result = uni("plan", "keep the van", "-r", picture("street.png"))

    assert (result.code, result.out) == (2, "")
    assert "says what stays, and not what changes [usage.prompt]" in result.err


def test_a_long_edit_is_read_in_reasonable_time(picture: Make) -> None:
    picture("street.png")
    assert uni("plan", "keep the van " * 400 + "make it night", "-r", "street.png", "-o", "-").code == 0


def test_the_other_pictures_of_an_edit_are_counted_anew(picture: Make) -> None:
    pictures = ("-r", picture("palette.png"), "-r", picture("house.png", "red"))
    plan = planned("make the house in IMAGE2 look like the colours of IMAGE1", *pictures)

    assert plan["source"] == "house.png"
    assert [one["image"] for one in plan["references"]] == ["palette.png"]
    assert "IMAGE2" not in plan["prompt"]
    assert "the colours of IMAGE1" in plan["prompt"]


def test_pictures_behind_the_source_move_up(picture: Make) -> None:
    pictures = ("-r", picture("house.png", "red"), "-r", picture("palette.png"))
    plan = planned("make the house look like the colours of IMAGE2", *pictures)

    assert plan["source"] == "house.png"
    assert "the colours of IMAGE1" in plan["prompt"]
    assert "IMAGE2" not in plan["prompt"]


@pytest.mark.parametrize("more", [(), ("-r", "palette=palette.png")])
def test_an_edit_without_a_picture_to_change_is_refused(picture: Make, more: tuple[str, ...]) -> None:
    picture("palette.png")
    result = uni("plan", "make it night", *more)

    assert (result.code, result.out) == (2, "")
    assert "usage.reference" in result.err
    assert not list(Path().glob("recipes/*.yaml"))


def test_the_recipe_of_an_edit_runs(picture: Make) -> None:
    path = uni("plan", "make it night", "-r", picture("photos/street.png")).lines[0]
    run = uni("recipes", "run", path, "-p", "local", "--json")

    assert run.code == 0, run.err
    sidecar = json.loads(Path(run.json["images"][0]["sidecar"]).read_text())
    assert sidecar["operation"] == "edit"
    assert sidecar["prompt"].startswith("Change: Make it night: ")


def test_a_picture_that_lies_elsewhere_is_copied_beside_the_recipe(picture: Make) -> None:
    path = uni("plan", "a quiet harbour", "-r", picture("elsewhere/palette.png")).lines[0]
    copies = list(Path("recipes").rglob("*.png"))

    assert [copy.read_bytes() for copy in copies] == [Path("elsewhere/palette.png").read_bytes()]
    assert uni("recipes", "run", path, "-p", "local", "-q").code == 0


def test_a_picture_beside_the_recipe_stays_where_it_is(picture: Make) -> None:
    picture("refs/palette.png")
    uni("plan", "a quiet harbour", "-r", "refs/palette.png", "-o", "harbour.yaml")

    assert "image: refs/palette.png" in Path("harbour.yaml").read_text()
    assert len(list(Path().rglob("*.png"))) == 1
