"""GMI Cloud against its emulator, and the bodies it sends, written out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from starlette.applications import Starlette

from tests.contract import ProviderContract
from tests.workbench import TOKEN, Bench, Stand, dry, edit, link, picture, play, scripted, text
from uni_cli.emulator import create_app
from uni_cli.errors import BadReference
from uni_cli.models import Job, JobState, Reference, Request
from uni_cli.providers.base import Health, NotFound, Refused, Throttled, Unclear
from uni_cli.providers.fit import lacks
from uni_cli.providers.gmicloud import CAPABILITIES, Gmicloud
from uni_cli.settings import Gmicloud as Settings
from uni_cli.settings import Service
from uni_cli.transport import Lost

KEY = "eyJ-gmicloud-test"
STAND = Stand(Gmicloud, "/gmicloud", KEY, lambda origin: Settings())
PREFIX = "http://127.0.0.1/gmicloud/api/v1/ie/requestqueue/apikey"
PLACE = "http://127.0.0.1/files/a.png?X-Amz-Signature=b"


@pytest.fixture(autouse=True)
def _pictures_are_ready_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The POST waits for its picture, and the emulator waits in real time."""

    def without_waiting(**options: Any) -> Starlette:
        return create_app(**{**options, "latency": 0})

    monkeypatch.setattr("tests.workbench.create_app", without_waiting)


class TestGmicloud(ProviderContract):
    stand = STAND
    prices: ClassVar = {"uni-1": Decimal("0.0404")}
    recovers = True
    doubtful = ("500", "html-502", "503", "504", "500-after", "504-after")


@pytest.mark.parametrize("shape", ["A", "B", "C"])
@pytest.mark.parametrize("media", ["objects", "strings", "image_url", "url"])
@pytest.mark.parametrize("outcome", ["null", "absent", "empty"])
def test_each_shape_of_answer_leads_to_the_picture(shape: str, media: str, outcome: str) -> None:
    async def story(bench: Bench) -> tuple[Job, tuple[int, int], int]:
        job = await bench.make(text(aspect="3:2"))
        return job, (await bench.fetch(job.assets[0])).size, bench.accepted

    faults = [f"any:shape={shape}", f"any:media={media}", f"any:outcome={outcome}"]
    job, size, accepted = play(STAND, story, faults=faults)
    assert (job.state, len(job.assets), size, accepted) == (JobState.FINISHED, 1, (2464, 1696), 1)


def test_a_jpeg_under_a_png_name_is_fetched_all_the_same() -> None:
    async def story(bench: Bench) -> str | None:
        return (await bench.fetch((await bench.make(text())).assets[0])).format

    assert play(STAND, story, faults=["any:format=jpeg"]) == "JPEG"


@pytest.mark.parametrize("reason", ["outcome", "error", "error_message", "reason"])
@pytest.mark.parametrize(("fate", "code"), [("failed", "provider.failed"), ("moderated", "provider.moderated")])
def test_why_a_job_failed_is_read_wherever_it_stands(reason: str, fate: str, code: str) -> None:
    async def story(bench: Bench) -> str:
        failure = await bench.failure(text())
        assert failure.message.startswith("GMI Cloud: Image generation failed: ")
        return failure.code

    assert play(STAND, story, faults=[f"submit:{fate}", f"any:reason={reason}"]) == code


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("submit:moderated=400", "provider.moderated"),
        ("submit:500=backend", "provider.rejected"),
        ("submit:400", "provider.rejected"),
        ("submit:402", "provider.no_funds"),
        ("submit:403", "key.refused"),
        ("submit:404", "provider.unavailable"),
    ],
)
def test_a_no_is_told_by_its_kind_and_buys_nothing(fault: str, code: str) -> None:
    async def story(bench: Bench) -> tuple[str, int]:
        with pytest.raises(Refused) as caught:
            await bench.submit(text())
        return caught.value.failure.code, bench.accepted

    assert play(STAND, story, faults=[fault]) == (code, 0)


# Bodies


def payload(request: Request, service: Service | None = None) -> dict[str, Any]:
    wire = dry(STAND, service).body(request, TOKEN)
    assert (wire.method, wire.url) == ("POST", f"{PREFIX}/requests")
    assert set(wire.body) == {"model", "payload"}
    assert wire.body["model"] == "luma-uni-1.1"
    found: dict[str, Any] = wire.body["payload"]
    return found


def test_text_gets_a_shape_even_when_none_is_asked_for() -> None:
    """The service's own default is square, unlike everybody else's."""
    assert payload(text("A pier")) == {"prompt": "A pier", "aspect_ratio": "16:9"}
    assert payload(text("A pier", aspect="2:3")) == {"prompt": "A pier", "aspect_ratio": "2:3"}


def test_an_edit_gets_a_shape_only_when_one_is_asked_for() -> None:
    source = link("https://pictures.example.com/street.png")
    dusk = edit(source, "Make it dusk", keep=("the shopfronts",))
    assert payload(dusk) == {
        "prompt": "Make it dusk\nKeep the shopfronts unchanged.",
        "image": "https://pictures.example.com/street.png",
    }
    assert payload(replace(dusk, aspect="1:1"))["aspect_ratio"] == "1:1"


def test_raw_fields_go_into_the_payload() -> None:
    assert payload(text("A pier", extra={"one.two": 3})) == {
        "prompt": "A pier",
        "aspect_ratio": "16:9",
        "one": {"two": 3},
    }


def test_a_picture_that_another_service_holds_is_refused() -> None:
    with pytest.raises(BadReference, match="held by runware"):
        payload(edit(Reference(source="a", remote="a", remote_at="runware")))


def test_its_capabilities_are_its_own() -> None:
    able = dry(STAND).capabilities
    assert (able.formats, able.sizes, able.references, able.references_with_source) == ((), (), 0, 0)
    assert (able.submit_timeout, able.concurrency, able.may_repost) == (600.0, None, False)
    assert (able.upload, able.waits_in_post, able.remote_inputs, able.seed) == (True, True, False, False)
    assert able.input_types == ("image/png", "image/jpeg")


# Uploads


def drawn(folder: Path, name: str) -> Reference:
    kind = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}[Path(name).suffix]
    return replace(picture(folder, name), media_type=kind)


def test_a_dry_run_names_a_local_file_by_its_hash(tmp_path: Path) -> None:
    file = picture(tmp_path)
    assert payload(edit(file))["image"] == f"upload:sha256:{file.sha256}"


@pytest.mark.parametrize(("name", "kind"), [("a.png", "png"), ("a.jpg", "jpeg")])
def test_a_file_goes_up_with_the_type_that_was_signed_and_without_the_key(name: str, kind: str, tmp_path: Path) -> None:
    file = drawn(tmp_path, name)
    told = {"upload_url": PLACE, "public_url": "https://pictures.example.com/a"}
    provider, seen = scripted(STAND, httpx.Response(200, json=told), httpx.Response(200))
    prepared = asyncio.run(provider.prepare(edit(file)))
    ask, put = seen
    assert (str(ask.url), ask.content) == (f"{PREFIX}/upload-url", f'{{"file_type": "{kind}"}}'.encode())
    assert (put.method, str(put.url), put.headers["content-type"]) == ("PUT", PLACE, f"image/{kind}")
    assert put.content == Path(file.path or "").read_bytes()
    assert (ask.headers["authorization"], "authorization" in put.headers) == (f"Bearer {KEY}", False)
    assert prepared.source == replace(file, path=None, url="https://pictures.example.com/a")


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_an_uploaded_file_can_be_edited(suffix: str, tmp_path: Path) -> None:
    async def story(bench: Bench) -> tuple[JobState, int]:
        job = await bench.make(edit(drawn(tmp_path, f"a.{suffix}")))
        return job.state, bench.leaks

    assert play(STAND, story) == (JobState.FINISHED, 0)


def test_a_webp_file_is_not_sent_as_it_is(tmp_path: Path) -> None:
    (lack,) = lacks(CAPABILITIES, edit(drawn(tmp_path, "a.webp")))
    assert (lack.option, lack.fatal) == ("--ref", False)
    assert "image/webp" in lack.text
    assert "encoded anew" in lack.text


@pytest.mark.parametrize("place", ["http://pictures.example.com/a", "ftp://127.0.0.1/a"])
def test_a_place_for_an_upload_that_is_not_safe_is_refused(place: str, tmp_path: Path) -> None:
    told = {"upload_url": place, "public_url": "https://pictures.example.com/a"}
    provider, seen = scripted(STAND, httpx.Response(200, json=told))
    with pytest.raises(Refused, match="not safe"):
        asyncio.run(provider.prepare(edit(picture(tmp_path))))
    assert len(seen) == 1


def test_an_upload_that_fails_is_tried_again_by_the_next_who_needs_it(tmp_path: Path) -> None:
    told = {"upload_url": PLACE, "public_url": "https://pictures.example.com/a"}
    error = b"<?xml version='1.0'?><Error><Code>SignatureDoesNotMatch</Code></Error>"
    provider, seen = scripted(
        STAND,
        httpx.Response(200, json=told),
        httpx.Response(403, content=error),
        httpx.Response(200, json=told),
        httpx.Response(200),
    )
    with pytest.raises(Unclear, match="answered 403: SignatureDoesNotMatch"):
        asyncio.run(provider.prepare(edit(picture(tmp_path))))
    asyncio.run(provider.prepare(edit(picture(tmp_path))))
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (401, {"error": "no"}, Refused),
        (429, {"error": "no"}, Throttled),
        (500, {"error": "no"}, Unclear),
        (200, {"upload_url": PLACE}, Unclear),
        (200, {"public_url": PLACE}, Unclear),
        (200, [], Unclear),
    ],
)
def test_no_place_for_an_upload_is_a_verdict(status: int, body: Any, verdict: type[Exception], tmp_path: Path) -> None:
    provider, _ = scripted(STAND, httpx.Response(status, json=body))
    with pytest.raises(verdict):
        asyncio.run(provider.prepare(edit(picture(tmp_path))))


# Coming back to a lost POST


async def lose(bench: Bench, request: Request, *also: str) -> Job:
    """A job whose POST arrived and whose answer did not."""
    wire = bench.provider.body(await bench.provider.prepare(request), TOKEN)
    bench.faults("submit:cut-after:1", *also)
    with pytest.raises(Lost):
        await bench.provider.submit(wire, TOKEN)
    return bench.job(request, sent=wire.body, state=JobState.IN_DOUBT)


@pytest.mark.parametrize("echo", ["usual", "full"])
def test_a_lost_edit_of_a_local_file_is_found(echo: str, tmp_path: Path) -> None:
    async def story(bench: Bench) -> tuple[JobState, int]:
        job = await lose(bench, edit(picture(tmp_path)), f"any:echo={echo}")
        found = await bench.provider.recover(job, ())
        assert isinstance(found, Job)
        return (await bench.finish(found)).state, bench.accepted

    assert play(STAND, story) == (JobState.FINISHED, 1)


def test_two_lost_edits_without_an_echo_are_not_told_apart() -> None:
    async def story(bench: Bench) -> object:
        await lose(bench, edit(link()))
        return await bench.provider.recover(await lose(bench, edit(link(), "Make it rain")), ())

    assert play(STAND, story) == NotFound(may_repost=False)


def test_of_two_alike_each_gets_its_own() -> None:
    async def story(bench: Bench) -> list[str | None]:
        first, second = await lose(bench, text()), await lose(bench, text())
        one = await bench.provider.recover(first, ())
        assert isinstance(one, Job)
        two = await bench.provider.recover(second, {one.remote_id or ""})
        assert isinstance(two, Job)
        jobs = [job.id for job in bench.emulator.jobs.all]
        assert [one.remote_id, two.remote_id] == jobs
        return [one.remote_id, two.remote_id]

    assert len(set(play(STAND, story))) == 2


@pytest.mark.parametrize("form", ["ids", "objects"])
def test_the_check_reads_both_lists_of_models(form: str) -> None:
    async def story(bench: Bench) -> str:
        health = await bench.provider.check()
        assert health.ok
        return health.detail

    assert "luma-uni-1.1" in play(STAND, story, faults=[f"check:models={form}"])


@pytest.mark.parametrize(
    ("status", "body", "detail"),
    [
        (200, {"model_ids": ["another-model"]}, "The key works, but luma-uni-1.1 is not enabled for it."),
        (200, [], "GMI Cloud's list of models cannot be read"),
        (503, {"model_ids": ["luma-uni-1.1"], "error": "busy"}, "GMI Cloud answered 503: busy"),
    ],
)
def test_a_check_that_fails_says_why(status: int, body: Any, detail: str) -> None:
    provider, _ = scripted(STAND, httpx.Response(status, json=body))
    assert asyncio.run(provider.check()) == Health(ok=False, detail=detail)


def test_the_organisation_of_the_settings_goes_with_every_call_to_the_service() -> None:
    stand = replace(STAND, service=lambda origin: Settings(organization="org-7"))
    provider, seen = scripted(stand, httpx.Response(200, json={"model_ids": []}))
    asyncio.run(provider.check())
    assert seen[0].headers["x-organization-id"] == "org-7"
