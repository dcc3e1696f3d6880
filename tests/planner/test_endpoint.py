"""Planning with a chat endpoint, over a real socket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.front import Services, uni
from uni_cli.models import Reference, Role
from uni_cli.planner.answer import Invalid, read

FOX = "a fox, in a birch wood"
GOOD: dict[str, Any] = {
    "subject": "a fox", "setting": None, "light": "low sun", "style": None, "composition": None, "change": None,
    "keep": [], "aspect": "3:2", "manga": False, "source": None, "references": [],
}  # fmt: skip
EDIT = {**GOOD, "subject": None, "light": None, "aspect": None, "change": "night", "keep": ["the van"], "source": 1}


def test_the_endpoint_plans_and_the_recipe_runs(services: Services) -> None:
    plan = uni("plan", FOX, "--json").json

    assert plan["by"] == "endpoint"
    assert plan["brief"]["subject"] == "a fox"
    assert plan["brief"]["setting"] == "in a birch wood"
    assert uni("recipes", "run", plan["path"], "-p", "luma", "-q").code == 0
    assert set(services.stats()) == {"luma", "runware", "gmicloud", "segmind"}


def test_planning_buys_nothing(services: Services) -> None:
    assert uni("plan", FOX, "-q").code == 0
    assert services.billed() == 0
    assert uni("status", "--all", "--json").json["jobs"] == []


def test_pictures_are_named_to_it_without_their_folders(services: Services) -> None:
    Path("secret-folder").mkdir()
    Image.new("RGB", (64, 48)).save("secret-folder/van.png")
    result = uni(
        "plan",
        "make it night",
        "-r",
        "secret-folder/van.png",
        "-r",
        "palette=secret-folder/van.png",
        "-v",
        "-o",
        "n.yaml",
    )

    assert result.code == 0, result.err
    assert '\\"name\\": \\"van.png\\"' in result.err
    assert "secret-folder" not in result.err
    text = Path("n.yaml").read_text()
    assert "source: secret-folder/van.png" in text
    assert "role: palette" in text


@pytest.mark.parametrize("habit", ["format=json_object", "format=text", "tokens=completion"])
def test_endpoints_that_know_less_are_asked_more_simply(services: Services, habit: str) -> None:
    services.break_with(f"chat:submit:{habit}")

    assert uni("plan", FOX, "--json").json["by"] == "endpoint"


@pytest.mark.parametrize("fault", ["invalid:1", "html:1", "garbage:1", "empty:1"])
def test_an_answer_that_does_not_hold_is_asked_for_once_more(services: Services, fault: str) -> None:
    services.break_with(f"chat:submit:{fault}")

    assert uni("plan", FOX, "--json").json["brief"]["subject"] == "a fox"


@pytest.mark.parametrize("fault", ["invalid", "html", "garbage", "empty"])
def test_two_answers_that_do_not_hold_are_the_end(services: Services, fault: str) -> None:
    services.break_with(f"chat:submit:{fault}:2", "chat:submit:500")
    result = uni("plan", FOX)

    assert (result.code, result.out) == (1, "")
    assert "[plan.invalid_answer]" in result.err
    assert not list(Path().rglob("*.yaml"))


@pytest.mark.parametrize(
    ("fault", "exit", "code"),
    [
        ("400", 1, "provider.rejected"),
        ("401", 4, "key.refused"),
        ("402", 6, "provider.no_funds"),
        ("404", 1, "provider.unavailable"),
        ("429", 7, "provider.rate_limited"),
        ("500", 7, "provider.unreachable"),
        ("html-502", 7, "provider.unreachable"),
        ("refuse", 7, "provider.unreachable"),
        ("cut-after", 7, "provider.unreachable"),
    ],
)
def test_every_trouble_has_its_code(services: Services, fault: str, exit: int, code: str) -> None:
    services.break_with(f"chat:submit:{fault}")
    result = uni("plan", FOX, "--json")

    assert (result.code, result.json["error"]["code"]) == (exit, code)
    assert "icture" in result.json["error"]["hint"]


def test_a_refused_key_is_never_shown(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_PLAN__API_KEY", "wrong-key-of-mine")
    result = uni("plan", FOX, "-v")

    assert result.code == 4
    assert "Incorrect API key provided: ***" in result.err
    assert "wrong-key-of-mine" not in result.out + result.err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("UNI_PLAN__MODEL", "", "UNI_PLAN__MODEL is not set"),
        ("UNI_PLAN__BASE_URL", "", "UNI_PLAN__BASE_URL is not set"),
        ("UNI_PLAN__BASE_URL", "http://models.example/v1", "plain http is for loopback only"),
        ("UNI_PLAN__API_KEY", "clé", "does not look like a key"),
    ],
)
def test_settings_that_do_not_hold_are_refused(
    services: Services, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    result = uni("plan", FOX)

    assert result.code == 2
    assert said in result.err
    assert "[usage.settings]" in result.err


def test_the_whole_address_may_be_given(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_PLAN__BASE_URL", f"{services.url}/chat/v1/chat/completions")

    assert uni("plan", FOX, "-q").code == 0


# --- strict reading --------------------------------------------------------------------------------------------

VAN, PALETTE = Reference("van.png"), Reference("p.png", role=Role.PALETTE)
BORROWED = {"number": 1, "role": "palette", "borrow": "warm copper"}


@pytest.mark.parametrize(
    ("said", "pictures", "wrong"),
    [
        ("```json\n" + json.dumps(GOOD) + "\n```", (), "bare JSON"),
        ("[]", (), "the whole"),
        (json.dumps({**GOOD, "mood": "calm"}), (), "`mood`"),
        (json.dumps({name: value for name, value in GOOD.items() if name != "keep"}), (), "`keep`"),
        (json.dumps({**GOOD, "subject": 3}), (), "`subject`"),
        (json.dumps({**GOOD, "subject": None}), (), "a new picture needs one"),
        (json.dumps({**GOOD, "subject": ""}), (), "`subject`"),
        (json.dumps({**GOOD, "subject": "a fox\x1b[31m"}), (), "one line of plain text"),
        (json.dumps({**GOOD, "light": "low\nsun"}), (), "one line of plain text"),
        (json.dumps({**GOOD, "aspect": "4:5"}), (), "`aspect`"),
        (json.dumps({**GOOD, "manga": "no"}), (), "`manga`"),
        (json.dumps({**GOOD, "change": "night"}), (), "`change`"),
        (json.dumps(GOOD), (VAN,), "IMAGE1"),
        (json.dumps({**GOOD, "references": [BORROWED]}), (), "IMAGE0"),
        (json.dumps({**GOOD, "references": [{**BORROWED, "role": "style"}]}), (PALETTE,), "palette"),
        (json.dumps(EDIT), (), "`source` is 1"),
        (json.dumps({**EDIT, "change": None}), (VAN,), "`change` is null"),
        (json.dumps({**EDIT, "references": []}), (PALETTE,), "cannot be the source"),
        (json.dumps({**GOOD, "keep": ["x" * 1500] * 5}), (), "characters as a prompt"),
        ("[" * 100_000, (), "shorter"),
    ],
)
def test_nothing_is_repaired(said: str, pictures: tuple[Reference, ...], wrong: str) -> None:
    with pytest.raises(Invalid, match=wrong):
        read(said, "a fox", pictures, by="endpoint")


def test_what_holds_is_taken_as_it_is() -> None:
    scene = read(json.dumps({**GOOD, "references": [BORROWED]}), "a fox", (PALETTE,), by="endpoint")
    edit = read(json.dumps({**EDIT, "references": [BORROWED]}), "night", (VAN, PALETTE), by="endpoint")

    assert scene.prompt == "A fox.\nLight: low sun.\nUse IMAGE1 as a PALETTE reference: take warm copper from it."
    assert edit.source is VAN
    assert edit.prompt.startswith("Change: night.\nKeep the van unchanged.")
