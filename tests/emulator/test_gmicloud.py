"""GMI Cloud as its sheet tells it: a POST that waits, records, the list, signed uploads."""

from typing import Any

import pytest

from tests.emulator.desk import BEARER, GMI, Desk, opened, picture

LINK = "https://example.com/harbour.png"


def quick(*faults: str, **options: Any) -> Desk:
    return Desk(*faults, latency=0, **options)


def records(desk: Desk) -> list[dict[str, Any]]:
    answer = desk.get(f"{GMI}/requests", params={"model_id": "luma-uni-1.1"}, headers=BEARER).json()
    assert answer["total"] == len(answer["requests"])
    return list(answer["requests"])


def record(desk: Desk, request_id: str) -> dict[str, Any]:
    return dict(desk.get(f"{GMI}/requests/{request_id}", headers=BEARER).json())


def uploaded(desk: Desk, file_type: str, mime: str, content: bytes) -> tuple[int, str]:
    links = desk.post(f"{GMI}/upload-url", json={"file_type": file_type}, headers=BEARER).json()
    put = desk.send("PUT", links["upload_url"], content=content, headers={"Content-Type": mime})
    return put.status_code, links["public_url"]


def test_the_post_waits_and_brings_the_picture() -> None:
    desk = Desk(latency=0.05)
    made = desk.gmi(aspect_ratio="16:9").json()
    assert made["status"] == "success"
    assert made["payload"] == {"prompt": "a lighthouse", "aspect_ratio": "16:9"}
    assert made["outcome"]["media_urls"][0]["id"] == "0"
    file = desk.get(made["outcome"]["media_urls"][0]["url"])
    assert (file.headers["content-type"], opened(file.content).size) == ("image/png", (2784, 1504))
    assert opened(desk.get(made["outcome"]["thumbnail_image_url"]).content).size == (256, 256)
    assert desk.counted("gmicloud") == (1, 1)


def test_without_a_ratio_the_picture_is_square() -> None:
    desk = quick()
    made = desk.gmi().json()
    assert opened(desk.get(made["outcome"]["media_urls"][0]["url"]).content).size == (2048, 2048)


def test_an_upload_can_be_edited_and_the_echo_is_empty() -> None:
    desk = quick()
    status, url = uploaded(desk, "png", "image/png", picture())
    made = desk.gmi(image=url, aspect_ratio="1:1").json()
    assert (status, made["payload"]) == (200, {})
    assert opened(desk.get(made["outcome"]["media_urls"][0]["url"]).content).size == (300, 200)
    assert desk.stats("gmicloud")["usd"] == "0.0434"


@pytest.mark.parametrize(
    ("file_type", "mime", "status"),
    [
        ("png", "image/png", 200),
        ("jpeg", "image/jpeg", 200),
        ("jpg", "image/jpg", 200),
        ("jpg", "image/jpeg", 403),
        ("png", "image/png; charset=utf-8", 403),
    ],
)
def test_an_upload_needs_exactly_the_signed_type(file_type: str, mime: str, status: int) -> None:
    assert uploaded(quick(), file_type, mime, picture())[0] == status


def test_an_upload_without_type_with_a_key_or_too_late_is_refused() -> None:
    desk = quick()
    url = desk.post(f"{GMI}/upload-url", json={"file_type": "png"}, headers=BEARER).json()["upload_url"]
    png = {"Content-Type": "image/png"}

    bare = desk.send("PUT", url, content=picture())
    leaking = desk.send("PUT", url, content=picture(), headers={**png, **BEARER})
    desk.wait(900)
    late = desk.send("PUT", url, content=picture(), headers=png)

    assert (bare.status_code, "MalformedSecurityHeader" in bare.text) == (400, True)
    assert (leaking.status_code, desk.stats("gmicloud")["leaks"]) == (400, 1)
    assert (late.status_code, "ExpiredToken" in late.text) == (400, True)


def test_an_upload_of_an_unknown_type_is_refused() -> None:
    assert quick().post(f"{GMI}/upload-url", json={"file_type": "webp"}, headers=BEARER).status_code == 400


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({"prompt": ""}, "prompt is required and takes up to 6000 characters"),
        ({"aspect_ratio": "4:3"}, "aspect_ratio must be one of 3:1, 2:1, 16:9, 3:2, 1:1, 2:3, 9:16, 1:2, 1:3"),
        ({"image": "data:image/png;base64,AAAA"}, "image must be a URL"),
        ({"image": "https://[::1"}, "image could not be used (unreachable)"),
        ({"image": "https://example.com/missing.png"}, "image could not be used (missing)"),
    ],
)
def test_wrong_inputs_are_refused_in_one_of_three_ways(payload: dict[str, Any], error: str) -> None:
    plain, disguised, late = quick(), quick("gmicloud:submit:params=500"), quick("gmicloud:submit:params=failed")

    answers = [desk.gmi(**payload) for desk in (plain, disguised, late)]

    assert [answer.status_code for answer in answers] == [400, 500, 200]
    assert answers[0].json() == {"error": error}
    assert answers[1].json() == {"error": f"Backend error (400) {error}"}
    assert answers[2].json()["status"] == "failed"
    assert [desk.counted("gmicloud") for desk in (plain, disguised, late)] == [(0, 0), (0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, {"model": "luma-uni-1.1"}, 401),
        ({"Authorization": "Bearer wrong"}, {"model": "luma-uni-1.1"}, 401),
        ({"Authorization": "Bearer broke"}, {"model": "luma-uni-1.1", "payload": {"prompt": "x"}}, 402),
        (BEARER, {"model": "Luma-Uni-1.1", "payload": {"prompt": "x"}}, 404),
        (BEARER, {"model": "luma-uni-1.1", "payload": "x"}, 400),
        (BEARER, [], 400),
    ],
)
def test_wrong_calls_are_refused(headers: dict[str, str], body: Any, status: int) -> None:
    answer = quick().post(f"{GMI}/requests", json=body, headers=headers)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_unknown_inputs_are_ignored() -> None:
    assert quick().gmi(seed=5).status_code == 200


def test_shape_b_says_success_and_the_record_has_the_picture() -> None:
    desk = quick("gmicloud:submit:shape=B")
    made = desk.gmi().json()
    assert (made["status"], "outcome" in made) == ("success", False)
    assert record(desk, made["request_id"])["outcome"]["media_urls"]


def test_shape_c_only_accepts() -> None:
    desk = Desk("gmicloud:submit:shape=C")
    made = desk.gmi().json()
    states = [made["status"], record(desk, made["request_id"])["status"]]
    desk.wait(5)
    running = record(desk, made["request_id"])
    desk.wait(5)
    states += [running["status"], record(desk, made["request_id"])["status"]]
    assert states == ["dispatched", "queued", "processing", "success"]
    assert running["outcome"] is None


def test_shape_d_fails() -> None:
    desk = quick("gmicloud:submit:shape=D")
    made = desk.gmi().json()
    assert (made["status"], made["outcome"]) == ("failed", {"error": "Image generation failed: upstream error"})
    assert desk.counted("gmicloud") == (1, 0)


def test_a_job_can_stay_queued_for_ever() -> None:
    desk = quick("gmicloud:submit:never")
    made = desk.gmi().json()
    desk.wait(86_400)
    stuck = record(desk, made["request_id"])
    assert (stuck["status"], stuck["updated_at"]) == ("queued", stuck["created_at"])


def test_the_list_has_running_jobs_unless_it_is_late() -> None:
    for faults, expected in ((), 1), (("gmicloud:recover:list=late",), 0):
        desk = Desk("gmicloud:submit:shape=C", *faults)
        desk.gmi()
        assert len(records(desk)) == expected
        desk.wait()
        assert [entry["status"] for entry in records(desk)] == ["success"]


def test_the_list_wants_a_model_and_shows_own_jobs_only() -> None:
    desk = quick()
    desk.gmi()
    other = {"Authorization": "Bearer another-key"}
    assert desk.get(f"{GMI}/requests", headers=BEARER).status_code == 400
    assert desk.get(f"{GMI}/requests?model_id=luma-uni-1.1", headers=other).json() == {"requests": [], "total": 0}
    assert desk.get(f"{GMI}/requests/{records(desk)[0]['request_id']}", headers=other).status_code == 404


@pytest.mark.parametrize(
    ("form", "found"),
    [("strings", "media_urls"), ("image_url", "image_url"), ("url", "url"), ("empty", "media_urls")],
)
def test_the_picture_stands_in_other_places(form: str, found: str) -> None:
    desk = quick(f"gmicloud:submit:media={form}")
    outcome = desk.gmi().json()["outcome"]
    links = {"strings": outcome.get(found, []), "empty": outcome[found]}.get(form, [outcome[found]])
    assert [desk.get(link).status_code for link in links] == ([] if form == "empty" else [200])


def test_a_png_name_can_hold_a_jpeg() -> None:
    desk = quick("gmicloud:submit:format=jpeg")
    url = desk.gmi().json()["outcome"]["media_urls"][0]["url"]
    assert url.endswith(".png")
    assert opened(desk.get(url).content).format == "JPEG"


def test_other_echo_outcome_and_reason() -> None:
    desk = Desk("gmicloud:submit:shape=C", "gmicloud:submit:echo=full", "gmicloud:poll:outcome=absent")
    made = record(desk, desk.gmi(image=LINK).json()["request_id"])
    assert made["payload"]["image"] == LINK
    assert "outcome" not in made

    desk = quick("gmicloud:submit:moderated", "gmicloud:submit:reason=error_message")
    failed = desk.gmi().json()
    assert failed["error_message"] == "Image generation failed: content policy"


def test_moderation_can_come_at_once() -> None:
    answer = quick("gmicloud:submit:moderated=400").gmi()
    assert (answer.status_code, "review the prompt" in answer.text) == (400, True)


def test_models_are_listed_in_two_ways_and_described() -> None:
    desk = quick()
    assert desk.get(f"{GMI}/models", headers=BEARER).json() == {"model_ids": ["luma-uni-1.1"]}
    assert "models" in quick("gmicloud:check:models=objects").get(f"{GMI}/models", headers=BEARER).json()
    page = desk.get(f"{GMI}/models/luma-uni-1.1", headers=BEARER).json()
    assert [item["name"] for item in page["parameters"]] == ["prompt", "aspect_ratio", "image"]
    assert desk.get(f"{GMI}/models/other", headers=BEARER).status_code == 404
