"""A Dask cluster in processes of its own: `python -m tests.cluster.stand WORKERS` prints the scheduler's address.

`kill` on its stdin strikes the first worker dead, `recover` puts new ones in the place of the dead; each is answered.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Stand:
    address: str
    process: subprocess.Popen[str]

    def kill_one(self) -> None:
        """SIGKILL to a worker, which nobody restarts."""
        self._say("kill")

    def recover(self) -> None:
        """As many workers as there were at first."""
        self._say("recover")

    def _say(self, word: str) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "done"


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
    assert process.returncode == 0, "a worker kept a ledger of its own"


def start(address: str, folder: str) -> subprocess.Popen[bytes]:
    options = ("--no-nanny", "--no-dashboard", "--nthreads", "2", "--memory-limit", "0", "--host", "127.0.0.1")
    return subprocess.Popen((sys.executable, "-m", "distributed.cli.dask_worker", address, *options), cwd=folder)


def main(count: int) -> int:
    with TemporaryDirectory() as folder:
        serve(count, folder)
        return len(list(Path(folder).glob("*.sqlite3*")))


def serve(count: int, folder: str) -> None:
    from distributed import Client, LocalCluster

    scheduler = LocalCluster(n_workers=0, dashboard_address=None, silence_logs=logging.CRITICAL)
    workers: list[subprocess.Popen[bytes]] = []
    try:
        with suppress(SystemExit), Client(scheduler) as client:
            workers += [start(scheduler.scheduler_address, folder) for _ in range(count)]
            client.wait_for_workers(count)
            print(scheduler.scheduler_address.removeprefix("tcp://"), flush=True)
            for line in sys.stdin:
                if line.strip() == "kill":
                    workers.pop(0).kill()
                else:
                    workers += [start(scheduler.scheduler_address, folder) for _ in range(count - len(workers))]
                    client.wait_for_workers(count)
                print("done", flush=True)
    finally:
        for worker in workers:
            worker.kill()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.exit(main(int(sys.argv[1])))
