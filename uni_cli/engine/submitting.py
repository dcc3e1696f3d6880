"""The one paid exchange: when it may leave, and how a service is asked where its end is not known."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from uni_cli import codec
from uni_cli.engine.desk import Desk
from uni_cli.engine.gate import SWITCH_AFTER, Gate
from uni_cli.engine.hearing import REPEATED, Hearing
from uni_cli.engine.patience import step
from uni_cli.engine.trying import Again, NoRoom, Tries
from uni_cli.errors import UniError, Usage
from uni_cli.ledger import TakenOver
from uni_cli.models import Failure, Job, JobState, replace
from uni_cli.providers.base import (
    CannotKnow,
    NotFound,
    Provider,
    Refused,
    Throttled,
    Verdict,
    Wire,
)
from uni_cli.transport import Answer, Lost

# Asked that often in vain, a service that knows jobs by our own id gets the identical request again.
ASKED_BEFORE_REPOST = 3
# Said about the account before anybody looked whether the job is known, so it says nothing about the job.
ACCOUNT_TROUBLE = frozenset({"key.refused", "provider.no_funds", "provider.unavailable"})


@dataclass
class Submitter:
    """`alternatives` are the services after the first of a list, in order, with the price of this request there."""

    desk: Desk
    alternatives: Mapping[str, list[Job]] = field(default_factory=dict)
    _recovering: dict[str, asyncio.Lock] = field(default_factory=dict)
    _gates: dict[str, Gate] = field(default_factory=dict)
    hearing: Hearing = field(init=False)

    def __post_init__(self) -> None:
        self.hearing = Hearing(self.desk)

    async def submit(self, job: Job) -> Job:
        """From planned to accepted, ended or in doubt. Sends at most one request that could be accepted."""
        tries = Tries()
        while True:
            try:
                return await self._attempt(self.desk.provider(job.provider), job)
            except Refused as verdict:
                moved = self._move_on(job)
                if moved is None:
                    return self.desk.end(job, JobState.REFUSED, verdict.failure)
                job, tries = moved, Tries()
            except Again as again:
                tries.add(again, self.desk.clock.monotonic())
                hopeless = tries.without_connection > self.desk.pauses.connect_patience
                moved = self._move_on(job) if hopeless or tries.count >= 2 or again.after > SWITCH_AFTER else None
                if moved is not None:
                    job, tries = moved, Tries()
                    continue
                # The row goes back first: `submitting` would be taken for "in doubt" if this process died now.
                job = self.desk.put(self.desk.change(job, JobState.PLANNED, submitted=None))
                if hopeless or not await self._rest(again):
                    return self.desk.end(job, JobState.REFUSED, again.failure)

    async def _rest(self, again: Again) -> bool:
        pause = max(again.after, 0.05)
        return await (self.desk.pause_for_slot(pause) if again.slot else self.desk.pause(pause))

    def _move_on(self, job: Job) -> Job | None:
        """The same picture at the next service of the list; the earlier one certainly took nothing."""
        rest = self.alternatives.get(job.id, [])
        if not rest or self.desk.left() <= 0:
            return None
        other = rest.pop(0)
        moved = self.desk.change(
            job,
            JobState.PLANNED,
            provider=other.provider,
            base_url=other.base_url,
            request=other.request,
            token=str(uuid.uuid4()),
            submitted=None,
            sent=None,
        )
        return self.desk.put(moved)

    async def _attempt(self, provider: Provider, job: Job) -> Job:
        pauses = self.desk.pauses
        try:
            with self.desk.within_patience(at_most=float("inf") if job.request.inputs else 0.0):
                prepared = await provider.prepare(job.request)
            wire = provider.body(prepared, job.token)
        except Refused:
            raise
        except Throttled as error:
            raise Again(Failure("provider.rate_limited", str(error)), after=error.after or pauses.throttled) from error
        except TimeoutError as error:
            late = Failure("provider.unreachable", f"{job.provider} did not take the input pictures in time")
            raise Again(late, after=pauses.connect) from error
        except (Verdict, Lost) as error:
            raise Again(Failure("provider.unreachable", f"{job.provider}: {error}"), after=pauses.connect) from error
        except Usage as error:
            raise Refused(Failure(error.code, error.message, error.hint)) from error
        job = await self._begin(job, wire)
        return await self._post(provider, job, wire)

    async def _begin(self, job: Job, wire: Wire) -> Job:
        """The row `submitting` is on disk when this returns, and not before there is room for one more job."""
        gate = self._gates.get(job.provider) or self._gates.setdefault(job.provider, Gate(self.desk, job.provider))
        may_move = bool(self.alternatives.get(job.id))
        return await gate.enter(job, codec.without_pictures(wire.body), may_move=may_move)

    async def _post(self, provider: Provider, job: Job, wire: Wire) -> Job:
        sending = asyncio.create_task(self._exchange(provider, job, wire))
        try:
            await asyncio.wait({sending})
        except asyncio.CancelledError:
            await self._part(provider, job, sending)
            raise
        return self.hearing.hear(provider, job, sending)

    async def _exchange(self, provider: Provider, job: Job, wire: Wire) -> Answer:
        able = provider.capabilities
        # A POST that waits for the picture is closed by the user's patience; a short one is always heard to its end.
        if not able.waits_in_post or self.desk.left() == float("inf"):
            return await provider.submit(wire, job.token)
        try:
            async with asyncio.timeout(max(0.0, self.desk.left())):
                return await provider.submit(wire, job.token)
        except TimeoutError as error:
            raise Lost("the time was over while the request was under way") from error

    async def _part(self, provider: Provider, job: Job, sending: asyncio.Task[Answer]) -> None:
        """Interrupted. A short request is heard to its end: its answer may be the only way back to the picture."""
        try:
            if not provider.capabilities.waits_in_post:
                await asyncio.wait({sending}, timeout=self.desk.pauses.last_words)
        finally:
            with suppress(TakenOver):
                self.hearing.hear_interrupted(provider, job, sending)

    async def recover(self, job: Job) -> Job:
        """Ask the service about a job in doubt, for a while. Nothing but its own answer ends the doubt."""
        provider = self.desk.provider(job.provider)
        pauses = self.desk.pauses
        began = self.desk.clock.monotonic()
        vain = 0
        for turn in range(1000):
            pause = step(pauses.recover, turn)
            over = self.desk.clock.monotonic() + pause - began > pauses.recover_patience
            if over or not await self.desk.pause(pause):
                break
            found = await self._ask(provider, job)
            if isinstance(found, Job):
                return found
            if isinstance(found, CannotKnow):
                return self.hearing.still(job, found.reason)
            vain += isinstance(found, NotFound)
            if isinstance(found, NotFound) and found.may_repost and vain >= ASKED_BEFORE_REPOST:
                return await self._repost(provider, job)
        return job

    async def _ask(self, provider: Provider, job: Job) -> Job | NotFound | CannotKnow | None:
        """One question. Jobs in doubt ask one after the other, so that two never take the same answer."""
        lock = self._recovering.setdefault(job.provider, asyncio.Lock())
        async with lock:
            if self.desk.ledger.twin_is_submitting(job):
                return None
            known = self.desk.ledger.known_remote_ids(job)
            try:
                with self.desk.within_patience():
                    found = await provider.recover(job, known)
            except UniError:
                raise
            except Exception as error:  # whatever it is, it is about this question and not about the job
                self.desk.troubles[job.id] = str(error) or "there was no answer"
                return None
            if not isinstance(found, Job):
                return found
            dated = self.hearing.dated(replace(found, updated=self.desk.clock.now()))
            if not self.desk.ledger.adopt(dated):
                return None
            self.desk.emit(dated)
            return dated

    async def _repost(self, provider: Provider, job: Job) -> Job:
        """Only where the service knows our own id: the identical body again, so it can be taken once at most."""
        try:
            with self.desk.within_patience():
                wire = provider.body(await provider.prepare(job.request), job.token)
        except (Usage, Verdict, Lost, TimeoutError) as error:
            return self.hearing.still(job, f"It cannot be sent again: {error}")
        if codec.without_pictures(wire.body) != job.sent:
            return self.hearing.still(job, "The request cannot be built again exactly as it was sent")
        repeated = replace(job, notes={**job.notes, REPEATED: True})
        try:
            return await self._post(provider, await self._begin(repeated, wire), wire)
        except NoRoom:
            return job
        except Refused as verdict:
            if verdict.failure.code in ACCOUNT_TROUBLE:
                return self.hearing.still(job, verdict.failure.message)
            return self.desk.end(job, JobState.REFUSED, verdict.failure)
        except Again as again:
            # Nothing came of the second request, which says nothing about the first.
            return self.hearing.still(job, str(again))
