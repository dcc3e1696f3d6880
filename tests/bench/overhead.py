"""500 pictures, a service that takes one second, 50 at once: `uni` against a plain script, in one run.

    python -m tests.bench.overhead [ROUNDS] [SERVICE…]

Start-up is not in it. `connections` is for each picture, `names` how often the system was asked for the address of one,
for all of them. `lag` is from the moment the service had the picture to the moment it was a file.
"""

from __future__ import annotations

import atexit
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache

from tests.bench import rows, service

JOBS = 500
AT_ONCE = 50
SECONDS = 1.0
IDEAL = JOBS / AT_ONCE * SECONDS
RIVALS = {
    "luma": "luma-agents",
    "segmind": "segmind",
    "runware": "runware-script",
    "gmicloud": "gmicloud-script",
}
# The script looks every half second, and so just when a job of one second is ready. Real jobs do not keep such time.
SPREADS = (0.0, 0.2)
# Ratios that must hold: wall to the ideal; processor time, lag and requests to the script.
LIMITS = (1.15, 0.5, 1 / 3, 1.0)


@dataclass(frozen=True, slots=True)
class Result:
    wall: float
    cpu_ms: float
    lag_ms: float
    requests: float
    connections: float
    lookups: float
    memory: float


@cache
def _folder() -> str:
    """Removed at the end, not after each run: some file systems are slow to make files where many just went."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    return folder


def measure(
    kind: str, name: str, jobs: int = JOBS, at_once: int = AT_ONCE, seconds: float = SECONDS, spread: float = 0.0
) -> Result:
    with service.running(seconds, spread) as running:
        folder = tempfile.mkdtemp(dir=_folder())
        command = ("-m", "tests.bench.contestants", kind, name, str(jobs), str(at_once), running.url, folder)
        done = subprocess.run(
            (sys.executable, *command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True
        )
        seen, told = running.seen(), json.loads(done.stdout)
    if len(told["saved"]) != jobs:
        raise SystemExit(f"{kind} saved {len(told['saved'])} of {jobs} pictures")
    lags = [moment - seen.ready[job_id] for job_id, moment in told["saved"].items()]
    return Result(
        wall=told["wall"],
        cpu_ms=told["cpu"] / jobs * 1000,
        lag_ms=statistics.median(lags) * 1000,
        requests=seen.requests / jobs,
        connections=seen.connections / jobs,
        lookups=told["lookups"],
        memory=told["memory"],
    )


def main(rounds: int = 3, names: tuple[str, ...] = tuple(RIVALS)) -> int:
    print(f"{JOBS} pictures, {AT_ONCE} at once, {SECONDS:g} s of service; medians of {rounds} paired rounds")
    print(f"{'':<30} {'wall/ideal':>10} {'cpu ms':>7} {'lag ms':>7} {'requests':>8} {'connections':>11} {'names':>6}")
    return max(_compare(name, spread, rounds) for name in names for spread in SPREADS)


def _compare(name: str, spread: float, rounds: int) -> int:
    rival, shown = RIVALS[name], f"{name} ±{spread:.0%}" if spread else name
    pairs = [(measure("uni", name, spread=spread), measure(rival, name, spread=spread)) for _ in range(rounds)]
    for who, results in (("uni", [a for a, _ in pairs]), (rival, [b for _, b in pairs])):
        _print(f"{shown}: {who}", results)
    wall = statistics.median(a.wall / IDEAL for a, _ in pairs)
    cpu = statistics.median(a.cpu_ms / b.cpu_ms for a, b in pairs)
    lag = statistics.median(a.lag_ms / b.lag_ms for a, b in pairs)
    more = statistics.median(a.requests / b.requests for a, b in pairs)
    found = list(zip(("wall", "cpu", "lag", "requests"), (wall, cpu, lag, more), LIMITS, strict=True))
    # Where times differ, the ideal wall does, too.
    kept = found[1:] if spread else found
    missed = [word for word, value, limit in kept if not rows.add(f"overhead, {shown}: {word}", value, limit)]
    print(f"  ratio: wall {wall:.2f}, cpu {cpu:.2f}, lag {lag:.2f}, requests {more:.2f}  {_verdict(missed)}")
    return int(bool(missed))


def _print(shown: str, results: list[Result]) -> None:
    def middle(name: str) -> float:
        return float(statistics.median(getattr(result, name) for result in results))

    print(
        f"{shown:<30} {middle('wall') / IDEAL:>10.2f} {middle('cpu_ms'):>7.2f} {middle('lag_ms'):>7.0f} "
        f"{middle('requests'):>8.2f} {middle('connections'):>11.2f} {middle('lookups'):>6.0f}"
    )


def _verdict(missed: list[str]) -> str:
    return f"MISSED: {', '.join(missed)}" if missed else "good"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, tuple(sys.argv[2:]) or tuple(RIVALS)))
