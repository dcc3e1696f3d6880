"""`--from`: made again from a picture, its sidecar or a job; flags win."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.front import Services, uni


def planned(*args: str) -> dict[str, Any]:
    result = uni(*args, "--dry-run", "--json")
    assert result.code == 0, result.err
    (item,) = result.json["items"]
    found: dict[str, Any] = item
    return found


@pytest.fixture
def made(services: Services, drawn: Callable[..., Path]) -> str:
    """A picture with much to remember; its job."""
    drawn("in.png")
    args = ["generate", "a fox", "-p", "runware", "-a", "3:2", "-r", "palette=in.png", "-f", "webp", "--quality", "70"]
    result = uni(*args, "-o", "fox.webp", "--json")
    assert result.code == 0, result.err
    return str(result.json["images"][0]["job"])


def without_id(item: dict[str, Any]) -> dict[str, Any]:
    (task,) = item["body"]
    return {name: value for name, value in task.items() if name != "taskUUID"}


def test_all_three_ask_for_the_same(made: str) -> None:
    first = json.loads(Path("fox.webp.json").read_text("utf-8"))["sent"][0]

    by_picture, by_sidecar, by_job = (planned("generate", "--from", x) for x in ("fox.webp", "fox.webp.json", made))
    shutil.copy("fox.webp", "alone.webp")
    by_itself = planned("generate", "--from", "alone.webp")

    assert [item["provider"] for item in (by_picture, by_sidecar, by_job, by_itself)] == ["runware"] * 4
    assert without_id(by_picture) == without_id(by_sidecar) == without_id(by_job) == without_id(by_itself)
    again = without_id(by_picture)
    for name in ("positivePrompt", "width", "height", "outputFormat", "outputQuality"):
        assert again[name] == first[name]


def test_flags_win(made: str) -> None:
    item = planned("generate", "a hen", "--from", made, "-a", "1:1", "-f", "png", "-p", "luma", "--set", "steps=5")

    body = item["body"]
    assert item["provider"] == "luma"
    assert body["prompt"] == "a hen\nUse IMAGE1 as a PALETTE reference."
    assert (body["aspect_ratio"], body["output_format"], body["steps"]) == ("1:1", "png", 5)


def test_a_size_takes_the_place_of_an_aspect(made: str) -> None:
    (task,) = planned("generate", "--from", made, "--size", "2048x2048")["body"]

    assert (task["width"], task["height"]) == (2048, 2048)


def test_a_reference_that_changed_since_is_an_error(made: str, drawn: Callable[..., Path]) -> None:
    drawn("in.png", size=(10, 10))

    changed = uni("generate", "--from", "fox.webp")
    replaced = uni("generate", "--from", "fox.webp", "-r", "style=in.png", "--dry-run")
    Path("in.png").unlink()
    gone = uni("generate", "--from", "fox.webp")

    assert (changed.code, gone.code) == (2, 2)
    assert "in.png is not the picture that was used then" in changed.err
    assert replaced.code == 0, replaced.err


def test_the_painter_makes_the_same_pixels_again(drawn: Callable[..., Path]) -> None:
    drawn("in.png")
    first = uni("edit", "in.png", "heavy snow", "-p", "local", "-o", "a.png", "--no-embed", "--json")
    again = uni("generate", "--from", "a.png", "-o", "b.png", "--no-embed", "--json")

    assert (first.code, again.code) == (0, 0), again.err
    assert again.json["images"][0]["seed"] == first.json["images"][0]["seed"]
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


def test_an_edit_is_made_again_as_an_edit(services: Services, drawn: Callable[..., Path]) -> None:
    drawn("in.png")
    uni("edit", "in.png", "make it night", "--keep", "the van", "-p", "gmicloud", "-o", "night.png", "--convert")

    item = planned("generate", "--from", "night.png", "-p", "local")

    assert item["body"]["operation"] == "edit"
    assert item["body"]["prompt"] == "make it night\nKeep the van unchanged."


@pytest.mark.parametrize("what", ["missing.png", "text.txt", "plain.png", "folder", "deadbeef", "cut.json"])
def test_what_does_not_say_how_it_was_made(what: str, drawn: Callable[..., Path]) -> None:
    Path("text.txt").write_text("words")
    Path("cut.json").write_text('{"schema": "uni.sidecar/1"')
    Path("folder").mkdir()
    drawn("plain.png")

    result = uni("generate", "--from", what)

    assert (result.code, result.out) == (2, "")
    assert f"--from {what}" in result.err.replace("'", "")
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {"operation": "explode", "prompt": "x"},
        {"operation": "edit", "prompt": "x"},
        {"operation": "generate"},
        {"operation": "generate", "prompt": 7},
        {"operation": "generate", "prompt": "x", "size": "big"},
        {"operation": "generate", "prompt": "x", "size": [1]},
        {"operation": "generate", "prompt": "x", "model": ["uni-1"]},
        {"operation": "generate", "prompt": "x", "aspect": "7:9"},
        {"operation": "generate", "prompt": "x", "seed": "x"},
        {"operation": "generate", "prompt": "x", "quality": 400},
        {"operation": "generate", "prompt": "x", "keep": "everything"},
        {"operation": "generate", "prompt": "x", "extra": 4},
        {"operation": "generate", "prompt": "x", "references": [{"source": "a", "role": "villain"}]},
        {"operation": "generate", "prompt": "x", "references": [{"source": 4}]},
        {"operation": "generate", "prompt": "x", "references": "abc"},
        {"operation": "generate", "prompt": "x", "webhook": "ftp://x"},
    ],
)
def test_a_sidecar_of_somebody_else_is_only_data(said: object) -> None:
    Path("odd.png.json").write_text(json.dumps({"schema": "uni.sidecar/1", "request": said}))

    result = uni("generate", "--from", "odd.png.json", "--dry-run", "-p", "local")

    assert (result.code, result.out) == (2, "")
    assert "[usage." in result.err
