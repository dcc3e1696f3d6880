"""A job as a row, and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from uni_cli import codec
from uni_cli.models import MAX_SEED, Failure, Job, JobState

# The same request, target or body is written with every step of its job; `kept` holds it, so its id stays its own.
_texts: dict[int, tuple[object, str]] = {}
TEXTS_KEPT = 1024
BILLION = 1_000_000_000
# A note that holds a seed which the column cannot.
LARGE = "large_seed"
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


class _Unfailed(NamedTuple):
    code: None = None
    message: None = None
    hint: None = None


def _fits(seed: int | None) -> bool:
    """SQLite's whole numbers have an end, and what a service returns has none."""
    return seed is None or -MAX_SEED <= seed <= MAX_SEED


def _failure(job: Job) -> Failure | _Unfailed:
    return job.failure or _UNFAILED


_UNFAILED = _Unfailed()


def _same(member: str) -> tuple[tuple[str, ...], Callable[[Job], Any]]:
    return (member,), attrgetter(member)


# A row without its owner. Each line: the members of a job from which a column follows, and how.
_COLUMNS: Mapping[str, tuple[tuple[str, ...], Callable[[Job], Any]]] = {
    "id": _same("id"),
    "run": _same("run"),
    "once": _same("once"),
    "provider": _same("provider"),
    "base_url": _same("base_url"),
    "model": (("request",), attrgetter("request.model")),
    "operation": (("request",), lambda job: str(job.request.operation)),
    "state": (("state",), lambda job: str(job.state)),
    "prompt": (("request",), attrgetter("request.prompt")),
    "token": _same("token"),
    "remote_id": _same("remote_id"),
    "created": _same("created"),
    "updated": _same("updated"),
    "submitted": _same("submitted"),
    "finished": _same("finished"),
    "saved": _same("saved"),
    "estimate": (("estimate",), lambda job: _money(job.estimate)),
    "charged": (("charged",), lambda job: _money(job.charged)),
    "seed": (("seed",), lambda job: job.seed if _fits(job.seed) else None),
    "path": (("result", "state"), lambda job: job.result.path if job.result and job.state is JobState.SAVED else None),
    "error_code": (("failure",), lambda job: _failure(job).code),
    "error_message": (("failure",), lambda job: _failure(job).message),
    "error_hint": (("failure",), lambda job: _failure(job).hint),
    "cost": (("state", "charged", "estimate"), lambda job: _cost(job)),
    "request": (("request",), lambda job: _text(job.request)),
    "target": (("target",), lambda job: _text(job.target)),
    "sent": (("sent",), lambda job: _text(job.sent) if job.sent else None),
    "assets": (("assets",), lambda job: _json([a for a in job.assets if a.url])),
    "result": (("result",), lambda job: _json(job.result)),
    "notes": (("notes", "seed"), lambda job: _json(job.notes if _fits(job.seed) else {**job.notes, LARGE: job.seed})),
}
_MEMBERS = tuple(dict.fromkeys(name for members, _ in _COLUMNS.values() for name in members))
_members_of = attrgetter(*_MEMBERS)

INSERT = f"INSERT INTO jobs ({', '.join(_COLUMNS)}, owner) VALUES ({', '.join('?' * len(_COLUMNS))}, ?)"  # noqa: S608


def row_of(job: Job, owner: str | None) -> tuple[Any, ...]:
    """The values for `INSERT`."""
    return (*[value(job) for _, value in _COLUMNS.values()], owner)


def update_of(job: Job, owner: str | None, known: Job | None = None) -> tuple[str, list[Any]]:
    """The statement, up to its condition, that brings a row to `job`; the row holds `known`, if that is given.

    What is not named costs nothing: not its text, and none of the indexes it stands in.
    """
    if known is None:
        changed = _MEMBERS
    else:
        pairs = zip(_MEMBERS, _members_of(known), _members_of(job), strict=True)
        changed = tuple([name for name, a, b in pairs if a is not b and a != b])
    names = _columns(changed)
    if known is not None and names and names[-1] == "cost" and _cost(known) == _cost(job):
        names = names[:-1]  # nearly always, and a column that is named wakes its trigger
    return _update(names), [*[_COLUMNS[name][1](job) for name in names], owner, job.id]


@cache
def _columns(members: tuple[str, ...]) -> tuple[str, ...]:
    changed = set(members)
    names = (name for name, (follows, _) in _COLUMNS.items() if name != "id" and not changed.isdisjoint(follows))
    return tuple(sorted(names, key="cost".__eq__))


@cache
def _update(names: tuple[str, ...]) -> str:
    return f"UPDATE jobs SET {''.join(f'{name} = ?, ' for name in names)}owner = ? WHERE id = ?"  # noqa: S608


def job_of(row: sqlite3.Row) -> Job:
    sent, result, notes = (json.loads(row[name]) if row[name] else None for name in ("sent", "result", "notes"))
    large = notes.pop(LARGE, None) if notes else None
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
        seed=row["seed"] if large is None else large,
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
    return _billionths(amount) if amount else 0


@lru_cache(maxsize=256)
def _billionths(amount: Decimal) -> int:
    return int((amount * BILLION).to_integral_value(ROUND_CEILING))


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _json(value: Any) -> str | None:
    return codec.dumps(value) if value else None
