"""What a press of Tab costs, as ratios to `python -c "import sqlite3, json"`: whole processes, paired, in one run.

python -m tests.bench.completion [PAIRS]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import rows
from tests.bench.startup import JOBS, fill, ratios
from uni_cli import folders

FLOOR = (sys.executable, "-c", "import sqlite3, json")
LIMIT = 2.5
HEAVY = ("typer", "rich", "pydantic", "httpx", "ruamel", "jinja2", "PIL", "asyncio", "uni_cli.engine", "uni_cli.ledger")
ROWS = (
    ("job ids", ("jobs",)),
    ("job ids by prefix", ("jobs", "1a")),
    ("unfinished jobs", ("open",)),
    ("recipes", ("recipes",)),
    ("items of a recipe", ("items", "", "sweep")),
    ("added providers", ("providers",)),
)


def main(pairs: int = 21) -> int:
    with tempfile.TemporaryDirectory() as folder:
        _move_to(Path(folder))
        print(
            f"{'asked for':<20} {'ratio':>6} {'limit':>6}  {'cpu':>6}  heavy modules    ({JOBS:,} jobs in the ledger)"
        )
        worst = False
        for name, asked in ROWS:
            command = (sys.executable, "-m", "uni_cli", "__complete", *asked)
            wall, cpu = ratios(command, FLOOR, dict(os.environ), pairs)
            heavy = _imported(command)
            worst = not rows.add(f"Tab: {name}", wall, LIMIT) or bool(heavy) or worst
            late = "" if wall <= LIMIT else "  TOO SLOW"
            print(f"{name:<20} {wall:>6.2f} {LIMIT:>6.2f}  {cpu:>6.2f}  {' '.join(heavy) or 'none'}{late}")
    return int(worst)


def _move_to(folder: Path) -> None:
    """A home where nothing is configured: the way that takes longest."""
    for name in [name for name in os.environ if name.startswith(("UNI_", "XDG_"))]:
        del os.environ[name]
    os.environ["HOME"] = str(folder)
    fill(folders.state_dir())
    entries = ",\n".join(f'    "{n}": {{"path": "out/{n}.png"}}' for n in range(1000))
    (folder / "recipes").mkdir()
    (folder / "recipes/sweep.lock.json").write_text(f'{{"schema": "uni.lock/1", "items": {{\n{entries}\n}}}}\n')
    os.chdir(folder)


def _imported(command: tuple[str, ...]) -> list[str]:
    timed = (command[0], "-X", "importtime", *command[1:])
    done = subprocess.run(timed, check=True, capture_output=True, text=True)
    modules = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    return [name for name in HEAVY if name in modules]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
