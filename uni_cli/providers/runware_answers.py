"""Runware's answers, read from the body first: its rows, its errors, and what each family of error codes means."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from typing import Any

from uni_cli.models import Asset
from uni_cli.providers.answers import clean

Row = Mapping[str, Any]


class Family(StrEnum):
    DUPLICATE = "duplicate"
    FUNDS = "funds"
    RATE = "rate"
    SAFETY = "safety"
    KEY = "key"
    UNKNOWN_TASK = "unknown task"
    UNKNOWN_MODEL = "unknown model"
    TIMEOUT = "timeout"
    SERVER = "server"
    INPUT = "input"
    PROVIDER = "provider"
    REQUEST = "request"
    OTHER = "other"


# The first pattern that fits the whole code decides. Timeouts stand before `invalid…` and `max…`, because to take a
# timeout for a refusal would let the user buy the picture a second time.
_PATTERNS: tuple[tuple[Family, str], ...] = (
    (Family.DUPLICATE, r"conflictTaskUUID"),
    (Family.FUNDS, r"(?i:.*(credits|quota|balance).*|paymentRequired)"),
    (Family.RATE, r"(?i:.*rateLimit.*)"),
    (
        Family.SAFETY,
        r".*[cC]ontentPolicyViolation|(sensitive|unsafe|nsfw)ContentDetected|(prompt|image)Blocked|moderationFailed"
        r"|invalidProviderContent",
    ),
    (
        Family.KEY,
        r"unauthorized|forbidden|permissionDenied|insufficientPermissions|token.*|authentication.*"
        r"|(account|organization|workspace).*(Suspended|Disabled)|.*[aA]piKey.*",
    ),
    (Family.TIMEOUT, r"(?i:.*timeout.*)"),
    (Family.UNKNOWN_TASK, r"task(NotFound|FailedOrNotFound|Expired)"),
    (Family.UNKNOWN_MODEL, r"unknownModel|modelNotFound|model(Unavailable|Disabled|NotReady)"),
    (
        Family.SERVER,
        r"internalServerError|(service|server)Unavailable|(standard|unknown|undefined|default)Error"
        r"|unrecognizedResponse|noAvailableServer",
    ),
    (Family.INPUT, r"downloadFailed|.*(NotFound|Expired)"),
    (Family.PROVIDER, r"provider.*|inferenceError|processingFailed|task(Failed|Cancelled)|uploadFailed"),
    (
        Family.REQUEST,
        r"(invalid|missing|conflict|duplicate|unsupported|value|array|max).*|unknownParameter"
        r"|incompatibleParameters|validationFailed",
    ),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One error. `ours` where it names our task; `final` where it is the task's own row, with the status `error`."""

    code: str
    message: str
    ours: bool
    final: bool

    @property
    def family(self) -> Family:
        return next((name for name, pattern in _PATTERNS if re.fullmatch(pattern, self.code)), Family.OTHER)

    def __str__(self) -> str:
        return f"{self.message} ({self.code})" if self.code else self.message


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer says about one task. `foreign`: it complains about other tasks only."""

    rows: tuple[Row, ...]
    complaints: tuple[Complaint, ...]
    empty: bool
    foreign: bool

    @property
    def pictures(self) -> tuple[Row, ...]:
        """Finished rows, each picture once: a poll repeats those of the polls before it."""
        found = [row for row in self.rows if row.get("status") in (None, "success") and asset(row)]
        return tuple({str(row.get("imageUUID") or number): row for number, row in enumerate(found)}.values())


def read(body: Any, token: str) -> Reply | None:
    """The part of an answer that is about the task `token`; None where it is no answer of this API at all."""
    if not isinstance(body, Mapping):
        return None
    data = _rows(body.get("data"))
    outer = body.get("taskUUID")
    errors = [*_rows(body.get("errors")), *_rows(body.get("error"), uuid=outer)]
    bad = [row for row in data if row.get("status") == "error"]
    said = [
        *(_complaint(row, token, final=row.get("status") == "error") for row in errors if _may_be(row, token)),
        *(_complaint(_inner(row), token, final=True) for row in bad if _names(row, token)),
    ]
    rows = tuple(row for row in data if row not in bad and _names(row, token))
    return Reply(rows, tuple(said), empty=body.get("data") == [] and not errors, foreign=bool(errors) and not said)


def _rows(value: Any, *, uuid: object = None) -> list[Row]:
    """The objects in a list; one object or a text alone (the singular envelope) counts as a list of one."""
    if isinstance(value, str):
        value = {"message": value}
    items: Iterable[Any] = value if isinstance(value, list) else [value]
    return [{"taskUUID": uuid, **item} if uuid else item for item in items if isinstance(item, Mapping)]


def _inner(row: Row) -> Row:
    error = row.get("error")
    inner = {"message": error} if isinstance(error, str) else error
    return {**row, **inner, "taskUUID": row.get("taskUUID")} if isinstance(inner, Mapping) else row


def _names(row: Row, token: str) -> bool:
    return str(row.get("taskUUID", "")).lower() == token.lower()


def _may_be(row: Row, token: str) -> bool:
    """An error without a UUID is about the whole POST, which holds our task alone."""
    return not row.get("taskUUID") or _names(row, token)


def _complaint(row: Row, token: str, *, final: bool) -> Complaint:
    told = clean(row.get("message") or "no explanation")
    upstream = row.get("responseContent")
    return Complaint(
        code=clean(row.get("code") or "", limit=80),
        message=f"{told}: {clean(upstream)}" if upstream else told,
        ours=_names(row, token),
        final=final,
    )


def asset(row: Row) -> Asset | None:
    """A row's picture, in whichever of the three forms was asked for."""
    uuid = row.get("imageUUID")
    name = uuid if isinstance(uuid, str) else None
    uri, plain, url = (row.get(key) for key in ("imageDataURI", "imageBase64Data", "imageURL"))
    if isinstance(uri, str) and uri.startswith("data:") and "," in uri:
        head, plain = uri.split(",", 1)
        data = _decoded(plain)
        return Asset(data=data, media_type=head[5:].split(";")[0] or None, id=name) if data else None
    if isinstance(plain, str) and (data := _decoded(plain)):
        return Asset(data=data, id=name)
    return Asset(url=url, id=name) if isinstance(url, str) and url else None


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def cost(rows: Iterable[Row]) -> Decimal | None:
    """What the rows say they cost together; None where none of them says it."""
    told = [amount for row in rows if (amount := money(row.get("cost"))) is not None]
    return sum(told, Decimal(0)) if told else None


def number(value: object) -> float | None:
    """A finite number; JSON as Python reads it also knows NaN and Infinity."""
    told = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, int | float) and told and isfinite(value) else None


def money(value: object) -> Decimal | None:
    return None if (told := number(value)) is None else Decimal(str(told))
