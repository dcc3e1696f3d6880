"""What a provider is: plain data about a service, and one exchange per method.

A provider never sleeps, repeats, prints or saves. It raises the verdicts below about one exchange, or the transport's
`NotSent` and `Lost`; the engine decides what follows.

Verdict
├── Refused     the service said no: the job did not run, and sending the same again is useless
├── Throttled   the service said "not now": the job did not run, and may be sent again later
├── Unclear     an answer that proves nothing (5xx, HTML, half a body): the job may run
└── Gone        a poll's answer says the service does not know the job (no verdict about the job itself)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from uni_cli.models import ASPECTS, Failure, Job, Operation, Request
from uni_cli.transport import Answer, Transport

if TYPE_CHECKING:
    from pydantic import SecretStr

    from uni_cli.settings import Service


class Verdict(Exception):
    """What one exchange said."""


class Refused(Verdict):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Throttled(Verdict):
    """`slot`: it is about jobs running at once, so one of our own jobs ending frees a place before `after` is over."""

    def __init__(self, message: str, *, after: float | None = None, slot: bool = False) -> None:
        super().__init__(message)
        self.after = after
        self.slot = slot


class Unclear(Verdict):
    pass


class Gone(Verdict):
    pass


@dataclass(frozen=True, slots=True)
class Told:
    """A service's limit: submits a minute, how many are left, and when (Unix seconds) all of them are back."""

    limit: int
    left: int | None = None
    reset: float | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    """The names of the headers that tell a service's limit per minute."""

    limit: str
    left: str
    reset: str

    def read(self, headers: Mapping[str, str]) -> Told | None:
        given = {name.lower(): value.strip() for name, value in headers.items()}
        limit, left, reset = (given.get(name, "") for name in (self.limit, self.left, self.reset))
        if not limit.isdecimal() or int(limit) == 0:
            return None
        return Told(int(limit), int(left) if left.isdecimal() else None, float(reset) if reset.isdecimal() else None)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a service can do, as plain data. Empty or False means: not there."""

    title: str
    models: Mapping[str, str]
    aspects: tuple[str, ...] = tuple(ASPECTS)
    sizes: tuple[tuple[int, int], ...] = ()
    formats: tuple[str, ...] = ()
    default_format: str | None = None
    operations: frozenset[Operation] = frozenset(Operation)
    references: int = 0
    references_with_source: int = 0
    url_inputs: bool = True
    # Pictures that the service holds already can be named by their id: as the source, as a reference.
    remote_source: bool = False
    remote_inputs: bool = False
    inline_limit: int | None = None
    upload: bool = False
    styles: tuple[str, ...] = ("auto",)
    styles_on_edit: tuple[str, ...] = ("auto",)
    portrait_styles: tuple[str, ...] = ()
    search: bool = False
    search_on_edit: bool = False
    aspect_on_edit: bool = False
    seed: bool = False
    quality: bool = False
    safety: bool = False
    webhook: bool = False
    upload_to: bool = False
    ttl: bool = False
    needs_key: bool = True
    may_repost: bool = False
    concurrency: int | None = None
    rate: int | None = None
    meter: Meter | None = None
    typical_seconds: float = 30.0
    submit_timeout: float = 60.0
    waits_in_post: bool = False
    input_types: tuple[str, ...] = ("image/png", "image/jpeg", "image/webp", "image/gif")
    input_bytes: int | None = None
    input_side: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wire:
    """The paid request as it goes out, without its key."""

    method: str
    url: str
    body: Any


@dataclass(frozen=True, slots=True)
class Price:
    usd: Decimal | None
    dated: str


@dataclass(frozen=True, slots=True)
class Health:
    """What the free call said: does the key work, and what is left."""

    ok: bool
    detail: str
    balance_usd: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """The service was asked and does not know the job (yet)."""

    may_repost: bool = False


@dataclass(frozen=True, slots=True)
class CannotKnow:
    """The service has no way to tell."""

    reason: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a provider is built from. `key` is None for a dry run, which sends nothing."""

    transport: Transport
    base_url: str
    key: SecretStr | None
    service: Service

    def secret(self) -> str:
        return "" if self.key is None else self.key.get_secret_value()


@runtime_checkable
class Provider(Protocol):
    """One service. Every method is one exchange at most, except `prepare`, which uploads what has to be uploaded."""

    name: str
    capabilities: Capabilities

    def __init__(self, access: Access) -> None: ...

    def price(self, request: Request) -> Price:
        """The estimate, with the date of its table."""
        ...

    def body(self, request: Request, token: str) -> Wire:
        """Pure. Exactly what `submit` sends; local files that must be uploaded stand as `upload:sha256:HEX`."""
        ...

    async def prepare(self, request: Request) -> Request:
        """Free and repeatable: upload local files where the service wants URLs; the answer has no such file left."""
        ...

    async def submit(self, wire: Wire, token: str) -> Answer:
        """The one paid exchange. Any whole answer is returned, whatever its status, so that it can be stored first."""
        ...

    def accept(self, job: Job, answer: Answer) -> Job:
        """Pure. What the answer to `submit` means: the job queued, running, finished or failed, or a verdict."""
        ...

    async def refresh(self, job: Job) -> Job:
        """Ask once how the job is. A finished job gets its assets; asked again, it gets fresh links."""
        ...

    async def recover(self, job: Job, known: Collection[str]) -> Job | NotFound | CannotKnow:
        """Ask once for a job in doubt. `known` are remote ids of other jobs, never to be taken for this one."""
        ...

    async def check(self) -> Health:
        """Free: does the key work, what is the balance."""
        ...
