"""Jobs in memory: when they finish, how they end, what they cost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from uni_cli.emulator.pictures import Painting

# The share of a job's time that it waits in the queue.
QUEUED_SHARE = 0.2


@dataclass(slots=True)
class Shot:
    """One picture of a job: when it is ready and how it ends ("ok", "failed", "moderated", "never")."""

    id: str
    seed: int
    ready_at: float
    painting: Painting
    fate: str = "ok"
    reason: str = ""

    def state(self, now: float) -> str:
        """`running`, `done` or `failed` at a moment."""
        if self.fate == "never" or now < self.ready_at:
            return "running"
        return "done" if self.fate == "ok" else "failed"


@dataclass(slots=True)
class Job:
    """One accepted paid call."""

    service: str
    id: str
    owner: str
    request: dict[str, Any]
    accepted_at: float
    price: Decimal
    shots: list[Shot]
    notes: dict[str, Any] = field(default_factory=dict)
    told: bool = False

    @property
    def ready_at(self) -> float:
        return max(shot.ready_at for shot in self.shots)

    def state(self, now: float) -> str:
        """`queued`, `running`, `done` or `failed`; done as soon as every picture has ended and one is good."""
        states = {shot.state(now) for shot in self.shots}
        if "running" in states:
            begins = self.accepted_at + (self.ready_at - self.accepted_at) * QUEUED_SHARE
            return "queued" if now < begins and states == {"running"} else "running"
        return "done" if "done" in states else "failed"

    def doom(self, fate: str, reason: str = "") -> None:
        """Decide how every picture of the job ends."""
        for shot in self.shots:
            shot.fate, shot.reason = fate, reason

    def turn(self, fate: str, reason: str) -> None:
        """Change how the job ends, as long as nobody was told that it went well."""
        if fate != "ok" and not self.told:
            self.doom(fate, reason)

    def hurry(self, now: float) -> None:
        """End the waiting: a call that blocked until the job was over says so."""
        for shot in self.shots:
            shot.ready_at = min(shot.ready_at, now)

    def charged(self, now: float) -> Decimal:
        """What has been billed: finished pictures only."""
        return self.price * sum(shot.state(now) == "done" for shot in self.shots)


class Jobs:
    """Every accepted job in order of acceptance; a repeated id hides the older one but both count."""

    def __init__(self) -> None:
        self.all: list[Job] = []
        self._newest: dict[tuple[str, str], Job] = {}

    def add(self, job: Job) -> Job:
        self.all.append(job)
        self._newest[job.service, job.id] = job
        return job

    def find(self, service: str, job_id: str, owner: str | None = None) -> Job | None:
        """The newest job of this id, if `owner` (where given) may see it."""
        job = self._newest.get((service, job_id))
        return None if job is None or (owner is not None and job.owner != owner) else job

    def of(self, service: str, owner: str | None = None) -> Iterator[Job]:
        return (job for job in self.all if job.service == service and owner in (None, job.owner))

    def bill(self, service: str, now: float) -> dict[str, Any]:
        """The service's numbers for the statistics."""
        jobs = list(self.of(service))
        charges = [job.charged(now) for job in jobs]
        return {
            "accepted": len(jobs),
            "billed": sum(charge > 0 for charge in charges),
            "images": sum(shot.state(now) == "done" for job in jobs for shot in job.shots),
            "usd": str(sum(charges, Decimal(0))),
        }
