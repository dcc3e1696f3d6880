"""How fast `uni` starts, as ratios to a bare Typer program: whole processes, paired, in one run.

python -m tests.bench.startup [PAIRS]
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import rows

HERE = Path(__file__).parent
BARE = (sys.executable, str(HERE / "bare.py"))
UNI = (sys.executable, "-m", "uni_cli")
HEAVY = ("httpx", "pydantic_settings", "PIL", "jinja2", "asyncio", "uni_cli.engine")
JOBS = 10_000

# What is measured, what it is measured against, and the ratio that must hold.
ROWS = (
    ("--version", ("--version",), ("--version",), 1.15),
    ("--help", ("--help",), ("--help",), 1.3),
    (f"status, {JOBS:,} jobs", ("status",), ("one",), 1.6),
    ("generate --dry-run", ("generate", "a paper lighthouse", "--dry-run"), ("one",), 2.5),
)


def main(pairs: int = 21) -> int:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "UNI_STATE_DIR": folder, "UNI_CONFIG": str(Path(folder, "none.toml"))}
        fill(Path(folder))
        print(f"{'command':<22} {'ratio':>6} {'limit':>6}  {'cpu':>6}  heavy modules imported")
        worst = 0
        for name, ours, bare, limit in ROWS:
            wall, cpu = ratios((*UNI, *ours), (*BARE, *bare), environment, pairs)
            heavy = _imported((*UNI[1:], *ours), environment)
            late = "" if wall <= limit else "  TOO SLOW"
            worst |= not rows.add(f"start: {name}", wall, limit) or (bool(heavy) and name != "generate --dry-run")
            print(f"{name:<22} {wall:>6.2f} {limit:>6.2f}  {cpu:>6.2f}  {' '.join(heavy) or 'none'}{late}")
    return int(worst)


def fill(folder: Path) -> None:
    from uni_cli.ledger import Budget, Ledger
    from uni_cli.models import Job, Operation, Request, Target

    ledger = Ledger(folder)
    request = Request(Operation.GENERATE, "a paper lighthouse at dawn, gulls, long shadows")
    jobs = [
        Job(f"{n:08x}", "run", "local", "", request, Target("{slug}", "/"), str(n), 1.7e9 + n, 1.7e9 + n)
        for n in range(JOBS)
    ]
    ledger.reserve(jobs, Budget(), 1.7e9)
    ledger.close()


def ratios(
    ours: tuple[str, ...], bare: tuple[str, ...], environment: dict[str, str], pairs: int
) -> tuple[float, float]:
    """The median of wall and of processor time over pairs that ran one after the other."""
    _run(ours, environment)
    _run(bare, environment)
    measured = [(_run(ours, environment), _run(bare, environment)) for _ in range(pairs)]
    return (
        statistics.median(a[0] / b[0] for a, b in measured),
        statistics.median(a[1] / b[1] for a, b in measured),
    )


def _run(command: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _imported(command: tuple[str, ...], environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        (sys.executable, "-X", "importtime", *command), env=environment, check=True, capture_output=True, text=True
    )
    modules = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    return [name for name in HEAVY if name in modules]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
