"""What only a real process can show: signals, closed streams, full disks, and what is imported at the start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.front import Services, uni

UNI = (sys.executable, "-m", "uni_cli")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX shell, signals or limits")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a Linux device")


def run(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
    options = {"capture_output": True, **options}
    return subprocess.run((*UNI, *args), text=True, timeout=60, check=False, **options)


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """`uni` in a line of a real shell; the exit code is the one of `uni`, told on stderr."""
    line = line.replace("uni ", f"{sys.executable} -m uni_cli ")
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)


# --- streams that close ------------------------------------------------------------------------------------------


@POSIX
@pytest.mark.parametrize(
    ("flags", "redirect"),
    [
        ("-o fox.png", "| head -0"),
        ("-o fox.png --json", "| head -c 0"),
        ("-o -", "| head -c 4 >/dev/null"),
        ("-o fox.png", ">&-"),
        ("-o fox.png", "2>&-"),
        ("-o fox.png", "<&- >&- 2>&-"),
        pytest.param("-o fox.png", "2>/dev/full", marks=LINUX),
    ],
)
def test_a_reader_that_goes_away_is_no_error(services: Services, flags: str, redirect: str) -> None:
    result = shell(f"uni generate fox -p runware {flags} {redirect}; echo ${{PIPESTATUS[0]}} > code")

    assert Path("code").read_text() == "0\n", result.stderr
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr
    assert services.billed() == 1
    if "fox.png" in flags:
        assert Path("fox.png").read_bytes().startswith(b"\x89PNG")


@POSIX
@pytest.mark.parametrize("command", ["--version", "--help", "status", "status --json", "config show", "providers"])
def test_nobody_reads(command: str) -> None:
    for redirect in ("| head -0", ">&-"):
        result = shell(f"uni {command} {redirect}; echo ${{PIPESTATUS[0]}} > code")

        assert Path("code").read_text() == "0\n"
        assert result.stderr.replace(
            'No jobs yet. `uni generate "a paper lighthouse at dawn"` makes the first one.', ""
        )[:5] in ("", "\n", "Price")


@LINUX
@pytest.mark.parametrize("command", ["--version", "--help", "status --json", "providers --json", "generate '' --json"])
def test_a_full_disk_behind_stdout(command: str) -> None:
    result = shell(f"uni {command} >/dev/full; echo $? > code")

    assert Path("code").read_text() in ("9\n", "2\n" if "generate" in command else "9\n")
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr
    assert len(result.stderr.splitlines()) <= 2


@LINUX
def test_a_bought_picture_that_stdout_cannot_take_is_safe(services: Services) -> None:
    result = shell("uni generate fox -p runware -q -o - >/dev/full; echo $? > code")

    assert Path("code").read_text() == "9\n"
    assert "stdout could not be written: No space left on device [output.not_written]" in result.stderr
    (job,) = uni("status", "--json").json["jobs"]
    assert Path(job["path"]).exists()


# --- a full disk -------------------------------------------------------------------------------------------------


def limit_files(size: int) -> Callable[[], None]:
    """No file may grow above that; the same errors as a full disk, in the process that asked for it."""

    def limit() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@POSIX
def test_a_full_disk_loses_nothing_that_was_bought(start_services: Callable[..., Services]) -> None:
    services = start_services(latency=0.01, fast=False)
    # The ledger fits, the picture of several hundred kilobytes does not.
    args = ("generate", "fog over a lake with reeds", "-p", "gmicloud", "-o", "out/fog.{ext}")

    full = run(*args, "--json", "--timeout", "8", preexec_fn=limit_files(200_000))
    left = [path.name for path in Path("out").iterdir()]
    collected = run("status", "--wait")

    assert full.returncode in (8, 9), full.stderr
    document = json.loads(full.stdout)
    assert (document["ok"], document["images"]) == (False, [])
    assert "Traceback" not in full.stderr
    assert left == []
    assert (collected.returncode, services.billed()) == (0, 1), collected.stderr
    assert Path(collected.stdout.strip()).stat().st_size > 200_000


@POSIX
def test_a_ledger_that_cannot_be_written_buys_nothing(services: Services) -> None:
    result = run("generate", "fox", "-p", "gmicloud", preexec_fn=limit_files(100))

    assert result.returncode in (1, 2, 9)
    assert "Traceback" not in result.stderr
    assert "[internal.error]" not in result.stderr, result.stderr
    assert services.billed() == 0


# --- signals -----------------------------------------------------------------------------------------------------


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_loses_nothing(start_services: Callable[..., Services], number: int, code: int) -> None:
    services = start_services(latency=2.0)
    args = (*UNI, "generate", "a fox", "-p", "runware", "-o", "fox.png", "--json")
    child = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    for line in child.stderr:
        if "queued" in line:
            break
    child.send_signal(number)
    out, err = child.communicate(timeout=30)

    document = json.loads(out)
    assert child.returncode == code
    assert (document["ok"], document["error"]["code"], document["error"]["exit"]) == (False, "interrupted", code)
    assert [entry["state"] for entry in document["pending"]] == ["queued"]
    assert "uni status --wait" in err
    assert "Traceback" not in err
    assert list(Path().iterdir()) == []
    services.advance(5)
    collected = uni("status", "--wait")
    assert (collected.code, collected.out, services.billed()) == (0, "fox.png\n", 1), collected.err


@POSIX
def test_ctrl_c_before_anything_was_sent() -> None:
    reader, writer = os.pipe()
    args = (*UNI, "generate", "-", "--json")
    child = subprocess.Popen(args, stdin=reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    os.write(writer, b"a fox and")
    while child.poll() is None and _unread(reader):
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    os.close(reader)
    os.close(writer)

    assert child.returncode == 130, err
    assert json.loads(out)["error"]["code"] == "interrupted"
    assert "Traceback" not in err


def _unread(reader: int) -> int:
    """How many bytes nobody has taken out of a pipe yet."""
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(reader, termios.FIONREAD, b"\0" * 4), sys.byteorder)


# --- what is loaded ----------------------------------------------------------------------------------------------

HEAVY = {"httpx", "pydantic_settings", "PIL", "jinja2", "asyncio", "uni_cli.engine"}


@pytest.mark.parametrize("command", [("--version",), ("--help",), ("status",)])
def test_what_starts_often_loads_little(command: tuple[str, ...]) -> None:
    result = subprocess.run(
        (sys.executable, "-X", "importtime", *UNI[1:], *command), capture_output=True, text=True, timeout=60, check=True
    )

    loaded = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if line.startswith("import time:")}
    assert "uni_cli" in loaded
    assert loaded & HEAVY == set()


def test_a_dry_run_loads_no_engine() -> None:
    result = run("generate", "fog", "--dry-run", "-v")
    code = "import sys; from uni_cli.cli import main; main(['generate', 'fog', '--dry-run', '-q']); print(*sys.modules)"
    loaded = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True).stdout.split()

    assert result.returncode == 0
    assert {"httpx", "uni_cli.engine", "PIL"} & set(loaded) == set()
