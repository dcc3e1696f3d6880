"""A million pictures, planned from what a small run costs: hours, dollars, requests, memory, and what is in the way.

    python -m tests.bench.simulate                     measure a small run, then plan with every service's own limits
    python -m tests.bench.simulate --service luma --concurrency 200 --rate 3000 --seconds 12 --workers 1 8 64
    python -m tests.bench.simulate --costs costs.json  plan with costs that were measured before (--save writes them)

The small run is the real program against the emulator on this machine, in one process and on a Dask cluster.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from tests.bench import service
from uni_cli import providers
from uni_cli.commands.recipes_run import MOST_ON_CLUSTER
from uni_cli.emulator import env_lines
from uni_cli.engine.habits import LOOKS_PER_SECOND
from uni_cli.models import Operation, Request
from uni_cli.pricing import GMICLOUD, LUMA, RUNWARE, SEGMIND
from uni_cli.storage import embed, files, picture

PICTURES = 1_000_000
WORKERS = (1, 2, 4, 8, 16, 32, 64)
SMALL, LARGE, AT_ONCE = 100, 600, 50
# Memory is told by longer runs: blocks of a thousand come first.
LONG, LONGER = 2000, 4000
# The first look comes when a picture is nearly ready and is not counted; the second mostly finds it.
LOOKS = 1.0
PRICES = {"luma": LUMA, "runware": RUNWARE, "gmicloud": GMICLOUD, "segmind": SEGMIND}
RUN = """
import json, resource, sys
from uni_cli.cli import main
if __name__ == "__main__":
    code = main(sys.argv[1:])
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss]), file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one picture, in seconds of one core, bytes and requests; and of a process that has nothing to do yet.

    `cpu` is all work in one process but for the picture itself, which is `picture_cpu`. `client_cpu` is what stays
    with the process that has the ledger when a cluster does the rest, with Dask's scheduler in it.
    """

    cpu: float
    picture_cpu: float
    client_cpu: float
    requests: float
    ledger: float
    base_memory: float
    job_memory: float
    open_memory: float
    picture_bytes: int


@dataclass(frozen=True, slots=True)
class Service:
    """None: nobody says, so it is not in the way."""

    name: str
    price: Decimal
    seconds: float
    concurrency: int | None = None
    rate: int | None = None
    looked_at: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    workers: int
    per_second: float
    bottleneck: str
    hours: float
    dollars: Decimal
    requests: float
    client_memory: float
    worker_memory: float
    ledger: float


def plan(costs: Costs, service: Service, workers: int, *, at_once: int, cores: int, mbit: float, pictures: int) -> Plan:
    """The narrowest place sets the pace of all. `at_once` is how many pictures one worker has under way at most."""
    whole = costs.cpu + costs.picture_cpu
    limits = {
        "jobs at once of the service": service.concurrency / service.seconds if service.concurrency else None,
        "submits a minute of the service": service.rate / 60 if service.rate else None,
        "pictures under way at the workers": workers * at_once / service.seconds,
        f"{LOOKS_PER_SECOND:g} looks a second of one run": LOOKS_PER_SECOND / LOOKS if service.looked_at else None,
        f"--jobs {MOST_ON_CLUSTER} of one run": MOST_ON_CLUSTER / service.seconds,
        "processors of the workers": workers * cores / whole,
        "network of the workers": workers * mbit * 1e6 / 8 / costs.picture_bytes,
        "the one ledger and scheduler": 1 / costs.client_cpu if workers > 1 else None,
    }
    pace, bottleneck = min((value, name) for name, value in limits.items() if value is not None)
    under_way = pace * service.seconds
    return Plan(
        workers=workers,
        per_second=pace,
        bottleneck=bottleneck,
        hours=pictures / pace / 3600,
        dollars=service.price * pictures,
        requests=costs.requests * pictures,
        client_memory=costs.base_memory + costs.job_memory * pictures + costs.open_memory * under_way,
        worker_memory=costs.base_memory + (costs.open_memory + costs.picture_bytes) * under_way / workers,
        ledger=costs.ledger * pictures,
    )


# --- a small run ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    cpu: float
    memory: float
    wall: float
    requests: float
    ledger: int


def run(pictures: int, *more: str, at_once: int = AT_ONCE) -> Measured:
    """`uni recipes run` in a process of its own."""
    with service.running(1.0) as running, tempfile.TemporaryDirectory() as place:
        names = dict(line.split("=", 1) for line in env_lines(running.url))
        state = Path(place, "state")
        recipe = Path(place, "many.yaml")
        recipe.write_text(f"prompt: a fox\nprovider: runware\naspect: 1:1\nseeds: {{from: 1, count: {pictures}}}\n")
        script = Path(place, "run.py")
        script.write_text(RUN)
        environment = {**os.environ, **names, "UNI_STATE_DIR": str(state), "UNI_CONFIG": str(Path(place, "none.toml"))}
        asked = ("recipes", "run", str(recipe), "--jobs", str(at_once), "--max-cost", "100000", "-q", *more)
        begun = time.monotonic()
        done = subprocess.run(
            (sys.executable, str(script), *asked),
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        wall = time.monotonic() - begun
        lines = done.stderr.strip().splitlines() or ["nothing"]
        try:
            code, cpu, memory = json.loads(lines[-1])
        except ValueError:
            raise SystemExit(done.stderr) from None
        if code:
            raise SystemExit(done.stderr)
        ledger = sum(path.stat().st_size for path in state.glob("ledger.sqlite3*"))
        return Measured(cpu, memory * 1024, wall, running.seen().requests, ledger)


def measure(width: int = 2048, height: int = 2048) -> Costs:
    few, many = run(SMALL), run(LARGE)
    more = LARGE - SMALL
    far_few, far_many = run(SMALL, "--on", "dask"), run(LARGE, "--on", "dask")
    half = run(SMALL, at_once=5)
    picture_cpu, picture_bytes = measure_picture(width, height)
    long, longer = run(LONG, at_once=200), run(LONGER, at_once=200)
    memory = max(0.0, (longer.memory - long.memory) / (LONGER - LONG))
    return Costs(
        cpu=(many.cpu - few.cpu) / more,
        picture_cpu=picture_cpu,
        client_cpu=(far_many.cpu - far_few.cpu) / more,
        requests=(many.requests - few.requests) / more,
        ledger=(many.ledger - few.ledger) / more,
        base_memory=half.memory,
        job_memory=memory,
        open_memory=max(0.0, (few.memory - half.memory) / (AT_ONCE - 5)),
        picture_bytes=picture_bytes,
    )


def measure_picture(width: int, height: int) -> tuple[float, int]:
    """Checking, marking, hashing and writing one picture of a real size."""
    from PIL import Image

    stream = BytesIO()
    noise = Image.effect_noise((width // 4, height // 4), 60).resize((width, height)).convert("RGB")
    noise.save(stream, "png", compress_level=1)
    mark = embed.Mark(edited=False, model="uni-1", prompt="a fox", software="uni", extra={})
    begun = time.process_time()
    rounds = 5
    with tempfile.TemporaryDirectory() as place:
        for _ in range(rounds):
            picture.verify(stream)
            with files.Draft(Path(place)) as draft:
                embed.embed(stream, draft, mark)
                draft.finish()
    return (time.process_time() - begun) / rounds, len(stream.getvalue())


# --- the table -----------------------------------------------------------------------------------------------------


def services(asked: argparse.Namespace) -> list[Service]:
    found = []
    for name in asked.service or PRICES:
        able = providers.capabilities(name)
        price = PRICES[name].price(Request(Operation.GENERATE, "a fox", model=asked.model))
        if price is None:
            continue
        found.append(
            Service(
                name,
                asked.price if asked.price is not None else price,
                asked.seconds or able.typical_seconds,
                asked.concurrency or able.concurrency,
                asked.rate or able.rate,
                looked_at=not able.waits_in_post,
            )
        )
    return found


def show(costs: Costs, found: list[Service], asked: argparse.Namespace) -> None:
    print(
        f"one picture: {costs.cpu * 1000:.1f} ms of processor and {costs.picture_cpu * 1000:.0f} ms for its "
        f"{costs.picture_bytes / 1e6:.1f} MB, {costs.requests:.1f} requests, {costs.ledger / 1000:.1f} kB of ledger; "
        f"on a cluster {costs.client_cpu * 1000:.1f} ms stay with ledger and scheduler"
    )
    for one in found:
        limits = f"{one.concurrency or 'any number'} at once, {one.rate or 'any number'} a minute"
        print(f"\n**{one.name}**: {one.seconds:g} s a picture, ${one.price}, {limits}; {asked.pictures:,} pictures\n")
        print("| workers | pictures/s | hours | dollars | requests | memory: client, worker | ledger | bottleneck |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
        for workers in asked.workers:
            planned = plan(
                costs, one, workers,
                at_once=asked.at_once, cores=asked.cores, mbit=asked.mbit, pictures=asked.pictures,
            )  # fmt: skip
            print(
                f"| {workers} | {planned.per_second:.2f} | {planned.hours:,.1f} | {planned.dollars:,.0f} "
                f"| {planned.requests / 1e6:.1f} M | {_size(planned.client_memory)}, {_size(planned.worker_memory)} "
                f"| {_size(planned.ledger)} | {planned.bottleneck} |"
            )


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    made.add_argument("--service", nargs="+", choices=sorted(PRICES))
    made.add_argument("--model", default="uni-1")
    made.add_argument("--pictures", type=int, default=PICTURES)
    made.add_argument("--workers", type=int, nargs="+", default=WORKERS)
    made.add_argument("--at-once", type=int, default=100, help="pictures under way at one worker")
    made.add_argument("--cores", type=int, default=1, help="of one worker")
    made.add_argument("--mbit", type=float, default=500, help="network of one worker")
    made.add_argument("--concurrency", type=int, help="jobs at once that the service allows")
    made.add_argument("--rate", type=int, help="submits a minute that the service allows")
    made.add_argument("--seconds", type=float, help="that a picture takes")
    made.add_argument("--price", type=Decimal)
    made.add_argument("--costs", type=Path, help="measured before")
    made.add_argument("--save", type=Path, help="write the measured costs here")
    return made


def main() -> int:
    asked = parser().parse_args()
    costs = Costs(**json.loads(asked.costs.read_text())) if asked.costs else measure()
    if asked.save:
        asked.save.write_text(json.dumps(dataclasses.asdict(costs), indent=2) + "\n")
    show(costs, services(asked), asked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
