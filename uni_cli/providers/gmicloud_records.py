"""GMI Cloud's request records: how a job is, where its pictures are, and which record belongs to a lost POST."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from uni_cli.models import Asset, Failure, Job, JobState, replace
from uni_cli.providers.answers import MODERATED, clean, message_of
from uni_cli.providers.base import Refused, Unclear
from uni_cli.providers.parts import is_id
from uni_cli.transport import Answer

Record = Mapping[str, Any]

CLOCK_SECONDS = 120.0
WAITING = ("created", "queued")
ENDED = ("failed", "cancelled")
# Words that other clients have met. They count only with a picture in hand.
ALSO_DONE = ("completed", "succeeded")
_REASONS = ("error", "error_message", "reason")


def explain(answer: Answer) -> str:
    """The service's words, with the details that may stand beside them."""
    told = answer.json()
    for key in ("error", "message", "detail"):
        if isinstance(told, Mapping) and (text := _text(told.get(key))):
            return text
    return message_of(answer)


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        parts = [value.get("message"), value.get("details")]
        return clean(": ".join(clean(part) for part in parts if part) or value) if value else ""
    return clean(value) if value else ""


def refuse_backend(answer: Answer, message: str) -> None:
    """A 500 whose text says "Backend error (400)": the model behind it refused the parameters, for good."""
    if answer.status == 500 and re.search(r"backend error \(400\)", message, re.IGNORECASE):
        code = "provider.moderated" if MODERATED.search(message) else "provider.rejected"
        raise Refused(Failure(code, f"GMI Cloud: {message}"))


def accepted(job: Job, record: Any) -> Job:
    """The record that a 2xx to the paid POST carries: finished, to be fetched, waiting, or finished badly."""
    if not isinstance(record, Mapping):
        raise Unclear("GMI Cloud's answer is no record")
    known = _with_id(job, record)
    read = _read(known, record)
    if read.remote_id is None and read.state not in (JobState.FINISHED, JobState.FAILED):
        raise Unclear("GMI Cloud's answer has no request_id")
    return read


def polled(job: Job, record: Any) -> Job:
    """The record of a job that is known by its id."""
    if not isinstance(record, Mapping) or record.get("request_id", job.remote_id) != job.remote_id:
        raise Unclear("GMI Cloud's answer is not the record that was asked for")
    if not isinstance(record.get("status"), str):
        raise Unclear("GMI Cloud's record has no status")
    read = _read(job, record)
    if job.state is JobState.FINISHED and read.state is not JobState.FINISHED:
        raise Unclear(f"GMI Cloud finished this job and now says {clean(record['status'])}")
    if record["status"] == "success" and not read.assets:
        raise Unclear("GMI Cloud says success but names no picture yet")
    return read


def _with_id(job: Job, record: Record) -> Job:
    remote = record.get("request_id")
    return replace(job, remote_id=remote) if is_id(remote) else job


def _read(job: Job, record: Record) -> Job:
    """Words that nobody knows mean running."""
    status = record.get("status")
    if status in ENDED:
        return replace(job, state=JobState.FAILED, failure=_failure(record))
    found = assets(record.get("outcome")) if status == "success" or status in ALSO_DONE else ()
    if found:
        return replace(job, state=JobState.FINISHED, assets=found)
    return replace(job, state=JobState.QUEUED if status in WAITING else JobState.RUNNING)


def _failure(record: Record) -> Failure:
    outcome = record.get("outcome")
    places = [outcome, record] if isinstance(outcome, Mapping) else [record]
    reason = next((text for place in places for key in _REASONS if (text := _text(place.get(key)))), "")
    code = "provider.moderated" if MODERATED.search(reason) else "provider.failed"
    told = clean(record.get("status"))
    return Failure(code, f"GMI Cloud: {reason or f'the job is {told}, without a reason'}")


def assets(outcome: Any) -> tuple[Asset, ...]:
    """Every picture of the first member that has any. The thumbnail is none."""
    if not isinstance(outcome, Mapping):
        return ()
    for key in ("media_urls", "image_url", "url", "medias"):
        if found := tuple(dict.fromkeys(_links(outcome.get(key)))):
            return tuple(Asset(url=url) for url in found)
    return ()


def _links(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        url = item.get("url") if isinstance(item, Mapping) else item
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            yield url


def find(job: Job, records: Iterable[Any], known: Collection[str], sent: Record) -> Job | None:
    """The oldest record of the right time with the same inputs. An edit's echo may be empty: then only the sole one."""
    window = [record for record in records if _is_candidate(record, job.created - CLOCK_SECONDS, known)]
    window.sort(key=lambda record: _time(record) or 0.0)
    same = [record for record in window if _is_echo(record.get("payload"), sent)]
    blank = [record for record in window if not record.get("payload")]
    if not same and "image" in sent and len(window) == len(blank) == 1:
        same = blank
    return _read(_with_id(job, same[0]), same[0]) if same else None


def _is_candidate(record: Any, since: float, known: Collection[str]) -> bool:
    if not isinstance(record, Mapping) or not is_id(record.get("request_id")) or record["request_id"] in known:
        return False
    moment = _time(record)
    return moment is not None and moment >= since


def _time(record: Record) -> float | None:
    """When it was made; zero and absence both mean that nobody knows."""
    for key in ("created_at", "queued_at", "updated_at"):
        value = record.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return value / 1000 if value > 1e11 else float(value)
    return None


def _is_echo(payload: Any, sent: Record) -> bool:
    """Equal in all that both of them tell; a picture in one of them alone is a difference."""
    if not isinstance(payload, Mapping) or not isinstance(payload.get("prompt"), str):
        return False
    if ("image" in payload) != ("image" in sent) or payload["prompt"].strip() != str(sent.get("prompt", "")).strip():
        return False
    image = str(sent.get("image", ""))
    compared = [key for key in sent if key in payload and key != "prompt"]
    if image.startswith("upload:"):
        compared.remove("image")
    return all(payload[key] == sent[key] for key in compared)
