"""`uni __complete`: what a shell asks is answered fast, silently, and nothing is touched."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.completions.conftest import SHOWN, fill, job
from uni_cli import folders
from uni_cli.models import JobState

STATE = "UNI_STATE_DIR"


def ask(*args: str) -> list[str]:
    done = subprocess.run([sys.executable, "-m", "uni_cli", "__complete", *args], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode("utf-8").splitlines()


def test_jobs_come_newest_first_with_state_and_prompt(desk: Path) -> None:
    assert ask("jobs") == [
        "92bb1111\tfailed: 霧の灯台",
        "81aa0000\tin_doubt: a red van",
        f"7f3a9c21\tsaved: {SHOWN}"[: 9 + 59] + "…",
    ]


def test_a_prefix_narrows_them(desk: Path) -> None:
    assert [line[:8] for line in ask("jobs", "7f")] == ["7f3a9c21"]
    assert ask("jobs", "7g") == []
    assert ask("jobs", "' OR 1 --") == []


def test_only_open_jobs_can_be_forgotten_and_only_saved_ones_are_pictures(desk: Path) -> None:
    assert [line[:8] for line in ask("open")] == ["81aa0000"]
    assert [line[:8] for line in ask("pictures", "7")] == ["7f3a9c21"]
    assert ask("pictures", "8") == []


def test_recipes_and_the_items_of_one(desk: Path) -> None:
    names = [line.split("\t")[0] for line in ask("recipes")]

    assert names[0] == "skyline"
    assert "product-shot" in names
    assert not any("boom" in name for name in names)
    assert ask("items", "", "skyline") == [
        "lisbon-dawn-1\tout/a.png",
        "lisbon-dusk-1\tout/$(touch boom).png",
        "street/night\t",
    ]
    assert ask("items", "street", "recipes/skyline.yaml") == ["street/night\t"]
    assert ask("items", "", "nothing") == []
    assert ask("items", "", "../skyline") == []


def test_a_provider_of_another_package_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "packages" / "pictures_of_mine-1.0.dist-info"
    info.mkdir(parents=True)
    info.joinpath("entry_points.txt").write_text(
        "[console_scripts]\nmine = a:b\n\n[uni_cli.providers]\nmine-cloud = pictures:Mine\n\n[other]\nx = y:z\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "packages"))

    assert ask("providers") == ["mine-cloud\t"]


@pytest.mark.parametrize(
    "args", [(), ("jobs",), ("pictures", "a"), ("items", "", "x"), ("nonsense",), ("recipes", "zz")]
)
def test_where_there_is_nothing_it_says_nothing_and_makes_nothing(args: tuple[str, ...], tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))

    assert ask(*args) == []
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "data", [b"", b"not a database", b"SQLite format 3\x00" + bytes(4000)], ids=["empty", "text", "damaged"]
)
def test_a_ledger_that_is_none_is_left_alone(data: bytes) -> None:
    folder = Path(os.environ[STATE])
    folder.mkdir()
    (folder / "ledger.sqlite3").write_bytes(data)

    assert ask("jobs") == []
    assert (folder / "ledger.sqlite3").read_bytes() == data
    assert [path.name for path in folder.iterdir()] == ["ledger.sqlite3"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes in its folders")
def test_a_pipe_in_place_of_the_ledger_keeps_nobody_waiting() -> None:
    folder = Path(os.environ[STATE])
    folder.mkdir()
    os.mkfifo(folder / "ledger.sqlite3")

    assert ask("jobs") == []


def test_settings_that_cannot_be_read_are_no_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STATE)
    folders.config_file().parent.mkdir()
    folders.config_file().write_text("state_dir = [broken")

    assert ask("jobs") == []


def test_looking_leaves_no_file_behind(desk: Path) -> None:
    folder = Path(os.environ[STATE])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    assert len(ask("jobs")) == 3
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_a_running_uni_has_just_written_is_seen(desk: Path) -> None:
    """Its newest rows are in the log beside the ledger, and it may hold the lock for writing."""
    running = sqlite3.connect(Path(os.environ[STATE], "ledger.sqlite3"), isolation_level=None)
    running.execute("UPDATE jobs SET prompt = 'a blue van' WHERE id = '81aa0000'")
    running.execute("BEGIN IMMEDIATE")

    assert ask("jobs", "81") == ["81aa0000\tin_doubt: a blue van"]
    running.close()


def test_a_long_ledger_is_cut_to_the_newest() -> None:
    fill(Path(os.environ[STATE]), *(job(f"{n:08x}", "x", state=JobState.SAVED, created=1.7e9 + n) for n in range(300)))

    found = [line.split("\t")[0] for line in ask("jobs")]

    assert (len(found), found[0]) == (50, "0000012b")
    assert ask("jobs", "00000001") == ["00000001\tsaved: x"]


def test_a_shell_that_stopped_reading_is_no_noise(desk: Path) -> None:
    command = [sys.executable, "-m", "uni_cli", "__complete", "jobs"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("kind", ["jobs", "recipes", "items", "providers"])
def test_nothing_heavy_is_loaded(kind: str, desk: Path) -> None:
    look = "import sys; from uni_cli import complete; complete.main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", look, kind, "", "skyline"], capture_output=True, text=True, timeout=60)

    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "uni_cli" in loaded
    heavy = {"typer", "rich", "pydantic", "pydantic_settings", "httpx", "ruamel", "jinja2", "PIL", "asyncio"}
    assert not loaded & heavy
