"""A list of services: the next one is asked only when the one before certainly took nothing."""

from __future__ import annotations

import socket

import pytest

from tests.engine.house import House, jobs
from tests.front import uni

pytestmark = pytest.mark.usefixtures("quick")
NO = ("400", "401", "402", "403", "404", "413", "422", "429=9", "429=1", "concurrency", "503")
WHO_KNOWS = ("cut-before", "cut-after", "500", "502", "500-after", "html", "garbage", "empty")


@pytest.mark.parametrize("kind", NO)
def test_a_certain_no_moves_on_and_costs_nothing_extra(home: House, kind: str) -> None:
    home.break_with(f"luma:submit:{kind}")

    result = uni("generate", "a fox", "-p", "luma,runware", "-o", "fox.png", "--timeout", "3", "--json")

    assert result.code == 0, result.err
    assert result.json["images"][0]["provider"] == "runware"
    assert (home.services.billed("luma"), home.services.billed("runware")) == (0, 1)
    (row,) = jobs()
    assert (row["provider"], row["state"], row["estimate_usd"]) == ("runware", "saved", "0.0404")


def test_a_refused_connection_moves_on(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("UNI_LUMA__BASE_URL", f"http://127.0.0.1:{closed.getsockname()[1]}/v1")
        result = uni("generate", "a fox", "-p", "luma,runware", "--timeout", "3", "--json")

    assert result.code == 0, result.err
    assert result.json["images"][0]["provider"] == "runware"


@pytest.mark.parametrize("kind", WHO_KNOWS)
def test_a_doubt_stays_where_it_is(home: House, kind: str) -> None:
    home.break_with(f"luma:submit:{kind}")

    result = uni("generate", "a fox", "-p", "luma,runware", "--timeout", "1", "--json")

    assert result.code == 8
    assert [job["state"] for job in result.json["pending"]] == ["in_doubt"]
    assert home.services.stats()["runware"]["requests"] == 0


def test_a_job_that_fails_later_stays_with_its_service(home: House) -> None:
    home.break_with("luma:poll:failed")

    assert uni("generate", "a fox", "-p", "luma,runware", "--timeout", "2").code == 1
    assert home.services.stats()["runware"]["requests"] == 0


def test_a_whole_run_moves_on_from_a_service_that_asks_for_a_long_pause(home: House) -> None:
    home.break_with("luma:submit:429=60")

    result = uni("generate", "a fox", "-p", "luma,runware", "-n", "6", "--timeout", "5", "--json")

    assert result.code == 0, result.err
    assert {image["provider"] for image in result.json["images"]} == {"runware"}
    assert (home.services.billed("luma"), home.services.billed("runware")) == (0, 6)


def test_a_service_that_asked_another_run_for_a_long_pause_is_passed_over(home: House) -> None:
    home.break_with("luma:submit:429=60:1")
    assert uni("generate", "a fox", "-p", "luma", "--timeout", "0.3").code == 7
    asked = home.services.stats()["luma"]["requests"]

    result = uni("generate", "a fox", "-p", "luma,runware", "--timeout", "4", "--json")

    assert result.code == 0, result.err
    assert result.json["images"][0]["provider"] == "runware"
    assert home.services.stats()["luma"]["requests"] == asked


def test_the_last_no_is_told_when_nobody_took_it(home: House) -> None:
    home.break_with("luma:submit:401", "runware:submit:402")

    result = uni("generate", "a fox", "-p", "luma,runware", "--timeout", "2")

    assert result.code == 6
    assert "[provider.no_funds]" in result.err
    assert home.services.billed() == 0
