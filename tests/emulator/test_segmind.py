"""Segmind as its sheet tells it: v2 jobs, the blocking call, history, upload."""

import base64
from typing import Any

import pytest

from tests.emulator.desk import HISTORY, SEGMIND, Desk, opened, picture

URI = f"data:image/png;base64,{base64.b64encode(picture()).decode()}"
UPLOAD = "/segmind-upload/upload-asset"


def get(desk: Desk, url: str) -> Any:
    return desk.get(url, headers=SEGMIND).json()


def test_a_submit_names_the_id_and_the_urls() -> None:
    made = Desk().segmind().json()
    job = made["request_id"]
    assert len(job) == 32
    assert made == {
        "request_id": job,
        "status": "QUEUED",
        "poll_url": f"http://emulator.test/segmind/v1/requests/{job}",
        "status_url": f"http://emulator.test/segmind/v2/requests/{job}/status",
        "response_url": f"http://emulator.test/segmind/v2/requests/{job}",
    }


def test_a_job_is_queued_processing_completed_and_has_a_picture() -> None:
    desk = Desk()
    made = desk.segmind(aspect_ratio="2:1").json()
    states = [get(desk, made["status_url"])["status"]]
    for _ in range(2):
        desk.wait(5)
        states.append(get(desk, made["status_url"])["status"])
    result = get(desk, made["response_url"])

    assert states == ["QUEUED", "PROCESSING", "COMPLETED"]
    assert (result["status"], result["metrics"]["cost"], result["metrics"]["total_time"]) == ("COMPLETED", 0.0543, 10.0)
    file = desk.get(result["output"])
    assert (opened(file.content).format, opened(file.content).size) == ("JPEG", (2912, 1440))
    assert desk.counted("segmind") == (1, 1)


def test_the_dear_model_costs_more() -> None:
    desk = Desk(latency=0)
    desk.post("/segmind/v2/luma-uni-1-max", json={"prompt": "x"}, headers=SEGMIND)
    assert desk.stats("segmind")["usd"] == "0.129"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"prompt": ""}, "Prompt is required."),
        ({"aspect_ratio": "4:3"}, "Invalid value for aspect_ratio."),
        ({"style": "oil"}, "Invalid value for style."),
        ({"image": ""}, "Invalid value for image."),
        ({"image": "https://[::1"}, "The image could not be used (unreachable)."),
        ({"image": "https://example.com/missing.png"}, "The image could not be used (missing)."),
    ],
)
def test_wrong_inputs_are_accepted_and_fail_later_or_are_refused(body: dict[str, Any], error: str) -> None:
    late, early = Desk(), Desk("segmind:submit:params=406")

    made = late.segmind(**body)
    failed = late.get(made.json()["status_url"], headers=SEGMIND)
    refused = early.segmind(**body)

    assert made.status_code == 200
    assert (failed.status_code, failed.json()["status"], failed.json()["error"]) == (422, "FAILED", error)
    assert "cost" not in failed.json()["metrics"]
    assert (refused.status_code, refused.json()) == (406, {"error": error})
    assert (late.counted("segmind"), early.counted("segmind")) == ((1, 0), (0, 0))


@pytest.mark.parametrize(
    ("headers", "options", "status"),
    [
        ({}, {"json": {"prompt": "x"}}, 401),
        ({"Authorization": "Bearer SG_0123456789abcdef"}, {"json": {"prompt": "x"}}, 401),
        ({"x-api-key": "wrong"}, {"json": {"prompt": "x"}}, 401),
        ({"x-api-key": "broke"}, {"json": {"prompt": "x"}}, 406),
        (SEGMIND, {"content": "prompt=x", "headers": {"content-type": "text/plain"}}, 406),
        (SEGMIND, {"content": "{", "headers": {"content-type": "application/json"}}, 400),
        (SEGMIND, {"json": ["x"]}, 400),
    ],
)
def test_wrong_calls_are_refused(headers: dict[str, str], options: dict[str, Any], status: int) -> None:
    desk = Desk()
    merged = {**options, "headers": {**headers, **options.get("headers", {})}}
    answer = desk.post("/segmind/v2/luma-uni-1", **merged)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_lack_of_credits_has_a_second_status_and_other_models_do_not_exist() -> None:
    desk = Desk("segmind:submit:nocredits=402")
    assert desk.post("/segmind/v2/luma-uni-1", json={"prompt": "x"}, headers={"x-api-key": "broke"}).status_code == 402
    assert desk.post("/segmind/v2/luma-uni-9", json={"prompt": "x"}, headers=SEGMIND).status_code == 404


def test_records_die_after_an_hour_but_history_and_file_stay() -> None:
    desk = Desk()
    made = desk.segmind().json()
    desk.wait(3601)

    status = desk.get(made["status_url"], headers=SEGMIND)
    row = get(desk, f"{HISTORY}/{made['request_id']}")

    assert (status.status_code, status.json()) == (404, {"error": f"Request {made['request_id']} not found"})
    assert desk.get(made["response_url"], headers=SEGMIND).status_code == 404
    assert row["model_status"] == "COMPLETED"
    assert desk.get(row["generation_url"]).status_code == 200
    desk.wait(7 * 86_400)
    assert desk.get(row["generation_url"]).status_code == 404


def test_the_history_tells_what_was_sent_and_what_it_cost() -> None:
    desk = Desk()
    job = desk.segmind(style="manga").json()["request_id"]
    pending = get(desk, HISTORY)["requests"][0]
    desk.wait()
    done = get(desk, f"{HISTORY}/{job}")

    assert (pending["model_status"], pending["generation_url"], pending["latency_ms"]) == ("PENDING", None, None)
    assert done["request_body"] == {"prompt": "a lighthouse", "style": "manga"}
    assert (done["credits_deduction"], done["latency_ms"], done["model_name"]) == (0.0543, 10000, "luma-uni-1")


def test_the_history_is_paged_sorted_and_filtered() -> None:
    desk = Desk(latency=0)
    ids = [desk.segmind(prompt=prompt).json()["request_id"] for prompt in ("a", "", "c")]
    desk.post("/segmind/v2/luma-uni-1-max", json={"prompt": "d"}, headers=SEGMIND)

    def listed(**query: Any) -> list[str]:
        rows = desk.get(HISTORY, params={"per_page": 100, **query}, headers=SEGMIND).json()["requests"]
        return [row["request_id"] for row in rows]

    assert listed(page=2, per_page=1) == [ids[2]]
    assert listed(sort_order="asc")[:3] == ids
    assert listed(status="FAILED") == [ids[1]]
    assert len(listed(model_name="luma-uni-1")) == 4
    assert len(listed(model_name="luma-uni-1-max")) == 1
    assert listed(from_date="2026-11-01", to_date="2026-11-19") == []
    assert desk.get(HISTORY, params={"from_date": "2026-01-01"}, headers=SEGMIND).status_code == 400
    assert desk.get(f"{HISTORY}/{ids[0]}", headers={"x-api-key": "another"}).status_code == 404


def test_outputs_are_listed_without_failures() -> None:
    desk = Desk(latency=0)
    desk.segmind(prompt="")
    made = desk.segmind().json()["request_id"]
    rows = get(desk, "/segmind-history/inference-request/generations")["generations"]
    assert [row["request_id"] for row in rows] == [made]


def test_an_upload_becomes_a_public_file_that_can_be_edited() -> None:
    desk = Desk(latency=0)
    urls = desk.post(UPLOAD, json={"data_urls": [URI, URI]}, headers=SEGMIND).json()["file_urls"]
    assert [desk.get(url).content for url in urls] == [picture(), picture()]

    for image in (urls[0], URI):
        made = desk.segmind(image=image, aspect_ratio="1:1").json()
        assert opened(desk.get(get(desk, made["response_url"])["output"]).content).size == (300, 200)


def test_an_upload_can_answer_with_the_documented_name_and_refuses_nonsense() -> None:
    desk = Desk("segmind:upload:upload=urls")
    assert "urls" in desk.post(UPLOAD, json={"data_urls": [URI]}, headers=SEGMIND).json()
    wrong: list[Any] = [{}, {"data_urls": "x"}, {"data_urls": [5]}, []]
    for body in wrong:
        assert desk.post(UPLOAD, json=body, headers=SEGMIND).status_code == 400


def test_the_blocking_call_brings_the_bytes() -> None:
    desk = Desk(latency=0.05)
    answer = desk.post("/segmind/v1/luma-uni-1", json={"prompt": "x", "aspect_ratio": "1:2"}, headers=SEGMIND)
    assert (answer.headers["content-type"], answer.headers["x-cost"]) == ("image/jpeg", "0.0543")
    assert opened(answer.content).size == (1440, 2912)
    assert get(desk, f"{HISTORY}/{answer.headers['x-request-id']}")["model_status"] == "COMPLETED"


def test_credits_go_down_by_what_was_billed() -> None:
    desk = Desk(latency=0)
    before = get(desk, "/segmind/v1/get-user-credits")
    desk.segmind()
    assert before == {"credits": 25.0, "free-credits": 0.0}
    assert get(desk, "/segmind/v1/get-user-credits")["credits"] == 24.9457


@pytest.mark.parametrize(
    ("form", "keys"),
    [("list", ["output"]), ("object", ["output"]), ("images", ["images"]), ("missing", [])],
)
def test_the_output_has_other_forms(form: str, keys: list[str]) -> None:
    desk = Desk(f"segmind:poll:output={form}", latency=0)
    result = get(desk, desk.segmind().json()["response_url"])
    assert [key for key in result if key in ("output", "images")] == keys


def test_other_ids_and_bare_answers() -> None:
    made = Desk("segmind:submit:id=uuid", "segmind:submit:answer=bare").segmind().json()
    assert (len(made["request_id"]), sorted(made)) == (36, ["request_id", "status"])


def test_the_61st_submit_of_a_minute_is_too_many_and_polls_are_free() -> None:
    desk = Desk(latency=0)
    made = [desk.segmind() for _ in range(60)]
    refused = desk.segmind()
    assert {answer.status_code for answer in made} == {200}
    assert (refused.status_code, refused.json()) == (429, {"error": "Rate limit exceeded"})
    assert refused.headers["x-rate-limit-reset-at-utc"] == "2026-11-20T12:01:00+00:00"
    assert "retry-after" not in refused.headers
    assert get(desk, made[0].json()["status_url"])["status"] == "COMPLETED"
    desk.wait(60)
    assert desk.segmind().status_code == 200


def test_polls_can_count_as_well() -> None:
    desk = Desk("segmind:poll:limit=submit+poll", latency=0, segmind_rpm=2)
    url = desk.segmind().json()["status_url"]
    assert [desk.get(url, headers=SEGMIND).status_code for _ in range(2)] == [200, 429]
