"""What is looked up for a job in doubt: its answer as it came, and which other jobs could be taken for it."""

from __future__ import annotations

import sqlite3

from uni_cli.ledger import views
from uni_cli.ledger.schema import OPEN
from uni_cli.models import Job


def keep_answer(db: sqlite3.Connection, job: Job, *, status: int, body: bytes, at: float) -> None:
    db.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", (job.id, at, _attempt(job), status, body))


def answer(db: sqlite3.Connection, job: Job) -> tuple[int, bytes] | None:
    """What the service answered to this very sending, if the process lived long enough to store it."""
    query = "SELECT status, body FROM answers WHERE job = ? AND step = ?"
    row = db.execute(query, (job.id, _attempt(job))).fetchone()
    return (int(row["status"]), bytes(row["body"])) if row else None


def known_remote_ids(db: sqlite3.Connection, job: Job) -> set[str]:
    """Ids at the same service that belong to other jobs of these days; `is_taken` knows those of all."""
    rows = db.execute(
        "SELECT remote_id FROM jobs WHERE provider = ? AND base_url = ? AND submitted > ? AND id != ? "
        "AND remote_id IS NOT NULL",
        (job.provider, job.base_url, (job.submitted or job.created) - views.DAY, job.id),
    )
    return {row[0] for row in rows}


def is_taken(db: sqlite3.Connection, job: Job) -> bool:
    """Does what its service calls so belong to another job?"""
    query = "SELECT 1 FROM jobs WHERE provider = ? AND base_url = ? AND remote_id = ? AND id != ?"
    return db.execute(query, (job.provider, job.base_url, job.remote_id, job.id)).fetchone() is not None


def twin_owners(db: sqlite3.Connection, job: Job) -> list[str | None]:
    """Whose the identical requests are that may be under way."""
    query = (
        f"SELECT owner FROM jobs WHERE provider = ? AND base_url = ? "  # noqa: S608  (our words)
        f"AND state = 'submitting' AND {OPEN} AND id != ? AND sent = (SELECT sent FROM jobs WHERE id = ?)"
    )
    return [row[0] for row in db.execute(query, (job.provider, job.base_url, job.id, job.id)).fetchall()]


def _attempt(job: Job) -> str:
    """Tells the answer to this sending from the answer to an earlier one that the service had turned down."""
    return f"submit {job.submitted}"
