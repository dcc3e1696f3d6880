"""Luma's own service, against its emulator and on answers written out."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from tests.contract import ProviderContract
from tests.workbench import LINK, TOKEN, Bench, Stand, at_work, dry, edit, picture, play, reply, scripted, text
from uni_cli.errors import BadReference
from uni_cli.models import Failure, Job, JobState, Reference, Request, Role
from uni_cli.providers.base import Refused, Throttled, Unclear
from uni_cli.providers.luma import Luma
from uni_cli.transport import Answer

STAND = Stand(Luma, "/luma/v1", "luma-api-test")
ID = "0b9a7f5e-3a64-4c6b-8a5f-6d0c9f1f2e77"


class TestLuma(ProviderContract):
    stand = STAND
    prices: ClassVar = {"uni-1": Decimal("0.0404"), "uni-1-max": Decimal("0.1000")}


def body(request: Request) -> Any:
    return dry(STAND).body(request, TOKEN).body


def held(remote: str, *, at: str = "luma") -> Reference:
    return Reference(source=remote, remote=remote, remote_at=at)


# What is sent


def test_a_plain_request_leaves_the_aspect_to_the_model() -> None:
    assert body(text("A lighthouse in fog")) == {
        "model": "uni-1",
        "type": "image",
        "prompt": "A lighthouse in fog",
        "output_format": "png",
    }


def test_everything_asked_for_is_sent() -> None:
    reference = Reference(source=LINK, url=LINK, role=Role.PALETTE)
    request = text("A cat", model="uni-1-max", aspect="2:3", style="manga", search=True, format="jpeg")
    assert body(replace(request, references=(reference,), extra={"user_id": "u1"})) == {
        "model": "uni-1-max",
        "type": "image",
        "prompt": "A cat\nUse IMAGE1 as a PALETTE reference.",
        "aspect_ratio": "2:3",
        "style": "manga",
        "web_search": True,
        "output_format": "jpeg",
        "image_ref": [{"url": LINK}],
        "user_id": "u1",
    }


def test_an_edit_sends_its_source_inline_and_no_aspect(tmp_path: Path) -> None:
    source = picture(tmp_path)
    data = base64.b64encode((tmp_path / "scene.png").read_bytes()).decode()
    assert body(edit(source, "Make it night", aspect="3:2", keep=("the tower",))) == {
        "model": "uni-1",
        "type": "image_edit",
        "prompt": "Make it night\nKeep the tower unchanged.",
        "output_format": "png",
        "source": {"data": data, "media_type": "image/png"},
    }


def test_a_format_that_is_made_here_is_asked_for_as_png() -> None:
    assert body(text(format="webp"))["output_format"] == "png"


def test_a_file_that_luma_holds_goes_anywhere_and_a_generation_is_a_source_only() -> None:
    request = edit(held(f"generation:{ID}"), references=(held(f"file:{ID}"),))
    assert (body(request)["source"], body(request)["image_ref"]) == ({"generation_id": ID}, [{"file_id": ID}])
    assert body(edit(held(ID)))["source"] == {"generation_id": ID}
    with pytest.raises(BadReference, match="only as the source of an edit"):
        body(text(references=(held(f"generation:{ID}"),)))


def test_an_earlier_picture_is_edited_by_its_id() -> None:
    async def story(bench: Bench) -> tuple[int, int]:
        first = await bench.make(text(aspect="2:1"))
        second = await bench.make(edit(held(first.remote_id or "")))
        return (await bench.fetch(second.assets[0])).size

    assert play(STAND, story) == (2912, 1440)


@pytest.mark.parametrize("reference", [held(ID, at="runware"), held(f"asset:{ID}")])
def test_an_id_of_another_kind_is_refused(reference: Reference) -> None:
    with pytest.raises(BadReference):
        body(edit(reference))


def test_the_submit_carries_the_key_and_a_request_id_for_tracing() -> None:
    provider, seen = scripted(STAND, httpx.Response(201, json={"id": ID}))
    asyncio.run(provider.submit(provider.body(text(), TOKEN), TOKEN))
    assert seen[0].method == "POST"
    assert str(seen[0].url) == "http://127.0.0.1/luma/v1/generations"
    assert seen[0].headers["authorization"] == "Bearer luma-api-test"
    assert seen[0].headers["x-request-id"] == TOKEN


# What the answer to the submit means


def accept(answer: Answer) -> Job:
    provider = dry(STAND)
    return provider.accept(at_work(provider, text(), remote_id=None, state=JobState.SUBMITTING), answer)


def test_an_accepted_job_is_queued_under_its_id() -> None:
    job = accept(reply(201, {"id": ID, "state": "queued"}))
    assert (job.state, job.remote_id) == (JobState.QUEUED, ID)


@pytest.mark.parametrize("said", [{}, [], None, {"id": None}, {"id": "../files"}, {"id": 7}, b"<html>"])
def test_a_yes_without_an_id_proves_nothing(said: Any) -> None:
    with pytest.raises(Unclear):
        accept(reply(201, said))


@pytest.mark.parametrize(
    ("status", "detail", "code"),
    [
        (400, "Invalid aspect_ratio '4:3'", "provider.rejected"),
        (400, "Unknown model: uni-1-max", "provider.unavailable"),
        (401, "API key has expired", "key.refused"),
        (402, "Insufficient balance", "provider.no_funds"),
        (403, "API client is suspended", "key.refused"),
        (404, "Not found", "provider.unavailable"),
        (413, "image exceeds 50 MB limit", "provider.rejected"),
        (422, "source: failed to fetch URL (HTTP 404)", "provider.rejected"),
        (422, "The prompt was flagged by moderation", "provider.moderated"),
    ],
)
def test_a_no_is_told_with_its_reason(status: int, detail: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        accept(reply(status, {"detail": detail}))
    assert caught.value.failure == Failure(code, f"Luma: {detail}")


def test_too_many_jobs_at_once_waits_for_a_slot() -> None:
    with pytest.raises(Throttled) as caught:
        accept(reply(429, {"detail": "Too many concurrent jobs"}, Retry_After="60"))
    assert (caught.value.slot, caught.value.after) == (True, 60.0)


def test_one_job_more_than_the_account_may_have_is_one_of_those() -> None:
    async def story(bench: Bench) -> tuple[bool, int]:
        await bench.submit(text())
        with pytest.raises(Throttled) as caught:
            await bench.submit(text())
        return caught.value.slot, bench.accepted

    assert play(STAND, story, limits=True, luma_jobs=1) == (True, 1)


def test_a_full_minute_waits_for_the_time_that_was_told() -> None:
    with pytest.raises(Throttled) as caught:
        accept(reply(429, {"detail": "Rate limit exceeded"}, Retry_After="7", X_RateLimit_Remaining="0"))
    assert (caught.value.slot, caught.value.after) == (False, 7.0)


def test_only_the_503_about_links_says_that_nothing_ran() -> None:
    with pytest.raises(Throttled):
        accept(reply(503, {"detail": "Image URL ingestion unavailable"}))
    for status, said in [(503, {"detail": "Service unavailable"}), (502, {"detail": "Upstream service unavailable"})]:
        with pytest.raises(Unclear):
            accept(reply(status, said))


# What a look at the job means


def look(said: Any, *, status: int = 200) -> Job:
    provider, _ = scripted(STAND, httpx.Response(status, json=said))
    return asyncio.run(provider.refresh(at_work(provider, text(), remote_id=ID)))


@pytest.mark.parametrize(
    ("word", "state"),
    [("queued", JobState.QUEUED), ("processing", JobState.RUNNING), ("dreaming", JobState.RUNNING)],
)
def test_only_two_words_end_a_job(word: str, state: JobState) -> None:
    assert look({"id": ID, "state": word, "output": []}).state is state


@pytest.mark.parametrize(
    "said",
    [
        {"id": ID, "state": "completed", "output": []},
        {"id": ID, "state": "completed", "output": None},
        {"id": ID, "state": "completed", "output": [{"type": "image", "url": None}]},
        {"id": "another", "state": "failed"},
        {"id": ID, "state": None},
        {"id": ID},
        [],
    ],
)
def test_an_answer_that_does_not_say_it_all_is_asked_for_again(said: Any) -> None:
    with pytest.raises(Unclear):
        look(said)


@pytest.mark.parametrize(
    ("failure_code", "code"),
    [
        ("content_moderated", "provider.moderated"),
        ("budget_exhausted", "provider.no_funds"),
        ("generation_failed", "provider.failed"),
        ("output_not_found", "provider.failed"),
        ("image_too_large", "provider.failed"),
        ("unsupported_format", "provider.failed"),
        ("corrupt_input", "provider.failed"),
        ("invalid_request", "provider.failed"),
        ("rate_limited", "provider.failed"),
        ("a_new_word", "provider.failed"),
    ],
)
def test_each_failure_code_has_its_meaning(failure_code: str, code: str) -> None:
    job = look({"id": ID, "state": "failed", "failure_code": failure_code, "failure_reason": "It broke"})
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.code == code
    assert f"({failure_code}: It broke)" in job.failure.message


def test_moderation_without_a_code_is_known_by_its_words() -> None:
    job = look({"id": ID, "state": "failed", "failure_code": None, "failure_reason": "Content policy"})
    assert job.failure == Failure("provider.moderated", "Luma: the job failed (Content policy)")


def test_a_404_from_somewhere_else_is_no_working_key() -> None:
    provider, _ = scripted(STAND, httpx.Response(404, json={"detail": "Not Found"}))
    assert not asyncio.run(provider.check()).ok
