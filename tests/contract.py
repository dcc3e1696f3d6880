"""What every provider owes the engine. A provider's test class names its stand and its habits, and inherits the rest.

class TestLuma(ProviderContract):
    stand = Stand(Luma, "/luma/v1", "luma-api-test")
    prices: ClassVar = {"uni-1": Decimal("0.0404"), "uni-1-max": Decimal("0.1000")}
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest

from tests.bench import TOKEN, Bench, Stand, dry, edit, link, picture, play, set_up, text
from uni_cli.emulator import create_app
from uni_cli.emulator.server import running
from uni_cli.models import ASPECTS, Failure, Job, JobState, Operation, Request
from uni_cli.providers.base import (
    CannotKnow,
    Capabilities,
    Gone,
    NotFound,
    Provider,
    Throttled,
    Unclear,
)
from uni_cli.providers.fit import lacks
from uni_cli.transport import Lost, NotSent, Transport

SILENT = ("html", "garbage", "empty")


class ProviderContract:
    stand: ClassVar[Stand]
    prices: ClassVar[dict[str, Decimal]]
    per_input: ClassVar[Decimal] = Decimal("0.0030")
    # Whether the service can be asked for a job whose submit was lost.
    recovers: ClassVar[bool] = False
    # What the service says of itself: a price charged, a seed.
    tells_charge: ClassVar[bool] = False
    tells_seed: ClassVar[bool] = False
    unknown_id: ClassVar[str] = "5f0d3c1e-7a52-4d0b-9b57-0c1a8e2f4411"
    # How a submit's 5xx looks that proves nothing.
    doubtful: ClassVar[tuple[str, ...]] = ("500", "html-502")

    @property
    def able(self) -> Capabilities:
        return dry(self.stand).capabilities

    def request(self) -> Request:
        """A picture that this service can make."""
        return text(aspect="16:9")

    # Shape

    def test_it_is_a_provider_and_its_class_tells_what_it_can(self) -> None:
        provider = dry(self.stand)
        assert isinstance(provider, Provider)
        assert getattr(self.stand.build, "capabilities", None) == provider.capabilities
        assert getattr(self.stand.build, "name", None) == provider.name

    def test_a_body_needs_no_key_and_is_plain_json_each_time_the_same(self) -> None:
        provider = dry(self.stand)
        first, second = provider.body(self.request(), TOKEN), provider.body(self.request(), TOKEN)
        assert first == second
        assert json.loads(json.dumps(first.body)) == first.body
        assert first.url.startswith(f"http://127.0.0.1{self.stand.path}")

    def test_no_key_is_in_what_is_sent(self) -> None:
        async def story(bench: Bench) -> str:
            wire = bench.provider.body(self.request(), TOKEN)
            return f"{wire.url} {json.dumps(wire.body)}"

        assert self.stand.key not in play(self.stand, story)

    def test_raw_fields_reach_the_body(self) -> None:
        body = dry(self.stand).body(replace(self.request(), extra={"one.two": ["three"]}), TOKEN).body
        assert '"one": {"two": ["three"]}' in json.dumps(body)

    def test_a_seed_is_sent_only_where_it_is_honoured(self) -> None:
        request = replace(self.request(), seed=20931462)
        provider = dry(self.stand)
        assert ("20931462" in json.dumps(provider.body(request, TOKEN).body)) is provider.capabilities.seed

    def test_the_settings_can_turn_the_seed_on(self) -> None:
        service = type(self.stand.service("http://127.0.0.1"))(seed=True)
        provider = dry(self.stand, service)
        assert provider.capabilities.seed
        assert "20931462" in json.dumps(provider.body(replace(self.request(), seed=20931462), TOKEN).body)

    # Money

    def test_the_price_is_the_listed_one_for_each_model(self) -> None:
        provider = dry(self.stand)
        found = {model: provider.price(text(model=model)).usd for model in provider.capabilities.models}
        assert found == self.prices

    def test_each_input_picture_costs_what_the_list_says(self) -> None:
        price = dry(self.stand).price(edit(link()))
        assert price.usd == self.prices["uni-1"] + self.per_input
        assert price.dated

    def test_a_price_of_the_settings_replaces_the_list(self) -> None:
        service = type(self.stand.service("http://127.0.0.1"))(price=Decimal("0.01"))
        assert dry(self.stand, service).price(edit(link())).usd == Decimal("0.01")

    # Pictures

    def test_a_text_picture_is_made_and_downloads_without_a_key(self) -> None:
        async def story(bench: Bench) -> tuple[Job, tuple[int, int]]:
            job = await bench.make(self.request())
            return job, (await bench.fetch(job.assets[0])).size

        job, size = play(self.stand, story)
        assert job.state is JobState.FINISHED
        assert job.remote_id
        assert size == (2784, 1504)
        assert (job.charged is not None) is self.tells_charge
        assert (job.seed is not None) is self.tells_seed

    def test_one_picture_is_one_accepted_job_and_no_key_goes_astray(self) -> None:
        async def story(bench: Bench) -> tuple[int, int]:
            await bench.fetch((await bench.make(self.request())).assets[0])
            return bench.accepted, bench.leaks

        assert play(self.stand, story) == (1, 0)

    def test_an_edit_of_a_local_file_is_made(self, tmp_path: Path) -> None:
        request = edit(picture(tmp_path))

        async def story(bench: Bench) -> Job:
            return await bench.make(request)

        assert play(self.stand, story).state is JobState.FINISHED

    def test_an_edit_of_a_link_is_made(self) -> None:
        async def story(bench: Bench) -> Job:
            return await bench.make(edit(link()))

        assert play(self.stand, story).state is JobState.FINISHED

    @pytest.mark.parametrize("operation", [Operation.GENERATE, Operation.EDIT])
    def test_references_are_taken_up_to_the_limit_and_named_beyond_it(
        self, operation: Operation, tmp_path: Path
    ) -> None:
        most = self.able.references if operation is Operation.GENERATE else self.able.references_with_source
        files = tuple(picture(tmp_path, f"{number}.png", colour=f"#0{number}0") for number in range(most))
        base = self.request() if operation is Operation.GENERATE else edit(link())
        fits = replace(base, references=(*files[:-1], link()) if files else ())
        over = replace(base, references=(*files, link()))
        assert [lack.option for lack in lacks(self.able, fits) if lack.fatal] == []
        assert [lack.option for lack in lacks(self.able, over) if lack.fatal] == ["--ref"]

        async def story(bench: Bench) -> Job:
            return await bench.make(fits)

        assert play(self.stand, story).state is JobState.FINISHED

    def test_what_is_prepared_once_is_ready(self, tmp_path: Path) -> None:
        request = edit(picture(tmp_path))

        async def story(bench: Bench) -> tuple[Request, Request, int, int]:
            first = await bench.provider.prepare(request)
            asked = bench.requests
            return first, await bench.provider.prepare(first), asked, bench.requests

        first, second, asked, asked_later = play(self.stand, story)
        assert first == second
        assert asked == asked_later
        assert "upload:" not in json.dumps(dry(self.stand).body(first, TOKEN).body)

    def test_a_file_that_two_jobs_use_goes_up_once(self, tmp_path: Path) -> None:
        request = edit(picture(tmp_path))

        async def story(bench: Bench) -> tuple[int, int]:
            await bench.provider.prepare(request)
            once = bench.requests
            await asyncio.gather(*(bench.provider.prepare(request) for _ in range(3)))
            return once, bench.requests

        once, later = play(self.stand, story)
        assert once == later

    def test_what_it_says_it_can_do_is_accepted(self) -> None:
        requests = list(self._possible())

        async def story(bench: Bench) -> list[JobState]:
            return [(await bench.make(request)).state for request in requests]

        assert [lack for request in requests for lack in lacks(self.able, request)] == []
        assert set(play(self.stand, story)) == {JobState.FINISHED}

    def _possible(self) -> list[Request]:
        able, plain = self.able, text()
        found = [replace(plain, aspect=aspect) for aspect in able.aspects]
        found += [replace(plain, size=size) for size in able.sizes]
        found += [replace(plain, format=name) for name in able.formats]
        found += [replace(plain, model=name, aspect="2:3") for name in able.models]
        found += [replace(plain, style=name, aspect=aspect) for name in able.styles for aspect in ("2:3", None)]
        found += [replace(plain, search=able.search), replace(plain, quality=80 if able.quality else None)]
        found += [edit(link(), style=name, search=able.search_on_edit) for name in able.styles_on_edit]
        return found

    def test_what_it_does_not_claim_is_named_before_anything_is_sent(self) -> None:
        able, plain = self.able, text()
        wanted = {
            "--aspect": replace(plain, aspect="4:3"),
            "--size": replace(plain, size=(640, 480)),
            "--style": replace(plain, style="sketch"),
            "--format": replace(plain, format="tiff"),
            "--model": replace(plain, model="uni-9"),
        }
        assert {option: [lack.option for lack in lacks(able, request)] for option, request in wanted.items()} == {
            option: [option] for option in wanted
        }
        assert set(able.aspects) <= set(ASPECTS)

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
            first = await bench.submit(self.request(), token="0b9a7f5e-3a64-4c6b-8a5f-6d0c9f1f2e77")
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

    # The free call

    def test_the_check_tells_a_good_key_from_a_refused_one(self) -> None:
        async def story(bench: Bench) -> bool:
            return (await bench.provider.check()).ok

        assert play(self.stand, story) is True
        assert play(self.stand, story, key=f"{self.stand.key}-wrong") is False

    def test_the_check_passes_on_that_nobody_answers(self) -> None:
        with pytest.raises(NotSent):
            play(self.stand, lambda bench: bench.provider.check(), faults=["check:refuse"])

    # A real socket

    def test_it_works_over_a_real_socket_too(self) -> None:
        app = create_app(latency=0, fast=True, limits=False)

        async def story(origin: str) -> tuple[JobState, int]:
            transport = Transport()
            bench = set_up(self.stand, origin, transport, emulator=app.state.emulator)
            try:
                job = await bench.make(self.request())
                await bench.fetch(job.assets[0])
                bench.faults("submit:cut-after:1")
                with pytest.raises(Lost):
                    await bench.submit(self.request())
            finally:
                await transport.aclose()
            return job.state, bench.accepted

        with running(app) as origin:
            assert asyncio.run(story(origin)) == (JobState.FINISHED, 2)
