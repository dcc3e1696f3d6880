"""Recipes get the same advice as prompts at a terminal."""

from __future__ import annotations

import pytest

from tests.front import uni
from tests.recipes.kitchen import put

RECIPE = "prompt: a shop sign that says {{ word }}\nmatrix: {word: [open, shut]}\n"


def test_check_and_a_dry_run_give_each_hint_once() -> None:
    put("sign.yaml", RECIPE)

    for command in (("check",), ("run", "sign", "--dry-run")):
        told = uni("recipes", *command).err
        assert told.count("hint: item open: Put text that should appear in the picture in quotes") == 1
        assert told.count("hint:") == 1


def test_the_document_of_a_dry_run_has_the_hints_of_each_item(monkeypatch: pytest.MonkeyPatch) -> None:
    put("sign.yaml", RECIPE)
    run = ("recipes", "run", "sign", "--dry-run", "--json", "-p")

    for provider in ("local", "auto"):
        items = uni(*run, provider).json["items"]
        assert [["quotes" in said for said in item["warnings"]] for item in items] == [[True], [True]]
    monkeypatch.setenv("UNI_ADVICE", "false")
    assert [item["warnings"] for item in uni(*run, "local").json["items"]] == [[], []]


def test_advice_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    put("sign.yaml", RECIPE)

    assert "hint" not in uni("recipes", "check", "--quiet").err
    monkeypatch.setenv("UNI_ADVICE", "false")
    assert "hint" not in uni("recipes", "check").err
    monkeypatch.delenv("UNI_ADVICE")
    put("sign.yaml", f"{RECIPE}no-advice: true\n")
    assert "hint" not in uni("recipes", "check").err
