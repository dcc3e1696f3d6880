"""A large picture from its arrival to its place (verify, hash, embed, write, sidecar), against `cp` and `sha256sum`.

    python -m tests.bench.big [ROUNDS]

Ours waits until the picture is on the disk and `cp` does not, so both sides are followed by one wait for the disk.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.bench import rows

MEGABYTE = 1 << 20
SIZES = (20, 200)
LIMIT, MEMORY_LIMIT = 1.5, 1.2
WIDTH, BAND = 4096, 16


@dataclass(frozen=True, slots=True)
class Cost:
    wall: float
    cpu: float
    memory: float


def main(rounds: int = 7) -> int:
    print(f"{'file':>7} {'wall':>6} {'cpu':>6} {'limit':>6} {'memory MB':>10}   (medians of {rounds} paired rounds)")
    missed, memory = False, []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "source.png")
            write_png(source, size)
            wall, cpu, peak = _compare(source, Path(folder), rounds if size == SIZES[0] else 3)
            real = source.stat().st_size / MEGABYTE
        memory.append(peak)
        if size == SIZES[0]:
            missed |= not rows.add(f"a picture of {size} MB: processor time to cp and sha256sum", cpu, LIMIT)
            rows.add(f"a picture of {size} MB: wall to cp and sha256sum", wall, LIMIT)
        print(f"{real:>4.0f} MB {wall:>6.2f} {cpu:>6.2f} {LIMIT:>6.2f} {peak:>10.1f}")
    missed |= not rows.add(f"memory of {SIZES[1]} MB to {SIZES[0]} MB", memory[1] / memory[0], MEMORY_LIMIT)
    print(f"  {'MISSED' if missed else 'good'}")
    return int(missed)


def _compare(source: Path, folder: Path, rounds: int) -> tuple[float, float, float]:
    pairs = [(_run(_ours(source, folder)), _run(_theirs(source, folder))) for _ in range(rounds)]
    # What both a Python and a shell cost before they do anything.
    bare_ours, bare_theirs = _run(_ours(None, folder)), _run(("sh", "-c", ":"))
    return (
        statistics.median((a.wall - bare_ours.wall) / (b.wall - bare_theirs.wall) for a, b in pairs),
        statistics.median((a.cpu - bare_ours.cpu) / (b.cpu - bare_theirs.cpu) for a, b in pairs),
        statistics.median(a.memory for a, _ in pairs),
    )


def _ours(source: Path | None, folder: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "tests.bench.big", "place", str(source or "-"), str(folder))


def _theirs(source: Path, folder: Path) -> tuple[str, ...]:
    copy = folder / "copy.png"
    return ("sh", "-c", f"cp '{source}' '{copy}' && sha256sum '{copy}' && sync -d '{copy}' && rm '{copy}'")


def _run(command: tuple[str, ...]) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, float(told.split()[-1]) if "place" in command else 0.0)


def place(source: str, folder: str) -> None:
    """What the engine does with a picture that has arrived; `-` is everything but that."""
    from types import SimpleNamespace
    from typing import Any

    from uni_cli.clock import Clock
    from uni_cli.engine import delivery
    from uni_cli.models import Job, JobState, Operation, Request, Target

    # The engine's own file is handed over, and taken away.
    desk: Any = SimpleNamespace(clock=Clock(), taken=set(), state_dir=Path(folder))
    request = Request(Operation.GENERATE, "a paper lighthouse")
    target = Target("placed-{job}.{ext}", folder)
    job = Job("7f3a9c21", "run", "luma", "", request, target, "token", 1.0, 1.0, JobState.FINISHED, sent={})
    if source != "-":
        raw = Path(folder, "raw.png")
        raw.unlink(missing_ok=True)
        os.link(source, raw)
        seen = delivery._verify(raw)
        _, saved = delivery.Deliverer(desk)._place_at_all(job, raw, seen)
        Path(saved.path).unlink()
        Path(folder, saved.sidecar).unlink()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def write_png(path: Path, megabytes: int) -> None:
    """Soft noise: it packs to five eighths, as photographs do, and unpacking it is as much work."""
    from uni_cli.storage.png import SIGNATURE, _chunk

    row, dice, soft = WIDTH * 3, Random(7), bytes(n & 31 for n in range(256))
    band = b"".join(b"\0" + dice.randbytes(row).translate(soft) for _ in range(BAND))
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = _chunk(b"IDAT", packer.compress(band) + packer.flush(zlib.Z_FULL_FLUSH))
    bands = megabytes * MEGABYTE // len(packed)
    checksum = 1
    with path.open("wb") as stream:
        header = WIDTH.to_bytes(4, "big") + (bands * BAND).to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
        stream.write(SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", b"\x78\x01"))
        for _ in range(bands):
            stream.write(packed)
            checksum = zlib.adler32(band, checksum)
        stream.write(_chunk(b"IDAT", b"\x03\0" + checksum.to_bytes(4, "big")) + _chunk(b"IEND", b""))


if __name__ == "__main__":
    if sys.argv[1:2] == ["place"]:
        place(*sys.argv[2:4])
    elif shutil.which("sha256sum") is None:
        sys.exit("cp, sync and sha256sum are needed")
    else:
        sys.exit(main(*(int(word) for word in sys.argv[1:2])))
