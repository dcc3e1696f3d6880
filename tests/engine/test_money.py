"""Caps and budgets: what counts, what frees, and that nothing is sent beyond them."""

from __future__ import annotations

import pytest

from tests.engine.house import House, jobs
from tests.front import Result, uni

pytestmark = pytest.mark.usefixtures("quick")


def make(*args: str, service: str = "luma", patience: str = "60") -> Result:
    return uni("generate", "a fox", "-p", service, "--timeout", patience, *args)


@pytest.mark.parametrize("period", ["DAILY", "MONTHLY"])
def test_a_run_that_does_not_fit_into_the_budget_whole_sends_nothing(
    home: House, monkeypatch: pytest.MonkeyPatch, period: str
) -> None:
    monkeypatch.setenv(f"UNI_BUDGET_{period}", "0.10")
    assert make().code == 0

    refused = make("-n", "2")

    assert refused.code == 6
    assert "[budget.exceeded]" in refused.err
    assert "0.0404" in refused.err
    assert home.services.stats()["luma"]["accepted"] == 1
    assert make().code == 0


def test_jobs_in_flight_and_in_doubt_count_against_the_budget(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_BUDGET_DAILY", "0.10")
    home.break_with("luma:submit:cut-after:1", "luma:poll:never")
    assert make(patience="3").code == 8
    assert make(patience="3").code == 8
    assert [row["state"] for row in jobs()] == ["running", "in_doubt"]

    assert make().code == 6
    assert home.services.stats()["luma"]["accepted"] == 2


def test_failed_refused_and_forgotten_jobs_free_their_share(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_BUDGET_DAILY", "0.05")
    home.break_with("luma:submit:402:1", "luma:submit:failed:1", "luma:submit:moderated:1", "luma:submit:cut-after:1")
    assert [make().code for _ in range(3)] == [6, 1, 5]
    assert make().code == 8
    assert make().code == 6
    (doubt,) = [row["job"] for row in jobs() if row["state"] == "in_doubt"]

    assert uni("status", "--forget", doubt).code == 0
    assert make().code == 0


def test_what_a_service_charged_counts_in_place_of_the_estimate(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_RUNWARE__PRICE", "0.06")
    monkeypatch.setenv("UNI_BUDGET_DAILY", "0.10")
    assert make(service="runware").code == 0

    # 0.0404 was charged for the first, so the second, estimated at 0.06, does not fit by a hair.
    assert make(service="runware").code == 6
    monkeypatch.setenv("UNI_BUDGET_DAILY", "0.1004")
    assert make(service="runware").code == 0


def test_a_cap_below_the_estimate_sends_nothing(home: House) -> None:
    refused = make("-n", "3", "--max-cost", "0.12")

    assert refused.code == 6
    assert "[budget.max_cost]" in refused.err
    assert home.services.stats()["luma"]["requests"] == 0
    assert jobs() == []
    assert make("-n", "3", "--max-cost", "0.1212").code == 0


def test_a_run_above_ten_dollars_wants_a_cap_that_covers_it(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_LUMA__PRICE", "2.01")
    refused = make("-n", "5")

    assert refused.code == 6
    assert "[budget.needs_max_cost]" in refused.err
    assert home.services.stats()["luma"]["requests"] == 0
    assert make("-n", "5", "--max-cost", "11").code == 0


def test_spending_adds_up_estimates_and_charges(home: House) -> None:
    make(service="runware")
    make("-n", "2", service="luma")
    home.break_with("segmind:submit:failed:1")
    make(service="segmind")

    told = uni("status", "--spend", "--json").json

    assert (told["estimate_usd"], told["cost_usd"]) == ("0.1212", "0.0404")
    assert {row["provider"]: row["pictures"] for row in told["rows"]} == {"luma": 2, "runware": 1}
