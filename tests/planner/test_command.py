"""`uni plan` as a command: files, streams, refusals."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.front import uni

FOX = "a fox in the snow at dawn"


def test_the_path_is_the_data_and_the_prompt_is_for_people() -> None:
    result = uni("plan", FOX)

    assert (result.code, result.out) == (0, "recipes/a-fox-in-the-snow-at-dawn.yaml\n")
    assert "  A fox" in result.err
    assert "  Light: dawn" in result.err
    assert "uni recipes run recipes/a-fox-in-the-snow-at-dawn.yaml" in result.err


def test_a_plan_runs_and_its_picture_agrees_with_it() -> None:
    path = uni("plan", FOX).lines[0]

    assert uni("recipes", "run", path, "-p", "local").code == 0
    assert uni("recipes", "check", path).code == 0


def test_the_prompt_shown_is_the_prompt_sent() -> None:
    plan = uni("plan", FOX, "--json").json
    item = uni("recipes", "run", plan["path"], "-p", "luma", "--dry-run", "--json").json["items"][0]

    assert item["body"]["prompt"] == plan["prompt"]
    assert item["body"]["aspect_ratio"] == plan["aspect"]


def test_a_second_plan_never_takes_the_place_of_the_first() -> None:
    first = Path(uni("plan", FOX).lines[0])
    before = first.read_bytes()
    Path("recipes/a-fox-in-the-snow-at-dawn-1.lock.json").write_text("{}")

    assert uni("plan", FOX).out == "recipes/a-fox-in-the-snow-at-dawn-2.yaml\n"
    assert uni("plan", FOX, "-o", str(first)).out == "recipes/a-fox-in-the-snow-at-dawn-3.yaml\n"
    assert first.read_bytes() == before


def test_the_same_words_make_the_same_recipe() -> None:
    assert uni("plan", FOX, "-o", "-").out == uni("plan", FOX, "-o", "-").out


def test_a_dash_prints_the_recipe_and_writes_nothing() -> None:
    result = uni("plan", FOX, "-o", "-")

    assert result.out.startswith("# Planned by the built-in rules")
    assert "\nbrief:\n  subject: " in result.out
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("output", "path"),
    [("deep/in/", "deep/in/a-fox-in-the-snow-at-dawn.yaml"), ("fox", "fox.yaml"), ("my fox.yml",) * 2],
)
def test_the_user_names_the_file(output: str, path: str) -> None:
    assert uni("plan", FOX, "-o", output).out == f"{path}\n"
    assert uni("recipes", "run", path, "--dry-run").code == 0


def test_the_document_has_every_part() -> None:
    document = uni("plan", FOX, "--json").json

    assert list(document) == [
        "schema", "path", "brief", "suggested", "prompt", "aspect", "style", "source", "references", "by",
    ]  # fmt: skip
    assert (document["schema"], document["by"], document["style"]) == ("uni.plan-brief/1", "rules", None)
    assert document["suggested"] == ["style", "composition"]


def test_planning_leaves_no_job_and_needs_no_key() -> None:
    assert uni("plan", FOX, "-q").err == ""
    assert uni("status", "--all", "--json").json["jobs"] == []


def test_the_intent_may_come_from_stdin() -> None:
    result = uni("plan", "-", "-o", "-", stdin=b"a fox\nSetting: an attic\nwatercolour\n")

    assert '  setting: "an attic, ' in result.out
    assert '  style: "watercolour: ' in result.out


@pytest.mark.parametrize(
    "hostile", ["a sign {{ x }}", "a sign {% if %}", "a sign {# no #}", "a: b # c", "- [x]", "'\"\\"]
)
def test_signs_of_yaml_and_of_templates_are_text(hostile: str) -> None:
    plan = uni("plan", "--json", "--", hostile).json
    item = uni("recipes", "run", plan["path"], "-p", "luma", "--dry-run", "--json").json["items"][0]

    assert item["body"]["prompt"] == plan["prompt"]


def test_control_characters_reach_neither_the_terminal_nor_the_file() -> None:
    result = uni("plan", "a fox\x1b[31m in red\x07", "-o", "-", terminal=True)

    assert "\x1b[31m in" not in result.out + result.err
    assert "\x07" not in result.out + result.err
    assert 'description: "a fox [31m in red"\n' in result.out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("",), "usage.prompt"),
        (("   ",), "usage.prompt"),
        (("x" * 6001,), "usage.prompt"),
        ((FOX, "-o", "fox.png"), "usage.output"),
        ((FOX, "-o", "recipes.yaml"), "usage.output"),
        ((FOX, "-r", "nowhere.png"), "usage.reference"),
        ((FOX, "-r", "pallete=x.png"), "usage.reference"),
    ],
)
def test_what_cannot_be_planned_is_refused(args: tuple[str, ...], code: str) -> None:
    result = uni("plan", *args)

    assert (result.code, result.out) == (2, "")
    assert f"[{code}]" in result.err
    assert not list(Path().rglob("*.yaml"))


def test_stdout_takes_one_thing() -> None:
    result = uni("plan", FOX, "-o", "-", "--json")

    assert result.code == 2
    assert result.json["error"]["code"] == "usage.invalid"


@pytest.mark.skipif(sys.platform == "win32", reason="chmod keeps nobody from a file or folder on Windows")
def test_a_folder_that_cannot_be_written_is_refused() -> None:
    Path("locked").mkdir(mode=0o500)
    # Root may write into any folder but this one.
    folder = "locked" if os.geteuid() else "/proc"

    assert uni("plan", FOX, "-o", f"{folder}/fox.yaml").code == 2
