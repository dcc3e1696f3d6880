"""Nine references of 20 megapixels: a run of eight pictures uploads and encodes them once, as a run of one does.

python -m tests.bench.inputs
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.bench import rows, service
from uni_cli.emulator import env_lines

REFERENCES, SIZE = 9, (5472, 3648)
COUNTS = (1, 8)
KEY = "UNI_LUMA__API_KEY"


@dataclass(frozen=True, slots=True)
class Cost:
    wall: float
    cpu: float
    memory: float
    uploads: int


def main() -> int:
    print(f"{REFERENCES} references of {SIZE[0] * SIZE[1] / 1e6:.0f} megapixels at Luma")
    print(f"{'pictures':>8} {'wall s':>7} {'cpu s':>6} {'memory MB':>9} {'uploads':>8}")
    with tempfile.TemporaryDirectory() as folder:
        megabytes = _draw(Path(folder))
        costs = {count: _measure(Path(folder), count) for count in COUNTS}
    for count, cost in costs.items():
        print(f"{count:>8} {cost.wall:>7.2f} {cost.cpu:>6.2f} {cost.memory:>9.0f} {cost.uploads:>8}")
    one, many = (costs[count] for count in COUNTS)
    # So that a figure below says something: the files together, in megabytes.
    print(f"  the files have {megabytes:.0f} MB")
    good = [
        rows.add("inputs: uploads of eight pictures to one", many.uploads / one.uploads, 1.0),
        rows.add("inputs: processor time of eight pictures to one", many.cpu / one.cpu, 1.5),
    ]
    return int(not all(good))


def _draw(folder: Path) -> float:
    for n in range(REFERENCES):
        noise = Image.effect_noise((SIZE[0] // 4, SIZE[1] // 4), 30 + n).resize(SIZE)
        noise.convert("RGB").save(folder / f"{n}.jpg", quality=92)
    return sum(path.stat().st_size for path in folder.iterdir()) / 2**20


def _measure(folder: Path, count: int) -> Cost:
    with service.running(0.2) as running:
        names = dict(line.split("=", 1) for line in env_lines(running.url))
        own = {"UNI_STATE_DIR": str(folder / f"state-{count}"), "UNI_CONFIG": str(folder / "none.toml")}
        references = [word for n in range(REFERENCES) for word in ("-r", str(folder / f"{n}.jpg"))]
        output = str(folder / f"out-{count}" / "{job}.{ext}")
        words = ("-m", "uni_cli", "generate", "a fox", "-p", "luma", "-n", str(count), "-o", output, *references)
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        # A process between, so that the memory is that of this run alone.
        code = "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], capture_output=True); "
        code += "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        command = (sys.executable, "-c", code, sys.executable, *words)
        done = subprocess.run(command, env={**os.environ, **names, **own}, capture_output=True, text=True, check=True)
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        status, memory = done.stdout.split()
        if status != "0":
            raise SystemExit(f"the run of {count} ended with {status}")
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Cost(wall, cpu, int(memory) / 1024, _uploads(running.url, names[KEY]))


def _uploads(url: str, key: str) -> int:
    asked = urllib.request.Request(f"{url}/luma/v1/files?limit=100", headers={"authorization": f"Bearer {key}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return len(json.load(answer)["data"])


if __name__ == "__main__":
    sys.exit(main())
