"""Whose job is it? Asked inside a transaction, so that no two processes take the same one."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from uni_cli.process import Owner, is_alive


class TakenOver(Exception):
    """Another process has this job now, or has closed it: what this one knows of it may be old."""


@dataclass(slots=True)
class Living:
    """Other processes that still live. The system is asked once about each: on some it costs a process of its own."""

    db: sqlite3.Connection
    me: Owner
    now: float
    _known: dict[str, bool] = field(default_factory=dict)

    def holds(self, owner: str | None) -> bool:
        """Is a job of this owner in the hands of another process?"""
        if owner is None or owner == self.me.id:
            return False
        if owner not in self._known:
            row = self.db.execute("SELECT * FROM owners WHERE id = ?", (owner,)).fetchone()
            self._known[owner] = bool(row) and is_alive(
                Owner(row["id"], row["pid"], row["started"], row["host"]), row["seen"], self.now
            )
        return self._known[owner]


def beat(db: sqlite3.Connection, me: Owner, now: float) -> None:
    db.execute(
        "INSERT INTO owners VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen",
        (me.id, me.pid, me.started, me.host, now),
    )
