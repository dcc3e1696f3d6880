"""`uni recipes check`, `list`: what CI asks, without network, key or money."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.front import uni
from tests.recipes.kitchen import picture, put
from uni_cli.recipes import lock
from uni_cli.recipes.lock import Lock
from uni_cli.recipes.status import file_hash


@pytest.fixture
def mixed() -> None:
    """One picture of each status."""
    put("a.yaml", "prompt: '{{ c }}'\nmatrix: {c: [fine, changed, touched, gone]}\n")
    items = {i["item"]: i for i in uni("recipes", "show", "a", "--json").json["recipes"][0]["items"]}
    entries: dict[str, dict[str, Any]] = {}
    for name in ("fine", "changed", "touched", "old|one"):
        path = picture(f"out/{name.replace('|', '')}.png")
        print_ = items[name]["fingerprint"] if name in items else "sha256:0"
        relative = path.relative_to("recipes").as_posix()
        entries[name] = {"fingerprint": print_, "path": relative, "sha256": file_hash(path)}
    entries["changed"]["fingerprint"] = "sha256:another"
    Path("recipes/out/touched.png").write_bytes(b"by hand")
    lock.write(Path("recipes/a.lock.json"), Lock("a", dict(entries)))


@pytest.mark.usefixtures("mixed")
def test_check_tells_each_disagreement_and_ends_with_10() -> None:
    result = uni("recipes", "check")
    assert (result.code, result.lines) == (10, [
        "stale\ta\tchanged\tout/changed.png",
        "altered\ta\ttouched\tout/touched.png",
        "missing\ta\tgone\t-",
        "orphaned\ta\told|one\tout/oldone.png",
    ])  # fmt: skip
    assert "[recipes.stale]" in result.err


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("provider: lumma", "a.yaml:2:11", "there is no provider 'lumma' (did you mean `luma`?)"),
        ("provider: luma,nope", "a.yaml:2:11", "there is no provider 'nope'"),
        ("provider: luma,luma", "a.yaml:2:11", "`provider: luma,luma` names a service twice"),
        ("provider: auto,luma", "a.yaml:2:11", "`provider: auto` cannot stand in a list"),
        ("matrix: {provider: [local, lumma]}", "a.yaml:2:28", "there is no provider 'lumma'"),
        ("matrix: {n: [1], include: [{n: 2, provider: lumma}]}", "a.yaml:2:45", "there is no provider 'lumma'"),
        ("steps: [{id: one}, {id: two, provider: lumma}]", "a.yaml:2:40", "there is no provider 'lumma'"),
        ("provider: local\nrows: r.csv", "r.csv:3:1", "there is no provider 'lumma'"),
    ],
)
@pytest.mark.parametrize("verb", [["check"], ["run", "--dry-run"], ["show"]])
def test_a_provider_that_nobody_is_called_is_told_with_its_place(
    verb: list[str], text: str, place: str, words: str
) -> None:
    put("a.yaml", f"prompt: a pier\n{text}\n")
    put("r.csv", "name,provider\nx,luma\ny,lumma\n")
    result = uni("recipes", *verb, "recipes/a.yaml")
    assert result.code == 2
    assert f"recipes/{place}: {words}" in result.err
    assert "[recipes.invalid]" in result.err
    assert "Nothing was sent." in result.err


def test_the_command_lines_provider_stands_in_place_of_one_that_is_not_installed_here() -> None:
    put("a.yaml", "prompt: a pier\nprovider: someone-elses\n")
    assert uni("recipes", "run", "a", "-p", "local", "--dry-run").code == 0


@pytest.mark.usefixtures("mixed")
def test_check_as_json_holds_every_item() -> None:
    result = uni("recipes", "check", "recipes/a.yaml", "--json")
    assert result.code == 10
    assert result.json == {
        "schema": "uni.check/1",
        "ok": False,
        "items": [
            {"recipe": "a", "item": "fine", "status": "ok", "path": "out/fine.png"},
            {"recipe": "a", "item": "changed", "status": "stale", "path": "out/changed.png"},
            {"recipe": "a", "item": "touched", "status": "altered", "path": "out/touched.png"},
            {"recipe": "a", "item": "gone", "status": "missing", "path": None},
            {"recipe": "a", "item": "old|one", "status": "orphaned", "path": "out/oldone.png"},
        ],
    }


@pytest.mark.usefixtures("mixed")
def test_the_summary_is_appended_as_a_table_that_github_shows() -> None:
    Path("summary.md").write_text("before\n", "utf-8")
    assert uni("recipes", "check", "--summary", "summary.md").code == 10
    assert Path("summary.md").read_text("utf-8") == (
        "before\n### Pictures and recipes\n\n4 of 5 pictures disagree.\n\n"
        "| recipe | item | status | path |\n| --- | --- | --- | --- |\n"
        "| a | changed | stale | out/changed.png |\n| a | touched | altered | out/touched.png |\n"
        "| a | gone | missing |  |\n| a | old\\|one | orphaned | out/oldone.png |\n\n"
    )
    assert uni("recipes", "check", "--summary", "nowhere/summary.md").code == 2


def test_all_in_order_is_0() -> None:
    put("a.yaml", "prompt: x\n")
    shown = uni("recipes", "show", "a", "--json").json["recipes"][0]["items"][0]
    path = picture("out/a.png")
    entry = {"fingerprint": shown["fingerprint"], "path": "out/a.png", "sha256": file_hash(path)}
    lock.write(Path("recipes/a.lock.json"), Lock("a", {"a": entry}))
    result = uni("recipes", "check", "--summary", "s.md")
    assert (result.code, result.out) == (0, "")
    assert "All agree with their recipes: 1." in Path("s.md").read_text("utf-8")


def test_check_without_a_folder_of_recipes_is_an_error() -> None:
    assert uni("recipes", "check").code == 2


def test_check_of_a_broken_recipe_is_an_error_with_its_place() -> None:
    put("a.yaml", "prompt: x\naspect: 4:3\n")
    assert uni("recipes", "check").code == 2


def test_list_shows_near_recipes_first_and_broken_ones_with_their_reason() -> None:
    put("product-shot.yaml", "prompt: mine\ndescription: |\n  My own.\n  More.\n")
    put("bad.yaml", "aspct: 1:1\n")
    rows = {row["recipe"]: row for row in uni("recipes", "list", "--json").json["recipes"]}
    assert (rows["product-shot"]["place"], rows["product-shot"]["description"]) == ("recipes", "My own.")
    assert "did you mean `aspect`?" in rows["bad"]["error"]
    assert rows["hero-banner"]["place"] == "built-in"
