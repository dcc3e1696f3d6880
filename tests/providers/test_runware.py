"""Runware against its emulator, and the bodies it sends, written out."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.contract import ProviderContract
from tests.workbench import TOKEN, Bench, Stand, dry, edit, link, picture, play, text
from uni_cli.errors import BadReference, Unsupported
from uni_cli.models import Job, JobState, Reference, Request, Role
from uni_cli.providers.base import Gone, NotFound
from uni_cli.providers.runware import Runware
from uni_cli.settings import Service
from uni_cli.transport import Lost

STAND = Stand(Runware, "/runware/v1", "runware-test-key")
HELD = "c1a94c1e-7a52-4d0b-9b57-0c1a8e2f4411"


class TestRunware(ProviderContract):
    stand = STAND
    prices: ClassVar = {"uni-1": Decimal("0.0404"), "uni-1-max": Decimal("0.1000")}
    recovers = True
    tells_charge = True
    tells_seed = True
    doubtful = ("500", "html-502", "503", "504", "408", "500-after", "504-after")

    def test_an_id_the_service_does_not_know_is_gone_and_no_verdict(self) -> None:
        """Where the service names it an error. An empty answer is also how a running task may look."""

        async def story(bench: Bench) -> JobState:
            job = bench.job(text(), remote_id=TOKEN, state=JobState.QUEUED)
            with pytest.raises(Gone):
                await bench.provider.refresh(job)
            bench.faults("poll:unknown=empty")
            return (await bench.provider.refresh(job)).state

        assert play(STAND, story, faults=["poll:unknown=error"]) is JobState.RUNNING


# The three requests of Runware's own page about Uni-1, with other words for the prompts.


def test_a_relic_chamber_is_edited_with_one_reference() -> None:
    request = edit(
        link("https://pictures.example.com/chamber.png"),
        "Let a shaft of dust and gold fall on the relic; the masonry stays",
        references=(link("https://pictures.example.com/relic.png"),),
        size=(2464, 1696),
        format="jpeg",
    )
    assert dry(STAND).body(request, TOKEN).body == [
        {
            "taskType": "imageInference",
            "taskUUID": "3f0c2c64-5d0e-4b6e-9b55-7a1f0f7f6a11",
            "model": "luma:uni@1",
            "positivePrompt": "Let a shaft of dust and gold fall on the relic; the masonry stays",
            "width": 2464,
            "height": 1696,
            "inputs": {
                "seedImage": "https://pictures.example.com/chamber.png",
                "referenceImages": ["https://pictures.example.com/relic.png"],
            },
            "numberResults": 1,
            "outputType": "URL",
            "outputFormat": "JPG",
            "includeCost": True,
            "deliveryMethod": "async",
        }
    ]
    assert dry(STAND).price(request).usd == Decimal("0.0464")


def test_a_bazaar_rooftop_borrows_from_two_references() -> None:
    request = text(
        "Carpets dry on the roofs above a bazaar at noon",
        references=(
            replace(link("https://pictures.example.com/roofs.png"), role=Role.COMPOSITION),
            replace(link("https://pictures.example.com/dyes.png"), role=Role.PALETTE, borrow="indigo and saffron"),
        ),
        aspect="2:1",
    )
    assert dry(STAND).body(request, TOKEN).body == [
        {
            "taskType": "imageInference",
            "taskUUID": "3f0c2c64-5d0e-4b6e-9b55-7a1f0f7f6a11",
            "model": "luma:uni@1",
            "positivePrompt": "Carpets dry on the roofs above a bazaar at noon\n"
            "Use IMAGE1 as a COMPOSITION reference.\n"
            "Use IMAGE2 as a PALETTE reference: take indigo and saffron from it.",
            "width": 2912,
            "height": 1440,
            "inputs": {
                "referenceImages": ["https://pictures.example.com/roofs.png", "https://pictures.example.com/dyes.png"]
            },
            "numberResults": 1,
            "outputType": "URL",
            "outputFormat": "PNG",
            "includeCost": True,
            "deliveryMethod": "async",
        }
    ]
    assert dry(STAND).price(request).usd == Decimal("0.0464")


def test_a_glasshouse_library_is_made_from_text_alone() -> None:
    request = text(
        "Shelves between palms in a glasshouse, rain on the panes", size=(2464, 1696), style="auto", search=True
    )
    assert dry(STAND).body(request, TOKEN).body == [
        {
            "taskType": "imageInference",
            "taskUUID": "3f0c2c64-5d0e-4b6e-9b55-7a1f0f7f6a11",
            "model": "luma:uni@1",
            "positivePrompt": "Shelves between palms in a glasshouse, rain on the panes",
            "width": 2464,
            "height": 1696,
            "settings": {"search": True, "style": "auto"},
            "numberResults": 1,
            "outputType": "URL",
            "outputFormat": "PNG",
            "includeCost": True,
            "deliveryMethod": "async",
        }
    ]
    assert dry(STAND).price(request).usd == Decimal("0.0404")


def test_the_three_together_cost_what_the_service_charges() -> None:
    requests = [
        edit(link(), references=(link(),), size=(2464, 1696)),
        text(references=(link(), link()), size=(2912, 1440)),
        text(size=(2464, 1696)),
    ]

    async def story(bench: Bench) -> list[Decimal | None]:
        return [
            (await bench.finish(await bench.submit(request, token=f"{TOKEN[:-1]}{number}"))).charged
            for number, request in enumerate(requests)
        ]

    assert play(STAND, story) == [Decimal("0.0464"), Decimal("0.0464"), Decimal("0.0404")]


def task(request: Request, service: Service | None = None) -> dict[str, Any]:
    body: list[dict[str, Any]] = dry(STAND, service).body(request, TOKEN).body
    assert len(body) == 1
    return body[0]


def test_without_a_shape_the_service_decides() -> None:
    assert {"width", "height"} & set(task(text())) == set()
    assert {"width", "height"} & set(task(edit(link()))) == set()


def test_an_edit_takes_a_shape_but_never_settings() -> None:
    sent = task(edit(link(), aspect="9:16", style="auto", search=False))
    assert (sent["width"], sent["height"]) == (1504, 2784)
    assert "settings" not in sent


def test_what_is_asked_of_the_delivery_is_passed_on() -> None:
    sent = task(
        text(
            model="uni-1-max",
            format="webp",
            quality=81,
            safety="fast",
            webhook="https://hooks.example.com/a",
            upload_to="https://shelf.example.com/b?signature=c",
            ttl=600,
        )
    )
    assert sent["model"] == "luma:uni@1-max"
    assert (sent["outputFormat"], sent["outputQuality"], sent["ttl"]) == ("WEBP", 81, 600)
    assert sent["safety"] == {"checkContent": True, "mode": "fast"}
    assert sent["webhookURL"] == "https://hooks.example.com/a"
    assert sent["uploadEndpoint"] == "https://shelf.example.com/b?signature=c"


def test_a_local_file_travels_inside_the_body_and_a_held_one_by_its_id(tmp_path: Path) -> None:
    file = picture(tmp_path)
    held = Reference(source=HELD, remote=HELD, remote_at="runware")
    inputs = task(edit(held, references=(file,)))["inputs"]
    assert inputs["seedImage"] == HELD
    head, encoded = inputs["referenceImages"][0].split(",")
    assert head == "data:image/png;base64"
    assert hashlib.sha256(base64.b64decode(encoded)).hexdigest() == file.sha256


def test_a_picture_that_another_service_holds_is_refused() -> None:
    with pytest.raises(BadReference, match="held by luma"):
        task(edit(Reference(source="generation:a", remote="generation:a", remote_at="luma")))


def test_raw_fields_reach_into_objects_and_may_replace_ours() -> None:
    sent = task(text(style="manga", extra={"settings.search": True, "outputFormat": "JPG", "safety": {"mode": "none"}}))
    assert sent["settings"] == {"style": "manga", "search": True}
    assert (sent["outputFormat"], sent["safety"]) == ("JPG", {"mode": "none"})


@pytest.mark.parametrize("name", ["taskUUID", "taskType", "numberResults"])
def test_raw_fields_cannot_cut_the_way_back_to_the_job(name: str) -> None:
    with pytest.raises(Unsupported, match=name):
        task(text(extra={name: "other"}))


def test_a_picture_of_an_earlier_job_is_an_input_of_the_next() -> None:
    async def story(bench: Bench) -> JobState:
        first = await bench.make(text(aspect="1:1"))
        held = Reference(source=first.id, remote=first.notes["handle"], remote_at="runware")
        assert first.assets[0].id == first.notes["handle"]
        return (await bench.finish(await bench.submit(edit(held), token=HELD))).state

    assert play(STAND, story) is JobState.FINISHED


# Coming back to a job


@pytest.mark.parametrize("policy", ["always", "while-running"])
@pytest.mark.parametrize("unknown", ["empty", "error"])
def test_a_task_that_never_arrived_may_be_sent_again_and_is_bought_once(policy: str, unknown: str) -> None:
    async def story(bench: Bench) -> tuple[object, JobState, int]:
        wire = bench.provider.body(text(), TOKEN)
        bench.faults("submit:cut-before:1", f"any:unknown={unknown}", f"any:duplicates={policy}")
        with pytest.raises(Lost):
            await bench.provider.submit(wire, TOKEN)
        lost = bench.job(text(), state=JobState.IN_DOUBT)
        found = await bench.provider.recover(lost, ())
        assert bench.provider.body(text(), TOKEN) == wire
        again = bench.provider.accept(lost, await bench.provider.submit(wire, TOKEN))
        return found, (await bench.finish(again)).state, bench.accepted

    assert play(STAND, story) == (NotFound(may_repost=True), JobState.FINISHED, 1)


@pytest.mark.parametrize("running", ["row", "empty", "pending"])
@pytest.mark.parametrize("details", ["last", "ack"])
def test_a_task_that_arrived_is_found_while_it_runs(running: str, details: str) -> None:
    assert recovered(f"poll:running={running}", f"recover:details={details}") in (JobState.QUEUED, JobState.RUNNING)


@pytest.mark.parametrize("form", ["A", "B"])
@pytest.mark.parametrize(("fate", "code"), [("failed", "provider.failed"), ("moderated", "provider.moderated")])
def test_a_lost_task_that_failed_is_found_failed(form: str, fate: str, code: str) -> None:
    async def story(bench: Bench) -> str:
        job = await bench.submit(text())
        bench.emulator.advance(60)
        found = await bench.provider.recover(replace(job, state=JobState.IN_DOUBT, remote_id=None), ())
        assert isinstance(found, Job)
        assert found.state is JobState.FAILED
        return found.failure.code if found.failure else ""

    assert play(STAND, story, faults=[f"submit:{fate}", f"any:form={form}"]) == code


def recovered(*lines: str) -> JobState:
    async def story(bench: Bench) -> JobState:
        await bench.submit(text())
        bench.faults(*lines)
        found = await bench.provider.recover(bench.job(text(), state=JobState.IN_DOUBT), ())
        assert isinstance(found, Job)
        assert found.remote_id == TOKEN
        return found.state

    return play(STAND, story)


def test_a_second_sending_of_a_running_task_counts_as_accepted() -> None:
    async def story(bench: Bench) -> tuple[JobState, JobState, int]:
        await bench.submit(text())
        again = await bench.submit(text())
        archived = await bench.provider.recover(bench.job(text(), state=JobState.IN_DOUBT), ())
        assert isinstance(archived, Job)
        return again.state, archived.state, bench.accepted

    assert play(STAND, story, faults=["poll:running=empty"]) == (JobState.QUEUED, JobState.QUEUED, 1)


# The free call


@pytest.mark.parametrize("form", ["object", "number"])
def test_the_balance_is_read_in_both_forms(form: str) -> None:
    async def story(bench: Bench) -> tuple[bool, Decimal | None]:
        health = await bench.provider.check()
        return health.ok, health.balance_usd

    assert play(STAND, story, faults=[f"check:balance={form}"]) == (True, Decimal("25.0"))


def test_a_flagged_picture_that_is_delivered_is_kept_with_a_note() -> None:
    async def story(bench: Bench) -> Job:
        return await bench.make(text(safety="fast"))

    job = play(STAND, story, faults=["submit:moderated=nsfw"])
    assert (job.state, job.notes["nsfw"]) == (JobState.FINISHED, True)


def test_a_body_survives_a_trip_through_the_ledger(tmp_path: Path) -> None:
    from uni_cli import codec

    request = edit(picture(tmp_path), "Night", references=(link(),), extra={"a.b": 1, "c": [2]}, aspect="1:1")
    stored = codec.request_from(json.loads(codec.dumps(request)))
    assert task(stored) == task(request)
