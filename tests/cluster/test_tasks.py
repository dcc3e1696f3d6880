"""Dask may run any task again, at any time: a send then sends nothing, a collect places nothing twice."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, Queue

from tests.cluster.stand import standing
from tests.front import environment
from tests.workbench import text
from uni_cli.cluster import tasks
from uni_cli.cluster.orders import TICKET, Collect, Send, Sent, Service
from uni_cli.emulator import create_app, env_lines
from uni_cli.emulator.server import running
from uni_cli.emulator.state import Emulator
from uni_cli.engine.patience import Pauses
from uni_cli.models import Asset, Job, JobState, Target
from uni_cli.providers.base import Wire

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="these workers are stopped by a signal that Windows lacks"
)
TOKEN = "3f0c2c64-5d0e-4b6e-9b55-7a1f0f7f6a11"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Emulator, Service]]:
    app = create_app(fast=True, limits=False, latency=0.1)
    with running(app) as url:
        names = environment(env_lines(url))
        own = {**names, "UNI_STATE_DIR": str(tmp_path_factory.mktemp("workers")), "UNI_CONFIG": os.devnull}
        with standing(2, own) as stand, Client(stand.address, set_as_default=False) as client:
            yield client, app.state.emulator, Service("luma", names["UNI_LUMA__BASE_URL"])


def order(service: Service, ticket: str) -> Send:
    body = {"model": "uni-1", "prompt": "a fox", "type": "image", "aspect_ratio": "1:3"}
    return Send(service, Wire("POST", f"{service.base_url}/generations", body), TOKEN, ticket)


def send(client: Client, asked: Send) -> Sent:
    sent: Sent = client.submit(tasks.send, asked, pure=False, retries=0).result(timeout=20)
    return sent


def test_a_send_that_runs_again_tells_what_the_first_one_heard(site: tuple[Client, Emulator, Service]) -> None:
    client, emulator, service = site
    emulator.reset()
    Queue("again", client=client).put(TICKET)
    first, second, third = (send(client, order(service, "again")) for _ in range(3))

    assert first.answer is not None
    assert (first.answer.status, len(emulator.jobs.all)) == (201, 1)
    assert first.answer == second.answer == third.answer


def test_a_send_without_a_ticket_sends_nothing(site: tuple[Client, Emulator, Service]) -> None:
    client, emulator, service = site
    emulator.reset()
    sent = send(client, order(service, "taken by another"))
    assert sent == Sent(lost="the worker that was sending it is gone")
    assert emulator.jobs.all == []


def test_a_worker_at_another_address_takes_no_ticket(site: tuple[Client, Emulator, Service]) -> None:
    client, _, _ = site
    queue = Queue("elsewhere", client=client)
    queue.put(TICKET)
    sent = send(client, order(Service("luma", "http://127.0.0.1:9"), "elsewhere"))
    assert sent.not_sent is not None
    assert "UNI_LUMA__BASE_URL" in sent.not_sent
    assert queue.get(timeout=1) == TICKET


def test_a_collect_that_runs_five_times_places_one_picture(
    site: tuple[Client, Emulator, Service], tmp_path: Path
) -> None:
    client, emulator, service = site
    emulator.reset()
    Queue("once", client=client).put(TICKET)
    answer = send(client, order(service, "once")).answer
    assert answer is not None
    job = Job(
        id="7f3a9c21",
        run="run-1",
        provider="luma",
        base_url=service.base_url,
        request=text("a fox"),
        target=Target(template="fox.{ext}", folder=str(tmp_path / "out")),
        token=TOKEN,
        created=0.0,
        updated=0.0,
        state=JobState.QUEUED,
        remote_id=answer.json()["id"],
        assets=(Asset(data=b"bytes stay where they are"),),
    )
    asked = Collect(service, job, (), 20.0, Pauses())
    workers = list(client.scheduler_info()["workers"])
    together = [client.submit(tasks.collect, asked, pure=False, workers=[at]) for at in (*workers, *workers)]
    found = [future.result(timeout=20) for future in together]
    found.append(client.submit(tasks.collect, asked, pure=False).result(timeout=20))

    assert {(one.state, one.result and one.result.path) for one in found} == {
        (JobState.SAVED, str(tmp_path / "out" / "fox.png"))
    }
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["fox.png", "fox.png.json"]
    assert all(asset.data is None for one in found for asset in one.assets)
