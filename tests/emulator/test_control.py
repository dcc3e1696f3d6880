"""`/_emulator` and the lines that point clients here."""

from typing import Any

import pytest

from tests.emulator.desk import Desk
from uni_cli.emulator import env_lines

FAULTS = "/_emulator/faults"


def test_fresh_statistics_are_zero_for_every_service() -> None:
    stats = Desk().get("/_emulator/stats").json()
    assert list(stats) == ["luma", "runware", "gmicloud", "segmind"]
    assert stats["luma"] == {
        "accepted": 0,
        "billed": 0,
        "images": 0,
        "usd": "0",
        "requests": 0,
        "delivered": 0,
        "leaks": 0,
        "struck": 0,
    }


def test_faults_are_replaced_while_it_runs() -> None:
    desk = Desk("luma:submit:500")
    replaced = desk.post(FAULTS, json=["luma:submit:402:1"])
    assert replaced.json() == ["luma:submit:402:1"]
    assert [desk.luma().status_code for _ in range(2)] == [402, 201]
    assert desk.get(FAULTS).json() == ["luma:submit:402:0"]
    assert desk.send("DELETE", FAULTS).json() == []


@pytest.mark.parametrize("body", [["luma:submit:explode"], {"faults": "luma:submit:500"}, [5], "x"])
def test_wrong_faults_are_refused_and_change_nothing(body: Any) -> None:
    desk = Desk("luma:submit:500")
    assert desk.post(FAULTS, json=body).status_code == 400
    assert desk.get(FAULTS).json() == ["luma:submit:500"]


def test_the_clock_moves_and_wrong_moves_are_refused() -> None:
    desk = Desk()
    before = desk.get("/_emulator/clock").json()["now"]
    desk.wait(90.5)
    assert desk.get("/_emulator/clock").json()["now"] == before + 90.5
    assert desk.post("/_emulator/clock", json={"advance": "much"}).status_code == 400


def test_a_reset_forgets_jobs_and_brings_the_first_faults_back() -> None:
    desk = Desk("luma:submit:500:1")
    desk.luma()
    job_id = desk.luma().json()["id"]
    stats = desk.post("/_emulator/reset").json()
    assert stats["luma"]["accepted"] == 0
    assert desk.look(job_id) == {"detail": "Generation not found"}
    assert desk.luma().status_code == 500


def test_jobs_are_shown_with_what_was_sent() -> None:
    desk = Desk(latency=0)
    job_id = desk.luma(aspect_ratio="1:1").json()["id"]
    assert desk.get("/_emulator/jobs").json() == [
        {
            "service": "luma",
            "id": job_id,
            "state": "done",
            "accepted_at": "2026-11-20T12:00:00Z",
            "usd": "0.0404",
            "request": {"prompt": "a lighthouse", "aspect_ratio": "1:1"},
        }
    ]


def test_the_environment_names_every_base_url_and_key() -> None:
    lines = dict(line.split("=", 1) for line in env_lines("http://127.0.0.1:8123/"))
    assert lines == {
        "UNI_LUMA__BASE_URL": "http://127.0.0.1:8123/luma/v1",
        "UNI_LUMA__API_KEY": "luma-api-emulator",
        "UNI_RUNWARE__BASE_URL": "http://127.0.0.1:8123/runware/v1",
        "UNI_RUNWARE__API_KEY": "emulator-key",
        "UNI_GMICLOUD__BASE_URL": "http://127.0.0.1:8123/gmicloud",
        "UNI_GMICLOUD__API_KEY": "emulator-key",
        "UNI_SEGMIND__BASE_URL": "http://127.0.0.1:8123/segmind",
        "UNI_SEGMIND__HISTORY_URL": "http://127.0.0.1:8123/segmind-history",
        "UNI_SEGMIND__UPLOAD_URL": "http://127.0.0.1:8123/segmind-upload",
        "UNI_SEGMIND__API_KEY": "emulator-key",
        "LUMA_BASE_URL": "http://127.0.0.1:8123/luma/v1",
        "LUMA_AGENTS_API_KEY": "luma-api-emulator",
        "RUNWARE_API_KEY": "emulator-key",
        "GMI_BASE_URL": "http://127.0.0.1:8123/gmicloud",
        "GMI_API_KEY": "emulator-key",
        "SEGMIND_API_KEY": "emulator-key",
        "UNI_PLAN__BASE_URL": "http://127.0.0.1:8123/chat/v1",
        "UNI_PLAN__API_KEY": "emulator-key",
        "UNI_PLAN__MODEL": "emulator-chat",
    }


def test_the_sketch_paints_when_pictures_may_cost_time() -> None:
    desk = Desk(latency=0, fast=False)
    first, again = (desk.luma(prompt="a lighthouse in fog", aspect_ratio="1:3") for _ in range(2))
    files = [desk.get(desk.look(answer.json()["id"])["output"][0]["url"]).content for answer in (first, again)]
    assert files[0] != files[1]
    assert all(len(file) > 100_000 for file in files)
