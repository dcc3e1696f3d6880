"""The little language of faults and variants: SERVICE:STEP:KIND[:COUNT]."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

SERVICES = ("luma", "runware", "gmicloud", "segmind")
# The chat endpoint of `uni plan` makes no pictures and counts no jobs.
CHAT = "chat"
STEPS = ("submit", "poll", "recover", "download", "upload", "check")

BEFORE = {
    "refuse": "the connection is closed at once",
    "cut-before": "the connection is cut, the call had no effect",
    "html-502": "a gateway's page with status 502, the call had no effect",
}
AFTER = {
    "cut-after": "the call has its effect, then the connection is cut without an answer",
    "html": "200 with a web page; the call had its effect",
    "garbage": "200 with JSON that ends in the middle; the call had its effect",
    "empty": "200 without a body; the call had its effect",
    "slow": "the answer comes late, slow=SECONDS (30)",
}
JOB = {
    "moderated": "the content is refused",
    "failed": "the job fails, failed=CODE for the service's own word",
    "never": "the job never ends",
}
FILE = {
    "expired": "the link answers 403",
    "truncated": "the connection is cut in the middle of the file",
    "short": "half of the file, as if that were all",
    "corrupt": "some bytes in the middle are wrong",
    "oversized": "a body that does not end, oversized=BYTES for one that does",
    "oversized-length": "a Content-Length of 8 GiB",
    "wrong-type": "a web page with status 200",
    "redirect": "a redirect to the file",
    "redirect-loop": "a redirect to itself",
    "drip": "half of the file, then a byte now and then, drip=SECONDS (1)",
}
SPECIAL = {
    "concurrency": "Luma's 429 for too many jobs at once",
    "invalid": "chat: an answer that is JSON and no brief",
    "partial": "Runware: the last of several pictures fails",
    "random": "random=CHANCE=SEED: now and then anything that fits the step",
    "weather": "weather=CHANCE=SEED: the same, but nothing that ends a job for good",
}
# Every kind with its meaning; besides these, a status (429, 429=SECONDS) and a status after the effect (502-after).
KINDS = {**BEFORE, **AFTER, **JOB, **FILE, **SPECIAL}
ENDLESS = ("oversized", "drip")

ALIASES = {
    "refused": "refuse",
    "cut": "cut-after",
    "drop": "cut-after",
    "drop-before": "cut-before",
    "drop-after": "cut-after",
    "moderation": "moderated",
    "failure": "failed",
    "stuck": "never",
    "rate-limit": "429",
    "missing": "404",
}

STATUSES = {
    "luma": (400, 401, 402, 403, 404, 413, 422, 429, 500, 502, 503),
    "runware": (400, 401, 402, 403, 404, 408, 429, 500, 502, 503, 504),
    "gmicloud": (400, 401, 402, 403, 404, 429, 500, 502, 503, 504),
    "segmind": (400, 401, 402, 403, 404, 406, 410, 422, 429, 500, 502, 504),
    CHAT: (400, 401, 402, 404, 422, 429, 500, 502, 503),
}
FILE_STATUSES = (403, 404, 429, 500, 502, 503)

# The first value of each is how the service behaves when nothing is said.
VARIANTS: dict[str, dict[str, tuple[str, ...]]] = {
    "luma": {"extra": ("ignored", "refused")},
    "runware": {
        "ack": ("row", "empty"),
        "balance": ("object", "number"),
        "cost": ("asked", "missing", "zero"),
        "details": ("last", "ack", "none"),
        "duplicates": ("always", "while-running"),
        "extra": ("refused", "ignored"),
        "form": ("A", "B"),
        "nofunds": ("400", "402"),
        "running": ("row", "empty", "pending"),
        "settings": ("strict", "lenient"),
        "unknown": ("empty", "error"),
    },
    "gmicloud": {
        "echo": ("usual", "full"),
        "format": ("png", "jpeg"),
        "list": ("at-once", "late"),
        "media": ("objects", "strings", "image_url", "url", "empty"),
        "models": ("ids", "objects"),
        "outcome": ("null", "absent", "empty"),
        "params": ("400", "500", "failed"),
        "reason": ("outcome", "error", "error_message", "reason"),
        "shape": ("A", "B", "C", "D"),
    },
    "segmind": {
        "answer": ("full", "bare"),
        "format": ("jpeg", "png"),
        "id": ("hex", "uuid"),
        "limit": ("submit", "submit+poll"),
        "nocredits": ("406", "402"),
        "output": ("text", "list", "object", "images", "missing"),
        "params": ("failed", "406"),
        "upload": ("file_urls", "urls"),
    },
    CHAT: {
        "format": ("json_schema", "json_object", "text"),
        "tokens": ("any", "completion"),
    },
}


@dataclass(slots=True)
class Fault:
    """One line of the language; `left` counts down the strikes, None is for ever."""

    service: str
    step: str
    kind: str
    argument: str = ""
    left: int | None = None
    dice: Random | None = field(default=None, compare=False)

    def matches(self, service: str, step: str) -> bool:
        """Whether it strikes this exchange now."""
        if self.left == 0 or self.service not in (service, "any") or self.step not in (step, "any"):
            return False
        return fits(self.kind, service, step)

    def seconds(self, default: float) -> float:
        """The argument read as a delay; the default where it is none."""
        try:
            return float(self.argument)
        except ValueError:
            return default

    def __str__(self) -> str:
        kind = f"{self.kind}={self.argument}" if self.argument else self.kind
        count = "" if self.left is None else f":{self.left}"
        return f"{self.service}:{self.step}:{kind}{count}"


def fits(kind: str, service: str, step: str) -> bool:
    """Whether a kind has a meaning at this step of this service."""
    if kind in JOB:
        return step in ("submit", "poll") and service != CHAT
    if kind == "invalid":
        return (service, step) in ((CHAT, "submit"), ("any", "submit"))
    if kind in FILE:
        return step == "download"
    if kind == "concurrency":
        return (service, step) in (("luma", "submit"), ("any", "submit"))
    if kind == "partial":
        return (service, step) in (("runware", "submit"), ("any", "submit"))
    return True


def parse(text: str) -> Fault:
    """Read one line; a ValueError says what is wrong with it."""
    service, step, kind, count = split(text)
    kind, _, argument = kind.partition("=")
    kind = ALIASES.get(kind, kind)
    fault = Fault(service, step, kind, argument, count)
    if kind in ("random", "weather"):
        fault.dice = Random(chance(text, argument)[1])
        return fault
    if is_variant(fault):
        return fault
    check_kind(text, fault)
    return fault


def split(text: str) -> tuple[str, str, str, int | None]:
    """The four parts of a line."""
    parts = text.strip().split(":")
    if len(parts) not in (3, 4):
        raise ValueError(f"{text!r} is not SERVICE:STEP:KIND[:COUNT]")
    if parts[0] not in (*SERVICES, CHAT, "any"):
        raise ValueError(f"{text!r}: no service {parts[0]!r}; there are {', '.join((*SERVICES, CHAT))} and any")
    if parts[1] not in (*STEPS, "any"):
        raise ValueError(f"{text!r}: no step {parts[1]!r}; there are {', '.join(STEPS)} and any")
    count = parts[3] if len(parts) == 4 else None
    if count is not None and not (count.isascii() and count.isdecimal()):
        raise ValueError(f"{text!r}: the count must be a whole number")
    return parts[0], parts[1], parts[2], None if count is None else int(count)


def check_kind(text: str, fault: Fault) -> None:
    """Refuse a kind nobody knows, or one that makes no sense at its step."""
    kind = fault.kind
    if kind not in KINDS and not re.fullmatch(r"[1-5]\d\d(-after)?", kind):
        raise ValueError(f"{text!r}: no kind {kind!r}; there are {', '.join(sorted(KINDS))}, and a status such as 503")
    steps = STEPS if fault.step == "any" else (fault.step,)
    services = (*SERVICES, CHAT) if fault.service == "any" else (fault.service,)
    if not any(fits(kind, service, step) for service in services for step in steps):
        raise ValueError(f"{text!r}: {kind} means nothing at this step")
    if kind in ("slow", *ENDLESS) and fault.argument and not re.fullmatch(r"\d+(\.\d+)?", fault.argument):
        raise ValueError(f"{text!r}: {fault.argument!r} is not a number")


def is_variant(fault: Fault) -> bool:
    """Whether the line changes a habit of the service instead of striking an exchange."""
    services = SERVICES if fault.service == "any" else (fault.service,)
    return any(fault.argument in VARIANTS[service].get(fault.kind, ()) for service in services)


def chance(text: str, argument: str) -> tuple[float, str]:
    """The two numbers of `random=CHANCE=SEED`."""
    share, _, seed = argument.partition("=")
    try:
        value = float(share or "0.2")
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ValueError(f"{text!r}: the chance must lie between 0 and 1")
    return value, seed


def kinds_for(service: str, step: str, *, gentle: bool) -> list[str]:
    """All kinds that fit a step; `gentle` leaves out verdicts that end a job or a run for good."""
    statuses = FILE_STATUSES if step == "download" else STATUSES[service]
    if gentle:
        statuses = tuple(status for status in statuses if status == 429 or status >= 500)
    kinds = [*BEFORE, *AFTER, *(str(status) for status in statuses), "500-after", "502-after", "504-after"]
    special = ("concurrency", *FILE) if gentle else ("concurrency", "partial", *JOB, *FILE)
    kinds += [kind for kind in special if fits(kind, service, step)]
    return [kind for kind in kinds if kind not in ENDLESS]


class Faults:
    """What shall go wrong, in order; the first line that matches strikes."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self.lines: list[Fault] = []
        self.replace(lines)

    def replace(self, lines: Iterable[str]) -> None:
        """Forget all lines and take these; nothing changes when one of them is wrong."""
        self.lines = [parse(line) for line in lines]

    def variant(self, service: str, name: str) -> str:
        """How a service behaves where the sheets leave several ways open."""
        choices = VARIANTS[service][name]
        for fault in reversed(self.lines):
            if fault.kind == name and fault.service in (service, "any") and fault.argument in choices:
                return fault.argument
        return choices[0]

    def take(self, service: str, step: str) -> Fault | None:
        """The fault that strikes this exchange, counted down."""
        for fault in self.lines:
            if is_variant(fault) or not fault.matches(service, step):
                continue
            if fault.dice is None:
                return self._strike(fault, fault)
            if fault.dice.random() < chance("", fault.argument)[0]:
                kinds = kinds_for(service, step, gentle=fault.kind == "weather")
                kind = fault.dice.choice(kinds)
                return self._strike(fault, Fault(service, step, kind, "0.2" if kind == "slow" else ""))
        return None

    def _strike(self, line: Fault, fault: Fault) -> Fault:
        if line.left is not None:
            line.left -= 1
        return fault
