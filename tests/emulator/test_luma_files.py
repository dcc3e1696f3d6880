"""Luma's Files API."""

from typing import Any

import pytest

from tests.emulator.desk import LUMA, Desk, opened, picture

FILES = "/luma/v1/files"


def announce(desk: Desk, **fields: Any) -> dict[str, Any]:
    body = {"mime_type": "image/png", "size_bytes": len(picture()), **fields}
    return dict(desk.post(FILES, json=body, headers=LUMA).json())


def state(desk: Desk, file_id: str) -> str:
    return str(desk.get(f"{FILES}/{file_id}", headers=LUMA).json()["state"])


def test_a_presigned_upload_becomes_ready_after_it_was_completed() -> None:
    desk = Desk()
    made = announce(desk, filename="palette.png", purpose="reference")
    assert (made["state"], made["file"]["filename"], made["upload"]["method"]) == ("pending", "palette.png", "PUT")

    put = desk.send("PUT", made["upload"]["url"], content=picture(), headers=made["upload"]["headers"])
    completed = desk.post(f"{FILES}/{made['id']}/complete", headers=LUMA)
    before = state(desk, made["id"])
    desk.wait(2)

    assert put.status_code == 200
    assert (completed.status_code, completed.json()["state"], before) == (200, "pending", "pending")
    assert state(desk, made["id"]) == "ready"


def test_a_ready_file_can_be_a_source() -> None:
    desk = Desk(latency=0)
    made = announce(desk)
    desk.send("PUT", made["upload"]["url"], content=picture(), headers=made["upload"]["headers"])
    desk.post(f"{FILES}/{made['id']}/complete", headers=LUMA)
    job = desk.luma(type="image_edit", source={"file_id": made["id"]}).json()
    assert opened(desk.get(desk.look(job["id"])["output"][0]["url"]).content).size == (300, 200)


def test_a_multipart_upload_needs_no_second_step() -> None:
    desk = Desk(latency=0)
    made = desk.post(FILES, files={"file": ("a.png", picture(), "image/png")}, headers=LUMA).json()
    assert made["upload"] is None
    assert (made["file"]["size_bytes"], state(desk, made["id"])) == (len(picture()), "ready")


@pytest.mark.parametrize(
    ("content", "size", "reason"),
    [
        (b"words", 5, "the bytes are not a supported image"),
        (b"words", 6, "size mismatch: 5 bytes were received"),
    ],
)
def test_a_bad_upload_fails_with_a_reason(content: bytes, size: int, reason: str) -> None:
    desk = Desk(latency=0)
    made = announce(desk, size_bytes=size)
    desk.send("PUT", made["upload"]["url"], content=content, headers=made["upload"]["headers"])
    desk.post(f"{FILES}/{made['id']}/complete", headers=LUMA)
    file = desk.get(f"{FILES}/{made['id']}", headers=LUMA).json()
    assert (file["state"], file["failure_reason"]) == ("failed", reason)


@pytest.mark.parametrize(
    "fields",
    [
        {"mime_type": None},
        {"size_bytes": 0},
        {"size_bytes": 5 * 1024**3 + 1},
        {"purpose": "fun"},
        {"filename": 7},
    ],
)
def test_a_wrong_announcement_is_refused(fields: dict[str, Any]) -> None:
    assert "detail" in announce(Desk(), **fields)


def test_a_put_must_have_the_signed_type_and_no_key_in_time() -> None:
    desk = Desk()
    url = announce(desk)["upload"]["url"]
    png = {"Content-Type": "image/png"}

    other = desk.send("PUT", url, content=picture(), headers={"Content-Type": "image/jpeg"})
    forged = desk.send("PUT", url[:-1] + "!", content=picture(), headers=png)
    leaking = desk.send("PUT", url, content=picture(), headers={**png, **LUMA})
    desk.wait(901)
    late = desk.send("PUT", url, content=picture(), headers=png)

    assert [answer.status_code for answer in (other, forged, leaking, late)] == [403, 403, 400, 400]
    assert desk.stats("luma")["leaks"] == 1


def test_completing_without_bytes_is_refused() -> None:
    desk = Desk()
    assert desk.post(f"{FILES}/{announce(desk)['id']}/complete", headers=LUMA).status_code == 400


def test_a_deleted_file_is_kept_as_deleted_and_is_no_input() -> None:
    desk = Desk(latency=0)
    file_id = desk.post(FILES, files={"file": ("a.png", picture(), "image/png")}, headers=LUMA).json()["id"]

    answer = desk.send("DELETE", f"{FILES}/{file_id}", headers=LUMA)

    assert (answer.status_code, answer.content, state(desk, file_id)) == (204, b"", "deleted")
    assert desk.luma(image_ref=[{"file_id": file_id}]).status_code == 404
    assert desk.get(FILES, headers=LUMA).json()["data"] == []


def test_the_list_has_pages_newest_first() -> None:
    desk = Desk()
    ids = [announce(desk, purpose=purpose)["id"] for purpose in ("input", "reference", "input")]

    first = desk.get(FILES, params={"limit": 2}, headers=LUMA).json()
    second = desk.get(FILES, params={"limit": 2, "cursor": first["next_cursor"]}, headers=LUMA).json()
    only = desk.get(FILES, params={"purpose": "reference", "state": "pending"}, headers=LUMA).json()

    assert [file["id"] for file in first["data"]] == [ids[2], ids[1]]
    assert (first["has_more"], second["has_more"], second["next_cursor"]) == (True, False, None)
    assert [file["id"] for file in second["data"]] == [ids[0]]
    assert [file["id"] for file in only["data"]] == [ids[1]]


def test_files_of_another_key_are_not_found() -> None:
    desk = Desk()
    file_id = announce(desk)["id"]
    other = {"Authorization": "Bearer luma-api-other"}
    assert desk.get(f"{FILES}/{file_id}", headers=other).status_code == 404
    assert desk.get(FILES, headers=other).json() == {"data": [], "has_more": False, "next_cursor": None}
