"""What travels between the run and its workers. No key does: every worker has its own."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from uni_cli.engine.patience import Pauses
from uni_cli.ledger import Span
from uni_cli.models import Job
from uni_cli.providers.base import Wire
from uni_cli.transport import Answer


@dataclass(frozen=True, slots=True)
class Service:
    """A service, and the address where the run expects it."""

    name: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Send:
    """One paid request. `ticket` names the queue that holds the one ticket to send it, and later what came of it."""

    service: Service
    wire: Wire
    token: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The answer; or that nothing was sent; or that nobody can say what came of it."""

    answer: Answer | None = None
    not_sent: str | None = None
    lost: str | None = None


def packed(sent: Sent) -> bytes:
    """As it lies in the queue of its ticket."""
    answer = sent.answer
    if answer is None:
        return json.dumps({"not_sent": sent.not_sent, "lost": sent.lost}).encode()
    body = base64.b64encode(answer.body).decode()
    return json.dumps({"status": answer.status, "headers": dict(answer.headers), "body": body}).encode()


def unpacked(data: bytes) -> Sent:
    said = json.loads(data)
    if "status" not in said:
        return Sent(not_sent=said["not_sent"], lost=said["lost"])
    return Sent(Answer(said["status"], said["headers"], base64.b64decode(said["body"])))


# What lies in the queue of a request that nobody has sent yet.
TICKET = b""


@dataclass(frozen=True, slots=True)
class Collect:
    """A job that its service has taken. `usual` is what the ledger knows of the time that its kind takes.

    `others` are collected at the same time, so many that all together look no more often than one process would.
    """

    service: Service
    job: Job
    usual: tuple[Span, ...]
    patience: float | None
    pauses: Pauses
    resumed: bool = False
    others: int = 0


@dataclass(frozen=True, slots=True)
class Inspect:
    """What a worker must have. `marks` are files in folders that it has to share, with what they hold."""

    version: str
    services: tuple[Service, ...]
    stores: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
