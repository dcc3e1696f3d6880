"""A service that is full by the ledger: jobs that nobody waits for hold places there until somebody looks."""

from __future__ import annotations

from dataclasses import dataclass, field

from uni_cli.engine.desk import Desk
from uni_cli.engine.waiting import OPEN
from uni_cli.errors import UniError
from uni_cli.models import Job, JobState, replace

LOOKS_AT_ONCE = 5


@dataclass
class Room:
    desk: Desk
    _not_before: dict[str, float] = field(default_factory=dict)

    async def make(self, job: Job) -> None:
        """Look now and then at the oldest jobs that were left alone where this one is to go."""
        now = self.desk.clock.monotonic()
        if now < self._not_before.get(job.provider, 0.0):
            return
        self._not_before[job.provider] = now + self.desk.pauses.abandoned
        for left in self.desk.ledger.left_alone(job, limit=LOOKS_AT_ONCE):
            claimed = self.desk.ledger.claim(left.id, self.desk.clock.now())
            if claimed is not None:
                await self._look(claimed)

    async def _look(self, job: Job) -> None:
        try:
            with self.desk.within_patience():
                newer = await self.desk.provider(job.provider).refresh(job)
            if newer.state not in OPEN:
                self._note(newer)
        except UniError:
            raise
        except Exception as error:  # whatever it is, it is about this look and not about the job
            self.desk.troubles[job.id] = str(error) or "there was no answer"
        finally:
            self.desk.ledger.release([job.id])

    def _note(self, job: Job) -> None:
        """Its picture is fetched by whoever collects it; its place is free now."""
        now = self.desk.clock.now()
        finished = job.finished or now if job.state is JobState.FINISHED else job.finished
        self.desk.ledger.save(replace(job, updated=now, finished=finished), durable=True)
        self.desk.free_slot()
