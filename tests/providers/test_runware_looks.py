"""What Runware's answers to a look mean: at a poll, in the archive, and to the free call."""

from __future__ import annotations

import asyncio
import base64
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.providers.test_runware import STAND
from tests.providers.test_runware_answers import ACK, DONE, OTHER, error, failing
from tests.workbench import TOKEN, job_for, scripted, text
from uni_cli.models import Asset, Job, JobState
from uni_cli.providers.base import Gone, Health, NotFound, Provider, Throttled, Unclear


def scripted_by(*replies: tuple[int, Any]) -> tuple[Provider, list[httpx.Request]]:
    return scripted(STAND, *(httpx.Response(status, **_content(body)) for status, body in replies))


def _content(body: Any) -> dict[str, Any]:
    return {"content": body} if isinstance(body, bytes) else {"json": body}


def refresh(status: int, body: Any, **changes: Any) -> Job:
    provider, _ = scripted_by((status, body))
    job = job_for(provider, text(), **{"state": JobState.RUNNING, "remote_id": TOKEN, **changes})
    return asyncio.run(provider.refresh(job))


def recover(*replies: tuple[int, Any]) -> tuple[object, list[str]]:
    provider, seen = scripted_by(*replies)
    found = asyncio.run(provider.recover(job_for(provider, text(), state=JobState.IN_DOUBT), ()))
    return found, [json.loads(request.content)[0]["taskType"] for request in seen]


# Looking


@pytest.mark.parametrize("word", ["processing", "pending", "queued", "scheduled", "waiting", "a-new-word"])
def test_every_word_but_two_means_running(word: str) -> None:
    row = {**ACK, "status": word, "progress": 40, "imageURL": "https://im.runware.ai/preview.png"}
    looked = refresh(200, {"data": [row]}, state=JobState.QUEUED)
    assert (looked.state, looked.progress, looked.assets) == (JobState.RUNNING, 0.4, ())


def test_an_empty_answer_means_running_and_takes_nothing_from_a_finished_job() -> None:
    assert refresh(200, {"data": []}, state=JobState.QUEUED).state is JobState.RUNNING
    kept = (Asset(url="https://im.runware.ai/a.png"),)
    for rows in ([], [{**ACK, "status": "processing"}]):
        looked = refresh(200, {"data": rows}, state=JobState.FINISHED, assets=kept)
        assert (looked.state, looked.assets) == (JobState.FINISHED, kept)


@pytest.mark.parametrize(("told", "progress"), [(-5, 0.0), (140, 1.0), (True, None), ("40", None), (None, None)])
def test_progress_is_a_share(told: Any, progress: float | None) -> None:
    assert refresh(200, {"data": [{**ACK, "status": "processing", "progress": told}]}).progress == progress


def test_a_picture_that_is_told_twice_is_one_picture() -> None:
    two = {**DONE, "imageUUID": "bb02", "imageURL": "https://im.runware.ai/bb02.png"}
    finished = refresh(200, {"data": [DONE, DONE, two, {**DONE, "taskUUID": OTHER, "imageUUID": "cc03"}]})
    assert [asset.id for asset in finished.assets] == ["aa01", "bb02"]
    assert finished.charged == Decimal("0.0808")


def test_a_picture_counts_more_than_an_error_beside_it() -> None:
    assert refresh(200, {"data": [DONE], "errors": [error("inferenceError")]}).state is JobState.FINISHED


@pytest.mark.parametrize("form", ["base64", "uri"])
def test_a_picture_may_come_as_its_bytes(form: str) -> None:
    text = base64.b64encode(b"bytes of a picture").decode()
    given = {"imageBase64Data": text} if form == "base64" else {"imageDataURI": f"data:image/webp;base64,{text}"}
    finished = refresh(200, {"data": [{**ACK, "status": "success", "imageUUID": "aa01", **given}]})
    kind = None if form == "base64" else "image/webp"
    assert finished.assets == (Asset(data=b"bytes of a picture", media_type=kind, id="aa01"),)
    assert finished.charged is None


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, failing("timeoutProvider"), "provider.failed"),
        (200, failing("inferenceError", status="error"), "provider.failed"),
        (400, failing("providerError"), "provider.failed"),
        (500, failing("processingFailed", status="error"), "provider.failed"),
        (200, failing("invalidProviderContent"), "provider.moderated"),
        (200, failing("providerInsufficientCredits", status="error"), "provider.no_funds"),
        (200, failing("somethingNew"), "provider.failed"),
        (200, {"data": [{**ACK, "status": "error", "error": error("imageBlocked", uuid=None)}]}, "provider.moderated"),
        (200, {"data": [{**ACK, "status": "error", "code": "taskFailed", "message": "no"}]}, "provider.failed"),
        (200, {"data": [{**ACK, "status": "error", "error": "it broke"}]}, "provider.failed"),
    ],
)
def test_the_tasks_own_error_ends_it(status: int, body: Any, code: str) -> None:
    failed = refresh(status, body)
    assert failed.state is JobState.FAILED
    assert failed.failure
    assert failed.failure.code == code


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, failing("invalidApiKey")),
        (200, failing("unauthorized", status="error")),
        (402, failing("insufficientCredits")),
        (400, failing("thirdPartyInsufficientCredits")),
        (403, b"<html>blocked</html>"),
        (404, b"<html>not here</html>"),
        (408, failing("timeout")),
        (200, failing("timeout")),
        (500, failing("internalServerError")),
        (200, failing("serviceUnavailable", status="error")),
        (504, failing("timeoutProvider")),
        (502, b""),
        (400, failing("invalidTaskUUID")),
        (400, failing("unsupportedTaskType")),
        (200, failing("inferenceError", uuid=OTHER)),
        (200, failing("inferenceError", uuid=None)),
        (200, {"data": [{**DONE, "imageURL": None}]}),
        (200, {"data": [{**DONE, "imageURL": ""}]}),
        (200, {"data": [{**ACK, "status": "success", "imageBase64Data": "no base64!"}]}),
        (200, {}),
        (200, []),
    ],
)
def test_trouble_with_a_poll_is_no_word_about_the_task(status: int, body: Any) -> None:
    with pytest.raises(Unclear):
        refresh(status, body)


@pytest.mark.parametrize("status", [401, 402, 403, 408, 429, 500, 503])
def test_a_status_about_the_poll_outweighs_an_error_that_is_not_the_tasks_own(status: int) -> None:
    with pytest.raises(Unclear):
        refresh(status, failing("inferenceError"))


@pytest.mark.parametrize("code", ["taskNotFound", "taskFailedOrNotFound", "taskExpired"])
def test_an_unknown_task_is_gone(code: str) -> None:
    with pytest.raises(Gone):
        refresh(404, failing(code))


def test_too_many_polls_mean_later() -> None:
    with pytest.raises(Throttled):
        refresh(200, failing("rateLimitExceeded", status="error"))
    with pytest.raises(Throttled):
        refresh(429, b"<html>slow down</html>")


def test_a_finished_task_is_never_failed_afterwards() -> None:
    with pytest.raises(Unclear):
        refresh(200, failing("inferenceError", status="error"), state=JobState.FINISHED)


def test_a_picture_that_the_safety_check_withholds_is_moderation() -> None:
    failed = refresh(
        200, {"data": [{**ACK, "status": "success", "imageUUID": "aa01", "NSFWContent": True, "cost": 0.0404}]}
    )
    assert failed.failure
    assert (failed.state, failed.failure.code) == (JobState.FAILED, "provider.moderated")
    assert failed.charged == Decimal("0.0404")


# In doubt


def archive(response: Any, **more: Any) -> dict[str, Any]:
    return {"data": [{"taskType": "getTaskDetails", "taskUUID": TOKEN, "response": response, **more}]}


EMPTY: tuple[int, Any] = (200, {"data": []})


def test_getresponse_is_asked_first_and_suffices() -> None:
    found, asked = recover((200, {"data": [DONE]}))
    assert isinstance(found, Job)
    assert (found.state, found.remote_id, asked) == (JobState.FINISHED, TOKEN, ["getResponse"])


@pytest.mark.parametrize(
    ("response", "state"),
    [
        ({"data": [ACK]}, JobState.QUEUED),
        ({"data": []}, JobState.QUEUED),
        ({"data": [DONE]}, JobState.FINISHED),
        (failing("conflictTaskUUID"), JobState.QUEUED),
        (failing("inferenceError"), JobState.FAILED),
        (failing("providerContentPolicyViolation"), JobState.FAILED),
        (failing("invalidWidth"), JobState.REFUSED),
    ],
)
def test_the_archive_settles_what_getresponse_does_not_know(response: Any, state: JobState) -> None:
    found, asked = recover(EMPTY, (200, archive(response, request=[ACK])))
    assert isinstance(found, Job)
    assert found.state is state
    assert found.remote_id == (None if state is JobState.REFUSED else TOKEN)
    assert asked == ["getResponse", "getTaskDetails"]


@pytest.mark.parametrize("code", ["rateLimitExceeded", "insufficientCredits", "invalidApiKey", "internalServerError"])
def test_an_archived_no_of_the_moment_is_settled_by_the_same_post(code: str) -> None:
    found, _ = recover(EMPTY, (200, archive(failing(code), request=[ACK])))
    assert found == NotFound(may_repost=True)


@pytest.mark.parametrize("first", [EMPTY, (404, failing("taskNotFound"))])
@pytest.mark.parametrize(
    "second", [EMPTY, (404, failing("taskNotFound")), (200, failing("taskNotFound")), (200, archive(None))]
)
def test_only_two_clear_answers_allow_a_second_sending(first: tuple[int, Any], second: tuple[int, Any]) -> None:
    found, asked = recover(first, second)
    assert (found, asked) == (NotFound(may_repost=True), ["getResponse", "getTaskDetails"])


@pytest.mark.parametrize(
    "second",
    [
        (500, failing("internalServerError")),
        (401, {"data": []}),
        (401, failing("invalidApiKey")),
        (404, b"<html>not here</html>"),
        (200, {}),
        (200, archive(None, request=[ACK])),
        (400, failing("invalidTaskType")),
    ],
)
def test_trouble_with_the_archive_allows_nothing(second: tuple[int, Any]) -> None:
    with pytest.raises(Unclear):
        recover(EMPTY, second)


def test_a_full_queue_at_the_archive_means_later() -> None:
    with pytest.raises(Throttled):
        recover(EMPTY, (200, failing("rateLimitExceeded")))


@pytest.mark.parametrize("first", [(500, {"data": []}), (401, failing("invalidApiKey")), (200, b"")])
def test_trouble_with_getresponse_allows_nothing(first: tuple[int, Any]) -> None:
    with pytest.raises(Unclear):
        recover(first, EMPTY)


# The key


@pytest.mark.parametrize(
    ("status", "body", "detail"),
    [
        (401, failing("invalidApiKey", uuid=None), "Runware answered 401: a message of the service (invalidApiKey)"),
        (503, b"<html>busy</html>", "Runware answered 503: an HTML page instead of JSON (HTTP 503)"),
        (200, {"data": []}, "Runware answered 200: no explanation (HTTP 200)"),
    ],
)
def test_a_check_that_fails_says_why(status: int, body: Any, detail: str) -> None:
    provider, _ = scripted_by((status, body))
    assert asyncio.run(provider.check()) == Health(ok=False, detail=detail)


def test_the_key_goes_in_the_header_and_nowhere_else() -> None:
    provider, seen = scripted_by((200, {"data": []}))
    asyncio.run(provider.check())
    assert str(seen[0].url) == "http://127.0.0.1/runware/v1"
    assert seen[0].headers["authorization"] == "Bearer runware-test-key"
    assert b"runware-test-key" not in seen[0].content
