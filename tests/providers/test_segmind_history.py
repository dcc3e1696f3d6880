"""A submit whose answer was lost is found in Segmind's request history, or left in doubt."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.providers.test_segmind import PICTURE, STAND
from tests.workbench import Bench, at_work, play, scripted, text
from uni_cli.models import Job, JobState
from uni_cli.providers.base import CannotKnow, NotFound, Throttled, Unclear

# 2026-11-20T09:14:03Z
MOMENT = 1_795_166_043.0
SENT = {"prompt": "A cat", "aspect_ratio": "16:9"}


def row(number: int, *, after: float = 5.0, **changes: Any) -> dict[str, Any]:
    """One request as the history tells it, some seconds after the intent."""
    made = datetime.fromtimestamp(MOMENT + after, UTC).isoformat()
    return {
        "request_id": f"r{number}",
        "model_name": "luma-uni-1",
        "model_status": "PENDING",
        "model_created": made,
        "request_body": SENT,
        **changes,
    }


def page(*rows: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"page": 1, "filters": [], "data": {"requests": rows}})


def search(
    *answers: httpx.Response, known: Collection[str] = (), sent: Any = SENT, submitted: float | None = None
) -> tuple[Job | NotFound | CannotKnow, list[httpx.Request]]:
    provider, seen = scripted(STAND, *answers)
    lost = at_work(provider, text("A cat"), remote_id=None, created=MOMENT, submitted=submitted, sent=sent)
    return asyncio.run(provider.recover(lost, known)), seen


def found(*rows: dict[str, Any], known: Collection[str] = ()) -> str | None:
    result, _ = search(page(*rows), known=known)
    if isinstance(result, Job):
        assert result.state is JobState.QUEUED
        return result.remote_id
    assert result == NotFound(may_repost=False)
    return None


def test_the_one_request_that_asked_for_the_same_is_taken() -> None:
    assert found(row(1)) == "r1"


@pytest.mark.parametrize(
    "changes",
    [
        {"model_name": "luma-uni-1-max"},
        {"request_body": {"prompt": "A dog", "aspect_ratio": "16:9"}},
        {"request_body": {"prompt": "A cat", "aspect_ratio": "1:1"}},
        {"request_body": {"prompt": "A cat", "image": "https://pictures.example.com/a.png"}},
        {"request_body": None},
        {"request_body": "{broken"},
        {"request_id": "a/b"},
        {"request_id": None},
    ],
)
def test_a_request_that_differs_is_not_taken(changes: dict[str, Any]) -> None:
    assert found(row(1, **changes)) is None


def test_a_request_from_before_the_intent_is_not_taken() -> None:
    assert found(row(1, after=-300)) is None
    assert found(row(1, after=-20)) == "r1"


def test_a_job_that_waited_long_before_it_was_sent_takes_nothing_from_that_time() -> None:
    result, seen = search(page(row(1, after=3600)), submitted=MOMENT + 2 * 86_400)
    assert result == NotFound(may_repost=False)
    assert seen[0].url.params["from_date"] == "2026-11-21"


@pytest.mark.parametrize(
    "body",
    [
        {"aspect_ratio": "16:9", "prompt": "A cat", "style": "auto", "image": None},
        {"prompt": "A cat"},
        json.dumps(SENT),
    ],
)
def test_what_goes_without_saying_makes_no_difference(body: Any) -> None:
    assert found(row(1, request_body=body)) == "r1"


def test_of_several_alike_the_oldest_that_no_other_job_has_is_taken() -> None:
    rows = [row(4, after=40), row(1, after=10), row(3, after=30), row(2, after=20)]
    assert found(*rows) == "r1"
    assert found(*rows, known={"r1", "r2"}) == "r3"
    assert found(*rows, known={"r1", "r2", "r3", "r4"}) is None


def test_rows_without_a_time_are_taken_as_newest_first() -> None:
    assert found(row(2, model_created=None), row(1, model_created=None)) == "r1"


@pytest.mark.parametrize("made", [MOMENT - 300, (MOMENT - 300) * 1000, "2026-11-20T09:00:00", "2026-11-20T09:00:00Z"])
def test_a_time_is_read_in_each_form(made: object) -> None:
    assert found(row(1, model_created=made)) is None


def test_only_the_days_around_the_intent_are_searched() -> None:
    _, seen = search(page())
    assert seen[0].url.path == "/segmind-history/inference-request/request-history"
    query = dict(seen[0].url.params)
    assert query.pop("to_date") in ("2026-11-20", "2026-11-21")
    assert query == {"page": "1", "per_page": "100", "from_date": "2026-11-19", "model_name": "luma-uni-1"}


def test_a_full_page_is_turned() -> None:
    others = [row(number, request_body={"prompt": "A dog"}) for number in range(100)]
    result, seen = search(page(*others), page(row(1)))
    assert isinstance(result, Job)
    assert [request.url.params["page"] for request in seen] == ["1", "2"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"error": "try later"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(401, json={"error": "Invalid or expired API key"}),
        httpx.Response(404, json={"error": "Not found"}),
        httpx.Response(500, json={"error": "Internal server error"}),
    ],
)
def test_an_answer_that_is_no_list_does_not_say_that_nothing_is_there(answer: httpx.Response) -> None:
    with pytest.raises(Unclear):
        search(answer)


def test_a_full_minute_says_when_to_ask_again() -> None:
    with pytest.raises(Throttled):
        search(httpx.Response(429, json={"error": "Rate limit exceeded"}))


def test_without_a_record_of_what_was_sent_nothing_is_taken() -> None:
    result, seen = search(sent=None)
    assert isinstance(result, CannotKnow)
    assert seen == []


# A job that is older than an hour


def test_after_an_hour_the_history_still_has_picture_and_price() -> None:
    async def story(bench: Bench) -> Job:
        job = await bench.submit(text())
        bench.emulator.advance(2 * 3600)
        return await bench.provider.refresh(job)

    job = play(STAND, story)
    assert job.state is JobState.FINISHED
    assert str(job.charged) == "0.0543"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"model_status": "PENDING"}, JobState.RUNNING),
        ({"model_status": "DREAMING"}, JobState.RUNNING),
        ({"model_status": "FAILED", "error": "It broke"}, JobState.FAILED),
        ({"model_status": "COMPLETED", "generation_url": PICTURE}, JobState.FINISHED),
    ],
)
def test_the_history_has_words_of_its_own(changes: dict[str, Any], state: JobState) -> None:
    provider, seen = scripted(STAND, httpx.Response(404), httpx.Response(200, json={"data": row(1, **changes)}))
    job = asyncio.run(provider.refresh(at_work(provider, text(), remote_id="r1")))
    assert job.state is state
    assert seen[1].url.path == "/segmind-history/inference-request/request-history/r1"


def test_another_jobs_record_says_nothing_about_this_one() -> None:
    provider, _ = scripted(STAND, httpx.Response(404), httpx.Response(200, json=row(2, model_status="FAILED")))
    with pytest.raises(Unclear):
        asyncio.run(provider.refresh(at_work(provider, text(), remote_id="r1")))
