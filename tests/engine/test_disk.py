"""No room, no folder, no name: a paid picture waits in the state folder, and the next try is free."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.house import SERVICES, House, jobs, speaks_plainly
from tests.front import Result, uni

pytestmark = pytest.mark.usefixtures("quick")
ROOT = Path(__file__).parents[2]
CAN_MOUNT = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None
Disk = "tuple[Path, int]"


class SmallDisk:
    """A file system of its own that can be filled to the last byte."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self, *, leave: int = 0) -> None:
        (self.path / "filler").unlink(missing_ok=True)
        free = shutil.disk_usage(self.path).free
        with (self.path / "filler").open("wb") as filler:
            filler.write(b"\0" * max(0, free - leave))

    def clear(self) -> None:
        (self.path / "filler").unlink()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallDisk]:
    if not CAN_MOUNT:
        pytest.skip("only root on Linux may mount a file system of its own")
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=False)
    if done.returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def make(output: Path | str, service: str = "luma") -> Result:
    return uni("generate", "a fox", "-p", service, "-o", str(output), "--timeout", "3")


def is_kept(home: House, result: Result, *, to: Path) -> None:
    """Exit 9, the place named, the picture there; and once there is room, it comes for free."""
    speaks_plainly(result)
    assert (result.code, result.out) == (9, "")
    assert "[output.not_written]" in result.err
    kept = next((Path(os.environ["UNI_STATE_DIR"]) / "kept").iterdir())
    assert str(kept) in result.err
    assert kept.stat().st_size > 100
    assert home.account(1).pending == 1


def is_delivered(home: House) -> Path:
    after = uni("status", "--wait", "--timeout", "20")
    assert after.code == 0, after.err
    account = home.account(1)
    assert (account.billed, account.delivered, account.lost) == (1, 1, 0)
    assert not list((Path(os.environ["UNI_STATE_DIR"]) / "kept").iterdir())
    return Path(jobs()[0]["path"])


@pytest.mark.parametrize("leave", [0, 4096, 12288])
def test_a_picture_that_finds_its_disk_full_is_kept(home: House, small: SmallDisk, leave: int) -> None:
    home.break_with("luma:poll:500")
    assert make(small.path / "fox.png").code == 8
    home.break_with()
    small.fill(leave=leave)

    is_kept(home, uni("status", "--wait", "--timeout", "20"), to=small.path)

    assert [path.name for path in small.path.iterdir()] == ["filler"]
    small.clear()
    assert is_delivered(home).parent == small.path


def test_a_full_target_is_found_before_anything_is_sent(home: House, small: SmallDisk) -> None:
    small.fill()

    result = make(small.path / "fox.png")

    assert (result.code, "[usage.output]" in result.err) == (2, True)
    assert home.services.stats()["luma"]["requests"] == 0


def test_a_full_state_folder_sends_nothing(home: House, small: SmallDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_STATE_DIR", str(small.path / "state"))
    assert make("first.png").code == 0
    small.fill()

    result = make("fox.png")

    speaks_plainly(result)
    assert result.code == 1
    assert "cannot be written" in result.err
    assert home.services.stats()["luma"]["accepted"] == 1
    small.clear()
    assert make("fox.png").code == 0


def test_a_state_folder_that_fills_up_still_lets_the_picture_through(
    home: House, small: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNI_STATE_DIR", str(small.path / "state"))
    home.break_with("luma:poll:500")
    assert make("fox.png").code == 8
    home.break_with()
    small.fill()

    during = uni("status", "--wait", "--timeout", "20")

    speaks_plainly(during)
    assert Path("fox.png").exists() or during.code in (1, 9)
    small.clear()
    assert uni("status", "--wait", "--timeout", "20").code == 0
    assert [path.name for path in sorted(Path().iterdir())] == ["fox.png", "fox.png.json"]
    assert home.account(1).delivered == 1


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("writes", range(2, 9))
def test_a_ledger_that_takes_no_more_writes_loses_no_picture(home: House, service: str, writes: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.engine.mortal", f"readonly-{writes}"]
    command += ["generate", "a fox", "-p", service, "-o", "fox.{ext}"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert "Traceback" not in ended.stderr
    assert ended.returncode in (0, 1), ended.stderr
    if ended.returncode:
        assert "cannot be written" in ended.stderr
    bought = home.services.billed()
    assert bought == len(list(Path().glob("fox*.json"))), ended.stderr
    after = uni("status", "--wait", "--timeout", "20")
    account = home.account(1)
    assert (account.billed, account.delivered, account.in_doubt) == (bought, bought, 0), after.err
    assert len(list(Path().glob("fox*.json"))) == bought


def test_a_folder_removed_meanwhile_is_made_again(home: House) -> None:
    home.break_with("luma:poll:500")
    assert make("album/fox.png").code == 8
    shutil.rmtree("album", ignore_errors=True)
    home.break_with()

    assert uni("status", "--wait", "--timeout", "20").out == "album/fox.png\n"


def test_a_folder_that_became_a_file_keeps_the_picture_until_there_is_a_place(home: House) -> None:
    home.break_with("luma:poll:500")
    assert make("album/fox.png").code == 8
    shutil.rmtree("album", ignore_errors=True)
    Path("album").write_text("not a folder")
    home.break_with()

    is_kept(home, uni("status", "--wait", "--timeout", "20"), to=Path("album"))

    Path("album").unlink()
    assert is_delivered(home) == Path("album/fox.png").absolute()


def test_a_state_folder_without_a_place_for_pictures_is_no_loss(home: House) -> None:
    home.break_with("luma:poll:500")
    assert make("fox.png").code == 8
    kept = Path(os.environ["UNI_STATE_DIR"]) / "kept"
    shutil.rmtree(kept, ignore_errors=True)
    kept.write_text("not a folder")
    home.break_with()

    assert uni("status", "--wait", "--timeout", "20").out == "fox.png\n"
    assert [path.name for path in sorted(Path().iterdir())] == ["fox.png", "fox.png.json"]


def test_a_name_taken_meanwhile_is_not_overwritten(home: House) -> None:
    home.break_with("luma:poll:500")
    assert make("fox.png").code == 8
    Path("fox.png").write_text("mine")
    home.break_with()

    assert uni("status", "--wait", "--timeout", "20").out == "fox-1.png\n"
    assert Path("fox.png").read_text() == "mine"


@pytest.mark.parametrize(("seconds", "beside"), [(0.0, False), (0.03, True)], ids=["quick", "slow"])
def test_a_slow_disk_is_waited_for_in_a_thread(
    home: House, monkeypatch: pytest.MonkeyPatch, seconds: float, beside: bool
) -> None:
    """And a quick one where the work is, for that costs less than a thread."""
    waits, really = list[bool](), os.fsync

    def fsync(handle: int) -> None:
        waits.append(threading.current_thread() is not threading.main_thread())
        time.sleep(seconds)
        really(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    result = uni("generate", "a fox", "-p", "luma", "-n", "8", "-o", "{n}.png")

    assert result.code == 0, result.err
    assert len(list(Path().glob("*.png"))) == 8
    # A slow disk is tried twice, and once more now and then.
    assert (sum(waits) > len(waits) / 2) is beside
    if beside:
        assert not all(waits)
