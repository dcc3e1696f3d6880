"""Stories of one picture, or two that look alike, that could go wrong in a way of their own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.engine.house import SERVICES, House, jobs
from tests.engine.test_death import start
from tests.front import Result, Services, uni
from uni_cli.transport import Forbidden, Transport

pytestmark = pytest.mark.usefixtures("quick")


def make(service: str, *args: str) -> Result:
    return uni("generate", "a fox", "-p", service, "-o", "fox.{ext}", *args)


def collect(*args: str) -> Result:
    return uni("status", "--wait", "--timeout", "3", *args)


def remote_ids() -> list[str]:
    return [row["remote_id"] for row in jobs() if row["state"] == "saved"]


# Two jobs that ask for the same at a service that knows no id of ours


@pytest.mark.parametrize("service", ["gmicloud", "segmind"])
def test_a_job_in_doubt_never_takes_the_picture_of_an_identical_one_in_flight(home: House, service: str) -> None:
    home.break_with(f"{service}:submit:cut-before:1", f"{service}:submit:slow=0.4:1")

    result = make(service, "-n", "2", "--timeout", "2", "--json")

    assert result.code == 8
    assert [job["state"] for job in result.json["pending"]] == ["in_doubt"]
    account = home.account(2)
    assert (account.billed, account.delivered, account.in_doubt) == (1, 1, 1)


@pytest.mark.parametrize("service", ["gmicloud", "segmind"])
def test_two_identical_jobs_in_doubt_find_a_picture_each(home: House, service: str) -> None:
    home.break_with(f"{service}:submit:cut-after:2")

    assert make(service, "-n", "2", "--timeout", "4").code == 0

    assert len(set(remote_ids())) == 2
    assert home.account(2).billed == 2


@pytest.mark.parametrize("service", ["gmicloud", "segmind"])
def test_of_two_identical_jobs_in_doubt_of_which_one_arrived_one_is_found(home: House, service: str) -> None:
    home.break_with(f"{service}:submit:cut-after:1", f"{service}:submit:cut-before:1")

    assert make(service, "-n", "2", "--timeout", "1.5").code == 8

    account = home.account(2)
    assert (account.billed, account.delivered, account.in_doubt) == (1, 1, 1)


@pytest.mark.parametrize("service", ["gmicloud", "segmind"])
def test_an_earlier_picture_of_the_same_prompt_is_not_taken_for_a_lost_one(home: House, service: str) -> None:
    assert make(service).code == 0
    home.break_with(f"{service}:submit:cut-before:1")

    assert make(service, "--timeout", "1").code == 8

    account = home.account(2)
    assert (account.billed, account.delivered, account.in_doubt) == (1, 1, 1)


# Runware may be sent the same again


def test_a_repeated_request_whose_answer_is_lost_too_is_found(home: House) -> None:
    home.break_with("runware:submit:cut-before:1", "runware:submit:cut-after:1")

    first = make("runware", "--timeout", "2")
    assert first.code in (0, 8)
    assert collect().code == 0
    assert (home.account(1).billed, home.account(1).delivered) == (1, 1)


def test_a_repeat_of_a_request_that_had_arrived_is_refused_and_the_job_found(
    start_services: Callable[..., Services],
) -> None:
    services = start_services(latency=1.2)
    services.break_with("runware:submit:cut-after:1", "runware:submit:running=empty", "runware:recover:404")

    result = make("runware", "--timeout", "8", "-v")

    assert result.code == 0, result.err
    assert "conflictTaskUUID" in result.err
    assert services.stats()["runware"]["accepted"] == services.billed("runware") == 1


def test_a_repeat_that_finds_no_room_leaves_the_doubt(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    home.break_with("runware:submit:cut-before:1")
    assert make("runware", "--no-wait").code == 8
    home.break_with("runware:poll:never")
    monkeypatch.setenv("UNI_RUNWARE__CONCURRENCY", "1")
    assert uni("generate", "an owl", "-p", "runware", "--timeout", "0.3").code == 8

    assert collect("--json").code == 8
    assert sorted(row["state"] for row in jobs()) == ["in_doubt", "running"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to send to oneself")
@pytest.mark.parametrize("kind", ["429=1", "401", "400"])
def test_a_no_to_a_repeat_says_nothing_about_the_first_sending(home: House, kind: str) -> None:
    """The first was billed, the service forgot it for a while, and the process dies with the "no" in its hand."""
    home.break_with("runware:submit:cut-after:1")
    assert make("runware", "--no-wait").code == 8
    home.break_with("runware:poll:404", "runware:recover:404", f"runware:submit:{kind}")
    assert start("answer-stored", "status", "--wait", "--timeout", "5") < 0
    assert jobs()[0]["state"] == "submitting"
    home.break_with()

    assert collect().out == "fox.png\n"
    assert home.account(1).billed == 1


# Waiting elsewhere


def test_a_post_that_waits_is_closed_by_the_patience_and_found_in_the_list(home: House) -> None:
    home.break_with("gmicloud:submit:slow=4")

    result = make("gmicloud", "--timeout", "0.5", "--json")

    assert result.code == 8
    assert [job["state"] for job in result.json["pending"]] == ["in_doubt"]
    home.break_with()
    assert collect().out == "fox.png\n"
    assert home.account(1).billed == 1


@pytest.mark.parametrize("service", SERVICES)
def test_a_job_that_nobody_waits_for_is_collected_later(home: House, service: str) -> None:
    sent = make(service, "--no-wait")
    assert sent.code == 0
    assert sent.lines == [jobs()[0]["job"]]

    after = collect()

    assert after.code == 0, after.err
    assert Path(after.lines[0]).stat().st_size > 100
    assert home.account(1).billed == 1


def test_segminds_record_of_an_hour_ago_is_gone_and_its_history_knows(home: House) -> None:
    assert make("segmind", "--no-wait").code == 0
    home.services.advance(4000)

    assert collect().code == 0
    assert home.account(1).delivered == 1


@pytest.mark.parametrize("service", ["luma", "gmicloud"])
def test_a_link_that_died_meanwhile_is_asked_for_anew(home: House, service: str) -> None:
    home.break_with(f"{service}:download:500")
    assert make(service, "--timeout", "0.6").code == 8
    home.break_with()
    home.services.advance(4000)

    assert collect().code == 0


def test_an_answer_cut_in_the_middle_leaves_no_trace_of_a_key(home: House) -> None:
    home.break_with("luma:submit:garbage:1")
    assert make("luma", "--timeout", "1").code == 8

    ledger = b"".join(path.read_bytes() for path in Path(os.environ["UNI_STATE_DIR"]).glob("ledger*"))
    assert b"luma-api-emulator" not in ledger


# Files that are not the picture


def test_a_file_without_an_end_does_not_fill_the_disk(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uni_cli.engine.fetching.MAX_BYTES", 3_000_000)
    home.break_with("luma:download:oversized")

    result = make("luma", "--timeout", "3")

    assert result.code == 8
    assert "larger than the limit" in result.err
    assert not list((Path(os.environ["UNI_STATE_DIR"]) / "kept").iterdir())
    home.break_with()
    assert collect().out == "fox.png\n"


@pytest.mark.parametrize("target", ["https://10.0.0.1/a.png", "https://169.254.169.254/a", "http://example.org/a.png"])
def test_a_redirect_to_a_private_or_open_address_is_refused(target: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"location": target})

    async def download() -> None:
        transport = Transport(mount=httpx.MockTransport(answer))
        await transport.download("http://127.0.0.1/a.png", lambda _: None, limit=1000, loopback=True)

    with pytest.raises(Forbidden):
        asyncio.run(download())
    assert asked == ["http://127.0.0.1/a.png"]


@pytest.mark.parametrize("url", ["http://[", "http://127.0.0.1:99999/a", "", "ftp://127.0.0.1/a", "//nowhere"])
def test_a_link_that_leads_nowhere_is_no_crash(url: str) -> None:
    async def download() -> None:
        await Transport().download(url, lambda _: None, limit=1000, loopback=True)

    with pytest.raises(Forbidden):
        asyncio.run(download())


def test_a_picture_that_was_deleted_is_fetched_again_for_its_key(home: House) -> None:
    assert make("luma", "--once", "k").code == 0
    Path("fox.png").unlink()
    Path("fox.png.json").unlink()

    again = make("luma", "--once", "k")

    assert (again.code, again.out) == (0, "fox.png\n")
    assert home.services.billed() == 1
