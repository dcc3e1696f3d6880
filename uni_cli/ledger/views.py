"""What people ask the ledger: lists and sums, read from columns without unpacking a job."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from uni_cli.ledger.rows import BILLION
from uni_cli.models import Failure, Job, replace

# After how many seconds a job was last seen unfinished (0: nobody looked; None: nobody noted it), and then finished.
Span = tuple[float | None, float]
DAY = 86_400.0

_SUMMARY = (
    "id, provider, model, state, operation, prompt, remote_id, created, updated, path, estimate, charged, "
    "error_code, error_message, error_hint"
)


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of `uni status`."""

    job: str
    provider: str
    model: str
    state: str
    operation: str
    prompt: str
    remote_id: str | None
    created: float
    updated: float
    path: str | None
    estimate: Decimal | None
    charged: Decimal | None
    error: Failure | None


@dataclass(frozen=True, slots=True)
class Spent:
    """A line of `uni status --spend`."""

    day: str
    provider: str
    model: str
    pictures: int = 0
    estimate: Decimal | None = None
    charged: Decimal | None = None
    open: int = 0


def history(db: sqlite3.Connection, job: Job) -> list[Span]:
    rows = db.execute(
        "SELECT notes FROM (SELECT notes FROM jobs WHERE provider = ? AND model = ? AND operation = ? "
        "AND base_url = ? AND finished IS NOT NULL ORDER BY finished DESC LIMIT 100) "
        "WHERE notes LIKE '%\"took\"%' LIMIT 20",
        (job.provider, job.request.model, job.request.operation.value, job.base_url),
    )
    noted = [json.loads(row[0]) for row in rows]
    spans = ((notes.get("missed"), notes.get("took")) for notes in noted)
    known = [(missed if _is_time(missed) else None, took) for missed, took in spans if _is_time(took) and took]
    return known[::-1]


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < DAY


def summaries(
    db: sqlite3.Connection,
    *,
    ids: Sequence[str] = (),
    states: Sequence[str] = (),
    since: float | None = None,
    limit: int | None = None,
) -> list[Summary]:
    """Newest first."""
    where, values = _conditions(ids, states, since)
    bound = f" LIMIT {int(limit)}" if limit is not None else ""
    query = f"SELECT {_SUMMARY} FROM jobs{where} ORDER BY created DESC, id{bound}"  # noqa: S608  (fixed column names)
    return [_summary(row) for row in db.execute(query, values)]


def _conditions(ids: Sequence[str], states: Sequence[str], since: float | None) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    for column, wanted in (("id", ids), ("state", states)):
        if wanted:
            parts.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values.extend(wanted)
    if since is not None:
        parts.append("created >= ?")
        values.append(since)
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def _summary(row: sqlite3.Row) -> Summary:
    failure = Failure(row["error_code"], row["error_message"], row["error_hint"]) if row["error_code"] else None
    estimate, charged = (Decimal(row[name]) if row[name] is not None else None for name in ("estimate", "charged"))
    return Summary(
        job=row["id"],
        provider=row["provider"],
        model=row["model"],
        state=row["state"],
        operation=row["operation"],
        prompt=row["prompt"],
        remote_id=row["remote_id"],
        created=row["created"],
        updated=row["updated"],
        path=row["path"],
        estimate=estimate,
        charged=charged,
        error=failure,
    )


def spending(db: sqlite3.Connection, since: float | None) -> list[Spent]:
    """By day (UTC), provider and model. Failed and refused jobs cost nothing unless the service charged them."""
    # Summed here, not in SQL, because SQLite would add money as binary fractions.
    sums: dict[tuple[str, str, str], Spent] = {}
    query = (
        "SELECT date(created, 'unixepoch') AS day, provider, model, state, estimate, charged FROM jobs "
        "WHERE created >= ? AND state != 'planned' AND (state NOT IN ('failed', 'refused') OR charged IS NOT NULL)"
    )
    for row in db.execute(query, (since or 0.0,)):
        key = (row["day"], row["provider"], row["model"])
        before = sums.get(key) or Spent(*key)
        sums[key] = replace(
            before,
            pictures=before.pictures + 1,
            estimate=_sum(before.estimate, row["estimate"]),
            charged=_sum(before.charged, row["charged"]),
            open=before.open + (row["state"] not in ("saved", "failed", "refused")),
        )
    return [sums[key] for key in sorted(sums, reverse=True)]


def _sum(known: Decimal | None, more: str | None) -> Decimal | None:
    """A sum over the known; what nobody told stays unknown."""
    return known if more is None else (known or Decimal(0)) + Decimal(more)


def spent_since(db: sqlite3.Connection, start: float) -> Decimal:
    """What budgets count since the beginning of a day (UTC)."""
    total = db.execute("SELECT sum(cost) FROM spent WHERE day >= date(?, 'unixepoch')", (start,)).fetchone()[0]
    return Decimal(total or 0) / BILLION
