"""A picture by the id that its service gave it: the ledger knows the file, and every service can have that."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.front import Services, uni

UNKNOWN = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def made(services: Services) -> dict[str, Any]:
    result = uni("generate", "a fox", "-p", "luma", "-a", "3:2", "-o", "fox.png", "--json")
    assert result.code == 0, result.err
    (image,) = result.json["images"]
    return dict(image)


def body(*args: str) -> Any:
    result = uni(*args, "--dry-run", "--json")
    assert result.code == 0, result.err
    return result.json["items"][0]["body"]


def hash_of(text: str) -> str:
    return hashlib.sha256(base64.b64decode(text.rpartition(",")[2])).hexdigest()


def test_it_is_a_reference_at_the_service_that_made_it_and_at_another(made: dict[str, Any]) -> None:
    (at_luma,) = body("generate", "a hen", "-p", "luma", "-r", made["remote_id"])["image_ref"]
    assert hash_of(at_luma["data"]) == made["sha256"]
    (at_runware,) = body("generate", "a hen", "-p", "runware", "-a", "3:2", "-r", made["remote_id"])[0]["inputs"][
        "referenceImages"
    ]
    assert hash_of(at_runware) == made["sha256"]


@pytest.mark.parametrize("prefix", ["", "generation:"])
def test_it_is_a_source_in_the_cheapest_way_there_is(made: dict[str, Any], prefix: str) -> None:
    name = prefix + made["remote_id"]
    assert body("edit", name, "at night", "-p", "luma")["source"] == {"generation_id": made["remote_id"]}
    Path("fox.png").unlink()
    assert body("edit", name, "at night", "-p", "luma")["source"] == {"generation_id": made["remote_id"]}


def test_without_its_file_another_service_cannot_have_it(made: dict[str, Any]) -> None:
    Path("fox.png").unlink()
    result = uni("edit", made["remote_id"], "at night", "-p", "runware", "--dry-run")
    assert result.code == 2
    assert "is held by luma, which Runware cannot read" in result.err


def test_it_names_the_job_for_status_and_from(made: dict[str, Any]) -> None:
    assert uni("status", made["remote_id"], "--json").json["jobs"][0]["job"] == made["job"]
    assert body("generate", "--from", made["remote_id"])["prompt"] == "a fox"


def test_an_id_that_no_job_has_goes_to_the_service_as_it_is(services: Services) -> None:
    assert body("edit", UNKNOWN, "at night", "-p", "luma")["source"] == {"generation_id": UNKNOWN}
    result = uni("status", UNKNOWN)
    assert (result.code, UNKNOWN in result.err) == (2, True)
