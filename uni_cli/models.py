"""What flows through the program: frozen values, changed with `replace`, without input or output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

ASPECTS: dict[str, tuple[int, int]] = {
    "3:1": (3360, 1248),
    "2:1": (2912, 1440),
    "16:9": (2784, 1504),
    "3:2": (2464, 1696),
    "1:1": (2048, 2048),
    "2:3": (1696, 2464),
    "9:16": (1504, 2784),
    "1:2": (1440, 2912),
    "1:3": (1248, 3360),
}
PROMPT_LIMIT = 6000
# The largest whole number that the ledger keeps as one.
MAX_SEED = 2**63 - 1


class Role(StrEnum):
    CHARACTER = "character"
    PALETTE = "palette"
    LIGHTING = "lighting"
    COMPOSITION = "composition"
    STYLE = "style"
    CONTENT = "content"


class Operation(StrEnum):
    GENERATE = "generate"
    EDIT = "edit"


class JobState(StrEnum):
    PLANNED = "planned"
    SUBMITTING = "submitting"
    IN_DOUBT = "in_doubt"
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    SAVED = "saved"
    FAILED = "failed"
    REFUSED = "refused"


ENDED = frozenset({JobState.SAVED, JobState.FAILED, JobState.REFUSED})


# A member of Reference is called `bytes`, as in the sidecar, and would hide the type of that name.
Raw = bytes


@dataclass(frozen=True, slots=True)
class SentAs:
    """A picture made for one service out of an input that it would not take as it is."""

    path: str
    sha256: str
    media_type: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Reference:
    """An input picture. Exactly one of `path`, `url` and `remote` says where its bytes are.

    `source` is what the user wrote. `remote` is a picture that a service already holds: `remote_at` names the service.
    """

    source: str
    role: Role | None = None
    borrow: str | None = None
    path: str | None = None
    url: str | None = None
    remote: str | None = None
    remote_at: str | None = None
    sha256: str | None = None
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    data: Raw | None = field(default=None, repr=False, compare=False)
    sent_as: SentAs | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One picture, in neutral words; a provider translates it."""

    operation: Operation
    prompt: str
    model: str = "uni-1"
    aspect: str | None = None
    size: tuple[int, int] | None = None
    source: Reference | None = None
    references: tuple[Reference, ...] = ()
    keep: tuple[str, ...] = ()
    style: str | None = None
    search: bool = False
    seed: int | None = None
    format: str | None = None
    quality: int | None = None
    safety: str | None = None
    webhook: str | None = None
    upload_to: str | None = None
    ttl: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[Reference, ...]:
        """Every input picture, the source first."""
        return (self.source, *self.references) if self.source else self.references


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how a picture is saved, as it was asked for.

    `prefix` stands before the name where it is shown: the way from the user to `folder`. `replaces` is the hash of a
    file that the picture may take the place of.
    """

    template: str
    folder: str
    n: int = 1
    overwrite: bool = False
    convert: str | None = None
    quality: int | None = None
    embed: bool = True
    prompt_embed: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)
    replaces: str | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """A finished picture that is not saved yet: a link, or its bytes."""

    url: str | None = None
    data: bytes | None = None
    media_type: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A picture on disk. `path` is absolute; `shown` is the path in the words of the user."""

    path: str
    shown: str
    sidecar: str
    sha256: str
    bytes: int
    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True)
class Job:
    """One picture's life at one service. Times are seconds since 1970, UTC."""

    id: str
    run: str
    provider: str
    base_url: str
    request: Request
    target: Target
    token: str
    created: float
    updated: float
    state: JobState = JobState.PLANNED
    estimate: Decimal | None = None
    charged: Decimal | None = None
    remote_id: str | None = None
    submitted: float | None = None
    finished: float | None = None
    saved: float | None = None
    progress: float | None = None
    seed: int | None = None
    assets: tuple[Asset, ...] = ()
    failure: Failure | None = None
    result: Saved | None = None
    once: str | None = None
    sent: Any = None
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        return self.state in ENDED


class Members(NamedTuple):
    """What a kind of value holds: names, what reads all of them at once, what writes each past its being frozen."""

    names: tuple[str, ...]
    read: Callable[[Any], tuple[Any, ...]]
    write: Mapping[str, Callable[[Any, Any], None]]


@cache
def members_of(kind: type) -> Members | None:
    """None for what is none of the values above."""
    if not is_dataclass(kind):
        return None
    names = tuple(member.name for member in fields(kind))
    return Members(names, attrgetter(*names), {name: kind.__dict__[name].__set__ for name in names})


if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(value, /, **members):
        """`dataclasses.replace` in half its time, for the values above: a job is copied at each step of its life."""
        kind = type(value)
        _, read, write = members_of(kind)
        new = object.__new__(kind)
        for put, member in zip(write.values(), read(value), strict=True):
            put(new, member)
        for name, member in members.items():
            write[name](new, member)
        return new
