"""A job as a row, and back."""

from __future__ import annotations

import json
import sqlite3
from decimal import ROUND_CEILING, Decimal
from typing import Any

from uni_cli import codec
from uni_cli.models import Failure, Job, JobState

COLUMNS = (
    "id", "run", "owner", "once", "provider", "base_url", "model", "operation", "state", "prompt", "token",
    "remote_id", "created", "updated", "submitted", "finished", "saved", "estimate", "charged", "seed", "path",
    "error_code", "error_message", "error_hint", "cost", "request", "target", "sent", "assets", "result", "notes",
)  # fmt: skip


# The same request, target or body is written with every step of its job; `kept` holds it, so its id stays its own.
_texts: dict[int, tuple[object, str]] = {}
TEXTS_KEPT = 1024
BILLION = 1_000_000_000
FREED = frozenset({JobState.FAILED, JobState.REFUSED})


def _text(kept: Any) -> str:
    found = _texts.get(id(kept))
    if found and found[0] is kept:
        return found[1]
    text = codec.dumps(kept)
    if len(_texts) >= TEXTS_KEPT:
        _texts.pop(next(iter(_texts)))
    _texts[id(kept)] = kept, text
    return text


def row_of(job: Job, owner: str | None) -> tuple[Any, ...]:
    failure = job.failure
    return (
        job.id, job.run, owner, job.once, job.provider, job.base_url, job.request.model, job.request.operation.value,
        job.state.value, job.request.prompt, job.token, job.remote_id, job.created, job.updated, job.submitted,
        job.finished, job.saved, _money(job.estimate), _money(job.charged), job.seed,
        job.result.path if job.result and job.state is JobState.SAVED else None,
        failure.code if failure else None, failure.message if failure else None, failure.hint if failure else None,
        _cost(job),
        _text(job.request), _text(job.target), _text(job.sent) if job.sent else None,
        _json([a for a in job.assets if a.url]), _json(job.result), _json(job.notes),
    )  # fmt: skip


def job_of(row: sqlite3.Row) -> Job:
    sent, result, notes = (json.loads(row[name]) if row[name] else None for name in ("sent", "result", "notes"))
    return Job(
        id=row["id"],
        run=row["run"],
        provider=row["provider"],
        base_url=row["base_url"],
        request=codec.request_from(json.loads(row["request"])),
        target=codec.target_from(json.loads(row["target"])),
        token=row["token"],
        created=row["created"],
        updated=row["updated"],
        state=JobState(row["state"]),
        estimate=_decimal(row["estimate"]),
        charged=_decimal(row["charged"]),
        remote_id=row["remote_id"],
        submitted=row["submitted"],
        finished=row["finished"],
        saved=row["saved"],
        seed=row["seed"],
        assets=codec.assets_from(json.loads(row["assets"])) if row["assets"] else (),
        failure=failure_of(row),
        result=codec.saved_from(result) if result else None,
        once=row["once"],
        sent=sent,
        notes=notes or {},
    )


def failure_of(row: sqlite3.Row) -> Failure | None:
    code = row["error_code"]
    return Failure(code, row["error_message"], row["error_hint"]) if code else None


def _cost(job: Job) -> int:
    """What budgets count, in billionths of a dollar: the charge where known, else the estimate, freed by a failure."""
    if job.charged is None and job.state in FREED:
        return 0
    amount = job.charged if job.charged is not None else job.estimate
    return int((amount * BILLION).to_integral_value(ROUND_CEILING)) if amount else 0


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _json(value: Any) -> str | None:
    return codec.dumps(value) if value else None
