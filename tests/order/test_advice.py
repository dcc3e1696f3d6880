"""Advice comes when it helps, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.front import uni
from uni_cli.models import Operation, Reference, Request, Role
from uni_cli.order.advice import advise

BARE = Reference("a.png", path="/a.png")


def words(request: Request) -> str:
    return " | ".join(advise(request))


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("a paper lighthouse at dawn", ""),
        ("a fox reading a newspaper", ""),
        ("a café on the Champs-Élysées", ""),
        ("ein roter Fuchs auf dem Dach bei Nacht", "English"),
        ("un renard roux sur le toit de la maison dans la nuit", "English"),
        ("屋根の上の猫", "English"),
        ('a shop sign that says "ΑΝΟΙΧΤΟ" in a narrow street', ""),
        ("a shop sign that says open", "quotes"),
        ('a shop sign that says "OPEN"', ""),
        ("a poster with the words summer sale", "quotes"),
    ],
)
def test_prompts(prompt: str, said: str) -> None:
    hints = words(Request(Operation.GENERATE, prompt))

    assert (said in hints) if said else hints == ""


def test_an_edit_should_say_what_stays() -> None:
    edit = Request(Operation.EDIT, "make it night", source=BARE)

    assert "--keep" in words(edit)
    assert advise(Request(Operation.EDIT, "make it night", source=BARE, keep=("the van",))) == []
    assert advise(Request(Operation.EDIT, "make it night, leave the van unchanged", source=BARE)) == []


def test_a_reference_should_have_a_role_or_a_sentence() -> None:
    assert "IMAGE1 has no role" in words(Request(Operation.GENERATE, "a cat by the sea", references=(BARE,)))
    named = Reference("a.png", path="/a.png", role=Role.PALETTE)
    assert advise(Request(Operation.GENERATE, "a cat by the sea in warm copper tones", references=(named,))) == []
    assert advise(Request(Operation.GENERATE, "a cat with the hat of IMAGE1", references=(BARE,))) == []


def test_manga_belongs_on_an_upright_page() -> None:
    assert "upright" in words(Request(Operation.GENERATE, "a duel", style="manga", aspect="16:9"))
    assert advise(Request(Operation.GENERATE, "a duel", style="manga", aspect="2:3")) == []


@pytest.mark.parametrize("provider", ["luma", "runware", "gmicloud", "segmind", "local", "auto", "luma,segmind"])
def test_every_service_has_the_hints_in_its_plan_alike(provider: str, tmp_path: Path) -> None:
    Image.new("RGB", (320, 240), "red").save(tmp_path / "street.png")
    plan = ("--dry-run", "--json", "-p", provider)
    made = uni("generate", "a shop sign that says open", *plan).json["items"]
    changed = uni("edit", str(tmp_path / "street.png"), "make it night", *plan).json["items"]

    (sign,), (night,) = made[0]["warnings"], changed[0]["warnings"]
    assert "in quotes" in sign
    assert "--keep" in night
    assert uni("generate", "a shop sign that says open", *plan, "--no-advice").json["items"][0]["warnings"] == []


def test_hints_stand_on_stderr_and_in_the_plan_and_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("generate", "a shop sign that says open", "--dry-run")

    assert "hint: Put text" in uni(*asked).err
    assert "Put text" in uni(*asked, "--json").json["items"][0]["warnings"][0]
    assert "hint" not in uni(*asked, "--no-advice").err
    assert uni(*asked, "--quiet").err == ""
    monkeypatch.setenv("UNI_ADVICE", "false")
    assert "hint" not in uni(*asked).err
