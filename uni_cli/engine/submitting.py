"""The one paid exchange, and what follows when its end is not known."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from uni_cli import codec
from uni_cli.engine.desk import Desk
from uni_cli.errors import BadReference
from uni_cli.models import ENDED, Failure, Job, JobState
from uni_cli.providers.base import (
    CannotKnow,
    NotFound,
    Provider,
    Refused,
    Throttled,
    Unclear,
    Verdict,
    Wire,
)
from uni_cli.transport import Answer, Lost, NotSent

# Without a connection nothing can be paid for, but nobody wants to watch a dead network for a quarter of an hour.
CONNECT_PATIENCE = 20.0
RECOVER_PATIENCE = 30.0
RECOVER_PAUSES = (0.5, 1.0, 2.0, 4.0, 5.0)
# Asked that often in vain, a service that knows jobs by our own id gets the identical request again.
ASKED_BEFORE_REPOST = 3
SWITCH_AFTER = 5.0
# Said about the account before anybody looked whether the job is known, so it says nothing about the job.
ACCOUNT_TROUBLE = frozenset({"key.refused", "provider.no_funds"})


class Again(Exception):
    """The paid request certainly did nothing; it may be sent again after so many seconds."""

    def __init__(self, failure: Failure, *, after: float, slot: bool = False) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.after = after
        self.slot = slot


@dataclass
class Submitter:
    """`alternatives` are the services after the first of a list, in order, with the price of this request there."""

    desk: Desk
    alternatives: Mapping[str, list[Job]] = field(default_factory=dict)
    _recovering: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def submit(self, job: Job) -> Job:
        """From planned to accepted, ended or in doubt. Sends at most one request that could be accepted."""
        tries = 0
        unconnected_since: float | None = None
        while True:
            provider = self.desk.provider(job.provider)
            try:
                return await self._attempt(provider, job)
            except Refused as verdict:
                moved = self._move_on(job)
                if moved is None:
                    return self.desk.end(job, JobState.REFUSED, verdict.failure)
                job, tries, unconnected_since = moved, 0, None
                continue
            except Again as again:
                tries += 1
                now = self.desk.clock.monotonic()
                unreachable = again.failure.code == "provider.unreachable"
                unconnected_since = (unconnected_since or now) if unreachable else None
                hopeless = unconnected_since is not None and now + again.after - unconnected_since > CONNECT_PATIENCE
                if hopeless or tries >= 2 or again.after > SWITCH_AFTER:
                    moved = self._move_on(job)
                    if moved is not None:
                        job, tries, unconnected_since = moved, 0, None
                        continue
                # The row goes back first: `submitting` would be taken for "in doubt" if this process died now.
                job = self.desk.put(self.desk.change(job, JobState.PLANNED, submitted=None))
                self.desk.troubles[job.id] = again.failure.message
                pause = max(again.after, 0.05)
                waited = await (self.desk.pause_for_slot(pause) if again.slot else self.desk.pause(pause))
                if hopeless or not waited:
                    return self.desk.end(job, JobState.REFUSED, again.failure)

    def _move_on(self, job: Job) -> Job | None:
        """The same picture at the next service of the list; the earlier one certainly took nothing."""
        rest = self.alternatives.get(job.id, [])
        if not rest:
            return None
        other = rest.pop(0)
        moved = self.desk.change(
            job,
            JobState.PLANNED,
            provider=other.provider,
            base_url=other.base_url,
            estimate=other.estimate,
            request=other.request,
            token=str(uuid.uuid4()),
            submitted=None,
            sent=None,
        )
        return self.desk.put(moved)

    async def _attempt(self, provider: Provider, job: Job) -> Job:
        try:
            prepared = await provider.prepare(job.request)
        except Refused:
            raise
        except Throttled as error:
            raise Again(Failure("provider.rate_limited", str(error)), after=error.after or 2.0) from error
        except (Verdict, Lost) as error:
            raise Again(Failure("provider.unreachable", f"{job.provider}: {error}"), after=1.0) from error
        except BadReference as error:
            raise Refused(Failure(error.code, error.message, error.hint)) from error
        wire = provider.body(prepared, job.token)
        job = replace(job, estimate=provider.price(job.request).usd)
        job = await self._begin(job, wire)
        return await self._post(provider, job, wire)

    async def _begin(self, job: Job, wire: Wire) -> Job:
        """The row `submitting` is on disk when this returns, and not before there is room for one more job."""
        sent = codec.without_pictures(wire.body)
        while True:
            now = self.desk.clock.now()
            begun = replace(job, state=JobState.SUBMITTING, sent=sent, submitted=now, updated=now, failure=None)
            limits = self.desk.limits(job.provider)
            wait = self.desk.ledger.begin(begun, concurrency=limits.concurrency, rate=limits.rate)
            if wait is None:
                self.desk.emit(begun)
                return begun
            if not await self.desk.pause_for_slot(min(wait, 2.0)):
                message = f"{job.provider} had no room for one more job within the given time"
                raise Refused(Failure("provider.rate_limited", message))

    async def _post(self, provider: Provider, job: Job, wire: Wire) -> Job:
        try:
            answer = await self._exchange(provider, job, wire)
        except NotSent as error:
            raise Again(Failure("provider.unreachable", f"{job.provider}: {error}"), after=1.0) from error
        except Lost as error:
            return self._doubt(job, str(error))
        except asyncio.CancelledError:
            self._doubt(job, "interrupted while the request was under way")
            raise
        self.desk.ledger.keep_answer(job, "submit", status=answer.status, body=answer.body, at=self.desk.clock.now())
        return self._understand(provider, job, answer)

    async def _exchange(self, provider: Provider, job: Job, wire: Wire) -> Answer:
        able = provider.capabilities
        # A POST that waits for the picture is closed by the user's patience; a short one is always heard to its end.
        waits = able.waits_in_post and self.desk.left() != float("inf")
        try:
            async with asyncio.timeout(max(0.0, self.desk.left()) if waits else None):
                return await provider.submit(wire, job.token)
        except TimeoutError as error:
            raise Lost("the time was over while the request was under way") from error

    def _understand(self, provider: Provider, job: Job, answer: Answer) -> Job:
        try:
            accepted = provider.accept(job, answer)
        except Throttled as verdict:
            now = self.desk.clock.now()
            after = verdict.after if verdict.after is not None else 2.0
            if not verdict.slot:
                self.desk.ledger.slow_down(job, not_before=now + after)
            raise Again(Failure("provider.rate_limited", str(verdict)), after=after, slot=verdict.slot) from verdict
        except Refused:
            raise
        except Unclear as verdict:
            return self._doubt(job, str(verdict))
        except Exception as error:  # an answer that our reading of the service did not foresee proves nothing
            return self._doubt(job, f"{job.provider} gave an answer that could not be read: {error!r}")
        return self._adopt(job, replace(accepted, updated=self.desk.clock.now()))

    def _doubt(self, job: Job, why: str) -> Job:
        failure = Failure("ledger.in_doubt", f"{job.provider}: {why}")
        return self.desk.put(self.desk.change(job, JobState.IN_DOUBT, failure=failure), durable=True)

    def _adopt(self, job: Job, accepted: Job) -> Job:
        accepted = replace(accepted, failure=accepted.failure if accepted.state in ENDED else None)
        if accepted.state is JobState.FINISHED:
            accepted = replace(accepted, finished=accepted.finished or self.desk.clock.now())
        saved = self.desk.put(accepted, durable=True)
        if saved.ended:
            self.desk.free_slot()
        return saved

    async def recover(self, job: Job, *, may_buy: bool = True) -> Job:
        """Ask the service about a job in doubt, for a while. Nothing but its own answer ends the doubt."""
        provider = self.desk.provider(job.provider)
        began = self.desk.clock.monotonic()
        vain = 0
        for turn in range(1000):
            pause = RECOVER_PAUSES[min(turn, len(RECOVER_PAUSES) - 1)]
            over = self.desk.clock.monotonic() + pause - began > RECOVER_PATIENCE
            if over or not await self.desk.pause(pause):
                break
            found = await self._ask(provider, job)
            if isinstance(found, Job):
                return found
            if isinstance(found, CannotKnow):
                return self._doubt(job, f"{_reason(job)}. {found.reason}")
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
                found = await provider.recover(job, known)
            except (Verdict, Lost) as error:
                self.desk.troubles[job.id] = str(error)
                return None
            if isinstance(found, Job):
                if found.remote_id in known:
                    return None
                return self._adopt(job, replace(found, updated=self.desk.clock.now()))
            return found

    async def _repost(self, provider: Provider, job: Job) -> Job:
        """Only where the service knows our own id: the identical body again, so it can be taken once at most."""
        try:
            wire = provider.body(await provider.prepare(job.request), job.token)
        except (BadReference, Verdict, Lost) as error:
            return self._doubt(job, f"{_reason(job)}. It cannot be sent again: {error}")
        if codec.without_pictures(wire.body) != job.sent:
            return self._doubt(job, f"{_reason(job)}. The request cannot be built again exactly as it was sent")
        try:
            return await self._post(provider, await self._begin(job, wire), wire)
        except Refused as verdict:
            if verdict.failure.code in ACCOUNT_TROUBLE:
                return self._doubt(job, verdict.failure.message)
            return self.desk.end(job, JobState.REFUSED, verdict.failure)
        except Again as again:
            # Nothing came of the second request, which says nothing about the first.
            return self._doubt(job, str(again))


def _reason(job: Job) -> str:
    return job.failure.message if job.failure else "It is not known whether the request arrived"
