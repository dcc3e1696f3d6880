"""What every provider owes the engine. A provider's test class names its stand and its habits, and inherits the rest.

class TestLuma(ProviderContract):
    stand = Stand(Luma, "/luma/v1", "luma-api-test")
    prices: ClassVar = {"uni-1": Decimal("0.0404"), "uni-1-max": Decimal("0.1000")}
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from tests.contract_troubles import Troubles
from tests.workbench import OTHER_TOKEN, TOKEN, Bench, dry, edit, link, picture, play, set_up, text
from uni_cli.emulator import create_app
from uni_cli.emulator.server import running
from uni_cli.models import ASPECTS, Job, JobState, Operation, Request
from uni_cli.providers.base import Provider
from uni_cli.providers.fit import lacks
from uni_cli.transport import Lost, NotSent, Transport


class ProviderContract(Troubles):
    """Every test of this class and of `Troubles` runs for every provider, over the emulator."""

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
            jobs = [await bench.submit(request, token=str(uuid4())) for request in requests]
            return [(await bench.finish(job)).state for job in jobs]

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
                    await bench.submit(self.request(), token=OTHER_TOKEN)
            finally:
                await transport.aclose()
            return job.state, bench.accepted

        with running(app) as origin:
            assert asyncio.run(story(origin)) == (JobState.FINISHED, 2)
