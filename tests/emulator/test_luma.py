"""Luma as its sheet tells it: what is refused, how a job lives, what stands in the headers."""

import base64
from typing import Any

import pytest

from tests.emulator.desk import LUMA, NOON, ORIGIN, Desk, opened, picture

NINE = "16:9, 1:1, 1:2, 1:3, 2:1, 2:3, 3:1, 3:2, 9:16"
LINK = {"url": "https://example.com/harbour.png"}
DATA = {"data": base64.b64encode(picture()).decode(), "media_type": "image/png"}
WIDE = base64.b64encode(picture((8001, 1))).decode()


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"model": "uni-2"}, 400, "Unknown model: uni-2"),
        ({"model": ["uni-1"]}, 400, "Unknown model: ['uni-1']"),
        ({"type": "video"}, 400, "Type 'video' is not supported for model 'uni-1'"),
        ({"type": "layering", "model": "uni-1-max"}, 400, "Type 'layering' is not supported for model 'uni-1-max'"),
        ({"prompt": ""}, 400, "prompt must be between 1 and 6000 characters"),
        ({"prompt": "x" * 6001}, 400, "prompt must be between 1 and 6000 characters"),
        ({"aspect_ratio": "4:3"}, 400, f"Invalid aspect_ratio '4:3'. Valid: {NINE}"),
        ({"style": "oil"}, 400, "Invalid style 'oil'. Valid: auto, manga"),
        ({"output_format": "webp"}, 400, "Invalid output_format 'webp'. Valid: jpeg, png"),
        ({"web_search": "yes"}, 400, "web_search must be a boolean"),
        ({"style": "manga", "aspect_ratio": "16:9"}, 422, "style 'manga' needs a portrait aspect_ratio"),
        ({"source": LINK}, 400, "source is only valid for type 'image_edit'"),
        ({"type": "image_edit"}, 400, "source is required for type 'image_edit'"),
        ({"image_ref": [LINK] * 10}, 400, "image takes up to 9 image_ref"),
        ({"image_ref": [{}]}, 400, "image_ref[0]: provide either 'url' or 'data', not neither"),
        ({"image_ref": [{**LINK, **DATA}]}, 400, "image_ref[0]: provide either 'url' or 'data', not both"),
        ({"image_ref": [{"data": "AAAA"}]}, 400, "image_ref[0]: 'media_type' is required with 'data'"),
        ({"image_ref": [DATA | {"data": "%%%"}]}, 422, "image_ref[0]: invalid base64 data"),
        ({"image_ref": [DATA | {"media_type": "text/html"}]}, 422, "image_ref[0]: content-type is not an image"),
        ({"image_ref": [LINK, {"url": "http://example.com/a.png"}]}, 422, "image_ref[1]: failed to fetch URL"),
        ({"image_ref": [{"url": "https://[::1"}]}, 422, "image_ref[0]: failed to fetch URL"),
        ({"image_ref": [{"url": "https://127.0.0.1/a.png"}]}, 422, "image_ref[0]: failed to fetch URL"),
        ({"image_ref": [{"url": "https://a.example.com/missing.png"}]}, 422, "failed to fetch URL (HTTP 404)"),
        ({"image_ref": [DATA | {"data": WIDE}]}, 413, "image_ref[0]: image exceeds 50 MB limit"),
        ({"image_ref": [{"file_id": "5f0d3c1e-7a52-4d0b-9b57-0c1a8e2f4411"}]}, 404, "image_ref[0]: file not found"),
    ],
)
def test_a_wrong_request_is_refused_in_the_services_words(body: dict[str, Any], status: int, detail: str) -> None:
    desk = Desk()

    answer = desk.luma(**body)

    assert answer.status_code == status
    assert answer.json()["detail"].endswith(detail)
    assert desk.counted("luma") == (0, 0)


def test_an_edit_takes_eight_references_because_the_source_uses_a_slot() -> None:
    desk = Desk()
    eight = desk.luma(type="image_edit", source=LINK, image_ref=[LINK] * 8)
    nine = desk.luma(type="image_edit", source=LINK, image_ref=[LINK] * 9)
    assert (eight.status_code, nine.status_code) == (201, 400)


@pytest.mark.parametrize(
    ("header", "status", "detail"),
    [
        ("", 401, "Missing or invalid API key"),
        ("bearer luma-api-test", 401, "Missing or invalid API key"),
        ("Bearer sk-test", 401, "Missing or invalid API key"),
        ("Bearer luma-api-wrong", 401, "Invalid API key"),
        ("Bearer luma-api-revoked", 401, "API key has been revoked"),
        ("Bearer luma-api-expired", 401, "API key has expired"),
        ("Bearer luma-api-suspended", 403, "API client is suspended"),
        ("Bearer luma-api-broke", 402, "Insufficient balance"),
    ],
)
def test_a_key_is_refused_for_its_own_reason(header: str, status: int, detail: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = Desk().post("/luma/v1/generations", json={"prompt": "x"}, headers=headers)
    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


def test_a_job_is_queued_then_processing_then_completed() -> None:
    desk = Desk()
    submitted = desk.luma(aspect_ratio="16:9").json()
    states = [submitted["state"]]
    for seconds in (1, 4, 6):
        desk.wait(seconds)
        states.append(desk.look(submitted["id"])["state"])
    assert states == ["queued", "queued", "processing", "completed"]


def test_a_fresh_job_has_every_field_and_no_output() -> None:
    job = Desk().luma(model="uni-1-max").json()
    assert job == {
        "id": job["id"],
        "type": "image",
        "state": "queued",
        "model": "uni-1-max",
        "created_at": "2026-11-20T12:00:00Z",
        "output": [],
        "failure_reason": None,
        "failure_code": None,
    }


def test_each_look_gives_a_new_link_that_dies_after_an_hour() -> None:
    desk = Desk(latency=0)
    job_id = desk.luma().json()["id"]
    first, second = (desk.look(job_id)["output"][0]["url"] for _ in range(2))
    assert first != second
    assert desk.get(first).status_code == 200

    desk.wait(3601)

    assert desk.get(first).status_code == 403
    assert desk.get(desk.look(job_id)["output"][0]["url"]).status_code == 200


@pytest.mark.parametrize(("form", "mime"), [("png", "image/png"), ("jpeg", "image/jpeg"), (None, "image/png")])
def test_the_file_has_the_format_and_the_size_asked_for(form: str | None, mime: str) -> None:
    desk = Desk(latency=0)
    job = desk.luma(aspect_ratio="3:1", output_format=form).json()
    file = desk.get(desk.look(job["id"])["output"][0]["url"])
    assert file.headers["content-type"] == mime
    assert opened(file.content).size == (3360, 1248)


def test_an_edit_keeps_the_size_of_its_source() -> None:
    desk = Desk(latency=0)
    job = desk.luma(type="image_edit", source=DATA, aspect_ratio="1:1").json()
    assert opened(desk.get(desk.look(job["id"])["output"][0]["url"]).content).size == (300, 200)


def test_an_earlier_job_and_its_link_can_be_a_source() -> None:
    desk = Desk(latency=0)
    first = desk.luma(type="image_edit", source=DATA).json()["id"]
    link = desk.look(first)["output"][0]["url"]
    for source in ({"generation_id": first}, {"url": link}):
        job = desk.luma(type="image_edit", source=source).json()
        assert opened(desk.get(desk.look(job["id"])["output"][0]["url"]).content).size == (300, 200)


def test_bytes_that_are_no_picture_are_found_late_and_not_billed() -> None:
    desk = Desk(latency=0)
    source = {"data": base64.b64encode(b"not a picture").decode(), "media_type": "image/png"}
    job = desk.look(desk.luma(type="image_edit", source=source).json()["id"])
    assert (job["state"], job["failure_code"], job["output"]) == ("failed", "corrupt_input", [])
    assert desk.counted("luma") == (1, 0)


def test_what_is_finished_is_billed_even_if_nobody_looks() -> None:
    desk = Desk()
    desk.luma(image_ref=[LINK, LINK])
    assert desk.counted("luma") == (1, 0)
    desk.wait()
    assert desk.counted("luma") == (1, 1)
    assert desk.stats("luma")["usd"] == "0.0464"


@pytest.mark.parametrize("job_id", ["5f0d3c1e-7a52-4d0b-9b57-0c1a8e2f4411", "nonsense"])
def test_an_unknown_id_is_not_found(job_id: str) -> None:
    answer = Desk().get(f"/luma/v1/generations/{job_id}", headers=LUMA)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Generation not found"})


def test_jobs_of_another_key_are_not_found() -> None:
    desk = Desk()
    job_id = desk.luma().json()["id"]
    other = desk.get(f"/luma/v1/generations/{job_id}", headers={"Authorization": "Bearer luma-api-other"})
    assert other.status_code == 404


def test_there_is_no_list_of_jobs() -> None:
    assert Desk().get("/luma/v1/generations", headers=LUMA).status_code == 405


def test_every_answer_names_the_request_and_the_version() -> None:
    desk = Desk()
    named = desk.post("/luma/v1/generations", json={}, headers={**LUMA, "X-Request-Id": "mine"})
    nameless = desk.luma()
    assert named.headers["x-request-id"] == "mine"
    assert len(nameless.headers["x-request-id"]) == 36
    assert nameless.headers["x-api-version"] == "2026-04-01"


def test_the_31st_call_of_a_minute_is_too_many() -> None:
    desk = Desk(latency=0)
    first = desk.luma()
    others = [desk.luma().status_code for _ in range(29)]
    desk.wait(20)
    refused = desk.luma()

    assert first.headers["x-ratelimit-limit"] == "30"
    assert first.headers["x-ratelimit-remaining"] == "29"
    assert first.headers["x-ratelimit-reset"] == str(int(NOON) + 60)
    assert set(others) == {201}
    assert (refused.status_code, refused.json()) == (429, {"detail": "Rate limit exceeded"})
    assert refused.headers["retry-after"] == "40"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert refused.headers["x-ratelimit-reset"] == str(int(NOON) + 60)

    desk.wait(40)

    assert desk.luma().status_code == 201


def test_the_11th_job_at_once_is_too_many_until_one_ends() -> None:
    desk = Desk()
    assert {desk.luma().status_code for _ in range(10)} == {201}
    refused = desk.luma()
    assert (refused.status_code, refused.json()) == (429, {"detail": "Too many concurrent jobs"})
    assert refused.headers["retry-after"] == "60"
    assert "x-ratelimit-limit" not in refused.headers

    desk.wait()

    assert desk.luma().status_code == 201


def test_limits_can_be_lifted_and_changed() -> None:
    assert {Desk(limits=False).luma().status_code for _ in range(3)} == {201}
    desk = Desk(luma_jobs=1)
    assert [desk.luma().status_code for _ in range(2)] == [201, 429]
    free = Desk(limits=False, luma_jobs=1)
    assert [free.luma().status_code for _ in range(2)] == [201, 201]


def test_links_start_where_the_client_came_in() -> None:
    desk = Desk(latency=0)
    job_id = desk.luma().json()["id"]
    here = desk.get(f"http://127.0.0.1:8123/luma/v1/generations/{job_id}", headers=LUMA).json()
    assert here["output"][0]["url"].startswith(f"http://127.0.0.1:8123/files/luma/{job_id}/output.png?")
    assert desk.look(job_id)["output"][0]["url"].startswith(f"{ORIGIN}/files/luma/")
