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
        assert told.count("hint: open: Put text that should appear in the picture in quotes") == 1
        assert told.count("hint:") == 1


def test_advice_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    put("sign.yaml", RECIPE)

    assert "hint" not in uni("recipes", "check", "--quiet").err
    monkeypatch.setenv("UNI_ADVICE", "false")
    assert "hint" not in uni("recipes", "check").err
    monkeypatch.delenv("UNI_ADVICE")
    put("sign.yaml", f"{RECIPE}no-advice: true\n")
    assert "hint" not in uni("recipes", "check").err
