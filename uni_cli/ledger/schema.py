"""The tables, their version, and the way from one version to the next."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from uni_cli.errors import LedgerNewer, LedgerTrouble

FILE = "ledger.sqlite3"
# "uni1" as a number: tells our file from any other SQLite file.
APPLICATION_ID = 0x756E6931
BUSY_SECONDS = 30.0

# Each entry brings the file from the version of its index to the next one. Entries are never changed, only added.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE jobs (
            id TEXT PRIMARY KEY, run TEXT NOT NULL, owner TEXT, once TEXT,
            provider TEXT NOT NULL, base_url TEXT NOT NULL, model TEXT NOT NULL, operation TEXT NOT NULL,
            state TEXT NOT NULL, prompt TEXT NOT NULL, token TEXT NOT NULL, remote_id TEXT,
            created REAL NOT NULL, updated REAL NOT NULL, submitted REAL, finished REAL, saved REAL,
            estimate TEXT, charged TEXT, seed INTEGER, path TEXT,
            error_code TEXT, error_message TEXT, error_hint TEXT,
            request TEXT NOT NULL, target TEXT NOT NULL, sent TEXT, assets TEXT, result TEXT, notes TEXT
        ) WITHOUT ROWID""",
        "CREATE INDEX jobs_created ON jobs (created)",
        "CREATE INDEX jobs_open ON jobs (provider, base_url, state) WHERE state NOT IN ('saved', 'failed', 'refused')",
        "CREATE INDEX jobs_once ON jobs (once) WHERE once IS NOT NULL",
        "CREATE INDEX jobs_remote ON jobs (provider, remote_id) WHERE remote_id IS NOT NULL",
        "CREATE INDEX jobs_history ON jobs (provider, model, operation, base_url, finished) WHERE finished IS NOT NULL",
        "CREATE INDEX jobs_submitted ON jobs (provider, base_url, submitted) WHERE submitted IS NOT NULL",
        "CREATE INDEX jobs_path ON jobs (path) WHERE path IS NOT NULL",
        """CREATE TABLE answers (
            job TEXT NOT NULL, at REAL NOT NULL, step TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL
        )""",
        "CREATE INDEX answers_job ON answers (job)",
        """CREATE TABLE owners (
            id TEXT PRIMARY KEY, pid INTEGER NOT NULL, started TEXT NOT NULL, host TEXT NOT NULL, seen REAL NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TABLE pace (
            provider TEXT NOT NULL, base_url TEXT NOT NULL, not_before REAL NOT NULL DEFAULT 0,
            concurrency INTEGER, rate INTEGER, PRIMARY KEY (provider, base_url)
        ) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE pace ADD COLUMN full_at INTEGER",
        "ALTER TABLE pace ADD COLUMN full_until REAL",
    ),
    # For a hundred thousand jobs. A row of a table with row ids needs no page of its own; `cost` (in billionths of a
    # dollar, what budgets count) is summed by day as it changes, so that no budget has to read a month of jobs.
    (
        """CREATE TABLE jobs_3 (
            id TEXT PRIMARY KEY NOT NULL, run TEXT NOT NULL, owner TEXT, once TEXT,
            provider TEXT NOT NULL, base_url TEXT NOT NULL, model TEXT NOT NULL, operation TEXT NOT NULL,
            state TEXT NOT NULL, prompt TEXT NOT NULL, token TEXT NOT NULL, remote_id TEXT,
            created REAL NOT NULL, updated REAL NOT NULL, submitted REAL, finished REAL, saved REAL,
            estimate TEXT, charged TEXT, seed INTEGER, path TEXT,
            error_code TEXT, error_message TEXT, error_hint TEXT, cost INTEGER NOT NULL DEFAULT 0,
            request TEXT NOT NULL, target TEXT NOT NULL, sent TEXT, assets TEXT, result TEXT, notes TEXT
        )""",
        """INSERT INTO jobs_3 SELECT id, run, owner, once, provider, base_url, model, operation, state, prompt, token,
            remote_id, created, updated, submitted, finished, saved, estimate, charged, seed, path,
            error_code, error_message, error_hint,
            CASE WHEN state IN ('failed', 'refused') AND charged IS NULL THEN 0
            ELSE CAST(round(CAST(coalesce(charged, estimate, '0') AS REAL) * 1000000000) AS INTEGER) END,
            request, target, sent, assets, result, notes FROM jobs ORDER BY created, id""",
        "DROP TABLE jobs",
        "ALTER TABLE jobs_3 RENAME TO jobs",
        "CREATE INDEX jobs_created ON jobs (created DESC, id)",
        "CREATE INDEX jobs_open ON jobs (provider, base_url, state) WHERE state NOT IN ('saved', 'failed', 'refused')",
        """CREATE INDEX jobs_busy ON jobs (provider, base_url, updated)
            WHERE state IN ('submitting', 'queued', 'running')""",
        "CREATE INDEX jobs_once ON jobs (once) WHERE once IS NOT NULL",
        "CREATE INDEX jobs_remote ON jobs (provider, remote_id) WHERE remote_id IS NOT NULL",
        "CREATE INDEX jobs_history ON jobs (provider, model, operation, base_url, finished) WHERE finished IS NOT NULL",
        "CREATE INDEX jobs_submitted ON jobs (provider, base_url, submitted) WHERE submitted IS NOT NULL",
        "CREATE TABLE spent (day TEXT PRIMARY KEY NOT NULL, cost INTEGER NOT NULL)",
        "INSERT INTO spent SELECT date(created, 'unixepoch'), sum(cost) FROM jobs GROUP BY 1",
        """CREATE TRIGGER jobs_spend AFTER INSERT ON jobs WHEN new.cost != 0 BEGIN
            INSERT INTO spent VALUES (date(new.created, 'unixepoch'), new.cost)
            ON CONFLICT (day) DO UPDATE SET cost = cost + excluded.cost;
        END""",
        """CREATE TRIGGER jobs_respend AFTER UPDATE OF cost ON jobs WHEN new.cost != old.cost BEGIN
            INSERT INTO spent VALUES (date(new.created, 'unixepoch'), new.cost - old.cost)
            ON CONFLICT (day) DO UPDATE SET cost = cost + excluded.cost;
        END""",
    ),
    # One index in place of two: it is written with every step of a job, and tells the places that are taken by itself.
    (
        "DROP INDEX jobs_busy",
        "DROP INDEX jobs_open",
        """CREATE INDEX jobs_open ON jobs (provider, base_url, state, updated)
            WHERE state NOT IN ('saved', 'failed', 'refused')""",
    ),
)
# In the words of the index, so that SQLite sees that it will do.
OPEN = "state NOT IN ('saved', 'failed', 'refused')"


def connect(path: Path) -> sqlite3.Connection:
    """Open, check and bring up to date. Raises LedgerTrouble without having changed a file that is not ours."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise LedgerTrouble(
            f"The ledger {path} cannot be opened: {error}", hint="UNI_STATE_DIR names another folder. Nothing was sent."
        ) from error
    try:
        _check_version(connection, path)
        _use_wal(connection)
        _migrate(connection)
    except sqlite3.Error as error:
        connection.close()
        raise trouble(error, path) from error
    except LedgerTrouble:
        connection.close()
        raise
    connection.row_factory = sqlite3.Row
    return connection


def sync(path: Path) -> None:
    """Everything committed so far survives a power cut: until a checkpoint, which syncs by itself, it is in the WAL."""
    try:
        handle = os.open(f"{path}-wal", os.O_RDWR | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def trouble(error: sqlite3.Error, path: Path) -> LedgerTrouble:
    """A database error in words; the file itself is left as it is."""
    text = str(error)
    if "full" in text or "I/O" in text or "readonly" in text or "unable to open" in text:
        return LedgerTrouble(
            f"The ledger {path} cannot be written: {text}",
            hint="Make room, or name another folder with UNI_STATE_DIR. Nothing that was bought is forgotten.",
        )
    if "locked" in text or "busy" in text:
        return LedgerTrouble(
            f"The ledger {path} is held by another process for more than {BUSY_SECONDS:g} s",
            hint="Wait for the other `uni` to end, then run `uni status --wait`.",
        )
    return LedgerTrouble(f"The ledger {path} is damaged: {text}")


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    # In this order: another process may be making the file at this moment, and its tables and its mark come together.
    empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID and not empty:
        raise LedgerTrouble(f"{path} is not a ledger of `uni`")
    if version > len(MIGRATIONS):
        raise LedgerNewer(f"The ledger {path} has version {version}; this `uni` knows {len(MIGRATIONS)}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """The switch to WAL does not wait for a lock by itself, and two first runs may meet here."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
            if mode != "wal":
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            # With WAL a commit needs not wait for the disk: `sync` does, once for many. Without, SQLite has to.
            connection.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _migrate(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again inside the lock: another process may have done it in between.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
