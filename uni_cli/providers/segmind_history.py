"""Segmind's request history: it finds a submit whose answer was lost, and a job that is older than an hour."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from uni_cli.models import Job, JobState, replace
from uni_cli.providers.answers import judge_poll, message_of
from uni_cli.providers.base import CannotKnow, Gone, NotFound, Unclear
from uni_cli.providers.parts import is_id, remote_of
from uni_cli.providers.segmind_results import failed, finished
from uni_cli.transport import Answer, Transport

PATH = "/inference-request/request-history"
PAGE = 100
PAGES = 20
DAY = 86_400
CLOCK_SECONDS = 60
# What the service may write into its record by itself, without changing what was asked.
DEFAULTS = {"aspect_ratio": "16:9", "style": "auto"}


class History:
    def __init__(self, transport: Transport, base: str, headers: Mapping[str, str]) -> None:
        self._transport = transport
        self._base = base
        self._headers = headers

    async def look_up(self, job: Job) -> Job:
        """One job of any age, by its id."""
        answer = await self._get(f"{PATH}/{remote_of(job)}")
        judge_poll(answer, "Segmind", message_of(answer, "error"))
        row = next(iter(_rows(answer.json())), None)
        if row is None or row.get("request_id") != job.remote_id:
            raise Unclear("Segmind's history does not tell how the job is")
        status = row.get("model_status")
        if status == "FAILED":
            return failed(job, row.get("error"))
        if status != "COMPLETED":
            return replace(job, state=JobState.RUNNING)
        return finished(job, {"output": row.get("generation_url"), "metrics": {"cost": row.get("credits_deduction")}})

    async def find(self, job: Job, slug: str, known: Collection[str]) -> Job | NotFound | CannotKnow:
        """The oldest request of this account that asked for exactly this and belongs to no other job."""
        if job.sent is None:
            return CannotKnow("What was sent is not recorded, so the history cannot be searched for it.")
        matching = [row async for row in self._same(job, slug) if row["request_id"] not in known]
        # Rows come newest first, so among rows without a time the last one is the oldest.
        matching.reverse()
        matching.sort(key=lambda row: _made(row) or 0.0)
        if not matching:
            return NotFound(may_repost=False)
        return replace(job, state=JobState.QUEUED, remote_id=str(matching[0]["request_id"]))

    async def _same(self, job: Job, slug: str) -> AsyncIterator[Mapping[str, Any]]:
        """Rows of the days around the intent that asked for the same, newest first."""
        asked = _meaning(job.sent)
        for page in range(1, PAGES + 1):
            answer = await self._get(f"{PATH}?{urlencode(_query(job, slug, page))}")
            rows = _listed(answer)
            for row in rows:
                made = _made(row)
                in_time = made is None or made >= _intent(job) - CLOCK_SECONDS
                if row.get("model_name") == slug and in_time and _meaning(row.get("request_body")) == asked:
                    yield row
            if len(rows) < PAGE:
                return

    async def _get(self, path: str) -> Answer:
        return await self._transport.send("GET", f"{self._base}{path}", headers=self._headers)


def _query(job: Job, slug: str, page: int) -> dict[str, str | int]:
    """Whole UTC days with one to spare on each side; the last is never after today."""
    intent = _intent(job)
    last = max(intent, min(intent + DAY, time.time()))
    return {
        "page": page,
        "per_page": PAGE,
        "from_date": _day(intent - DAY),
        "to_date": _day(last),
        "model_name": slug,
    }


def _intent(job: Job) -> float:
    """When the request that is in doubt was about to go out."""
    return job.created if job.submitted is None else job.submitted


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def _listed(answer: Answer) -> list[Mapping[str, Any]]:
    """The rows of one page. Only a page that holds a list says that nothing is there."""
    try:
        judge_poll(answer, "Segmind", message_of(answer, "error"))
    except Gone as gone:
        raise Unclear(f"Segmind's history is not there: {gone}") from gone
    said = answer.json()
    if not _has_list(said):
        raise Unclear("Segmind's history cannot be read")
    return _rows(said)


def _has_list(said: Any) -> bool:
    if isinstance(said, Mapping):
        return any(_has_list(value) for value in said.values())
    return isinstance(said, list)


def _rows(said: Any) -> list[Mapping[str, Any]]:
    """The first objects with a request id, wherever the page keeps them: the envelope is not documented."""
    if isinstance(said, Mapping):
        return [said] if is_id(said.get("request_id")) else _first(said.values())
    if not isinstance(said, list):
        return []
    rows = [item for item in said if isinstance(item, Mapping) and is_id(item.get("request_id"))]
    return rows or _first(said)


def _first(values: Iterable[Any]) -> list[Mapping[str, Any]]:
    return next((rows for value in values if (rows := _rows(value))), [])


def _meaning(body: Any) -> dict[str, Any] | None:
    """A body without what goes without saying, so that two that ask for the same are equal."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return None
    if not isinstance(body, Mapping):
        return None
    return {key: value for key, value in body.items() if value is not None and DEFAULTS.get(key) != value}


def _made(row: Mapping[str, Any]) -> float | None:
    """When a request was made, in seconds since 1970: the field's name is not documented."""
    for key, value in row.items():
        if "creat" in key.lower() and (moment := _moment(value)) is not None:
            return moment
    return None


def _moment(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1000 if value > 1e11 else float(value)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
