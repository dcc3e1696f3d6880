"""Segmind, against its emulator and on answers written out."""

from __future__ import annotations

import asyncio
import base64
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from pydantic import SecretStr

from tests.contract import ProviderContract
from tests.workbench import (
    LINK,
    TOKEN,
    Bench,
    Stand,
    at_work,
    dry,
    edit,
    link,
    picture,
    play,
    reply,
    scripted,
    text,
)
from uni_cli.errors import BadSettings, Unsupported
from uni_cli.models import Asset, Failure, Job, JobState, Reference, Request
from uni_cli.providers.base import Access, Gone, Refused, Throttled, Unclear
from uni_cli.providers.segmind import Segmind
from uni_cli.settings import Segmind as Settings
from uni_cli.transport import Answer, Transport

PICTURE = "https://images.segmind.com/generations/5e8f0b1d-lighthouse.jpeg"


def settings(origin: str) -> Settings:
    return Settings(history_url=f"{origin}/segmind-history", upload_url=f"{origin}/segmind-upload")


STAND = Stand(Segmind, "/segmind", "SG_0123456789abcdef", settings)


class TestSegmind(ProviderContract):
    stand = STAND
    prices: ClassVar = {"uni-1": Decimal("0.0543"), "uni-1-max": Decimal("0.1290")}
    per_input = Decimal(0)
    recovers = True
    tells_charge = True


# What is sent


def test_a_new_picture_says_the_services_own_default_aloud() -> None:
    wire = dry(STAND).body(text("A cat"), TOKEN)
    assert wire.body == {"prompt": "A cat", "aspect_ratio": "16:9"}
    assert wire.url == "http://127.0.0.1/segmind/v2/luma-uni-1"


def test_everything_asked_for_is_sent() -> None:
    wire = dry(STAND).body(text("A cat", model="uni-1-max", aspect="2:3", style="manga", extra={"seed": 7}), TOKEN)
    assert wire.body == {"prompt": "A cat", "aspect_ratio": "2:3", "style": "manga", "seed": 7}
    assert wire.url == "http://127.0.0.1/segmind/v2/luma-uni-1-max"


def test_an_edit_has_an_aspect_only_if_it_was_asked_for() -> None:
    assert dry(STAND).body(edit(link()), TOKEN).body == {"prompt": "Make it night", "image": LINK}
    assert dry(STAND).body(edit(link(), aspect="3:2"), TOKEN).body["aspect_ratio"] == "3:2"


def test_a_dry_run_shows_the_hash_of_what_will_be_uploaded(tmp_path: Path) -> None:
    source = picture(tmp_path)
    assert dry(STAND).body(edit(source), TOKEN).body["image"] == f"upload:sha256:{source.sha256}"


@pytest.mark.parametrize(
    "request_",
    [
        text(references=(link(),)),
        edit(link(), references=(link(),)),
        edit(Reference(source="x", remote="file:1", remote_at="luma")),
    ],
)
def test_a_picture_that_it_cannot_take_is_never_left_out_silently(request_: Request) -> None:
    with pytest.raises(Unsupported):
        dry(STAND).body(request_, TOKEN)


@pytest.mark.parametrize("field", ["file_urls", "urls"])
def test_a_local_source_becomes_a_link(tmp_path: Path, field: str) -> None:
    source = picture(tmp_path)
    provider, seen = scripted(STAND, httpx.Response(200, json={field: [LINK]}))
    ready = asyncio.run(provider.prepare(edit(source)))
    assert provider.body(ready, TOKEN).body["image"] == LINK
    assert str(seen[0].url) == "http://127.0.0.1/segmind-upload/upload-asset"
    data = base64.b64encode((tmp_path / "scene.png").read_bytes()).decode()
    assert json.loads(seen[0].content) == {"data_urls": [f"data:image/png;base64,{data}"]}


@pytest.mark.parametrize("said", [{}, {"file_urls": []}, {"file_urls": ["ftp://x"]}, {"urls": LINK}, []])
def test_an_upload_without_a_link_may_be_tried_again(tmp_path: Path, said: Any) -> None:
    provider, _ = scripted(STAND, httpx.Response(200, json=said))
    with pytest.raises(Unclear):
        asyncio.run(provider.prepare(edit(picture(tmp_path))))


# Where the key goes


def test_a_stand_in_on_this_machine_gets_the_key_instead_of_the_real_hosts(tmp_path: Path) -> None:
    stand = Stand(Segmind, "/segmind", STAND.key)
    provider, seen = scripted(stand, httpx.Response(200, json={"urls": [LINK]}), httpx.Response(404))
    asyncio.run(provider.prepare(edit(picture(tmp_path))))
    with pytest.raises(Unclear):
        asyncio.run(provider.recover(at_work(provider, text(), sent={}), ()))
    assert {request.url.host for request in seen} == {"127.0.0.1"}


@pytest.mark.parametrize("field", ["history_url", "upload_url"])
def test_the_key_goes_over_plain_http_to_no_other_machine(field: str) -> None:
    service = Settings.model_validate({field: "http://segmind.example.com"})
    with pytest.raises(BadSettings) as caught:
        Segmind(Access(Transport(), "https://api.segmind.com", SecretStr("SG_1"), service))
    assert f"UNI_SEGMIND__{field.upper()}" in (caught.value.hint or "")


# What the answer to the submit means


def accept(answer: Answer) -> Job:
    provider = dry(STAND)
    return provider.accept(at_work(provider, text(), remote_id=None, state=JobState.SUBMITTING), answer)


def test_an_accepted_job_needs_nothing_but_its_id() -> None:
    job = accept(reply(200, {"request_id": "3b9d5e0c7a4f4d5f9c4e8a21b6f0d317"}))
    assert (job.state, job.remote_id) == (JobState.QUEUED, "3b9d5e0c7a4f4d5f9c4e8a21b6f0d317")


@pytest.mark.parametrize("said", [{}, [], {"error": "no"}, {"request_id": "a/b"}, {"request_id": ""}, b"<html>"])
def test_a_yes_without_an_id_proves_nothing(said: Any) -> None:
    with pytest.raises(Unclear):
        accept(reply(200, said))


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, "Bad request", "provider.rejected"),
        (401, "Invalid or expired API key", "key.refused"),
        (402, "Insufficient credits. You have 0 credits.", "provider.no_funds"),
        (403, "This model is not allowed for your team", "key.refused"),
        (404, "Model not found", "provider.unavailable"),
        (406, "Insufficient credits", "provider.no_funds"),
        (406, "Team spending limit reached", "provider.no_funds"),
        (406, "Invalid value for style.", "provider.rejected"),
        (406, "Invalid content type", "provider.rejected"),
        (406, "Blocked by content policy", "provider.moderated"),
        (410, "This model has been retired", "provider.unavailable"),
        (422, "Validation error", "provider.rejected"),
    ],
)
def test_a_no_is_told_with_its_reason(status: int, error: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        accept(reply(status, {"error": error}))
    assert caught.value.failure == Failure(code, f"Segmind: {error}")


def test_a_full_minute_waits_until_the_time_that_was_told() -> None:
    with pytest.raises(Throttled) as caught:
        accept(reply(429, {"error": "Rate limit exceeded"}, x_rate_limit_reset_at_utc="2000-01-01T00:00:00+00:00"))
    assert (caught.value.after, caught.value.slot) == (0.0, False)


# What a look at the job means


def look(*answers: httpx.Response) -> Job:
    provider, _ = scripted(STAND, *answers)
    return asyncio.run(provider.refresh(at_work(provider, text(), remote_id="r1")))


DONE = {"status": "COMPLETED", "metrics": {"cost": 0.0543}}


@pytest.mark.parametrize(
    ("word", "state"),
    [("QUEUED", JobState.QUEUED), ("PROCESSING", JobState.RUNNING), ("DREAMING", JobState.RUNNING)],
)
def test_only_two_words_end_a_job(word: str, state: JobState) -> None:
    assert look(httpx.Response(200, json={"status": word})).state is state


@pytest.mark.parametrize(
    "result",
    [
        {"output": PICTURE},
        {"output": [PICTURE]},
        {"output": [{"url": PICTURE}]},
        {"output": {"url": PICTURE}},
        {"output": None, "images": [{"url": PICTURE, "file_size": "912344"}]},
    ],
)
def test_the_picture_is_found_wherever_it_is(result: dict[str, Any]) -> None:
    job = look(httpx.Response(200, json=DONE), httpx.Response(200, json={**DONE, **result, "seed": 2093462}))
    assert job.state is JobState.FINISHED
    assert job.assets == (Asset(url=PICTURE),)
    assert (job.charged, job.seed) == (Decimal("0.0543"), 2093462)


def test_a_picture_inside_the_answer_is_unpacked() -> None:
    uri = f"data:image/png;base64,{base64.b64encode(b'bytes').decode()}"
    job = look(httpx.Response(200, json=DONE), httpx.Response(200, json={**DONE, "output": uri}))
    assert job.assets == (Asset(data=b"bytes", media_type="image/png"),)


def test_a_result_without_a_picture_is_looked_up_in_the_history() -> None:
    row = {"request_id": "r1", "model_status": "COMPLETED", "generation_url": PICTURE, "credits_deduction": 0.0543}
    job = look(httpx.Response(200, json=DONE), httpx.Response(200, json=DONE), httpx.Response(200, json=row))
    assert (job.state, job.assets, job.charged) == (JobState.FINISHED, (Asset(url=PICTURE),), Decimal("0.0543"))


def test_a_picture_that_nobody_names_is_asked_for_again() -> None:
    row = {"request_id": "r1", "model_status": "COMPLETED", "generation_url": None}
    with pytest.raises(Unclear):
        look(httpx.Response(200, json=DONE), httpx.Response(200, json=DONE), httpx.Response(200, json=row))


@pytest.mark.parametrize("status", [200, 422, 500])
def test_a_failure_is_believed_under_any_status(status: int) -> None:
    job = look(httpx.Response(status, json={"status": "FAILED", "error": "Prompt is required."}))
    assert job.state is JobState.FAILED
    assert job.failure == Failure("provider.failed", "Segmind: the job failed (Prompt is required.)")
    assert job.charged is None


def test_moderation_is_known_by_its_words() -> None:
    job = look(httpx.Response(422, json={"status": "FAILED", "error": "Blocked by Responsible AI practices"}))
    assert job.failure is not None
    assert job.failure.code == "provider.moderated"


def test_a_422_that_does_not_say_failed_ends_nothing() -> None:
    with pytest.raises(Unclear):
        look(httpx.Response(422, json={"error": "Validation error"}))


def test_an_answer_without_a_state_is_asked_for_again() -> None:
    with pytest.raises(Unclear):
        look(httpx.Response(200, json={"request_id": "r1"}))


def test_a_job_that_neither_queue_nor_history_knows_is_gone() -> None:
    with pytest.raises(Gone):
        look(httpx.Response(404, json={"error": "Request r1 not found"}), httpx.Response(404, json={}))


# Habits of the service that its sheet leaves open


@pytest.mark.parametrize(
    "habit",
    [
        *("answer=bare", "id=uuid", "output=list", "output=object", "output=images", "output=missing"),
        *("format=png", "params=406", "upload=urls"),
    ],
)
def test_every_habit_ends_in_a_picture(tmp_path: Path, habit: str) -> None:
    request = edit(picture(tmp_path))

    async def story(bench: Bench) -> tuple[int, int]:
        return (await bench.fetch((await bench.make(request)).assets[0])).size

    assert play(STAND, story, faults=[f"any:{habit}"]) == (96, 64)


def test_lack_of_credits_is_told_under_its_other_number_too() -> None:
    async def story(bench: Bench) -> Failure:
        return await bench.failure(text())

    assert play(STAND, story, faults=["any:nocredits=402"], key="SG_broke").code == "provider.no_funds"


# The free call


def test_the_check_tells_the_balance() -> None:
    provider, seen = scripted(STAND, httpx.Response(200, json={"credits": 12.5, "free-credits": 0.018}))
    health = asyncio.run(provider.check())
    assert (health.ok, health.balance_usd) == (True, Decimal("12.5"))
    assert str(seen[0].url) == "http://127.0.0.1/segmind/v1/get-user-credits"


@pytest.mark.parametrize(
    ("answer", "ok"),
    [
        (httpx.Response(404, json={"error": "No credit record"}), True),
        (httpx.Response(404, text="<html>"), False),
        (httpx.Response(200, text="<html>"), False),
        (httpx.Response(403, json={"error": "Forbidden"}), False),
    ],
)
def test_the_check_believes_only_what_is_said_plainly(answer: httpx.Response, ok: bool) -> None:
    provider, _ = scripted(STAND, answer)
    assert asyncio.run(provider.check()).ok is ok
