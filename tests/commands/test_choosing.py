"""Which service makes the picture, what it may cost, and what is an error before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front import Services, uni


def requests(services: Services) -> int:
    return sum(int(stats["requests"]) for stats in services.stats().values())


def chosen(*args: str) -> str:
    result = uni("generate", "a fox", *args, "--dry-run", "--json")
    assert result.code == 0, result.err
    return str(result.json["items"][0]["provider"])


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def give(*names: str) -> None:
        for name in names:
            monkeypatch.setenv(f"UNI_{name.upper()}__API_KEY", "a-key-for-nothing")

    return give


def test_without_any_key_it_is_the_painter() -> None:
    assert chosen() == "local"


def test_a_key_alone_decides(keys: Callable[..., None]) -> None:
    keys("segmind")

    assert chosen() == "segmind"


def test_auto_is_the_cheapest_with_a_key(keys: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    keys("segmind", "gmicloud", "luma")

    assert chosen() == "luma"
    assert chosen("-p", "auto") == "luma"
    monkeypatch.setenv("UNI_GMICLOUD__PRICE", "0.01")
    assert chosen() == "gmicloud"


@pytest.mark.parametrize(
    ("args", "provider"),
    [
        (["-m", "uni-1-max"], "luma"),
        (["--webhook", "https://example.org/hook"], "runware"),
        (["--size", "2048x2048"], "runware"),
        (["-f", "webp"], "runware"),
        (["--style", "manga", "-a", "2:3"], "luma"),
        (["--quality", "80"], "runware"),
    ],
)
def test_auto_takes_one_that_can_do_exactly_this(keys: Callable[..., None], args: list[str], provider: str) -> None:
    keys("luma", "runware", "gmicloud", "segmind")

    assert chosen(*args) == provider


def test_auto_never_falls_back_to_the_painter_where_a_key_is(keys: Callable[..., None]) -> None:
    keys("gmicloud")

    result = uni("generate", "a fox", "-m", "uni-1-max", "--dry-run")

    assert result.code == 2
    assert "No service with a key can do this: gmicloud cannot" in result.err


def test_a_chosen_service_without_a_key_is_an_error() -> None:
    result = uni("generate", "a fox", "-p", "luma")

    assert (result.code, result.out) == (4, "")
    assert "There is no key for luma [key.missing]" in result.err
    assert "UNI_LUMA__API_KEY" in result.err


def test_a_list_moves_on_when_the_first_certainly_took_nothing(services: Services) -> None:
    services.break_with("gmicloud:submit:402:1")

    result = uni("generate", "a fox", "-p", "gmicloud,segmind", "--json")

    assert (result.code, result.json["images"][0]["provider"]) == (0, "segmind")
    assert services.billed() == services.billed("segmind") == 1


def test_the_setting_is_below_the_flag(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_PROVIDER", "gmicloud")

    assert chosen() == "gmicloud"
    assert chosen("-p", "runware") == "runware"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("nosuch", "There is no provider 'nosuch'"),
        ("lumma", "Did you mean `luma`?"),
        ("luma,luma", "names a service twice"),
        ("auto,luma", "-p auto cannot stand in a list"),
        (",", "has an empty place"),
        ("luma,", "has an empty place"),
    ],
)
def test_a_wrong_service(wanted: str, told: str) -> None:
    result = uni("generate", "a fox", "-p", wanted, "--dry-run")

    assert (result.code, result.out) == (2, "")
    assert told in result.err


@pytest.mark.parametrize(
    ("args", "lacking", "others"),
    [
        (["-p", "gmicloud", "-m", "uni-1-max"], "the model uni-1-max", "luma, runware, segmind and local"),
        (["-p", "luma", "--size", "2048x2048"], "sizes in pixels", "runware and local"),
        (["-p", "gmicloud", "--style", "manga", "-a", "2:3"], "the style manga", "luma"),
        (["-p", "segmind", "--search"], "a web search", "luma"),
        (["-p", "luma", "--safety", "fast"], "a safety check", "runware"),
        (["-p", "luma", "--webhook", "https://example.org/x"], "webhooks", "runware"),
        (["-p", "gmicloud", "--upload-to", "https://example.org/x"], "uploads of the result", "runware"),
        (["-p", "segmind", "--ttl", "600"], "a lifetime for result links", "runware"),
        (["-p", "local", "--search"], "a web search", "luma and runware"),
        (["-p", "runware", "--size", "100x100"], "the size 100x100", "No service has it"),
        (["-p", "gmicloud", "-r", "in.png"], "use `uni edit IMAGE`", "luma, runware and local"),
        (["-p", "segmind", "-r", "in.png"], "use `uni edit IMAGE`", "luma, runware and local"),
        (["-p", "local", "-r", "https://example.org/x.png"], "it works offline", "luma and runware"),
    ],
)
def test_what_a_service_lacks_is_an_error_that_names_who_has_it(
    services: Services, args: list[str], lacking: str, others: str, drawn: Callable[..., Path]
) -> None:
    drawn("in.png")

    result = uni("generate", "a fox", *args)

    assert (result.code, requests(services)) == (2, 0)
    assert "[usage.unsupported_option]" in result.err
    assert lacking in result.err
    assert others in result.err


@pytest.mark.parametrize("flag", [["--seed", "4"], ["--quality", "80"]])
def test_what_is_ignored_is_a_warning_and_an_error_when_strict(services: Services, flag: list[str]) -> None:
    warned = uni("generate", "a fox", "-p", "gmicloud", *flag)
    strict = uni("generate", "a fox", "-p", "gmicloud", *flag, "--strict")

    assert (warned.code, strict.code) == (0, 2)
    assert "warning: gmicloud does not take" in warned.err
    assert "[usage.unsupported_option]" in strict.err
    assert services.billed() == 1


def test_strict_is_content_where_nothing_is_ignored(services: Services) -> None:
    assert uni("generate", "a fox", "-p", "gmicloud", "--strict").code == 0


# --- money ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "code"), [("0.08", 6), ("0.0808", 0), ("$1", 0)])
def test_a_cap_is_held_before_anything_is_sent(services: Services, limit: str, code: int) -> None:
    result = uni("generate", "a fox", "-p", "gmicloud", "-n", "2", "--max-cost", limit, "--json")

    assert result.code == code
    assert services.billed() == (0 if code else 2)
    if code:
        assert result.json["error"]["code"] == "budget.max_cost"
        assert uni("status", "--json").json["jobs"] == []


def test_a_large_run_needs_a_cap_that_covers_it(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_GMICLOUD__PRICE", "2.51")
    args = ("generate", "a fox", "-p", "gmicloud", "-n", "4")

    refused, low = uni(*args), uni(*args, "--max-cost", "10")
    nothing_sent = services.billed()
    fine = uni(*args, "--max-cost", "10.04", "--json")

    assert (refused.code, low.code, fine.code, nothing_sent) == (6, 6, 0, 0)
    assert "[budget.needs_max_cost]" in refused.err
    assert "[budget.max_cost]" in low.err
    assert uni("generate", "a fox", "-p", "gmicloud", "-n", "3", "--dry-run").code == 0


def test_the_cap_may_be_a_setting(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_MAX_COST", "0.01")

    assert uni("generate", "a fox", "-p", "gmicloud").code == 6
    assert uni("generate", "a fox", "-p", "gmicloud", "--max-cost", "1").code == 0


def test_a_list_is_capped_by_its_dearest(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "gmicloud,segmind", "--max-cost", "0.05")

    assert (result.code, services.billed()) == (6, 0)


@pytest.mark.parametrize("amount", ["", "x", "-1", "nan", "inf", "1,5"])
def test_a_cap_is_an_amount(amount: str) -> None:
    result = uni("generate", "a fox", "-p", "local", "--max-cost", amount)

    assert result.code == 2
    assert "is not an amount in US dollars" in result.err


def test_a_daily_budget_counts_what_was_spent(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_BUDGET_DAILY", "0.10")

    codes = [uni("generate", "a fox", "-p", "gmicloud").code for _ in range(3)]

    assert codes == [0, 0, 6]
    assert services.billed() == 2
