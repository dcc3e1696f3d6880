"""`--json`: exactly one document, of exactly the contract's shape, whatever happens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands import shapes
from tests.commands.shapes import wrong
from tests.front import Result, Services, uni


def one(result: Result) -> Any:
    """The only document on stdout."""
    document, end = json.JSONDecoder().raw_decode(result.out)
    assert result.out[end:] == "\n"
    return document


def test_a_saved_picture(services: Services) -> None:
    result = uni("generate", "a red fox", "-p", "runware", "-o", "fox.png", "--json")

    document = one(result)
    assert (result.code, document["ok"], document["error"]) == (0, True, None)
    assert wrong(document, shapes.RESULT) == []
    (image,) = document["images"]
    data = Path("fox.png").read_bytes()
    assert (image["path"], image["sidecar"]) == ("fox.png", "fox.png.json")
    assert (image["bytes"], image["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert (document["cost_usd"], image["cost_usd"], image["estimate_usd"]) == ("0.0404", "0.0404", "0.0404")
    assert isinstance(image["seed"], int)
    assert wrong(json.loads(Path("fox.png.json").read_text("utf-8")), shapes.SIDECAR) == []


def test_unknown_is_null(services: Services) -> None:
    document = one(uni("generate", "a red fox", "-p", "gmicloud", "--seed", "4", "--json"))

    (image,) = document["images"]
    assert wrong(document, shapes.RESULT) == []
    assert image["seed"] is None
    assert (image["cost_usd"], document["cost_usd"], image["estimate_usd"]) == (None, None, "0.0404")


def test_the_offline_painter_sends_its_seed_and_costs_nothing() -> None:
    document = one(uni("generate", "fog", "-p", "local", "--seed", "11", "--json"))

    (image,) = document["images"]
    assert wrong(document, shapes.RESULT) == []
    assert (image["seed"], image["width"], image["height"]) == (11, 2784, 1504)
    assert (image["cost_usd"], image["estimate_usd"], document["cost_usd"]) == ("0.0000", "0.0000", "0.0000")


def test_a_job_that_the_service_refused(services: Services) -> None:
    services.break_with("gmicloud:submit:moderated:1")

    result = uni("generate", "a fox", "-p", "gmicloud", "--json")

    document = one(result)
    assert (result.code, document["ok"], document["images"]) == (5, False, [])
    assert wrong(document, shapes.RESULT) == []
    assert document["failures"][0]["code"] == "provider.moderated"


def test_some_saved_and_some_not(services: Services) -> None:
    services.break_with("gmicloud:submit:moderated:1")

    result = uni("generate", "a fox", "-p", "gmicloud", "-n", "3", "--json")

    document = one(result)
    assert (result.code, document["ok"]) == (3, False)
    assert (len(document["images"]), len(document["failures"]), document["pending"]) == (2, 1, [])
    assert wrong(document, shapes.RESULT) == []


def test_jobs_that_nobody_waits_for(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "runware", "-n", "2", "--no-wait", "--json")

    document = one(result)
    assert (result.code, document["ok"], len(document["pending"])) == (0, True, 2)
    assert {entry["state"] for entry in document["pending"]} <= {"queued", "running", "finished"}
    assert wrong(document, shapes.RESULT) == []


def test_jobs_of_the_ledger(services: Services) -> None:
    uni("generate", "a fox", "-p", "gmicloud", "-o", "fox.{ext}")
    services.break_with("gmicloud:submit:moderated:1")
    uni("generate", "a hen", "-p", "gmicloud")
    uni("generate", "a cow", "-p", "segmind", "--no-wait")

    document = one(uni("status", "--json"))
    cow, hen, fox = document["jobs"]
    alone = one(uni("status", fox["job"], "--json"))

    assert wrong(document, shapes.JOBS) == []
    assert [wrong(job, shapes.JOB) for job in document["jobs"]] == [[], [], []]
    assert (cow["path"], hen["path"]) == (None, None)
    assert Path(fox["path"]).is_absolute()
    assert Path(fox["path"]).exists()
    assert hen["error"]["code"] == "provider.moderated"
    assert alone == {"schema": "uni.jobs/1", "jobs": [fox]}


def test_an_empty_ledger_has_no_jobs() -> None:
    assert one(uni("status", "--json")) == {"schema": "uni.jobs/1", "jobs": []}


@pytest.mark.parametrize("provider", shapes.PROVIDERS)
def test_a_plan(provider: str, drawn: Callable[..., Path]) -> None:
    drawn("in.png")

    made = one(uni("generate", "a fox", "-p", provider, "-n", "3", "--dry-run", "--json"))
    edit = one(uni("edit", "in.png", "make it night", "-p", provider, "--dry-run", "--json"))

    for document in (made, edit):
        assert wrong(document, shapes.PLAN) == []
        assert [wrong(item, shapes.ITEM) for item in document["items"]] == [[]] * len(document["items"])
    assert (len(made["items"]), len(edit["items"])) == (3, 1)
    prices = {"luma": "0.1212", "runware": "0.1212", "gmicloud": "0.1212", "segmind": "0.1629", "local": "0.0000"}
    assert made["total_usd"] == prices[provider]


def test_an_inspected_picture(services: Services) -> None:
    uni("generate", "a fox", "-p", "luma", "-o", "fox.png")

    document = one(uni("inspect", "fox.png", "--json"))

    assert wrong(document, shapes.INSPECT) == []
    assert wrong(document["made"], shapes.SIDECAR) == []
    assert (document["match"], document["ai_mark"], document["c2pa"]) == (True, True, False)


@pytest.mark.parametrize(
    ("code", "args"),
    [
        (2, ["--json"]),
        (2, ["nosuch", "--json"]),
        (2, ["generate", "--json"]),
        (2, ["generate", "", "--json"]),
        (2, ["generate", "x", "--modle", "y", "--json"]),
        (2, ["generate", "x", "--json", "--count", "many"]),
        (2, ["generate", "x", "--json", "-o"]),
        (2, ["generate", "x", "--json=yes"]),
        (2, ["generate", "x", "y", "--json"]),
        (2, ["generate", "x", "-p", "nosuch", "--json"]),
        (2, ["generate", "x", "-o", "-", "--json"]),
        (4, ["generate", "x", "-p", "luma", "--json"]),
        (2, ["edit", "--json"]),
        (2, ["edit", "missing.png", "x", "--json"]),
        (2, ["status", "deadbeef", "--json"]),
        (2, ["status", "--state", "happy", "--json"]),
        (2, ["inspect", "--json"]),
        (2, ["inspect", "missing.png", "--json"]),
        (2, ["config", "--json"]),
        (2, ["config", "nosuch", "--json"]),
        (2, ["providers", "show", "nosuch", "--json"]),
        (4, ["providers", "check", "luma", "--json"]),
    ],
)
def test_a_failure_before_any_job(code: int, args: list[str]) -> None:
    result = uni(*args)

    document = one(result)
    assert (result.code, document["ok"], document["error"]["exit"]) == (code, False, code)
    assert wrong(document, shapes.RESULT) == []
    assert wrong(document["error"], shapes.ERROR) == []
    assert (document["images"], document["pending"], document["failures"]) == ([], [], [])
    assert f"[{document['error']['code']}]" in result.err


@pytest.mark.parametrize("settings", ["nonsense", "fooo = 1", "timeout = 'soon'", "[luma]\nkey = 'x'", "max_cost = -1"])
@pytest.mark.parametrize("args", [["generate", "x"], ["edit", "x.png", "y"], ["providers"], ["config", "show"]])
def test_broken_settings(settings: str, args: list[str]) -> None:
    config = Path("../home/config.toml")
    config.parent.mkdir(exist_ok=True)
    config.write_text(settings)

    result = uni(*args, "--json")

    document = one(result)
    assert (result.code, document["ok"], document["error"]["code"]) == (2, False, "usage.settings")
    assert "config.toml" in document["error"]["message"]
