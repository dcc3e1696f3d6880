"""A narrow screen, as of a phone or beside an editor: nothing that matters is cut off."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.front import uni

if sys.platform == "win32":
    pytest.skip("Python has pseudo-terminals on Unix only", allow_module_level=True)

from tests.terminal import Terminal


@pytest.fixture(autouse=True)
def a_terminal_that_tells_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


def screen(*args: str, columns: int = 60) -> str:
    terminal = Terminal(*args, columns=columns, rows=50)
    assert terminal.to_the_end() == 0
    return "\n".join(terminal.rows)


def test_the_money_is_on_the_screen() -> None:
    assert uni("generate", "a fox", "-p", "local", "-m", "uni-1-max", "-o", "fox.png").code == 0

    shown = screen("status", "--spend")

    assert "charged" in shown
    assert "…" not in shown


def test_the_price_of_each_item_is_on_the_screen() -> None:
    Path("recipes").mkdir()
    recipe = "prompt: a view of {{ place }}\nmatrix: {place: [a far and foggy mountain village, the old harbour]}\n"
    Path("recipes/panorama-of-places.yaml").write_text(recipe)

    shown = screen("recipes", "run", "panorama-of-places", "--dry-run", "-p", "local", "-q")

    assert "price" in shown
    assert shown.count("$0.0000") == 3
    assert "…" not in shown


def test_what_a_recipe_makes_is_told_to_the_end() -> None:
    assert "…" not in screen("recipes", "list")


@pytest.mark.parametrize("prompt", ["東京の夜、ネオンの通り、傘をさした女性", "شارع ضيق في المدينة القديمة"])
def test_a_wide_or_right_to_left_prompt_keeps_the_columns(prompt: str) -> None:
    for text in (prompt, "a fox"):
        assert uni("generate", text, "-p", "local", "--no-advice", "-o", "{n}.png").code == 0
    Path("1.png").unlink()

    rows = screen("status", "--plain").splitlines()

    assert len(rows) == 3
    assert len({row.index("local") for row in rows[1:]}) == 1


@pytest.mark.parametrize("prompt", ["کتاب\u200cخانه‌ای در باران", "👩\u200d🚀 on the moon"])
def test_letters_that_are_joined_or_parted_stay_so(prompt: str) -> None:
    result = uni("generate", prompt, "-p", "local", "--no-advice", "--json")
    assert result.code == 0

    shown = uni("status", result.json["images"][0]["job"]).out
    assert prompt in shown
    assert "\N{REPLACEMENT CHARACTER}" not in shown


def test_a_mark_that_turns_the_text_around_is_shown_as_one() -> None:
    result = uni("generate", "a fox \u202e gnp.exe", "-p", "local", "--no-advice", "--json")
    assert result.code == 0

    shown = uni("status", result.json["images"][0]["job"]).out
    assert "\u202e" not in shown
    assert "\N{REPLACEMENT CHARACTER}" in shown
