"""The journal: readable at any moment of its life, and left alone where it is not ours to write."""

from __future__ import annotations

import os
import shutil
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.house import SERVICES, House
from tests.front import uni
from uni_cli.ledger import Ledger, schema, views
from uni_cli.models import JobState

pytestmark = pytest.mark.usefixtures("quick")


def state_dir() -> Path:
    return Path(os.environ["UNI_STATE_DIR"])


@pytest.mark.parametrize("service", SERVICES)
def test_a_copy_of_the_files_at_any_moment_knows_every_submitted_job(
    home: House, service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[tuple[Path, int]] = []

    def copy(self: Ledger, what: str) -> None:
        place = tmp_path / "copies" / str(len(copies))
        place.mkdir(parents=True)
        for name in (schema.FILE, f"{schema.FILE}-wal"):
            if (self.path.parent / name).exists():
                shutil.copy(self.path.parent / name, place / name)
        copies.append((place, home.services.stats()[service]["accepted"]))

    home.break_with(f"{service}:submit:cut-after:1")
    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "after_write", copy)
        uni("generate", "a fox", "-p", service, "-n", "3", "--timeout", "2")

    assert len(copies) > 10
    for place, accepted in copies:
        ledger = Ledger(place)
        rows = ledger.summaries()
        assert sum(row.state != "planned" for row in rows) >= accepted
        assert ledger.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        ledger.close()
    assert copies[-1][1] == 3


def test_a_ledger_of_a_newer_uni_is_left_as_it_is(home: House) -> None:
    assert uni("generate", "a fox", "-p", "luma").code == 0
    path = state_dir() / schema.FILE
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    _is_refused_untouched(home, path, "[ledger.newer]")


@pytest.mark.parametrize(
    "content", [b"this is no database, and long enough to be none at all" * 30, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_ledger_is_left_as_it_is(home: House, content: bytes) -> None:
    path = state_dir() / schema.FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    _is_refused_untouched(home, path, "[ledger.damaged]")


def test_somebody_elses_database_is_left_as_it_is(home: House) -> None:
    path = state_dir() / schema.FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE recipes (name TEXT)")
    db.commit()
    db.close()
    _is_refused_untouched(home, path, "[ledger.damaged]")


def _is_refused_untouched(home: House, path: Path, code: str) -> None:
    before, sent = path.read_bytes(), home.services.stats()["luma"]["requests"]
    for command in (
        ["generate", "a fox", "-p", "luma"],
        ["status"],
        ["status", "--wait"],
        ["status", "--forget", "0a"],
    ):
        result = uni(*command)
        assert (result.code, code in result.err) == (1, True), result.err
        assert "Nothing was changed" in result.err
    assert path.read_bytes() == before
    assert home.services.stats()["luma"]["requests"] == sent


def test_a_ledger_of_the_first_version_is_brought_up_to_date(home: House) -> None:
    path = state_dir() / schema.FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path)
    for statement in schema.MIGRATIONS[0]:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()

    assert uni("generate", "a fox", "-p", "luma").code == 0
    assert uni("generate", "a fox", "-p", "luma").code == 0


def test_an_older_ledger_keeps_its_jobs_and_what_they_cost(home: House) -> None:
    """Five cents charged, four estimated and open; what failed without a charge is free again."""
    path = state_dir() / schema.FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path)
    for statement in (*schema.MIGRATIONS[0], *schema.MIGRATIONS[1]):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    db.execute("PRAGMA user_version = 2")
    columns = "id, run, provider, base_url, model, operation, state, prompt, token, created, updated, estimate, charged"
    for row in (
        ("aaaaaaaa", "saved", "0.0404", "0.05"),
        ("bbbbbbbb", "queued", "0.0400", None),
        ("cccccccc", "failed", "9", None),
    ):
        name, state, estimate, charged = row
        values = (name, "r", "luma", "u", "uni-1", "generate", state, "a fox", name, 1e9, 1e9, estimate, charged)
        request = '{"operation":"generate","prompt":"a fox"}', '{"template":"fox.png","folder":"/"}'
        marks = ", ".join("?" * 15)
        db.execute(f"INSERT INTO jobs ({columns}, request, target) VALUES ({marks})", (*values, *request))
    db.commit()
    db.close()

    ledger = Ledger(state_dir())
    try:
        assert [(job.id, job.request.prompt) for job in ledger.open_jobs()] == [("bbbbbbbb", "a fox")]
        assert views.spent_since(ledger.db, 1e9 - 86_400) == Decimal("0.09")
        ledger.forget("bbbbbbbb", 1e9)
        assert views.spent_since(ledger.db, 1e9 - 86_400) == Decimal("0.05")
    finally:
        ledger.close()


def test_one_picture_at_a_service_belongs_to_one_job(home: House) -> None:
    """Two processes may ask about two jobs that look alike at the same moment, and hear the same answer."""
    home.break_with("gmicloud:submit:cut-after:2")
    uni("generate", "a fox", "-p", "gmicloud", "-n", "2", "--no-wait")
    ledger = Ledger(state_dir())
    first, second = (ledger.claim(row.job, 0.0) for row in ledger.summaries())
    assert first is not None
    assert second is not None

    assert ledger.adopt(replace(first, state=JobState.QUEUED, remote_id="the-one"))
    assert not ledger.adopt(replace(second, state=JobState.QUEUED, remote_id="the-one"))
    assert ledger.adopt(replace(second, state=JobState.QUEUED, remote_id="another"))
    ledger.close()
