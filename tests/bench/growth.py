"""What changes when there is much of it: runs of 10 to 10,000 jobs, and ledgers of 1,000 to 100,000.

python -m tests.bench.growth [runs|ledger|commands]…
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.bench import rows
from tests.bench.overhead import Result, measure
from uni_cli.ledger import Budget, Ledger
from uni_cli.models import Job, JobState, Operation, Request, Saved, Target

RUNS = (10, 100, 1_000, 10_000)
LEDGERS = (1_000, 100_000)
AT_ONCE, SECONDS = 50, 0.25
FLAT, MEMORY, OPERATION_MS = 1.2, 200.0, 1.0
REPEATS = 200
BASE_URL = "http://127.0.0.1:1/luma/v1"


def main(parts: tuple[str, ...] = ()) -> int:
    wanted = parts or ("runs", "ledger", "commands")
    return max(PARTS[name]() for name in wanted)


# --- runs ------------------------------------------------------------------------------------------------------


def runs() -> int:
    print(f"Runs at a service of {SECONDS:g} s, {AT_ONCE} at once: each job's own share")
    print(f"{'jobs':>7} {'cpu ms':>7} {'requests':>8} {'wall/ideal':>10} {'lag ms':>7} {'memory MB':>9}")
    seen: dict[int, Result] = {}
    for jobs in RUNS:
        seen[jobs] = found = measure("uni", "luma", jobs, AT_ONCE, SECONDS)
        ideal = -(-jobs // AT_ONCE) * SECONDS
        print(
            f"{jobs:>7,} {found.cpu_ms:>7.2f} {found.requests:>8.2f} {found.wall / ideal:>10.2f} "
            f"{found.lag_ms:>7.0f} {found.memory:>9.0f}"
        )
    first, last = seen[RUNS[1]], seen[RUNS[-1]]
    growth = last.cpu_ms / first.cpu_ms, last.requests / first.requests
    good = [
        rows.add(f"growth, {RUNS[-1]:,} jobs to {RUNS[1]}: time a job", growth[0], FLAT),
        rows.add(f"growth, {RUNS[-1]:,} jobs to {RUNS[1]}: requests a job", growth[1], FLAT),
        rows.add(f"growth, {RUNS[-1]:,} jobs: memory in MB", last.memory, MEMORY),
    ]
    verdict = "good" if all(good) else "MISSED"
    print(f"  {RUNS[-1]:,} to {RUNS[1]}: time {growth[0]:.2f}, requests {growth[1]:.2f}  {verdict}")
    return int(not all(good))


# --- the ledger ------------------------------------------------------------------------------------------------


def ledger() -> int:
    print(f"Operations of the ledger, median milliseconds of {REPEATS}")
    print(f"{'':<18}" + "".join(f"{jobs:>10,}" for jobs in LEDGERS))
    columns = [_operations(jobs) for jobs in LEDGERS]
    slow = [name for name, value in columns[-1].items() if value >= OPERATION_MS]
    rows.add(f"ledger of {LEDGERS[-1]:,} jobs: slowest operation in ms", max(columns[-1].values()), OPERATION_MS)
    for name in columns[0]:
        print(f"{name:<18}" + "".join(f"{column[name]:>10.3f}" for column in columns))
    print(f"  {'MISSED: ' + ', '.join(slow) if slow else 'good'}")
    return int(bool(slow))


def _operations(jobs: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        books = _filled(Path(folder), jobs)
        # How long the disk takes is the disk's affair.
        books.settle = lambda: None
        try:
            return {name: _median(work) for name, work in _works(books).items()}
        finally:
            books.close()


def _works(books: Ledger) -> dict[str, Callable[[int], Any]]:
    now = time.time()
    budget = Budget(Decimal(10**9), Decimal(10**9))
    fresh = [_job(f"new{n:05}", now, JobState.PLANNED, once=f"key {n}") for n in range(REPEATS)]
    kept = {job.id: job for job in fresh}

    def step(n: int, state: JobState, **members: Any) -> Job:
        job = replace(kept[fresh[n].id], state=state, updated=time.time(), **members)
        kept[job.id] = job
        return job

    def begin(n: int) -> None:
        books.begin([step(n, JobState.SUBMITTING, submitted=now, sent={"n": n})], concurrency=10**6, rate=10**6)

    def claim(n: int) -> None:
        books.release([fresh[n].id])
        books.claim(fresh[n].id, now)

    return {
        "reserve, budgets": lambda n: books.reserve([fresh[n]], budget, now),
        "once": lambda n: books.reserve([_job("again", now, JobState.PLANNED, once=f"key {n}")], budget, now),
        "room and begin": begin,
        "keep the answer": lambda n: books.keep_answer(kept[fresh[n].id], status=201, body=b"{}", at=now),
        "accepted": lambda n: books.save(step(n, JobState.QUEUED, remote_id=f"new {n}")),
        "claim": claim,
        "history": lambda n: books.history(fresh[n]),
        "twins": lambda n: books.twin_is_submitting(fresh[n]),
        "left alone": lambda n: books.left_alone(fresh[n], limit=5),
        "finished": lambda n: books.save(step(n, JobState.FINISHED, finished=now, notes={"took": 1.5})),
        "saved": lambda n: books.save(step(n, JobState.SAVED, saved=now, result=_saved(fresh[n].id))),
        "one job": lambda n: books.get(fresh[n].id),
        "open jobs": lambda n: books.open_jobs(),
        "newest 20": lambda n: books.summaries(limit=20),
    }


def _median(work: Callable[[int], Any]) -> float:
    times = []
    for n in range(REPEATS):
        began = time.perf_counter()
        work(n)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def _filled(folder: Path, jobs: int) -> Ledger:
    """A ledger as a month of work leaves it: everything saved but a few."""
    books = Ledger(folder)
    books.settle = lambda: None
    now = time.time()
    # A run's jobs have one time of creation; a thousand of them make a run here.
    made = [_job(f"{n:08x}", now - 86_400 * 20 * (1 - n // 1000 * 1000 / jobs), JobState.SAVED) for n in range(jobs)]
    for at in range(0, jobs, 5_000):
        books.reserve(made[at : at + 5_000], Budget(), now)
    books.release(job.id for job in made)
    return books


def _job(job_id: str, created: float, state: JobState, *, once: str | None = None) -> Job:
    done = state is JobState.SAVED
    return Job(
        id=job_id,
        run="run",
        provider="luma",
        base_url=BASE_URL,
        request=Request(Operation.GENERATE, f"a paper lighthouse at dawn, gulls, long shadows, {job_id}", aspect="1:1"),
        target=Target("{slug}-{job}.{ext}", "/somewhere/pictures"),
        token=job_id,
        created=created,
        updated=created,
        state=state,
        estimate=Decimal("0.0404"),
        remote_id=f"remote-{job_id}" if done else None,
        submitted=created if done else None,
        finished=created + 30 if done else None,
        saved=created + 31 if done else None,
        result=_saved(job_id) if done else None,
        once=once,
        notes={"took": 30.0, "handle": f"generation:{job_id}"} if done else {},
    )


def _saved(job_id: str) -> Saved:
    name = f"a-paper-lighthouse-{job_id}.png"
    return Saved(f"/somewhere/pictures/{name}", name, f"{name}.json", "0" * 64, 4_000_000, 2048, 2048, "png")


# --- commands --------------------------------------------------------------------------------------------------


def commands() -> int:
    """Whole processes."""
    print("Commands on a ledger, median seconds of whole processes")
    print(f"{'':<18}" + "".join(f"{jobs:>10,}" for jobs in LEDGERS) + f"{'ratio':>8}")
    # The second is what the shell asks for the ids of jobs.
    words = {"status": ("status",), "completion": ("__complete", "jobs")}
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        places = {jobs: Path(folder, str(jobs)) for jobs in LEDGERS}
        for jobs, place in places.items():
            _filled(place, jobs).close()
        for name, command in words.items():
            times = {jobs: _whole(command, place) for jobs, place in places.items()}
            ratio = times[LEDGERS[-1]] / times[LEDGERS[0]]
            missed |= not rows.add(f"growth, {name}: {LEDGERS[-1]:,} jobs to {LEDGERS[0]:,}", ratio, FLAT)
            print(f"{name:<18}" + "".join(f"{times[jobs]:>10.3f}" for jobs in LEDGERS) + f"{ratio:>8.2f}")
    print(f"  {'MISSED' if missed else 'good'}")
    return int(missed)


def _whole(command: tuple[str, ...], place: Path, repeats: int = 7) -> float:
    environment = {**os.environ, "UNI_STATE_DIR": str(place), "UNI_CONFIG": str(place / "none.toml")}
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        subprocess.run((sys.executable, "-m", "uni_cli", *command), env=environment, check=False, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


PARTS: dict[str, Callable[[], int]] = {"runs": runs, "ledger": ledger, "commands": commands}

if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
