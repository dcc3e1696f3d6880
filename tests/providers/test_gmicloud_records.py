"""GMI Cloud's records, written out: how a job is, and which record belongs to a lost POST."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.providers.test_gmicloud import STAND
from tests.workbench import dry, edit, job_for, link, reply, scripted, text
from uni_cli.models import Asset, Failure, Job, JobState, Request
from uni_cli.providers.base import Gone, NotFound, Refused, Throttled, Unclear

ID = "6b0f4c1e-2a57-4d0c-9a3f-0c5f1d2e7b88"
MADE = 1_800_000_000
URL = "https://storage.googleapis.com/gmi-video-assests-prod/user-assets/a1b2c3.png"
SECOND = "https://storage.googleapis.com/gmi-video-assests-prod/user-assets/d4e5f6.png"
THUMB = "https://storage.googleapis.com/gmi-video-assests-prod/user-assets/a1b2c3_thumb.jpg"
FOG = text("A lighthouse in fog", aspect="16:9")
ECHO = {"prompt": "A lighthouse in fog", "aspect_ratio": "16:9"}


def record(status: str | None, **members: Any) -> dict[str, Any]:
    told = {"request_id": ID, "model": "luma-uni-1.1", "status": status, "created_at": MADE}
    return {**told, **members}


def accept(status: int, body: Any, **headers: str) -> Job:
    provider = dry(STAND)
    return provider.accept(job_for(provider, FOG, state=JobState.SUBMITTING), reply(status, body, **headers))


def refresh(status: int, body: Any, **changes: Any) -> Job:
    answer = httpx.Response(status, **({"content": body} if isinstance(body, bytes) else {"json": body}))
    provider, seen = scripted(STAND, answer)
    given = {"state": JobState.RUNNING, "remote_id": ID, **changes}
    looked = asyncio.run(provider.refresh(job_for(provider, FOG, **given)))
    assert str(seen[0].url).endswith(f"/requests/{ID}")
    return looked


def recover(listed: Any, *known: str, request: Request = FOG, status: int = 200) -> Job | None:
    """The job that was found, or None."""
    provider, _ = scripted(STAND, httpx.Response(status, json=listed))
    sent = provider.body(request, "").body
    job = job_for(provider, request, state=JobState.IN_DOUBT, sent=sent, created=float(MADE))
    found = asyncio.run(provider.recover(job, known))
    assert isinstance(found, Job) or found == NotFound(may_repost=False)
    return found if isinstance(found, Job) else None


# The answer to the paid POST


@pytest.mark.parametrize(
    ("outcome", "urls"),
    [
        ({"media_urls": [{"id": "0", "url": URL}], "thumbnail_image_url": THUMB}, [URL]),
        ({"media_urls": [{"id": "0", "url": URL}, {"id": "1", "url": SECOND}]}, [URL, SECOND]),
        ({"media_urls": [URL, SECOND, URL]}, [URL, SECOND]),
        ({"media_urls": [], "image_url": URL}, [URL]),
        ({"url": URL}, [URL]),
        ({"medias": [{"url": URL}]}, [URL]),
        ({"medias": [URL]}, [URL]),
    ],
)
def test_every_form_of_outcome_gives_all_its_pictures(outcome: Any, urls: list[str]) -> None:
    done = accept(200, record("success", outcome=outcome))
    assert (done.state, done.remote_id) == (JobState.FINISHED, ID)
    assert done.assets == tuple(Asset(url=url) for url in urls)


@pytest.mark.parametrize("outcome", [None, {}, {"media_urls": []}, {"thumbnail_image_url": THUMB}, {"url": "x"}])
def test_a_success_without_a_picture_is_fetched_later(outcome: Any) -> None:
    for body in (record("success", outcome=outcome), record("success")):
        taken = accept(200, body)
        assert (taken.state, taken.remote_id, taken.assets) == (JobState.RUNNING, ID, ())


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("created", JobState.QUEUED),
        ("queued", JobState.QUEUED),
        ("dispatched", JobState.RUNNING),
        ("processing", JobState.RUNNING),
        ("completed", JobState.RUNNING),
        ("error", JobState.RUNNING),
        ("a-new-word", JobState.RUNNING),
        (None, JobState.RUNNING),
    ],
)
def test_no_other_word_ends_a_job(word: str | None, state: JobState) -> None:
    assert accept(200, record(word)).state is state


def test_a_picture_that_came_under_another_word_for_success_is_taken() -> None:
    assert accept(200, record("completed", outcome={"media_urls": [URL]})).state is JobState.FINISHED
    assert accept(200, record("processing", outcome={"media_urls": [URL]})).assets == ()


@pytest.mark.parametrize(
    ("members", "failure"),
    [
        ({"outcome": {"error": "content policy"}}, Failure("provider.moderated", "GMI Cloud: content policy")),
        ({"outcome": {"error": "upstream rate limit"}}, Failure("provider.failed", "GMI Cloud: upstream rate limit")),
        ({"error": {"message": "no", "details": "x"}}, Failure("provider.failed", "GMI Cloud: no: x")),
        ({"reason": "Please review the prompt"}, Failure("provider.moderated", "GMI Cloud: Please review the prompt")),
        ({"outcome": None}, Failure("provider.failed", "GMI Cloud: the job is failed, without a reason")),
    ],
)
def test_a_job_that_ended_badly_says_why(members: Any, failure: Failure) -> None:
    failed = accept(200, record("failed", **members))
    assert (failed.state, failed.remote_id, failed.failure) == (JobState.FAILED, ID, failure)


def test_a_cancelled_job_has_ended() -> None:
    assert accept(200, record("cancelled")).state is JobState.FAILED


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, {"error": "invalid parameter"}, "provider.rejected"),
        (400, {"error": "The generation was rejected. Review the prompt"}, "provider.moderated"),
        (400, {"error": {"message": "rejected", "details": '{"reason": "Responsible AI"}'}}, "provider.moderated"),
        (401, {"error": "invalid API key"}, "key.refused"),
        (402, {"error": "Insufficient credits"}, "provider.no_funds"),
        (403, {"message": "not allowed"}, "key.refused"),
        (404, {"detail": "the model does not exist"}, "provider.unavailable"),
        (500, {"error": "Backend error (400) aspect_ratio"}, "provider.rejected"),
        (500, {"error": {"message": "Backend error (400)", "details": "moderation"}}, "provider.moderated"),
    ],
)
def test_these_answers_mean_no(status: int, body: Any, code: str) -> None:
    with pytest.raises(Refused) as caught:
        accept(status, body)
    assert caught.value.failure.code == code


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>log in</html>"),
        (200, {}),
        (200, {"status": "processing"}),
        (200, {"request_id": "../models", "status": "queued"}),
        (408, {"error": "timeout"}),
        (500, {"error": "internal"}),
        (500, {"error": "Backend error (503)"}),
        (502, b"<html>bad gateway</html>"),
        (503, {"error": "upstream capacity is exhausted"}),
        (504, b""),
    ],
)
def test_these_answers_prove_nothing(status: int, body: Any) -> None:
    with pytest.raises(Unclear):
        accept(status, body)


def test_a_rate_limit_means_later() -> None:
    with pytest.raises(Throttled) as caught:
        accept(429, {"error": "slow down"}, retry_after="9")
    assert caught.value.after == 9.0


# Looking


def test_a_look_reads_the_record() -> None:
    assert refresh(200, record("processing")).state is JobState.RUNNING
    assert refresh(200, record("success", outcome={"media_urls": [URL]})).assets == (Asset(url=URL),)
    assert refresh(200, record("failed", outcome={"error": "no"})).state is JobState.FAILED


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, record("success", outcome={"thumbnail_image_url": THUMB})),
        (200, record("success")),
        (200, {**record("failed"), "request_id": "another"}),
        (200, {"request_id": ID}),
        (200, {}),
        (200, b"<html>"),
        (401, {"error": "invalid API key"}),
        (403, {"error": "not allowed"}),
        (500, {"error": "Backend error (400)"}),
        (502, b""),
    ],
)
def test_trouble_with_a_look_is_no_word_about_the_job(status: int, body: Any) -> None:
    with pytest.raises(Unclear):
        refresh(status, body)


def test_an_unknown_record_is_gone() -> None:
    with pytest.raises(Gone):
        refresh(404, {"error": "not found"})


def test_a_finished_job_is_never_failed_afterwards() -> None:
    with pytest.raises(Unclear):
        refresh(200, record("failed"), state=JobState.FINISHED, assets=(Asset(url=URL),))


# In doubt


def listed(*records: Any) -> dict[str, Any]:
    return {"requests": list(records), "total": len(records)}


def test_the_oldest_record_with_the_same_inputs_is_taken_whatever_the_order() -> None:
    later = record("queued", request_id="later", created_at=MADE + 60, payload=ECHO)
    older = record("processing", request_id="older", created_at=MADE + 2, payload=ECHO)
    assert (found := recover(listed(later, older))) is not None
    assert (found.remote_id, found.state) == ("older", JobState.RUNNING)
    assert (found := recover(listed(later, older), "older")) is not None
    assert found.remote_id == "later"
    assert recover(listed(later, older), "older", "later") is None


def test_a_record_with_its_end_brings_it_along() -> None:
    done = record("success", payload=ECHO, outcome={"media_urls": [URL]})
    assert (found := recover(listed(done))) is not None
    assert (found.state, found.assets) == (JobState.FINISHED, (Asset(url=URL),))
    assert (found := recover(listed(record("failed", payload=ECHO)))) is not None
    assert found.state is JobState.FAILED


@pytest.mark.parametrize("early", [-121, -3600, -MADE])
def test_a_record_from_before_the_job_or_without_a_time_is_never_taken(early: int) -> None:
    assert recover(listed(record("queued", payload=ECHO, created_at=MADE + early))) is None


def test_the_first_time_that_is_told_counts() -> None:
    untold = record("queued", payload=ECHO, created_at=0)
    assert recover(listed({**untold, "queued_at": MADE})) is not None
    assert recover(listed({**untold, "queued_at": MADE - 3600})) is None
    assert recover(listed({**untold, "queued_at": True, "updated_at": None})) is None


def test_clocks_may_differ_by_two_minutes_and_milliseconds_are_understood() -> None:
    assert recover(listed(record("queued", payload=ECHO, created_at=MADE - 119))) is not None
    assert recover(listed(record("queued", payload=ECHO, created_at=MADE * 1000))) is not None


@pytest.mark.parametrize(
    "payload",
    [
        {**ECHO, "prompt": "A lighthouse"},
        {**ECHO, "aspect_ratio": "1:1"},
        {**ECHO, "image": URL},
        {"aspect_ratio": "16:9"},
        {},
        None,
    ],
)
def test_other_inputs_are_another_job(payload: Any) -> None:
    assert recover(listed(record("queued", payload=payload))) is None


def test_an_edit_without_an_echo_is_taken_only_when_it_is_alone() -> None:
    night = edit(link(), "Make it night")
    blank = record("processing", payload={})
    other = record("processing", request_id="other", payload={})
    strange = record("processing", request_id="strange", payload=ECHO)
    assert (found := recover(listed(blank), request=night)) is not None
    assert found.remote_id == ID
    assert recover(listed(blank, other), request=night) is None
    assert recover(listed(blank, strange), request=night) is None
    assert recover(listed(blank, other), "other", request=night) is not None


def test_an_edit_with_an_echo_is_matched_by_its_picture() -> None:
    night = edit(link("https://pictures.example.com/a.png"), "Make it night")
    same = {"prompt": "Make it night", "image": "https://pictures.example.com/a.png", "aspect_ratio": "1:1"}
    assert recover(listed(record("queued", payload=same)), request=night) is not None
    other = {**same, "image": "https://pictures.example.com/b.png"}
    assert recover(listed(record("queued", payload=other)), request=night) is None


@pytest.mark.parametrize("odd", ["text", 7, None, {}, {"request_id": 7}, {"request_id": "a/b", "created_at": MADE}])
def test_what_is_no_record_is_passed_over(odd: Any) -> None:
    assert recover(listed(odd, record("queued", payload=ECHO))) is not None


@pytest.mark.parametrize(("status", "body"), [(404, {}), (401, {"error": "no"}), (500, {}), (200, {}), (200, [])])
def test_a_list_that_cannot_be_read_says_nothing(status: int, body: Any) -> None:
    with pytest.raises(Unclear):
        recover(body, status=status)
