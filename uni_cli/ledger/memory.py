"""What this process knows of its own rows: what they hold, so that only what changed is written, and what is due."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

from uni_cli.ledger.owners import TakenOver
from uni_cli.ledger.rows import update_of
from uni_cli.models import Job


class Memory:
    def __init__(self) -> None:
        self._rows: dict[str, Job] = {}
        self._due: dict[str, Job] = {}

    def store(self, db: sqlite3.Connection, job: Job, owner: str, also: str = "") -> None:
        """Raises TakenOver where the row is not this process's any more: another took it for dead."""
        # Whatever happens before `written`, the next write is a whole one.
        statement, values = update_of(job, owner, self._rows.pop(job.id, None))
        if not db.execute(f"{statement} AND owner = ?{also}", (*values, owner)).rowcount:
            raise TakenOver(job.id)

    def is_stored(self, db: sqlite3.Connection, job: Job, owner: str, also: str = "") -> bool:
        """Store it, or say that the row is not this process's any more."""
        try:
            self.store(db, job, owner, also)
        except TakenOver:
            return False
        return True

    def written(self, job: Job) -> None:
        """Committed, and as long as the row is this process's nobody else changes it."""
        if job.ended:
            self._rows.pop(job.id, None)
        else:
            self._rows[job.id] = job

    def forget(self, job_ids: Iterable[str]) -> None:
        """From now on others may change these rows."""
        for job_id in job_ids:
            self._rows.pop(job_id, None)

    # --- what is postponed, because something newer nearly always follows at once ------------------------------

    def postpone(self, job: Job) -> None:
        self._due[job.id] = job

    def supersede(self, job: Job) -> None:
        """A newer snapshot is written now."""
        self._due.pop(job.id, None)

    @property
    def due(self) -> Collection[Job]:
        return self._due.values()

    def store_due(self, db: sqlite3.Connection, owner: str) -> list[Job]:
        due = list(self._due.values())
        for job in due:
            # Whose job it is now comes out with the snapshot that follows.
            self.is_stored(db, job, owner)
        return due

    def due_written(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            if self._due.get(job.id) is job:
                del self._due[job.id]
                self.written(job)
