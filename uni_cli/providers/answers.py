"""From an HTTP answer to a verdict: one table for every service. A service overrides what it says differently."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from uni_cli.models import Failure
from uni_cli.providers.base import Gone, Refused, Throttled, Unclear
from uni_cli.transport import Answer

LONGEST_DELAY = 3600.0
MODERATED = re.compile(r"moderat|content.policy|responsible.ai|safety|review the prompt", re.IGNORECASE)

_CODES = {401: "key.refused", 403: "key.refused", 402: "provider.no_funds", 404: "provider.unavailable"}


def refusal(answer: Answer, service: str, message: str) -> Failure:
    """Why a service said no at a submit."""
    code = _CODES.get(answer.status, "provider.rejected")
    if code == "provider.rejected" and MODERATED.search(message):
        code = "provider.moderated"
    return Failure(code, f"{service}: {message}")


def judge_submit(answer: Answer, service: str, message: str) -> None:
    """Raise what an answer to the paid POST means; return for 2xx."""
    status = answer.status
    if answer.is_good:
        return
    if status == 429:
        raise Throttled(f"{service}: {message}", after=delay(answer.headers))
    if 400 <= status < 500 and status != 408:
        raise Refused(refusal(answer, service, message))
    raise Unclear(f"{service} answered {status}: {message}")


def judge_poll(answer: Answer, service: str, message: str) -> None:
    """The same for a question about a job: it never ends the job."""
    if answer.is_good:
        return
    if answer.status == 429:
        raise Throttled(f"{service}: {message}", after=delay(answer.headers))
    if answer.status == 404:
        raise Gone(f"{service} does not know this job: {message}")
    raise Unclear(f"{service} answered {answer.status}: {message}")


def delay(headers: Mapping[str, str]) -> float | None:
    """Seconds that a service asks us to wait, from whichever header it sends."""
    given = {name.lower(): value for name, value in headers.items()}
    retry = given.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", retry):
        return min(float(retry), LONGEST_DELAY)
    for name in ("retry-after", "x-rate-limit-reset-at-utc", "x-ratelimit-reset"):
        moment = _moment(given.get(name, ""))
        if moment is not None:
            return min(max(0.0, moment - time.time()), LONGEST_DELAY)
    return None


def _moment(text: str) -> float | None:
    """Seconds since 1970 from a number, an ISO or an HTTP date."""
    from datetime import UTC, datetime

    text = text.strip()
    if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
        value = float(text)
        return value / 1000 if value > 1e11 else value
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
        except ValueError:
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None


def message_of(answer: Answer, *keys: str) -> str:
    """What a service wrote, as one clean line: the first of `keys` in its JSON, else what can be said of the body."""
    value: Any = answer.json()
    for key in keys:
        if isinstance(value, Mapping) and value.get(key):
            return clean(value[key])
    if isinstance(value, str):
        return clean(value)
    if "<html" in answer.text[:500].lower():
        return f"an HTML page instead of JSON (HTTP {answer.status})"
    return f"no explanation (HTTP {answer.status})"


def clean(value: object, *, limit: int = 500) -> str:
    """Text from outside as one line of plain text, without control or escape bytes."""
    if isinstance(value, Mapping):
        value = value.get("message") or value.get("detail") or value
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return text if len(text) <= limit else text[:limit] + "…"
