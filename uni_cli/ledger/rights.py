"""What a run may begin: within the budgets, and one picture for a --once key. Asked inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from uni_cli.errors import OverBudget
from uni_cli.ledger import views
from uni_cli.ledger.rows import job_of
from uni_cli.models import Job, JobState

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Budget:
    daily: Decimal | None = None
    monthly: Decimal | None = None


def check_budget(
    db: sqlite3.Connection, jobs: Sequence[Job], budget: Budget, now: float, *, later: Decimal = NOTHING
) -> None:
    """Raises OverBudget where the jobs, and what the run will ask for `later`, do not fit whole."""
    asked = sum((job.estimate or NOTHING for job in jobs), later)
    if not asked:
        return
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for name, limit, start in (("daily", budget.daily, today), ("monthly", budget.monthly, today.replace(day=1))):
        if limit is None:
            continue
        spent = views.spent_since(db, start.timestamp())
        if spent + asked > limit:
            raise OverBudget(
                f"This run costs about ${asked}; ${spent} of the {name} budget of ${limit} is spent or reserved"
            )


def holders(db: sqlite3.Connection, once: str) -> list[Job]:
    """The jobs of a key that have not failed, newest first."""
    query = "SELECT * FROM jobs WHERE once = ? AND state NOT IN ('failed', 'refused') ORDER BY created DESC"
    return [job_of(row) for row in db.execute(query, (once,))]


def holder(db: sqlite3.Connection, once: str | None, *, past: Collection[str] = ()) -> Job | None:
    """The job that has the key. `past` are ids of saved jobs that do not count any more."""
    found = holders(db, once) if once is not None else []
    return next((job for job in found if not (job.state is JobState.SAVED and job.id in past)), None)
