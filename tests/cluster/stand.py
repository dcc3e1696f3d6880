"""A Dask cluster in processes of its own: `python -m tests.cluster.stand WORKERS` prints the scheduler's address.

For every line on stdin it prints the process ids of its workers.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Stand:
    address: str
    process: subprocess.Popen[str]

    def pids(self) -> list[int]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        found: list[int] = json.loads(self.process.stdout.readline())
        return found

    def kill_one(self) -> None:
        """SIGKILL to a worker; its nanny starts another."""
        os.kill(self.pids()[0], signal.SIGKILL)

    def recover(self, count: int) -> None:
        """Wait until so many workers are there again."""
        for _ in range(200):
            if len(self.pids()) == count:
                return
            time.sleep(0.1)
        raise AssertionError("the workers did not come back")


@contextmanager
def standing(workers: int, environment: Mapping[str, str]) -> Iterator[Stand]:
    with subprocess.Popen(
        (sys.executable, "-m", "tests.cluster.stand", str(workers)),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield Stand(process.stdout.readline().strip(), process)
        finally:
            process.terminate()


def main(workers: int) -> None:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=2,
            dashboard_address=None,
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        print(cluster.scheduler_address.removeprefix("tcp://"), flush=True)
        for _ in sys.stdin:
            try:
                found = sorted(client.run(os.getpid).values())
            except Exception:  # one of them has just died
                found = []
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main(int(sys.argv[1]))
