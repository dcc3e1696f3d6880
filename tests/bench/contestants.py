"""Ways to make many pictures, each run in a process of its own: `uni`'s engine, and what a user would write instead.

    python -m tests.bench.contestants KIND SERVICE JOBS AT_ONCE URL FOLDER

Prints one JSON object. The clock starts when everything is imported and built.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

find = socket.getaddrinfo

PROMPT = "a paper lighthouse at dawn, gulls, long shadows, number {}"
POLL_SECONDS = 0.5


@dataclass(slots=True)
class Race:
    """One contestant's numbers, from `start` to `finish`."""

    service: str
    jobs: int
    at_once: int
    url: str
    folder: Path
    saved: dict[str, float] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    _began: tuple[float, float] = (0.0, 0.0)
    _lookups: int = 0

    def start(self) -> None:
        socket.getaddrinfo = self._find
        self._began = time.perf_counter(), time.process_time()

    def _find(self, *name: Any, **how: Any) -> Any:
        """Whoever asks the system for the address of a name is counted."""
        self._lookups += 1
        return find(*name, **how)

    def finish(self) -> None:
        self.numbers["wall"] = time.perf_counter() - self._began[0]
        self.numbers["cpu"] = time.process_time() - self._began[1]
        self.numbers["lookups"] = self._lookups
        self.numbers["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def keep(self, remote_id: str, data: bytes) -> None:
        """What a plain script does with a picture."""
        Path(self.folder, f"{remote_id}.png").write_bytes(data)
        self.saved[remote_id] = time.time()

    async def spread(self, make: Callable[[int], Awaitable[None]]) -> None:
        """`at_once` pictures at a time."""
        gate = asyncio.Semaphore(self.at_once)

        async def one(n: int) -> None:
            async with gate:
                await make(n)

        self.start()
        await asyncio.gather(*(one(n) for n in range(self.jobs)))
        self.finish()


def uni(race: Race) -> None:
    """The engine as the commands drive it, progress lines and all."""
    name = race.service.upper()
    os.environ.update({f"UNI_{name}__CONCURRENCY": str(race.at_once), f"UNI_{name}__RATE": "1000000"})
    os.environ["UNI_STATE_DIR"] = str(race.folder / "state")
    os.environ["UNI_CONFIG"] = str(race.folder / "none.toml")
    import_module("httpx")  # Start-up is counted apart, and the packages load it when they are imported.
    from uni_cli.commands import running
    from uni_cli.console import Console
    from uni_cli.context import Context
    from uni_cli.engine import Engine
    from uni_cli.ledger import Budget
    from uni_cli.models import Job, JobState, Operation, Request, Target
    from uni_cli.order import planning
    from uni_cli.progress import Watcher

    context = Context(Console())
    provider = context.provider(race.service)
    able = provider.capabilities
    base_url = context.settings.base_url(race.service)
    target = Target("{slug}-{job}.{ext}", str(race.folder))
    drafts = [
        [planning.draft(provider, base_url, _request(Request, Operation.GENERATE, able, n), target)]
        for n in range(race.jobs)
    ]
    order = planning.order(drafts, now=context.clock.now())

    race.start()
    reserved = context.ledger.reserve(order.jobs, Budget(), context.clock.now())
    run = running.Run(context, reserved.jobs)

    class Timing(Watcher):
        """Shows what it is told as the command does, and notes when a picture was saved."""

        def __init__(self, shown: Watcher) -> None:
            self._shown = shown

        def hear(self, job: Job) -> None:
            self._shown.hear(job)
            if job.state is JobState.SAVED:
                race.saved[job.remote_id or job.token] = time.time()

    async def work() -> None:
        run.watcher = Timing(run.watcher)
        engine = Engine(context.desk(patience=600.0), alternatives=order.alternatives)
        await engine.run(reserved.jobs, run.hear)

    run.drive(work)
    race.finish()
    if run.trouble:
        raise run.trouble


def _request(request: Any, operation: Any, able: Any, n: int) -> Any:
    size = {"size": (2048, 2048)} if able.sizes else {"aspect": "1:1"}
    return request(operation, PROMPT.format(n), format="png" if able.formats else None, **size)


def luma_agents(race: Race) -> None:
    """The package: create, poll, download."""
    import httpx
    from luma_agents import AsyncLuma

    for late in ("luma_agents.resources.generations", "anyio._backends._asyncio"):
        import_module(late)  # at the first request otherwise, and start-up is not in it

    async def main() -> None:
        async with AsyncLuma() as client, httpx.AsyncClient() as files:

            async def make(n: int) -> None:
                job = await client.generations.create(prompt=PROMPT.format(n), aspect_ratio="1:1", output_format="png")
                while job.state not in ("completed", "failed"):
                    await asyncio.sleep(POLL_SECONDS)
                    job = await client.generations.get(job.id)
                race.keep(job.id, (await files.get((job.output or [])[0].url or "")).content)

            await race.spread(make)

    asyncio.run(main())


def segmind(race: Race) -> None:
    """The package, which knows threads only."""
    import httpx

    client = import_module("segmind").SegmindClient(base_url=f"{race.url}/segmind/v1")

    def make(n: int) -> None:
        job = client.submit_async("luma-uni-1", prompt=PROMPT.format(n), aspect_ratio="1:1")
        result = job.wait(interval=POLL_SECONDS)
        race.keep(job.request_id, files.get(result["output"]).content)

    with ThreadPoolExecutor(race.at_once) as pool, httpx.Client() as files:
        race.start()
        list(pool.map(make, range(race.jobs)))
        race.finish()


def runware_script(race: Race) -> None:
    """httpx by hand, for a service whose package speaks another protocol."""
    import httpx

    url, headers = os.environ["UNI_RUNWARE__BASE_URL"], {"authorization": f"Bearer {os.environ['RUNWARE_API_KEY']}"}

    async def main() -> None:
        async with httpx.AsyncClient(headers=headers) as client, httpx.AsyncClient() as files:

            async def ask(**task: Any) -> dict[str, Any]:
                answer = await client.post(url, json=[task])
                rows: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
                return rows[0]

            async def make(n: int) -> None:
                task = str(uuid4())
                await ask(
                    taskType="imageInference", taskUUID=task, model="luma:uni@1", positivePrompt=PROMPT.format(n),
                    width=2048, height=2048, numberResults=1, outputType="URL", outputFormat="PNG",
                    deliveryMethod="async",
                )  # fmt: skip
                row: dict[str, Any] = {}
                while "imageURL" not in row:
                    await asyncio.sleep(POLL_SECONDS)
                    row = await ask(taskType="getResponse", taskUUID=task)
                race.keep(task, (await files.get(row["imageURL"])).content)

            await race.spread(make)

    asyncio.run(main())


def gmicloud_script(race: Race) -> None:
    """httpx by hand: the POST answers with the picture's link."""
    import httpx

    root = f"{os.environ['UNI_GMICLOUD__BASE_URL']}/api/v1/ie/requestqueue/apikey/requests"
    headers = {"authorization": f"Bearer {os.environ['GMI_API_KEY']}"}

    async def main() -> None:
        async with httpx.AsyncClient(headers=headers, timeout=600) as client, httpx.AsyncClient() as files:

            async def make(n: int) -> None:
                payload = {"prompt": PROMPT.format(n), "aspect_ratio": "1:1"}
                answer = await client.post(root, json={"model": "luma-uni-1.1", "payload": payload})
                said = answer.raise_for_status().json()
                link = said["outcome"]["media_urls"][0]["url"]
                race.keep(said["request_id"], (await files.get(link)).content)

            await race.spread(make)

    asyncio.run(main())


KINDS: dict[str, Callable[[Race], None]] = {
    "uni": uni,
    "luma-agents": luma_agents,
    "segmind": segmind,
    "runware-script": runware_script,
    "gmicloud-script": gmicloud_script,
}


def main() -> None:
    from uni_cli.emulator import env_lines

    kind, service, jobs, at_once, url, folder = sys.argv[1:]
    os.environ.update(dict(line.split("=", 1) for line in env_lines(url)))
    race = Race(service, int(jobs), int(at_once), url, Path(folder))
    KINDS[kind](race)
    print(json.dumps({"saved": race.saved, **race.numbers}))


if __name__ == "__main__":
    main()
