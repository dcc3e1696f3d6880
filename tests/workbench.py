"""A provider in front of a fresh emulator, in this process: what every provider test starts from."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import httpx
from PIL import Image
from pydantic import SecretStr
from starlette.applications import Starlette

from uni_cli.emulator import ConnectionCut, create_app
from uni_cli.emulator.state import Emulator
from uni_cli.models import Asset, Failure, Job, JobState, Operation, Reference, Request, Target
from uni_cli.providers.base import Access, Provider, Refused
from uni_cli.settings import Service
from uni_cli.transport import Answer, Transport

ORIGIN = "http://127.0.0.1"
TOKEN = "3f0c2c64-5d0e-4b6e-9b55-7a1f0f7f6a11"
OTHER_TOKEN = "0b9a7f5e-3a64-4c6b-8a5f-6d0c9f1f2e77"
LINK = "https://pictures.example.com/palette.png"
T = TypeVar("T")


class InProcess(httpx.AsyncBaseTransport):
    """The emulator without a socket; where it hangs up, the client sees a broken connection."""

    def __init__(self, app: Starlette) -> None:
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except ConnectionCut as cut:
            kind = httpx.ConnectError if cut.kind == "refuse" else httpx.ReadError
            raise kind(str(cut), request=request) from cut


@dataclass(frozen=True, slots=True)
class Bench:
    """One provider, the emulator behind it, and short ways through a job's life."""

    provider: Provider
    emulator: Emulator
    transport: Transport
    base_url: str

    @property
    def accepted(self) -> int:
        return int(self.emulator.stats()[self.provider.name]["accepted"])

    @property
    def leaks(self) -> int:
        return int(self.emulator.stats()[self.provider.name]["leaks"])

    @property
    def requests(self) -> int:
        return int(self.emulator.stats()[self.provider.name]["requests"])

    def faults(self, *lines: str) -> None:
        """From now on these strike, and no others; a line is STEP:KIND[:COUNT]."""
        self.emulator.faults.replace([f"{self.provider.name}:{line}" for line in lines])

    def job(self, request: Request, **changes: Any) -> Job:
        """A job as the engine keeps it just before the submit."""
        now = self.emulator.now()
        given = {"base_url": self.base_url, "created": now, "updated": now, "state": JobState.SUBMITTING, **changes}
        return job_for(self.provider, request, **given)

    async def submit(self, request: Request, *, token: str = TOKEN) -> Job:
        """Everything up to the service's yes."""
        ready = await self.provider.prepare(request)
        wire = self.provider.body(ready, token)
        job = self.job(ready, token=token, sent=wire.body)
        return self.provider.accept(job, await self.provider.submit(wire, token))

    async def finish(self, job: Job) -> Job:
        """Look until the job has ended, with the emulator's clock running ahead."""
        for _ in range(20):
            if job.state is JobState.FINISHED or job.ended:
                return job
            self.emulator.advance(60)
            job = await self.provider.refresh(job)
        raise AssertionError(f"the job never ends: {job}")

    async def make(self, request: Request) -> Job:
        return await self.finish(await self.submit(request))

    async def failure(self, request: Request) -> Failure:
        """Why a request came to nothing, whenever the service said so."""
        try:
            job = await self.make(request)
        except Refused as refused:
            return refused.failure
        if job.failure is None:
            raise AssertionError(f"the job did not fail: {job}")
        return job.failure

    async def fetch(self, asset: Asset) -> Image.Image:
        """The picture behind an asset, downloaded as the engine does: without any key."""
        if asset.data is not None:
            return opened(asset.data)
        parts: list[bytes] = []
        arrival = await self.transport.download(asset.url or "", parts.append, limit=2**28, loopback=True)
        assert arrival.status == 200, (arrival, asset.url)
        return opened(b"".join(parts))


@dataclass(frozen=True, slots=True)
class Stand:
    """How to reach one service inside the emulator."""

    build: Callable[[Access], Provider]
    path: str
    key: str
    service: Callable[[str], Service] = lambda origin: Service()
    # Seconds of the emulator's clock, which a story moves; 0 for a service whose POST waits in real time.
    latency: float = 20.0


def play(
    stand: Stand,
    story: Callable[[Bench], Awaitable[T]],
    *,
    key: str | None = "",
    service: Service | None = None,
    faults: Sequence[str] = (),
    latency: float | None = None,
    limits: bool = False,
    **options: Any,
) -> T:
    """Run a story on a fresh bench. `key` is the stand's own unless another is given; None is a dry run."""
    seconds = stand.latency if latency is None else latency
    app = create_app(latency=seconds, fast=True, limits=limits, url=ORIGIN, **options)
    emulator: Emulator = app.state.emulator

    async def run() -> T:
        transport = Transport(mount=InProcess(app))
        try:
            bench = set_up(stand, ORIGIN, transport, emulator=emulator, key=key, service=service)
            bench.faults(*faults)
            return await story(bench)
        finally:
            await transport.aclose()

    return asyncio.run(run())


def set_up(
    stand: Stand,
    origin: str,
    transport: Transport,
    *,
    emulator: Emulator,
    key: str | None = "",
    service: Service | None = None,
) -> Bench:
    """A bench on any transport, so on a real socket too."""
    given = stand.key if key == "" else key
    settings = stand.service(origin) if service is None else service
    base_url = f"{origin}{stand.path}"
    access = Access(transport, base_url, SecretStr(given) if given else None, settings)
    return Bench(stand.build(access), emulator, transport, base_url)


def dry(stand: Stand, service: Service | None = None) -> Provider:
    """A provider as a dry run has it: no key, and no network that could answer."""
    settings = stand.service(ORIGIN) if service is None else service
    return stand.build(Access(Transport(), f"{ORIGIN}{stand.path}", None, settings))


def scripted(stand: Stand, *answers: httpx.Response | Exception) -> tuple[Provider, list[httpx.Request]]:
    """A provider whose service says these things, one after the other, and the requests it was sent."""
    left, seen = list(answers), list[httpx.Request]()

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        said = left.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    transport = Transport(mount=httpx.MockTransport(answer))
    access = Access(transport, f"{ORIGIN}{stand.path}", SecretStr(stand.key), stand.service(ORIGIN))
    return stand.build(access), seen


def job_for(provider: Provider, request: Request, **changes: Any) -> Job:
    job = Job(
        id="7f3a9c21",
        run="run-1",
        provider=provider.name,
        base_url=ORIGIN,
        request=request,
        target=Target(template="{slug}-{job}.{ext}", folder="/nowhere"),
        token=TOKEN,
        created=0.0,
        updated=0.0,
    )
    return replace(job, **changes)


def at_work(provider: Provider, request: Request, **changes: Any) -> Job:
    """A job that its service has taken."""
    given = {"state": JobState.QUEUED, "remote_id": "job-1", **changes}
    return job_for(provider, request, **given)


def reply(status: int, body: Any = None, **headers: str) -> Answer:
    """An answer to a submit, written out."""
    said = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, said)


def text(prompt: str = "A lighthouse in fog", **changes: Any) -> Request:
    return replace(Request(Operation.GENERATE, prompt), **changes)


def edit(source: Reference, prompt: str = "Make it night", **changes: Any) -> Request:
    return replace(Request(Operation.EDIT, prompt, source=source), **changes)


def picture(folder: Path, name: str = "scene.png", *, colour: str = "teal") -> Reference:
    """A local picture as a request carries it."""
    path, size = folder / name, (96, 64)
    Image.new("RGB", size, colour).save(path)
    return local(path, size=size)


def local(path: Path, *, media_type: str = "image/png", size: tuple[int, int] = (96, 64)) -> Reference:
    data = path.read_bytes()
    return Reference(
        source=path.name,
        path=str(path),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        width=size[0],
        height=size[1],
        bytes=len(data),
    )


def link(url: str = LINK) -> Reference:
    return Reference(source=url, url=url)


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image
