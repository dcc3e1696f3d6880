"""The emulator in a process of its own, with small pictures and a count of everything that came to it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from uni_cli.emulator import create_app, server
from uni_cli.emulator.files import Stored
from uni_cli.emulator.state import Emulator

SIZE = (96, 64)


class Shelf(dict[str, Stored]):
    """Files whose pictures are all the same small one: painting is not what is measured."""

    def __init__(self) -> None:
        super().__init__()
        self._pictures = {mime: _small(mime) for mime in ("image/png", "image/jpeg", "image/webp")}

    def __setitem__(self, path: str, stored: Stored) -> None:
        super().__setitem__(path, replace(stored, content=self._pictures[stored.mime]))


class Counted(server.Wire):
    """A connection that is counted."""

    made = 0

    def connection_made(self, transport: Any) -> None:
        Counted.made += 1
        super().connection_made(transport)


def _small(mime: str) -> bytes:
    out = BytesIO()
    Image.effect_noise(SIZE, 40).convert("RGB").save(out, mime.removeprefix("image/"))
    return out.getvalue()


async def tell(request: Request) -> Response:
    emulator = request.app.state.emulator
    ready = {job.id: job.ready_at for job in emulator.jobs.all}
    stats = emulator.stats()
    requests = sum(int(stats[name]["requests"]) for name in stats)
    # Asking is a connection too.
    return JSONResponse({"ready": ready, "requests": requests, "connections": Counted.made - 1})


class Uneven(Emulator):
    """Times differ from job to job, as those of the real services do: evenly by up to `spread` of the whole."""

    spread = 0.0
    middle = 0.0
    dice = Random(7)

    @property
    def latency(self) -> float:
        return self.middle * self.dice.uniform(1 - self.spread, 1 + self.spread)

    @latency.setter
    def latency(self, seconds: float) -> None:
        self.middle = seconds


def app(latency: float, spread: float) -> Starlette:
    made = create_app(latency=latency, fast=True, limits=False, luma_rpm=1_000_000)
    if spread:
        del made.state.emulator.__dict__["latency"]
        made.state.emulator.__class__ = Uneven
        made.state.emulator.middle, made.state.emulator.spread = latency, spread
    made.state.emulator.files.stored = Shelf()
    made.routes.append(Route("/_bench", tell))
    return made


def main() -> None:
    listener = server.bind("127.0.0.1", 0)
    # By name, as services are: looking it up is counted.
    url = server.address(listener).replace("127.0.0.1", "localhost")
    made = app(float(sys.argv[1]), float(sys.argv[2]))
    made.state.emulator.url = url
    serving = server.Server(made, lambda: print(url, flush=True))
    serving.config.http = Counted
    serving.run(sockets=[listener])


@dataclass(frozen=True, slots=True)
class Seen:
    """What the service saw: when each job was ready, how many requests and connections there were."""

    ready: dict[str, float]
    requests: int
    connections: int


@dataclass(frozen=True, slots=True)
class Service:
    url: str

    def seen(self) -> Seen:
        with urllib.request.urlopen(f"{self.url}/_bench", timeout=60) as answer:
            return Seen(**json.load(answer))


@contextmanager
def running(latency: float, spread: float = 0.0) -> Iterator[Service]:
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.bench.service", str(latency), str(spread)), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield Service(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    main()
