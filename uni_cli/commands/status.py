"""`uni status`: the ledger, read without loading anything that makes pictures."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from uni_cli import codec, pricing
from uni_cli.commands import page
from uni_cli.commands.options import command
from uni_cli.console import safe
from uni_cli.context import Context
from uni_cli.errors import UnknownJob, Usage
from uni_cli.ledger import Summary
from uni_cli.models import ENDED, JobState

app = page.app()

NEWEST = 20
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}

EPILOG = page.examples("uni status --wait --timeout 600", "uni status --spend --since 30d")


@dataclass(frozen=True, slots=True)
class StatusFlags:
    jobs: tuple[str, ...] = ()
    wait: bool = False
    watch: bool = False
    all: bool = False
    state: str | None = None
    since: str | None = None
    spend: bool = False
    recover: bool = False
    forget: str | None = None
    timeout: float | None = None


def status(context: Context, asked: StatusFlags) -> int:
    """Jobs and money: list, wait, recover, forget. One JOB stands in full."""
    _check_flags(context, asked)
    if asked.forget is not None:
        return _forget(context, asked.forget)
    since = _since(asked.since, context.clock.now())
    if asked.spend:
        return _spend(context, since)
    if asked.wait or asked.recover:
        from uni_cli.commands import collecting

        return collecting.collect(context, asked.jobs, wait=asked.wait, timeout=asked.timeout)
    if asked.watch:
        return _watch(context, asked, since)
    if asked.jobs and context.ledger.exists:
        # A service's own id of a picture names its job, too.
        asked = dataclasses.replace(asked, jobs=tuple(context.ledger.get(name).id for name in asked.jobs))
    rows = _rows(context, asked, since)
    if context.console.as_json:
        context.console.document({"schema": "uni.jobs/1", "jobs": [job_values(row) for row in rows]})
    elif asked.jobs:
        for job in asked.jobs:
            _show(context, job)
    else:
        _table(context, rows, asked)
    return 0


# What each action takes beside itself. A flag without effect would be dropped silently.
TAKES = {
    "forget": frozenset[str](),
    "spend": frozenset({"since", "all"}),
    "wait": frozenset({"jobs", "timeout", "recover", "all"}),
    "recover": frozenset({"jobs", "timeout", "wait", "all"}),
    "watch": frozenset({"jobs", "state", "since", "all"}),
}


def _check_flags(context: Context, asked: StatusFlags) -> None:
    if asked.timeout is not None:
        from uni_cli.order.planning import check_patience

        check_patience(asked.timeout)
    given = {field.name for field in dataclasses.fields(asked) if getattr(asked, field.name) not in (None, False, ())}
    actions = [name for name in TAKES if name in given]
    allowed = TAKES[actions[0]] if actions else frozenset({"jobs", "state", "since", "all"})
    odd = sorted(given - allowed - set(actions[:1]))
    if odd:
        with_what = f"with --{actions[0]}" if actions else "without --wait or --recover"
        name = "a JOB" if odd[0] == "jobs" else f"--{odd[0]}"
        raise Usage(f"{name} has no effect {with_what}", hint="Leave it out.")
    if asked.watch and context.console.as_json:
        raise Usage("--watch shows a table again and again, and --json is one document", hint="Leave one out.")


def _rows(context: Context, asked: StatusFlags, since: float | None) -> list[Summary]:
    states = [_state(asked.state)] if asked.state else []
    limit = None if _is_filtered(asked) else NEWEST
    if not context.ledger.exists:
        rows: list[Summary] = []
    else:
        rows = context.ledger.summaries(ids=asked.jobs, states=states, since=since, limit=limit)
    missing = set(asked.jobs) - {row.job for row in rows}
    if missing:
        raise UnknownJob(f"There is no job {sorted(missing)[0]!r} in the ledger {context.ledger.path}")
    return rows


def _is_filtered(asked: StatusFlags) -> bool:
    return bool(asked.state or asked.since or asked.all or asked.jobs)


def _state(text: str) -> str:
    states = [state.value for state in JobState]
    if text in states:
        return text
    near = get_close_matches(text, states, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {' '.join(states)}."
    raise Usage(f"--state {text!r} is not a state of a job", hint=hint)


def _since(text: str | None, now: float) -> float | None:
    """A span before now, a day, or a moment as `--json` writes it; all in UTC."""
    if text is None:
        return None
    said = text.strip()
    span = re.fullmatch(r"([0-9]{1,6})([smhdw])", said)
    if span:
        return now - int(span[1]) * UNITS[span[2]]
    wrong = f"--since {text!r} is not a time span"
    if not re.match(r"[0-9]{4}-", said):
        tip = f"{said}d is {said} days. " if re.fullmatch(r"[0-9]{1,6}", said) else ""
        raise Usage(wrong, hint=f"{tip}For example 30m, 12h, 7d, 2w, or 2026-11-20.")
    try:
        moment = datetime.fromisoformat(said)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise Usage(f"{wrong}: there is no such day or hour", hint="For example 7d, 12h, or 2026-11-20.") from error


def job_values(row: Summary) -> dict[str, Any]:
    return {
        "job": row.job,
        "provider": row.provider,
        "model": row.model,
        "state": row.state,
        "operation": row.operation,
        "prompt": row.prompt,
        "remote_id": row.remote_id,
        "created": codec.moment(row.created),
        "updated": codec.moment(row.updated),
        "path": row.path,
        "estimate_usd": pricing.as_text(row.estimate),
        "cost_usd": pricing.as_text(row.charged),
        "error": _error(row),
    }


def _error(row: Summary) -> dict[str, Any] | None:
    if row.error is None:
        return None
    # A table that is shown thousands of times does not load what makes documents of pictures.
    from uni_cli.commands import reports

    hint = reports.next_step(row.job, row.state, row.error)
    return {"code": row.error.code, "message": row.error.message, "hint": hint}


def _table(context: Context, rows: Sequence[Summary], asked: StatusFlags) -> None:
    console = context.console
    if not rows:
        console.note(_nothing(context, asked))
        return
    heads = ("job", "state", "service", "age", "price", "picture or prompt")
    now = context.clock.now()
    here = Path.cwd() if console.stdout.isatty() else None
    console.table(heads, [_cells(row, now, here) for row in rows])
    if len(rows) == NEWEST and not _is_filtered(asked) and len(context.ledger.summaries(limit=NEWEST + 1)) > NEWEST:
        console.note(f"These are the newest {NEWEST}: `uni status --all` shows every job.")
    doubtful = [row.job for row in rows if row.state == JobState.IN_DOUBT]
    if doubtful:
        console.note(
            f"In doubt: {' '.join(doubtful)}. `uni status --recover` asks the service again; "
            f"`uni status --forget {doubtful[0]}` closes one."
        )
    unfinished = [row.job for row in rows if row.state in ("queued", "running", "finished", "submitting")]
    if unfinished:
        console.note(f"Unfinished: {len(unfinished)}. `uni status --wait` collects them.")


def _nothing(context: Context, asked: StatusFlags) -> str:
    """Why the table is empty: there are no jobs at all, or none that fits what was asked."""
    if not context.ledger.exists or not context.ledger.summaries(limit=1):
        return 'No jobs yet. `uni generate "a paper lighthouse at dawn"` makes the first one.'
    state = f" is {asked.state}" if asked.state else " was made"
    since = f" since {safe(asked.since.strip())}" if asked.since else ""
    return f"No job{state}{since}: `uni status --all` shows every job."


def _cells(row: Summary, now: float, here: Path | None) -> tuple[str, ...]:
    """`here` is the folder whose pictures are named without it."""
    price = row.charged if row.charged is not None else row.estimate
    shown = row.path or row.prompt
    if here and row.path and Path(row.path).is_relative_to(here):
        shown = str(Path(row.path).relative_to(here))
    if row.error and row.state != JobState.SAVED:
        shown = f"{row.error.code}: {row.prompt}"
    return (row.job, row.state, row.provider, _age(now - row.created), _price(price), shown)


def _price(amount: Any) -> str:
    return "?" if amount is None else f"${pricing.as_text(amount)}" if amount else "free"


def _age(seconds: float) -> str:
    for unit, size in reversed(UNITS.items()):
        if unit != "w" and seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return "now"


def _show(context: Context, job_id: str) -> None:
    """One job in full."""
    job = context.ledger.get(job_id)
    request = job.request
    lines = {
        "job": job.id,
        "state": job.state.value,
        "service": f"{job.provider} {request.model} {request.operation.value}",
        "prompt": request.prompt,
        "shape": request.aspect or ("x".join(map(str, request.size)) if request.size else None),
        "seed": job.seed if job.seed is not None else request.seed,
        "remote id": job.remote_id,
        "created": codec.moment(job.created),
        "submitted": codec.moment(job.submitted),
        "finished": codec.moment(job.finished),
        "saved": codec.moment(job.saved),
        "price": f"estimated {_price(job.estimate)}, charged {_price(job.charged)}",
        "picture": job.result.path if job.result else None,
        "trouble": f"{job.failure.message} [{job.failure.code}]" if job.failure else None,
    }
    for name, value in lines.items():
        if value is not None:
            context.console.pair(name, str(value))
    if job.failure and not job.ended:
        context.console.note(
            f"`uni status {job.id} --recover` asks the service; `uni status --forget {job.id}` closes it."
        )


def _spend(context: Context, since: float | None) -> int:
    rows = context.ledger.spending(since) if context.ledger.exists else []
    if context.console.as_json:
        context.console.document(
            {
                "schema": "uni.spend/1",
                "rows": [
                    {"day": r.day, "provider": r.provider, "model": r.model, "pictures": r.pictures, "open": r.open,
                     "estimate_usd": pricing.as_text(r.estimate), "cost_usd": pricing.as_text(r.charged)}
                    for r in rows
                ],
                "estimate_usd": pricing.as_text(pricing.total([r.estimate for r in rows])),
                "cost_usd": pricing.as_text(pricing.total([r.charged for r in rows])),
            }
        )  # fmt: skip
        return 0
    heads = ("day", "service", "model", "made", "open", "estimate", "charged")
    cells = [
        (r.day, r.provider, r.model, str(r.pictures), str(r.open), _price(r.estimate), _price(r.charged)) for r in rows
    ]
    estimate = _price(pricing.total([r.estimate for r in rows])) if rows else "$0.0000"
    charged = _price(pricing.total([r.charged for r in rows])) if rows else "$0.0000"
    if charged != "?" and any(r.charged is None for r in rows):
        charged = "?" if charged == "free" else f"{charged} + ?"
    count, running = sum(r.pictures for r in rows), sum(r.open for r in rows)
    total = ("total", "", "", str(count), str(running), estimate, charged)
    context.console.table(heads, [*cells, total], folds=("model",))
    return 0


def _forget(context: Context, job_id: str) -> int:
    job = context.ledger.forget(job_id, context.clock.now())
    if context.console.as_json:
        rows = context.ledger.summaries(ids=[job.id])
        context.console.document({"schema": "uni.jobs/1", "jobs": [job_values(row) for row in rows]})
    else:
        context.console.note(f"Job {job.id} is closed. If {job.provider} made a picture for it, it stays there.")
    return 0


def _watch(context: Context, asked: StatusFlags, since: float | None) -> int:
    """The table again and again until nothing is open."""
    while True:
        rows = _rows(context, asked, since)
        context.console.clear()
        _table(context, rows, asked)
        chosen = bool(asked.jobs or asked.state or since is not None)
        open_ones = [row for row in rows if row.state not in ENDED] if chosen else context.ledger.open_jobs()
        if not open_ones:
            return 0
        time.sleep(1.0)


app.command(cls=page.Page, epilog=EPILOG)(command(StatusFlags, status, arguments=("jobs",)))
