"""What travels between the run and its workers. No key does: every worker has its own."""

from __future__ import annotations

from dataclasses import dataclass

from uni_cli.engine.patience import Pauses
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
    """One paid request. `ticket` names the queue with the one ticket that allows to send it."""

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


@dataclass(frozen=True, slots=True)
class Collect:
    """A job that its service has taken. `usual` is what the ledger knows of the time that its kind takes."""

    service: Service
    job: Job
    usual: tuple[float, ...]
    patience: float | None
    pauses: Pauses
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Inspect:
    """What a worker must have. `marks` are files in folders that it has to share, with what they hold."""

    version: str
    services: tuple[Service, ...]
    stores: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
