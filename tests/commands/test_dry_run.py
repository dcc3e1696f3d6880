"""`--dry-run`: the exact body, the service, the price; no key, nothing sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front import Services, uni

REMOTE = ("luma", "runware", "gmicloud", "segmind")


def plan(*args: str) -> list[dict[str, Any]]:
    result = uni(*args, "--dry-run", "--json")
    assert result.code == 0, result.err
    items: list[dict[str, Any]] = result.json["items"]
    return items


def task(item: dict[str, Any]) -> dict[str, Any]:
    """Runware wraps what it gets into a list."""
    body = item["body"]
    (only,) = body if isinstance(body, list) else [body]
    found: dict[str, Any] = only
    return found


def test_the_address_and_the_whole_body_for_luma(drawn: Callable[..., Path]) -> None:
    drawn("a.png")

    (item,) = plan("generate", "a fox", "-p", "luma", "-a", "3:2", "--style", "auto", "--search", "-r", "palette=a.png")

    assert (item["method"], item["url"]) == ("POST", "https://agents.lumalabs.ai/v1/generations")
    assert item["body"]["model"] == "uni-1"
    assert item["body"]["aspect_ratio"] == "3:2"
    assert item["body"]["prompt"] == "a fox\nUse IMAGE1 as a PALETTE reference."
    assert item["price_usd"] == "0.0434"


def test_a_json_plan_has_inline_pictures_whole_and_the_text_view_shortens_them(drawn: Callable[..., Path]) -> None:
    data = drawn("a.png").read_bytes()

    (item,) = plan("edit", "a.png", "make it night", "-p", "runware")
    shown = uni("edit", "a.png", "make it night", "-p", "runware", "--dry-run")

    digest = hashlib.sha256(data).hexdigest()
    assert len(json.dumps(item["body"])) > len(data)
    assert f"sha256:{digest}" in shown.out
    assert len(shown.out) < 2000


@pytest.mark.parametrize("provider", ["gmicloud", "segmind"])
def test_a_file_that_would_be_uploaded_is_named_by_its_hash(provider: str, drawn: Callable[..., Path]) -> None:
    digest = hashlib.sha256(drawn("a.png").read_bytes()).hexdigest()

    (item,) = plan("edit", "a.png", "make it night", "-p", provider)

    assert f'"upload:sha256:{digest}"' in json.dumps(item["body"])


@pytest.mark.parametrize("provider", REMOTE)
def test_nothing_is_sent_and_no_key_is_needed(
    services: Services, provider: str, drawn: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn("a.png")
    for name in (f"UNI_{provider.upper()}__API_KEY", "LUMA_AGENTS_API_KEY", "RUNWARE_API_KEY", "GMI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("SEGMIND_API_KEY")

    made = uni("generate", "a fox", "-p", provider, "--dry-run")
    edit = uni("edit", "a.png", "make it night", "-p", provider, "--dry-run")

    assert (made.code, edit.code) == (0, 0)
    assert sum(int(stats["requests"]) for stats in services.stats().values()) == 0
    assert uni("status", "--json").json["jobs"] == []
    assert [path.name for path in Path().iterdir()] == ["a.png"]


def test_one_item_for_each_picture_with_ids_of_its_own() -> None:
    items = plan("generate", "a fox", "-p", "runware", "-n", "4")

    assert len({task(item)["taskUUID"] for item in items}) == 4
    assert len({task(item)["taskUUID"] for item in [*items, *plan("generate", "a fox", "-p", "runware")]}) == 5


def test_seeds_count_up() -> None:
    items = plan("generate", "a fox", "-p", "local", "--seed", "41", "-n", "3")

    assert [item["body"]["seed"] for item in items] == [41, 42, 43]


def test_the_offline_painter_picks_a_seed_and_shows_it() -> None:
    (item,) = plan("generate", "a fox", "-p", "local", "-a", "1:1", "-f", "webp", "--quality", "60")

    seed = item["body"].pop("seed")
    assert isinstance(seed, int)
    assert item["body"] == {
        "operation": "generate",
        "prompt": "a fox",
        "style": "auto",
        "format": "webp",
        "width": 2048,
        "height": 2048,
        "quality": 60,
    }
    assert (item["method"], item["price_usd"]) == ("PAINT", "0.0000")


def test_keeps_become_a_closing_sentence(drawn: Callable[..., Path]) -> None:
    drawn("a.png")

    (item,) = plan("edit", "a.png", "make it night", "-p", "local", "--keep", "the van", "--keep", "the camera.")

    assert item["body"]["prompt"] == "make it night\nKeep the van and the camera unchanged."


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("true", True), ('{"a": [1]}', {"a": [1]}), ("plain text", "plain text"), ("NaN", "NaN")],
)
def test_a_raw_field_goes_into_the_body(text: str, value: Any) -> None:
    (item,) = plan("generate", "a fox", "-p", "runware", "--set", f"steps={text}")

    assert task(item)["steps"] == value


def test_ignored_options_are_warnings_in_every_item() -> None:
    items = plan("generate", "a fox", "-p", "luma", "--seed", "4", "--quality", "80", "-n", "2")

    for item in items:
        assert [warning.split()[0] for warning in item["warnings"]] == ["luma", "luma"]
        assert "seed" in item["warnings"][0]
        assert "quality" in item["warnings"][1]


def test_a_list_shows_its_first_and_says_who_cannot(drawn: Callable[..., Path]) -> None:
    drawn("a.png")

    (item,) = plan("generate", "a fox", "-p", "segmind,luma", "-r", "style=a.png")

    assert item["provider"] == "luma"
    assert "segmind cannot" in item["warnings"][0]


def test_a_price_above_the_limit_is_shown_all_the_same() -> None:
    result = uni("generate", "a fox", "-p", "luma", "--max-cost", "0.01", "--dry-run")

    assert result.code == 0
    assert "price $0.0404" in result.out
    assert "Without --dry-run this is refused (6)" in result.err


def test_the_text_view_of_a_list_has_each_service_with_what_it_gets_and_its_price() -> None:
    result = uni("generate", "a fox", "-p", "luma,runware,segmind", "--dry-run")

    told = [line for line in result.lines if line.startswith(("POST", "service", "and if", "1 "))]
    assert told == [
        "POST https://agents.lumalabs.ai/v1/generations",
        "service luma, price $0.0404",
        "and if luma certainly took nothing:",
        "POST https://api.runware.ai/v1",
        "service runware, price $0.0404",
        "and if luma and runware certainly took nothing:",
        "POST https://api.segmind.com/v2/luma-uni-1",
        "service segmind, price $0.0543",
        "1 picture, $0.0404 to $0.0543; caps and budgets count $0.0543",
    ]
    assert [line.strip() for line in result.lines].count('"prompt": "a fox",') == 2
    several = uni("generate", "a fox", "-p", "segmind,luma", "-n", "3", "--dry-run")
    assert several.lines[-1] == "3 pictures, total $0.1212 to $0.1629; caps and budgets count $0.1629"
    assert uni("generate", "a fox", "-p", "luma,runware", "--dry-run").lines[-1] == "service runware, price $0.0404"


def test_beside_a_document_the_prices_of_a_list_are_told(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "luma,segmind", "-n", "2", "--dry-run", "--json")

    assert [(one["provider"], one["price_usd"], one["warnings"]) for one in result.json["items"]] == [
        ("luma", "0.0404", [])
    ] * 2
    assert "(luma $0.0404, segmind $0.0543); caps and budgets count $0.0543." in result.err
    # The cap does what the text says.
    assert uni("generate", "a fox", "-p", "luma,segmind", "--max-cost", "0.0542").code == 6
    assert uni("generate", "a fox", "-p", "luma,segmind", "--max-cost", "0.0543").code == 0
    assert uni("generate", "a fox", "-p", "luma,runware", "--dry-run", "--json").err == ""


def test_a_recipe_of_a_list_has_each_service_and_the_range(services: Services) -> None:
    Path("fox.yaml").write_text("prompt: a fox\nprovider: luma,segmind\nmatrix: {time: [dawn, dusk]}\n")

    shown = uni("recipes", "run", "fox.yaml", "--dry-run", "--max-cost", "0.1")
    told = uni("recipes", "run", "fox.yaml", "--dry-run", "--json")

    assert shown.lines[0] == "fox\tdawn\tmissing\tluma,segmind\tuni-1\t$0.0404 to $0.0543"
    assert shown.lines[-1] == "2 pictures, total $0.0808 to $0.1086; caps and budgets count $0.1086"
    assert "Without --dry-run this is refused (6): This run costs about $0.1086" in shown.err
    assert uni("recipes", "run", "fox.yaml", "--max-cost", "0.1").code == 6
    assert [(item["provider"], item["price_usd"]) for item in told.json["items"]] == [("luma", "0.0404")] * 2
    assert (told.json["total_usd"], told.err.count("segmind $0.0543")) == ("0.0808", 1)


def test_the_text_view_adds_up() -> None:
    result = uni("generate", "a fox", "-p", "luma", "-n", "3", "--dry-run")

    assert result.lines[-1] == "3 pictures, total $0.1212"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prompt=st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and text.strip() != "-"))
def test_any_prompt_is_one_document(prompt: str) -> None:
    result = uni("generate", "--dry-run", "--json", "-p", "local", "--", prompt)

    assert result.code == 0, result.err
    assert result.json["items"][0]["body"]["prompt"] == prompt.strip()
