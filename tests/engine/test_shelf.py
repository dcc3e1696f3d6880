"""Pictures that wait together for the disk: what is told of them, what the ledger knows, and when."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.engine.house import House, jobs, speaks_plainly
from tests.engine.test_death import start
from tests.engine.test_mended import at
from tests.front import uni
from uni_cli.ledger import Ledger, schema
from uni_cli.storage import files

pytestmark = pytest.mark.usefixtures("quick")
FOUR = ("generate", "a fox", "-p", "luma", "-n", "4", "-o", "out/", "--json")


class Watched:
    """Which files and folders were waited for; `fails` are names for which the disk has no good answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synced: list[str] = []
        self.fails: str | None = None
        self._fsync = os.fsync
        monkeypatch.setattr(os, "fsync", self._wait)

    def _wait(self, handle: int) -> None:
        name = os.path.realpath(f"/proc/self/fd/{handle}")
        if self.fails and name.endswith(self.fails):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._fsync(handle)
        self.synced.append(name)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("only Linux tells which file a handle is of")
    return Watched(monkeypatch)


def test_what_the_ledger_calls_saved_is_on_the_disk(
    home: House, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe: dict[str, bool] = {}

    def look(self: Ledger, what: str) -> None:
        with sqlite3.connect(Path(os.environ["UNI_STATE_DIR"]) / schema.FILE) as db:
            for (path,) in db.execute("SELECT path FROM jobs WHERE state = 'saved'"):
                real = os.path.realpath(path)
                needed = {real, f"{real}.json", os.path.dirname(real)}  # noqa: PTH120
                safe.setdefault(path, needed <= set(watched.synced))
        db.close()

    monkeypatch.setattr(Ledger, "after_write", look)

    assert uni(*FOUR).code == 0

    assert list(safe.values()) == [True] * 4
    assert watched.synced.count(os.path.realpath("out")) <= 4


def test_all_is_on_the_disk_when_the_command_ends(home: House, watched: Watched) -> None:
    done = uni(*FOUR)

    assert {row["state"] for row in jobs()} == {"saved"}
    for picture in done.json["images"]:
        assert {os.path.realpath(picture["path"]), os.path.realpath(f"{picture['path']}.json")} <= set(watched.synced)
    # The last word of the ledger is waited for as well.
    assert watched.synced[-1].endswith("-wal")


def test_a_disk_that_fails_one_of_many_files_is_asked_for_all_of_them(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few are open at once, and none stays open."""
    monkeypatch.setattr(files, "OPEN_AT_ONCE", 3)
    names = [str(tmp_path / f"{n}.png") for n in range(8)]
    for name in names[:-1]:
        Path(name).write_bytes(b"a picture")
    watched.fails = "1.png"
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    troubles = files.settle(names)

    assert list(troubles) == [names[1]]
    assert watched.synced == [names[0], *names[2:-1], str(tmp_path)]
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of open files to lower")
def test_all_are_waited_for_where_hardly_any_may_be_open(watched: Watched, tmp_path: Path) -> None:
    import resource

    names = [str(tmp_path / f"{n}.png") for n in range(12)]
    for name in names:
        Path(name).write_bytes(b"a picture")
    with contextlib.ExitStack() as stack:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        held = [stack.enter_context(Path(os.devnull).open("rb")) for _ in range(30)]
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        # Descriptors are numbers from the lowest free one on, and the limit is about the number.
        resource.setrlimit(resource.RLIMIT_NOFILE, (held[-1].fileno() + 1, hard))
        for some in held[-3:]:
            some.close()

        assert files.settle(names) == {}

    assert watched.synced == [*names, str(tmp_path)]


def test_one_that_cannot_be_closed_is_told_and_holds_up_no_other(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [str(tmp_path / f"{n}.png") for n in range(4)]
    for name in names:
        Path(name).write_bytes(b"a picture")
    close = os.close

    def fail(handle: int) -> None:
        name = os.path.realpath(f"/proc/self/fd/{handle}")
        close(handle)
        if name == names[1]:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "close", fail)

    assert list(files.settle(names)) == [names[1]]
    assert watched.synced == [*names, str(tmp_path)]


def test_a_picture_of_which_the_disk_is_not_sure_is_not_called_saved(home: House, watched: Watched) -> None:
    watched.fails = "fox.png"
    done = uni("generate", "a fox", "-p", "luma", "-o", "fox.png", "--json")

    speaks_plainly(done)
    assert (done.code, done.json["images"]) == (9, [])
    assert "output.not_written" in done.out
    assert jobs()[0]["state"] == "finished"

    watched.fails = None
    assert uni("status", "--wait", "--timeout", "5").code == 0
    assert (home.account(1).billed, home.account(1).delivered) == (1, 1)
    assert sorted(path.name for path in Path().iterdir() if path.name.startswith("fox")) == ["fox.png", "fox.png.json"]


def test_a_picture_of_a_process_that_died_is_waited_for_when_it_is_found(home: House, watched: Watched) -> None:
    assert start("picture-not-recorded", "generate", "a fox", "-p", "luma", "-o", "fox.png") == -signal.SIGKILL
    assert jobs()[0]["state"] != "saved"

    assert uni("status", "--wait", "--timeout", "5").code == 0

    assert {os.path.realpath("fox.png"), os.path.realpath("fox.png.json")} <= set(watched.synced)
    assert (home.account(1).billed, home.account(1).delivered) == (1, 1)


def test_a_picture_of_a_process_that_died_is_found_where_the_service_forgot_the_job(home: House) -> None:
    assert start("picture-not-recorded", "generate", "a fox", "-p", "luma", "-o", "fox.png") == -signal.SIGKILL
    home.break_with("luma:poll:404")

    assert uni("status", "--wait", "--timeout", "1").code == 0

    assert (home.account(1).billed, home.account(1).delivered) == (1, 1)


def test_what_another_process_made_of_a_finished_job_is_what_counts(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uni_cli.engine.desk.DUE_SECONDS", 0.0)
    at("due", lambda: start("never", "status", "--wait", "--timeout", "5"), monkeypatch)

    done = uni("generate", "a fox", "-p", "luma", "-o", "fox.png", "--json")

    assert done.code == 0, done.err
    assert (home.account(1).billed, home.account(1).delivered) == (1, 1)
    assert [os.path.realpath(picture["path"]) for picture in done.json["images"]] == [jobs()[0]["path"]]


def test_a_job_that_another_process_took_and_left_is_saved_all_the_same(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take() -> None:
        db = sqlite3.connect(Path(os.environ["UNI_STATE_DIR"]) / schema.FILE)
        db.execute("UPDATE jobs SET owner = NULL")
        db.commit()
        db.close()

    monkeypatch.setattr("uni_cli.engine.desk.DUE_SECONDS", 0.0)
    at("due", take, monkeypatch)

    done = uni("generate", "a fox", "-p", "luma", "-o", "fox.png", "--json")

    assert (done.code, len(done.json["images"])) == (0, 1), done.err
    assert (jobs()[0]["state"], home.account(1).billed) == ("saved", 1)


def test_a_fault_while_pictures_wait_is_told_and_loses_none(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    with monkeypatch.context() as patched:
        patched.setattr("uni_cli.engine.desk.Desk.put_all", stumble)
        done = uni(*FOUR)

    assert (done.code, done.json["error"]["code"]) == (1, "internal.error")
    assert len(done.json["images"]) == 4
    assert uni("status", "--wait", "--timeout", "5").code == 0
    assert (home.account(4).billed, home.account(4).delivered) == (4, 4)


def test_a_picture_that_somebody_takes_away_at_once_is_no_trouble(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from uni_cli.engine.desk import Desk

    emit = Desk.emit

    def take(self: Desk, job: object) -> None:
        emit(self, job)  # type: ignore[arg-type]
        for picture in Path("gone").glob("*.png"):
            picture.unlink()

    monkeypatch.setattr(Desk, "emit", take)

    done = uni("generate", "a fox", "-p", "luma", "-o", "gone/", "-q")

    assert done.code == 0, done.err
