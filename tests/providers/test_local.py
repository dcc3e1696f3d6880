"""The painter behind the protocol of the services: nothing is special about it but that it paints."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from uni_cli.models import ASPECTS, Job, JobState, Operation, Reference, Request, Role, Target
from uni_cli.providers.base import Access, Health, Provider
from uni_cli.providers.local import CAPABILITIES, Local
from uni_cli.settings import Service
from uni_cli.transport import Transport

TOKEN = "3c2f8a54-0c7e-4a46-9b7c-0d4a3c3f7a10"


@pytest.fixture
def painter() -> Local:
    return Local(Access(Transport(), "", None, Service()))


@pytest.fixture
def source(tmp_path: Path) -> Reference:
    path = tmp_path / "source.png"
    Image.new("RGB", (210, 140), (90, 140, 200)).save(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Reference("source.png", path=str(path), sha256=digest, media_type="image/png")


def planned(request: Request, token: str = TOKEN) -> Job:
    return Job("0123abcd", "run", "local", "", request, Target("x", "/"), token, 1.0, 1.0)


def life(painter: Local, request: Request, token: str = TOKEN) -> Job:
    async def live() -> Job:
        wire = painter.body(await painter.prepare(request), token)
        job = painter.accept(planned(request, token), await painter.submit(wire, token))
        assert job.state is JobState.QUEUED
        return await painter.refresh(job)

    return asyncio.run(live())


def pixels(job: Job) -> Image.Image:
    (asset,) = job.assets
    return Image.open(io.BytesIO(asset.data or b"")).convert("RGB")


def body(painter: Local, request: Request, token: str = TOKEN) -> dict[str, Any]:
    found: dict[str, Any] = painter.body(request, token).body
    return found


def test_it_is_a_provider(painter: Local) -> None:
    assert isinstance(painter, Provider)
    assert (Local.name, Local.capabilities) == ("local", CAPABILITIES)
    assert not CAPABILITIES.needs_key


def test_a_body_is_plain_json_each_time_the_same(painter: Local) -> None:
    request = Request(Operation.GENERATE, "fog")

    assert body(painter, request) == body(painter, request) == json.loads(json.dumps(body(painter, request)))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_each_shape_has_its_pixels(painter: Local, aspect: str) -> None:
    said = body(painter, Request(Operation.GENERATE, "fog", aspect=aspect))

    assert (said["width"], said["height"]) == ASPECTS[aspect]


def test_without_a_seed_each_job_has_its_own(painter: Local) -> None:
    request = Request(Operation.GENERATE, "fog")

    first, again, other = (body(painter, request, token)["seed"] for token in (TOKEN, TOKEN, "another"))

    assert first == again != other
    assert body(painter, replace(request, seed=12))["seed"] == 12


def test_an_edit_keeps_the_pixels_of_its_source(painter: Local, source: Reference) -> None:
    job = life(painter, Request(Operation.EDIT, "make it night", source=source, seed=3))

    assert (job.state, job.seed, job.charged) == (JobState.FINISHED, 3, Decimal(0))
    assert pixels(job).size == (210, 140)


def test_the_same_words_and_seed_make_the_same_picture_and_another_seed_another(
    painter: Local, source: Reference
) -> None:
    request = Request(Operation.EDIT, "heavy snow", source=source, seed=3)

    first, again = life(painter, request, "one"), life(painter, request, "two")
    other = life(painter, replace(request, seed=4))

    assert pixels(first).tobytes() == pixels(again).tobytes()
    assert pixels(first).tobytes() != pixels(other).tobytes()


@pytest.mark.parametrize(("format", "kind"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
def test_the_format_is_the_one_that_was_asked_for(painter: Local, source: Reference, format: str, kind: str) -> None:
    job = life(painter, Request(Operation.EDIT, "dusk", source=source, seed=3, format=format))

    assert Image.open(io.BytesIO(job.assets[0].data or b"")).format == kind


def test_a_job_in_doubt_is_simply_painted(painter: Local) -> None:
    request = Request(Operation.GENERATE, "fog")
    doubtful = replace(planned(request), state=JobState.IN_DOUBT)

    found = asyncio.run(painter.recover(doubtful, ()))

    assert isinstance(found, Job)
    assert (found.state, found.seed) == (JobState.QUEUED, body(painter, request)["seed"])


def test_roles_are_told_in_the_body(painter: Local, source: Reference) -> None:
    request = Request(Operation.GENERATE, "fog", references=(replace(source, role=Role.PALETTE),))

    assert body(painter, request)["references"] == [{"image": f"sha256:{source.sha256}", "role": "palette"}]


def test_a_source_that_is_gone_ends_the_job_with_words(painter: Local, source: Reference) -> None:
    Path(source.path or "").write_bytes(b"something else")

    job = life(painter, Request(Operation.EDIT, "dusk", source=source))

    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.code == "provider.failed"


def test_it_is_always_there_and_free(painter: Local) -> None:
    assert asyncio.run(painter.check()) == Health(ok=True, detail="always there, and free")
    assert painter.price(Request(Operation.GENERATE, "fog")).usd == 0
