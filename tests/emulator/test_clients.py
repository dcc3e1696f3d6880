"""The services' own clients, unmodified, believe the emulator."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import httpx
import luma_agents
import pytest

from tests.emulator.desk import opened, picture
from uni_cli.emulator import create_app, env_lines
from uni_cli.emulator.server import running

# The package has no types, so it is imported by name.
segmind: Any = import_module("segmind")


@contextmanager
def served(*faults: str, latency: float = 0.05, luma_rpm: int = 30, segmind_rpm: int = 60) -> Iterator[str]:
    app = create_app(latency=latency, fast=True, faults=faults, luma_rpm=luma_rpm, segmind_rpm=segmind_rpm)
    with running(app) as url:
        yield url


@contextmanager
def luma(url: str, *, key: str = "luma-api-test") -> Iterator[luma_agents.Luma]:
    with luma_agents.Luma(auth_token=key, base_url=f"{url}/luma/v1", max_retries=0) as client:
        yield client


@contextmanager
def segmind_client(url: str, *, key: str = "SG_0123456789abcdef") -> Iterator[Any]:
    client = segmind.SegmindClient(api_key=key, base_url=f"{url}/segmind/v1")
    try:
        yield client
    finally:
        client._client.close()


def finished(client: luma_agents.Luma, job_id: str) -> luma_agents.types.Generation:
    for _ in range(1000):
        job = client.generations.get(job_id)
        if job.state in ("completed", "failed"):
            return job
    raise AssertionError("the job never ends")


def test_lumas_client_submits_polls_and_finds_the_picture() -> None:
    with served() as url, luma(url) as client:
        job = client.generations.create(prompt="a lighthouse", aspect_ratio="16:9", output_format="jpeg")
        done = finished(client, job.id)
        assert (job.state, job.output, done.state) == ("queued", [], "completed")
        assert done.output is not None
        assert done.output[0].url is not None
        assert opened(httpx.get(done.output[0].url).content).size == (2784, 1504)


def test_lumas_client_finds_its_names_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with served() as url:
        for line in env_lines(url):
            monkeypatch.setenv(*line.split("=", 1))
        with luma_agents.Luma() as client:
            assert client.generations.create(prompt="a lighthouse").state == "queued"


def test_lumas_client_uploads_a_file_and_edits_it() -> None:
    with served() as url, luma(url) as client:
        made = client.files.create(mime_type="image/png", size_bytes=len(picture()), purpose="input")
        assert made.upload is not None
        httpx.put(made.upload.url, content=picture(), headers=made.upload.headers).raise_for_status()
        client.files.complete(made.id)
        while client.files.get(made.id).state == "pending":
            continue
        job = client.generations.create(prompt="dusk", type="image_edit", source={"file_id": made.id})
        assert finished(client, job.id).state == "completed"
        assert [file.id for file in client.files.list().data] == [made.id]
        client.files.delete(made.id)
        assert client.files.get(made.id).state == "deleted"


def test_lumas_client_reads_the_failure() -> None:
    with served("luma:submit:moderated") as url, luma(url) as client:
        job = finished(client, client.generations.create(prompt="a lighthouse").id)
        assert (job.state, job.failure_code) == ("failed", "content_moderated")


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("sk-other", luma_agents.AuthenticationError),
        ("luma-api-wrong", luma_agents.AuthenticationError),
        ("luma-api-suspended", luma_agents.PermissionDeniedError),
        ("luma-api-broke", luma_agents.APIStatusError),
    ],
)
def test_lumas_client_raises_for_a_bad_key(key: str, error: type[Exception]) -> None:
    with served() as url, luma(url, key=key) as client, pytest.raises(error):
        client.generations.create(prompt="a lighthouse")


def test_lumas_client_raises_for_bad_requests_and_lost_connections() -> None:
    with served() as url, luma(url) as client:
        with pytest.raises(luma_agents.BadRequestError, match="Invalid aspect_ratio '21:9'"):
            client.generations.create(prompt="a lighthouse", aspect_ratio="21:9")
        with pytest.raises(luma_agents.UnprocessableEntityError):
            client.generations.create(prompt="a lighthouse", aspect_ratio="16:9", style="manga")
        with pytest.raises(luma_agents.NotFoundError):
            client.generations.get("00000000-0000-0000-0000-000000000000")
    with served("luma:submit:cut-after") as url, luma(url) as client:
        with pytest.raises(luma_agents.APIConnectionError):
            client.generations.create(prompt="a lighthouse")
        assert httpx.get(f"{url}/_emulator/stats").json()["luma"]["accepted"] == 1


def test_lumas_client_meets_the_rate_limit_and_reads_the_delay() -> None:
    with served(luma_rpm=1) as url, luma(url) as client:
        client.generations.create(prompt="a lighthouse")
        with pytest.raises(luma_agents.RateLimitError) as caught:
            client.generations.create(prompt="a lighthouse")
        assert 1 <= int(caught.value.response.headers["retry-after"]) <= 60


def test_lumas_client_repeats_a_paid_post_by_itself() -> None:
    """Why it is a test peer and no dependency of ours."""
    with served("luma:submit:cut-after:1") as url:
        with luma_agents.Luma(auth_token="luma-api-test", base_url=f"{url}/luma/v1") as client:
            client.generations.create(prompt="a lighthouse")
        assert httpx.get(f"{url}/_emulator/stats").json()["luma"]["accepted"] == 2


def test_segminds_client_submits_waits_and_finds_the_picture() -> None:
    with served() as url, segmind_client(url) as client:
        job = client.submit_async("luma-uni-1", prompt="a lighthouse", aspect_ratio="2:3")
        result = job.wait(interval=0.02)
        assert (job.submit_response["status"], result["status"]) == ("QUEUED", "COMPLETED")
        assert opened(httpx.get(result["output"]).content).size == (1696, 2464)


def test_segminds_client_runs_the_blocking_call() -> None:
    with served() as url, segmind_client(url) as client:
        answer = client.run_sync("luma-uni-1", prompt="a lighthouse")
        assert opened(answer.content).size == (2784, 1504)


def test_segminds_client_reads_the_failure() -> None:
    with served() as url, segmind_client(url) as client, pytest.raises(segmind.InferenceFailed) as caught:
        client.run("luma-uni-1", prompt="")
    assert caught.value.detail == "Prompt is required."


def test_segminds_client_gives_up_on_a_job_that_never_finishes() -> None:
    with served("segmind:submit:never") as url, segmind_client(url) as client:
        job = client.submit_async("luma-uni-1", prompt="a lighthouse")
        with pytest.raises(segmind.InferenceTimeout):
            job.wait(timeout=0.1, interval=0.02)


@pytest.mark.parametrize(("key", "status"), [("wrong", 401), ("broke", 406)])
def test_segminds_client_raises_for_a_bad_key(key: str, status: int) -> None:
    with served() as url, segmind_client(url, key=key) as client, pytest.raises(segmind.SegmindError) as caught:
        client.submit_async("luma-uni-1", prompt="a lighthouse")
    assert caught.value.status == status


def test_segminds_client_meets_the_rate_limit() -> None:
    with served(segmind_rpm=1) as url, segmind_client(url) as client:
        client.submit_async("luma-uni-1", prompt="a lighthouse")
        with pytest.raises(segmind.SegmindError) as caught:
            client.submit_async("luma-uni-1", prompt="a lighthouse")
        assert (caught.value.status, caught.value.detail) == (429, "Rate limit exceeded")
