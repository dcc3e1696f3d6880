"""What Runware's answers to the paid POST mean: the body decides, and no doubt is ever taken for a no."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.providers.test_runware import STAND
from tests.workbench import TOKEN, dry, job_for, reply, text
from uni_cli.models import Asset, Failure, Job, JobState
from uni_cli.providers.base import Refused, Throttled, Unclear

OTHER = "0b9a7f5e-3a64-4c6b-8a5f-6d0c9f1f2e77"
ACK = {"taskType": "imageInference", "taskUUID": TOKEN}
DONE = {
    **ACK,
    "status": "success",
    "imageUUID": "aa01",
    "imageURL": "https://im.runware.ai/image/os/a01/ws/4/ii/aa01.png",
    "seed": 771204563,
    "cost": 0.0404,
}


def error(code: str, *, uuid: str | None = TOKEN, **more: str) -> dict[str, str]:
    named = {"taskUUID": uuid, "taskType": "imageInference"} if uuid else {}
    return {"code": code, "message": "a message of the service", **named, **more}


def failing(code: str, **more: Any) -> dict[str, Any]:
    return {"data": [], "errors": [error(code, **more)]}


def accept(status: int, body: Any, **headers: str) -> Job:
    provider = dry(STAND)
    job = job_for(provider, text(), state=JobState.SUBMITTING)
    return provider.accept(job, reply(status, body, **headers))


# The answer to the paid POST


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"data": [ACK]}),
        (200, {"data": []}),
        (200, {"data": [], "errors": []}),
        (200, {"data": [ACK, {**ACK, "taskUUID": OTHER}]}),
        (200, {"data": [{**ACK, "taskUUID": TOKEN.upper()}]}),
        (400, failing("conflictTaskUUID")),
        (200, failing("conflictTaskUUID")),
        (400, failing("conflictTaskUUID", uuid=None)),
        (400, {"error": {"code": "conflictTaskUUID", "message": "in use"}, "taskUUID": TOKEN}),
    ],
)
def test_these_answers_mean_accepted(status: int, body: Any) -> None:
    accepted = accept(status, body)
    assert (accepted.state, accepted.remote_id) == (JobState.QUEUED, TOKEN)


def test_rows_that_are_finished_already_are_taken() -> None:
    done = {name: value for name, value in DONE.items() if name != "status"}
    finished = accept(200, {"data": [done]})
    assert finished.state is JobState.FINISHED
    assert finished.assets == (Asset(url="https://im.runware.ai/image/os/a01/ws/4/ii/aa01.png", id="aa01"),)
    assert (finished.seed, finished.charged, finished.notes["handle"]) == (771204563, Decimal("0.0404"), "aa01")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "invalidWidth", "provider.rejected"),
        (400, "unsupportedParameter", "provider.rejected"),
        (400, "incompatibleParameters", "provider.rejected"),
        (400, "downloadFailed", "provider.rejected"),
        (404, "mediaNotFound", "provider.rejected"),
        (404, "modelNotFound", "provider.unavailable"),
        (400, "unknownModel", "provider.unavailable"),
        (400, "modelDisabled", "provider.unavailable"),
        (400, "thirdPartyInsufficientCredits", "provider.no_funds"),
        (400, "providerInsufficientCredits", "provider.no_funds"),
        (402, "quotaExceeded", "provider.no_funds"),
        (402, "paymentRequired", "provider.no_funds"),
        (401, "invalidApiKey", "key.refused"),
        (401, "tokenExpired", "key.refused"),
        (403, "organizationDisabled", "key.refused"),
        (401, "somethingNew", "key.refused"),
        (402, "somethingNew", "provider.no_funds"),
        (403, "somethingNew", "key.refused"),
        (404, "somethingNew", "provider.unavailable"),
        (404, "taskNotFound", "provider.unavailable"),
        (400, "providerContentPolicyViolation", "provider.moderated"),
        (400, "promptBlocked", "provider.moderated"),
        (400, "invalidProviderContent", "provider.moderated"),
        (400, "somethingNew", "provider.rejected"),
    ],
)
def test_these_answers_mean_no(status: int, code: str, expected: str) -> None:
    with pytest.raises(Refused) as caught:
        accept(status, failing(code))
    assert caught.value.failure.code == expected
    assert caught.value.failure.message == f"Runware: a message of the service ({code})"


def test_an_answer_without_errors_goes_by_its_status() -> None:
    with pytest.raises(Refused) as caught:
        accept(401, {"message": "who are you"})
    assert (caught.value.failure.code, caught.value.failure.message) == ("key.refused", "Runware: who are you")


@pytest.mark.parametrize("error", ["who are you", {"message": "who are you"}, [{"message": "who are you"}]])
def test_the_singular_envelope_is_read_in_every_form(error: Any) -> None:
    with pytest.raises(Refused) as caught:
        accept(403, {"error": error, "taskUUID": TOKEN})
    assert (caught.value.failure.code, caught.value.failure.message) == ("key.refused", "Runware: who are you")


def test_the_words_of_the_model_behind_it_are_passed_on() -> None:
    failed = accept(200, failing("providerError", responseContent="blocked by content policy"))
    said = "Runware: a message of the service: blocked by content policy (providerError)"
    assert failed.failure == Failure("provider.moderated", said)


def test_a_refusal_that_names_no_task_is_about_ours_when_the_status_says_no() -> None:
    with pytest.raises(Refused):
        accept(400, failing("somethingNew", uuid=None))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>log in</html>"),
        (200, b'{"data": [{"taskUU'),
        (200, {}),
        (200, {"data": [{**ACK, "taskUUID": OTHER}]}),
        (200, {"data": [ACK], "errors": [error("invalidWidth")]}),
        (400, failing("invalidWidth", uuid=OTHER)),
        (403, b"<html>blocked</html>"),
        (408, failing("timeout")),
        (408, failing("providerError")),
        (400, failing("taskNotFound")),
        (400, failing("providerTimeout")),
        (200, failing("timeoutProvider")),
        (400, failing("invalidTimeout")),
        (500, failing("internalServerError")),
        (400, failing("standardError")),
        (503, failing("serviceUnavailable")),
        (503, failing("noAvailableServer")),
        (502, failing("providerError")),
        (500, failing("somethingNew")),
        (504, {"data": []}),
        (302, {}),
        (200, failing("somethingNew", uuid=None)),
    ],
)
def test_these_answers_prove_nothing(status: int, body: Any) -> None:
    with pytest.raises(Unclear):
        accept(status, body)


@pytest.mark.parametrize("code", ["rateLimitExceeded", "inferenceRateLimitExceeded", "providerRateLimitExceeded"])
def test_a_full_queue_means_later(code: str) -> None:
    with pytest.raises(Throttled) as caught:
        accept(400, failing(code), retry_after="7")
    assert caught.value.after == 7.0


def test_a_full_queue_told_by_a_gateway_means_later_too() -> None:
    with pytest.raises(Throttled):
        accept(429, b"<html>slow down</html>")


def test_its_capabilities_are_its_own() -> None:
    able = dry(STAND).capabilities
    assert able.models == {"uni-1": "luma:uni@1", "uni-1-max": "luma:uni@1-max"}
    assert (len(able.sizes), able.sizes[0], able.sizes[-1]) == (9, (3360, 1248), (1248, 3360))
    assert (able.formats, able.default_format) == (("png", "jpeg", "webp"), "png")
    assert (able.references, able.references_with_source) == (9, 8)
    assert (able.styles, able.styles_on_edit, able.search, able.search_on_edit) == (
        ("auto", "manga"),
        ("auto",),
        True,
        False,
    )
    assert all((able.quality, able.safety, able.webhook, able.upload_to, able.ttl, able.aspect_on_edit))
    assert (able.remote_inputs, able.may_repost, able.upload, able.seed) == (True, True, False, False)
    assert (able.concurrency, able.submit_timeout) == (None, 60.0)


def test_a_task_whose_own_row_is_an_error_ran_and_failed() -> None:
    failed = accept(200, {"data": [{**ACK, "status": "error", "error": error("promptBlocked", uuid=None)}]})
    assert failed.failure
    assert (failed.state, failed.remote_id, failed.failure.code) == (JobState.FAILED, TOKEN, "provider.moderated")


def test_a_task_that_failed_at_once_is_a_failed_job() -> None:
    failed = accept(200, {"data": [{**ACK, "status": "error", "error": {"code": "inferenceError", "message": "no"}}]})
    assert failed.state is JobState.FAILED
    assert failed.failure
    assert (failed.failure.code, failed.failure.message) == ("provider.failed", "Runware: no (inferenceError)")
