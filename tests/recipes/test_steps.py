"""Chains: a step waits for the pictures it uses, and gets them in the cheapest way its service has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.front import Services
from tests.recipes.kitchen import lock, plan, put, run, statuses

STREET = """
recipe: street
aspect: 3:2
brief: {subject: a street, light: noon}
keep: [the van]
steps:
  - id: day
  - id: night
    edit: day
    prompt: Make it night.
  - id: driver
    prompt: The driver
    references: [{step: day, role: lighting, borrow: the low sun}]
"""


@pytest.fixture(autouse=True)
def _no_waiting(services: Services) -> None:
    """Every test here talks to the emulator."""


def sent(step: str) -> Any:
    path = next(Path("recipes/out/street").glob(f"street-{step}.*.json"))
    return json.loads(path.read_text("utf-8"))["sent"]


def test_luma_changes_its_own_picture_by_its_id_and_gets_a_reference_as_a_file() -> None:
    put("street.yaml", STREET)
    assert run("street", "-p", "luma").code == 0
    entries = lock("street")
    assert sorted(entries) == ["street/day", "street/driver", "street/night"]
    assert sent("night")["source"] == {"generation_id": entries["street/day"]["remote_id"]}
    assert sent("night")["prompt"] == "Make it night.\nKeep the van unchanged."
    assert set(sent("driver")["image_ref"][0]) & {"data", "file_id"}
    assert sent("driver")["prompt"] == "The driver\nUse IMAGE1 as a LIGHTING reference: take the low sun from it."
    assert "aspect_ratio" not in sent("night")


def test_runware_is_told_its_own_picture_by_its_id_everywhere() -> None:
    put("street.yaml", STREET)
    assert run("street", "-p", "runware").code == 0
    seed, reference = sent("night")[0]["inputs"]["seedImage"], sent("driver")[0]["inputs"]["referenceImages"]
    assert len(seed) == 36
    assert [seed] == reference


@pytest.mark.parametrize("service", ["gmicloud", "segmind"])
def test_services_without_ids_get_the_file(service: str) -> None:
    put("street.yaml", STREET.split("  - id: driver")[0])
    assert run("street", "-p", service).code == 0
    assert sorted(lock("street")) == ["street/day", "street/night"]


def test_a_changed_step_makes_those_that_use_it_stale_at_once(services: Services) -> None:
    put("street.yaml", STREET)
    run("street", "-p", "luma")
    put("street.yaml", STREET.replace("Make it night.", "Make it dusk."))
    assert statuses() == {"street/day": "ok", "street/night": "stale", "street/driver": "ok"}
    put("street.yaml", STREET.replace("light: noon", "light: dawn"))
    assert statuses() == {"street/day": "stale", "street/night": "stale", "street/driver": "stale"}
    run("street", "-p", "luma")
    assert (services.billed("luma"), set(statuses().values())) == (6, {"ok"})


def test_a_changed_later_step_starts_from_the_locked_picture(services: Services) -> None:
    put("street.yaml", STREET)
    run("street", "-p", "luma")
    day = lock("street")["street/day"]
    put("street.yaml", STREET.replace("Make it night.", "Make it dusk."))
    run("street", "-p", "luma")
    assert sent("night")["source"] == {"generation_id": day["remote_id"]}
    assert services.billed("luma") == 4
    put("street.yaml", STREET.replace("Make it night.", "Make it dawn."))
    run("street", "-p", "runware")
    assert sent("night")[0]["inputs"]["seedImage"] == f"sha256:{day['sha256']}"


def test_a_step_whose_base_failed_is_not_sent_and_has_its_reason(services: Services) -> None:
    put("street.yaml", STREET)
    services.break_with("luma:poll:moderated:1")
    result = run("street", "-p", "luma", "--json")
    assert (result.code, services.stats()["luma"]["accepted"]) == (5, 1)
    assert {failure["code"] for failure in result.json["failures"]} == {"provider.moderated"}
    assert "street/day was not made, so this was not sent" in result.json["failures"][1]["message"]
    services.break_with()
    assert run("street", "-p", "luma").code == 0


def test_only_a_later_step_makes_what_it_needs_too() -> None:
    put("street.yaml", STREET)
    run("street", "-p", "luma", "--only", "street/night")
    assert sorted(lock("street")) == ["street/day", "street/night"]


def test_a_dry_run_names_the_picture_that_is_not_made_yet() -> None:
    put("street.yaml", STREET)
    items = {item["item"]: item["body"] for item in plan("street", "-p", "luma")}
    assert items["street/night"]["source"] == {"url": "step:street/day"}
    assert items["street/driver"]["image_ref"] == [{"url": "step:street/day"}]
    prices = [item["price_usd"] for item in plan("street", "-p", "luma")]
    assert prices == ["0.0404", "0.0434", "0.0434"]


def test_steps_are_made_for_each_item_of_a_matrix() -> None:
    put(
        "s.yaml",
        "matrix: {city: [Oslo, Bonn]}\nprompt: '{{ city }}'\nsteps: [{id: a}, {id: b, edit: a, prompt: more}]\n",
    )
    assert [item["item"] for item in plan("s", "-p", "luma")] == ["oslo/a", "oslo/b", "bonn/a", "bonn/b"]


def test_the_sidecar_of_a_step_names_it() -> None:
    put("street.yaml", STREET)
    run("street", "-p", "luma", "--only", "street/day")
    made = json.loads(Path("recipes/out/street/street-day.png.json").read_text("utf-8"))
    assert (made["recipe"], made["item"], made["step"]) == ("street", "street/day", "day")
