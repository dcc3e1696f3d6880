"""What came of a paid request: its answer is stored, then read, and the job is where that leaves it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from uni_cli.engine.desk import Desk
from uni_cli.engine.trying import Again
from uni_cli.engine.waiting import OPEN
from uni_cli.errors import LedgerTrouble, NeverSent
from uni_cli.models import ENDED, Failure, Job, JobState, replace
from uni_cli.providers.base import Provider, Refused, Throttled, Unclear
from uni_cli.transport import Answer, Lost, NotSent

# A note on a job that is sent a second time: a "no" to the repeat says nothing about the first sending.
REPEATED = "repeated"


@dataclass
class Hearing:
    desk: Desk
    # Does whoever goes on with a job need its row as soon as it is accepted?
    at_once: bool = False
    # What each service has told of its limit per minute, and which ones said that they are full.
    _rates: dict[str, int] = field(default_factory=dict)
    _full: set[str] = field(default_factory=set)

    def hear(self, provider: Provider, job: Job, sending: asyncio.Task[Answer]) -> Job:
        """The request has ended, with an answer or without. Raises Refused or Again where it certainly did nothing."""
        try:
            answer = sending.result()
        except NotSent as error:
            failure = Failure("provider.unreachable", f"{job.provider}: {error}")
            raise Again(failure, after=self.desk.pauses.connect) from error
        except Lost as error:
            return self._doubt(job, str(error))
        except Exception as error:  # nobody foresaw it, so nobody knows how far the request came
            return self._doubt(job, f"the request broke off: {error!r}")
        # A full disk must not cost the answer as well: what it means is tried to be written next.
        is_kept = False
        with suppress(LedgerTrouble):
            self.desk.ledger.keep_answer(job, status=answer.status, body=answer.body, at=self.desk.clock.now())
            is_kept = True
            self._heed(provider, job, answer)
        return self._understand(provider, job, answer, is_kept=is_kept)

    def hear_interrupted(self, provider: Provider, job: Job, sending: asyncio.Task[Answer]) -> None:
        """The run ends here: no verdict is raised, for nobody would send the request again."""
        if not sending.done():
            sending.cancel()
            self._doubt(job, "interrupted while the request was under way")
            return
        try:
            self.hear(provider, job, sending)
        except (Refused, Again) as verdict:
            if REPEATED in job.notes:
                self.still(job, str(verdict))
            elif isinstance(verdict, Refused):
                self.desk.end(job, JobState.REFUSED, verdict.failure)
            else:
                self.desk.put(self.desk.change(job, JobState.PLANNED, submitted=None))

    def reread(self, job: Job) -> Job:
        """A job whose process died while sending: what the answer meant, where it came to be stored."""
        stored = self.desk.ledger.answer(job)
        if stored is None:
            return self._doubt(job, "the process died while the request was under way")
        status, body = stored
        try:
            return self._understand(self.desk.provider(job.provider), job, Answer(status, {}, body))
        except (Refused, Again) as verdict:
            if REPEATED in job.notes:
                return self.still(job, str(verdict))
            if isinstance(verdict, Refused):
                return self.desk.end(job, JobState.REFUSED, verdict.failure)
            never = Failure(NeverSent.code, f"Not taken, and not sent again: {verdict}", NeverSent.next_step)
            return self.desk.end(job, JobState.FAILED, never)

    def _understand(self, provider: Provider, job: Job, answer: Answer, *, is_kept: bool = False) -> Job:
        try:
            accepted = self._priced(provider.accept(job, answer))
        except Throttled as verdict:
            after = verdict.after if verdict.after is not None else self.desk.pauses.throttled
            self._slow_down(job, after, slot=verdict.slot)
            raise Again(Failure("provider.rate_limited", str(verdict)), after=after, slot=verdict.slot) from verdict
        except Refused:
            raise
        except Unclear as verdict:
            return self._doubt(job, str(verdict))
        except Exception as error:  # an answer that our reading of the service did not foresee proves nothing
            return self._doubt(job, f"the answer could not be read: {error!r}")
        return self._adopt(job, replace(accepted, updated=self.desk.clock.now()), is_kept=is_kept)

    def _heed(self, provider: Provider, job: Job, answer: Answer) -> None:
        """What a service tells about its limits beside any answer."""
        meter = provider.capabilities.meter
        told = meter.read(answer.headers) if meter else None
        if told is None:
            return
        spent = told.left == 0
        if spent or told.limit != self._rates.get(job.provider):
            self._rates[job.provider] = told.limit
            self.desk.ledger.slow_down(job, rate=told.limit, not_before=told.reset if spent else None)

    def _slow_down(self, job: Job, after: float, *, slot: bool) -> None:
        """A service that is busy for one job is busy for all of them."""
        now = self.desk.clock.now()
        with suppress(LedgerTrouble):
            if slot:
                self._full.add(job.provider)
                self.desk.ledger.is_full(job, until=now + after, now=now)
            else:
                self.desk.ledger.slow_down(job, not_before=now + after)

    def _adopt(self, job: Job, accepted: Job, *, is_kept: bool) -> Job:
        accepted = self.dated(accepted)
        # Where its answer is kept, whoever finds the row as it was reads the same from that.
        may_wait = is_kept and accepted.state in OPEN and not self.at_once
        saved = self.desk.put_soon(accepted) if may_wait else self.desk.put(accepted, durable=True)
        if saved.state not in OPEN:
            self.desk.free_slot()
        elif job.provider in self._full:
            with suppress(LedgerTrouble):
                self.desk.ledger.had_room(saved, self.desk.clock.now())
        return saved

    def dated(self, accepted: Job) -> Job:
        """What a service says of a job that it has: a trouble of before is over, and an end has its time."""
        if accepted.failure and accepted.state not in ENDED:
            accepted = replace(accepted, failure=None)
        if accepted.state is JobState.FINISHED:
            accepted = replace(accepted, finished=accepted.finished or self.desk.clock.now())
        return accepted

    def _doubt(self, job: Job, why: str) -> Job:
        failure = Failure("ledger.in_doubt", f"It is not known whether {job.provider} took the job: {why}")
        return self._stay(self._priced(job), failure)

    def still(self, job: Job, why: str) -> Job:
        """In doubt as before, and one reason more."""
        failure = job.failure or Failure("ledger.in_doubt", f"It is not known whether {job.provider} took the job")
        message = failure.message if why in failure.message else f"{failure.message.rstrip('.')}. {why}"
        return self._stay(job, replace(failure, message=message))

    def _stay(self, job: Job, failure: Failure) -> Job:
        return self.desk.put(self.desk.change(job, JobState.IN_DOUBT, failure=failure), durable=True)

    def _priced(self, job: Job) -> Job:
        """Until a service may have taken the job, what is reserved is the dearest price of the list."""
        price = self.desk.provider(job.provider).price(job.request).usd
        return job if price == job.estimate else replace(job, estimate=price)
