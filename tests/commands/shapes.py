"""The JSON documents of the contract, member by member: what a script may rely on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def boolean(value: Any) -> bool:
    return isinstance(value, bool)


def job_id(value: Any) -> bool:
    return text(value) and re.fullmatch("[0-9a-f]{8}", value) is not None


def money(value: Any) -> bool:
    return text(value) and re.fullmatch(r"\d+\.\d{4,}", value) is not None and Decimal(value) >= 0


def moment(value: Any) -> bool:
    return text(value) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value) is not None


def sha256(value: Any) -> bool:
    return text(value) and re.fullmatch("[0-9a-f]{64}", value) is not None


def maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def one_of(*values: Any) -> Check:
    return lambda value: value in values


def every(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def shape(**members: Check) -> Check:
    """A value with at least these members."""

    def check(value: Any) -> bool:
        return isinstance(value, Mapping) and all(name in value and good(value[name]) for name, good in members.items())

    return check


STATES = ("planned", "submitting", "in_doubt", "queued", "running", "finished", "saved", "failed", "refused")
PROVIDERS = ("luma", "runware", "gmicloud", "segmind", "local")

IMAGE = {
    "path": text,
    "sidecar": text,
    "job": job_id,
    "provider": one_of(*PROVIDERS),
    "model": one_of("uni-1", "uni-1-max"),
    "remote_id": maybe(text),
    "seed": maybe(number),
    "width": number,
    "height": number,
    "format": one_of("png", "jpeg", "webp"),
    "bytes": number,
    "sha256": sha256,
    "cost_usd": maybe(money),
    "estimate_usd": maybe(money),
}
ERROR = {"code": text, "message": text, "hint": maybe(text), "exit": number}
RESULT = {
    "schema": one_of("uni.result/1"),
    "ok": boolean,
    "images": every(shape(**IMAGE)),
    "pending": every(shape(job=job_id, provider=one_of(*PROVIDERS), state=one_of(*STATES))),
    "failures": every(shape(job=job_id, code=text, message=text, hint=maybe(text))),
    "cost_usd": maybe(money),
    "error": maybe(shape(**ERROR)),
}
JOB = {
    "job": job_id,
    "provider": one_of(*PROVIDERS),
    "model": one_of("uni-1", "uni-1-max"),
    "state": one_of(*STATES),
    "operation": one_of("generate", "edit"),
    "prompt": text,
    "remote_id": maybe(text),
    "created": moment,
    "updated": moment,
    "path": maybe(text),
    "estimate_usd": maybe(money),
    "cost_usd": maybe(money),
    "error": maybe(shape(code=text, message=text)),
}
JOBS = {"schema": one_of("uni.jobs/1"), "jobs": every(shape(**JOB))}
ITEM = {
    "provider": one_of(*PROVIDERS),
    "method": text,
    "url": text,
    "body": lambda value: isinstance(value, dict | list),
    "price_usd": maybe(money),
    "warnings": every(text),
}
PLAN = {"schema": one_of("uni.plan/1"), "items": every(shape(**ITEM)), "total_usd": maybe(money)}
INSPECT = {
    "schema": one_of("uni.inspect/1"),
    "path": text,
    "match": boolean,
    "problems": every(text),
    "ai_mark": boolean,
    "c2pa": boolean,
    "made": maybe(lambda value: isinstance(value, dict)),
}
SIDECAR = {
    "schema": one_of("uni.sidecar/1"),
    "uni": text,
    "provider": one_of(*PROVIDERS),
    "model": one_of("uni-1", "uni-1-max"),
    "operation": one_of("generate", "edit"),
    "prompt": text,
    "seed": shape(requested=maybe(number), sent=boolean, returned=maybe(number)),
    "request": lambda value: isinstance(value, dict),
    "sent": lambda value: isinstance(value, dict | list),
    "job": job_id,
    "remote_id": maybe(text),
    "cost": shape(estimate_usd=maybe(money), charged_usd=maybe(money)),
    "times": shape(created=moment, submitted=maybe(moment), finished=maybe(moment), saved=moment),
    "image": shape(file=text, sha256=sha256, bytes=number, width=number, height=number, format=text),
    "references": every(shape(role=maybe(text), source=text, sha256=maybe(sha256))),
}


def wrong(value: Any, members: Mapping[str, Check], *, only: bool = True) -> list[str]:
    """The members that are missing, too many, or of the wrong kind; [] is what a test wants."""
    missing = [f"{name} is missing" for name in members if name not in value]
    bad = [f"{name} is {value[name]!r}" for name, good in members.items() if name in value and not good(value[name])]
    more = [f"{name} is not in the contract" for name in value if name not in members] if only else []
    return [*missing, *bad, *more]
