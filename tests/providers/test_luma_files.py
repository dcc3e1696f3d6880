"""Pictures too large to travel inside a request go through Luma's Files API."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.providers.test_luma import ID, STAND
from tests.workbench import ORIGIN, TOKEN, Bench, dry, edit, local, play, scripted, text
from uni_cli.models import JobState, Reference, Request
from uni_cli.providers.base import Refused, Unclear


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """A picture of a little more than 4 MB."""
    path, size = tmp_path_factory.mktemp("large") / "noise.png", (1200, 1200)
    Image.frombytes("RGB", size, Random(7).randbytes(3 * size[0] * size[1])).save(path, compress_level=0)
    return local(path, size=size)


def test_a_dry_run_shows_the_hash_of_what_will_be_uploaded(large: Reference) -> None:
    body = dry(STAND).body(edit(large), TOKEN).body
    assert body["source"] == {"file_id": f"upload:sha256:{large.sha256}"}


def test_large_pictures_are_uploaded_once_and_named_by_id(large: Reference) -> None:
    request = edit(large, references=(large,))

    async def story(bench: Bench) -> tuple[Request, JobState, int, int]:
        ready = await bench.provider.prepare(request)
        job = await bench.make(ready)
        return ready, job.state, len(bench.emulator.shelves["luma"]), bench.leaks

    ready, state, files, leaks = play(STAND, story, latency=0)
    assert (state, files, leaks) == (JobState.FINISHED, 1, 0)
    source, reference = ready.inputs
    assert source.remote == reference.remote
    assert (source.remote or "").startswith("file:")
    assert (source.remote_at, source.path, source.sha256) == ("luma", None, large.sha256)


def test_a_small_picture_is_not_uploaded(tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    Image.new("RGB", (8, 8)).save(path)
    request = edit(local(path, size=(8, 8)))
    provider, seen = scripted(STAND)
    assert asyncio.run(provider.prepare(request)) == request
    assert seen == []


def prepare(large: Reference, *answers: httpx.Response | Exception) -> tuple[Request, list[httpx.Request]]:
    provider, seen = scripted(STAND, *answers)
    return asyncio.run(provider.prepare(text(references=(large,)))), seen


def made(url: str = f"{ORIGIN}/store/1?sig=2") -> httpx.Response:
    upload = {"url": url, "method": "PUT", "headers": {"Content-Type": "image/png", "x-amz-acl": "private"}}
    return httpx.Response(201, json={"id": ID, "state": "pending", "upload": upload})


def state(name: str, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"id": ID, "state": name, **more})


def test_the_bytes_go_to_the_store_with_its_headers_and_without_the_key(large: Reference) -> None:
    ready, seen = prepare(large, made(), httpx.Response(200), state("pending"), state("ready"))
    assert ready.references[0].remote == f"file:{ID}"
    assert [(request.method, request.url.path) for request in seen] == [
        ("POST", "/luma/v1/files"),
        ("PUT", "/store/1"),
        ("POST", f"/luma/v1/files/{ID}/complete"),
        ("GET", f"/luma/v1/files/{ID}"),
    ]
    assert json.loads(seen[0].content) == {
        "mime_type": "image/png",
        "size_bytes": large.bytes,
        "filename": "noise.png",
    }
    put = seen[1]
    assert (put.headers["content-type"], put.headers["x-amz-acl"]) == ("image/png", "private")
    assert "authorization" not in put.headers
    assert len(put.content) == large.bytes


def test_an_upload_without_a_place_is_complete_already(large: Reference) -> None:
    answer = httpx.Response(201, json={"id": ID, "state": "ready", "upload": None})
    ready, seen = prepare(large, answer)
    assert (ready.references[0].remote, len(seen)) == (f"file:{ID}", 1)


def test_a_file_that_luma_cannot_use_is_told_before_anything_is_bought(large: Reference) -> None:
    with pytest.raises(Refused) as caught:
        prepare(large, made(), httpx.Response(200), state("failed", failure_reason="not an image"))
    assert caught.value.failure.code == "provider.rejected"
    assert "Luma could not use noise.png: not an image" in caught.value.failure.message


@pytest.mark.parametrize(
    "url", ["http://files.example.com/1", "https://10.0.0.8/1", "file:///etc/passwd", "", "https://a:b/1"]
)
def test_the_bytes_go_to_no_unsafe_place(large: Reference, url: str) -> None:
    with pytest.raises(Refused, match="no safe place"):
        prepare(large, made(url))


@pytest.mark.parametrize(
    "answers",
    [
        [httpx.Response(201, json={"id": "a/b", "state": "pending"})],
        [httpx.Response(201, text="<html>")],
        [httpx.Response(500, json={"detail": "Internal server error"})],
        [made(), httpx.Response(403)],
    ],
)
def test_trouble_of_an_upload_may_be_tried_again(large: Reference, answers: list[httpx.Response]) -> None:
    with pytest.raises(Unclear):
        prepare(large, *answers)


def test_a_refused_key_is_told_by_the_upload_already(large: Reference) -> None:
    with pytest.raises(Refused) as caught:
        prepare(large, httpx.Response(401, json={"detail": "Invalid API key"}))
    assert caught.value.failure.code == "key.refused"
