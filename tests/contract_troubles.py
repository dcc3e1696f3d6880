"""The contract where something goes wrong: refusals, lost answers, unclear polls."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from tests.contract_habits import Habits
from tests.workbench import OTHER_TOKEN, TOKEN, Bench, play
from uni_cli.models import Failure, Job, JobState
from uni_cli.providers.base import CannotKnow, Gone, NotFound, Throttled, Unclear
from uni_cli.transport import Lost, NotSent

SILENT = ("html", "garbage", "empty")


class Troubles(Habits):
    # The service says no

    def test_a_refused_key_is_told_at_the_submit(self) -> None:
        assert self._failure(key=f"{self.stand.key}-wrong").code == "key.refused"

    def test_an_empty_account_is_told_at_the_submit(self) -> None:
        assert self._failure(key=f"{self.stand.key}-broke").code == "provider.no_funds"

    def test_moderation_is_told_apart(self) -> None:
        assert self._failure("submit:moderated").code == "provider.moderated"

    def test_a_failed_job_says_so(self) -> None:
        failure = self._failure("submit:failed")
        assert failure.code == "provider.failed"
        assert self.able.title in failure.message

    def _failure(self, *faults: str, key: str = "") -> Failure:
        async def story(bench: Bench) -> Failure:
            return await bench.failure(self.request())

        return play(self.stand, story, faults=faults, key=key)

    def test_a_throttled_submit_left_nothing_and_may_be_sent_again(self) -> None:
        async def story(bench: Bench) -> tuple[int, JobState]:
            with pytest.raises(Throttled):
                await bench.submit(self.request())
            before = bench.accepted
            return before, (await bench.make(self.request())).state

        assert play(self.stand, story, faults=["submit:429:1"]) == (0, JobState.FINISHED)

    # The answer is lost

    def test_no_connection_means_not_sent(self) -> None:
        async def story(bench: Bench) -> int:
            with pytest.raises(NotSent):
                await bench.submit(self.request())
            return bench.accepted

        assert play(self.stand, story, faults=["submit:refuse"]) == 0

    def test_a_connection_that_ends_too_early_means_lost(self) -> None:
        async def story(bench: Bench) -> int:
            with pytest.raises(Lost) as caught:
                await bench.submit(self.request())
            assert not isinstance(caught.value, NotSent)
            return bench.accepted

        assert play(self.stand, story, faults=["submit:cut-after"]) == 1

    @pytest.mark.parametrize("kind", SILENT)
    def test_an_unreadable_answer_to_the_submit_proves_nothing(self, kind: str) -> None:
        async def story(bench: Bench) -> int:
            with pytest.raises(Unclear):
                await bench.submit(self.request())
            return bench.accepted

        assert play(self.stand, story, faults=[f"submit:{kind}"]) == 1

    def test_a_broken_service_proves_nothing(self) -> None:
        for kind in self.doubtful:
            with pytest.raises(Unclear):
                play(self.stand, lambda bench: bench.submit(self.request()), faults=[f"submit:{kind}"])

    def test_a_lost_submit_is_found_again_or_it_says_that_it_cannot_know(self) -> None:
        async def story(bench: Bench) -> None:
            job = await self._lose(bench)
            found = await bench.provider.recover(job, ())
            if not self.recovers:
                assert isinstance(found, CannotKnow)
                return
            assert isinstance(found, Job)
            assert (await bench.finish(found)).state is JobState.FINISHED
            assert bench.accepted == 1

        play(self.stand, story)

    def test_a_lost_submit_is_never_taken_for_another_job(self) -> None:
        async def story(bench: Bench) -> None:
            first = await bench.submit(self.request(), token=OTHER_TOKEN)
            lost = await self._lose(bench, kind="cut-before")
            found = await bench.provider.recover(lost, {first.remote_id or ""})
            assert isinstance(found, NotFound if self.recovers else CannotKnow)

        play(self.stand, story)

    async def _lose(self, bench: Bench, *, kind: str = "cut-after") -> Job:
        """A job whose submit got no answer, as the ledger keeps it."""
        request = await bench.provider.prepare(self.request())
        wire = bench.provider.body(request, TOKEN)
        bench.faults(f"submit:{kind}:1")
        with pytest.raises(Lost):
            await bench.provider.submit(wire, TOKEN)
        return bench.job(request, sent=wire.body, state=JobState.IN_DOUBT)

    # Accepting and looking

    def test_accepting_is_pure(self) -> None:
        async def story(bench: Bench) -> None:
            wire = bench.provider.body(self.request(), TOKEN)
            job = bench.job(self.request(), sent=wire.body)
            answer = await bench.provider.submit(wire, TOKEN)
            before = bench.requests
            assert bench.provider.accept(job, answer) == bench.provider.accept(job, answer)
            assert bench.requests == before

        play(self.stand, story)

    @pytest.mark.parametrize("kind", ["401", "403", "404", "429", "500", "502", "html-502", "cut-after", *SILENT])
    def test_trouble_while_looking_never_ends_the_job(self, kind: str) -> None:
        async def story(bench: Bench) -> JobState:
            job = self._open(await bench.submit(self.request()))
            bench.faults(f"poll:{kind}")
            # `Refused` is no such trouble: it ends a job.
            with suppress(Unclear, Gone, Throttled, Lost):
                assert not (await bench.provider.refresh(job)).ended
            bench.faults()
            return (await bench.finish(job)).state

        assert play(self.stand, story) is JobState.FINISHED

    def test_an_id_the_service_does_not_know_is_gone_and_no_verdict(self) -> None:
        async def story(bench: Bench) -> None:
            job = self._open(await bench.submit(self.request()))
            with pytest.raises(Gone):
                await bench.provider.refresh(replace(job, remote_id=self.unknown_id, token=self.unknown_id))

        play(self.stand, story)

    def test_a_finished_job_gets_links_that_work_after_the_old_ones_died(self) -> None:
        async def story(bench: Bench) -> tuple[int, int]:
            job = await bench.make(self.request())
            bench.emulator.advance(3 * 3600)
            return (await bench.fetch((await bench.provider.refresh(job)).assets[0])).size

        assert play(self.stand, story) == (2784, 1504)

    @staticmethod
    def _open(job: Job) -> Job:
        """The job as it was before its end was known, for services that answer with the picture."""
        return replace(job, state=JobState.QUEUED, assets=(), charged=None)
