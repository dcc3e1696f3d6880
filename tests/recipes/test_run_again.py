"""Runs that ended early, run side by side, or met a job in doubt: the next one picks up what is there."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.front import Services, uni
from tests.recipes.kitchen import lock, put, run, start, statuses, until_queued
from uni_cli.errors import OverBudget
from uni_cli.ledger import Budget, Ledger
from uni_cli.models import Job, JobState, Operation, Request, Target

TWO = "prompt: '{{ c }}'\nprovider: luma\nmatrix: {c: [x, y]}\n"


def test_a_run_that_gives_up_waiting_is_pending_and_the_next_one_collects(
    start_services: Callable[..., Services],
) -> None:
    services = start_services(latency=2.0)
    put("a.yaml", TWO)
    first = run("a", "--timeout", "1", "--json")
    assert (first.code, len(first.json["pending"])) == (8, 2)
    assert run("a").code == 0
    assert (services.billed("luma"), set(statuses().values())) == (2, {"ok"})


def test_what_status_collected_is_not_bought_again(start_services: Callable[..., Services]) -> None:
    services = start_services(latency=2.0)
    put("a.yaml", TWO)
    assert run("a", "--timeout", "1").code == 8
    assert uni("status", "--wait").code == 0
    assert not Path("recipes/a.lock.json").exists()
    assert run("a").code == 0
    assert (services.billed("luma"), sorted(lock("a"))) == (2, ["x", "y"])


def test_a_job_in_doubt_is_not_bought_again_until_it_is_forgotten(services: Services) -> None:
    put("a.yaml", TWO)
    services.break_with("luma:submit:cut-after:1")
    assert run("a", "--jobs", "1").code == 8
    services.break_with()
    doubt = run("a", "--json")
    assert (doubt.code, doubt.json["pending"][0]["state"]) == (8, "in_doubt")
    assert services.stats()["luma"]["accepted"] == 2
    assert uni("status", "--forget", doubt.json["pending"][0]["job"]).code == 0
    assert run("a").code == 0
    assert services.stats()["luma"]["accepted"] == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_an_interrupted_run_goes_on_where_it_was(start_services: Callable[..., Services]) -> None:
    services = start_services(latency=1.5)
    put("a.yaml", TWO)
    process = start("a")
    until_queued(process, 2)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    assert run("a").code == 0
    assert (services.billed("luma"), set(statuses().values())) == (2, {"ok"})


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_steps_of_one_item_that_are_being_sent_are_all_heard_to_their_end(
    start_services: Callable[..., Services],
) -> None:
    services = start_services(latency=1.5)
    put("a.yaml", "prompt: a fox\nprovider: luma\nsteps: [{id: a, prompt: one}, {id: b, prompt: two}]\n")
    services.break_with("luma:submit:slow=0.4:1", "luma:submit:slow=1.2")
    process = start("a")
    end = time.monotonic() + 30
    while services.stats()["luma"]["accepted"] < 2:
        assert time.monotonic() < end
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate()

    assert process.returncode == 130
    assert {row["state"] for row in uni("status", "--json").json["jobs"]} == {"queued"}


def test_two_runs_at_once_buy_each_picture_once(start_services: Callable[..., Services]) -> None:
    services = start_services(latency=0.5)
    put("a.yaml", TWO)
    both = [start("a", "-q") for _ in range(2)]
    ends = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert (services.billed("luma"), set(statuses().values())) == (2, {"ok"})


# --- the ledger's part ---------------------------------------------------------------------------------------------


def job(name: str, once: str | None, price: str = "0.04") -> Job:
    request = Request(Operation.GENERATE, name)
    return Job(
        id=name, run="run", provider="luma", base_url="", request=request, target=Target("{slug}", "."), token=name,
        created=1e9, updated=1e9, estimate=Decimal(price), once=once,
    )  # fmt: skip


def test_each_key_is_held_by_one_job(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    first = ledger.reserve_each([job("aaaaaaaa", "k1"), job("bbbbbbbb", "k2")], Budget(), 1e9)
    second = ledger.reserve_each([job("cccccccc", "k2"), job("dddddddd", "k3")], Budget(), 1e9)
    assert [one.id for one in first] == ["aaaaaaaa", "bbbbbbbb"]
    assert [one.id for one in second] == ["bbbbbbbb", "dddddddd"]
    ledger.close()


def test_a_saved_job_that_is_past_holds_its_key_no_more(tmp_path: Path) -> None:
    from dataclasses import replace

    ledger = Ledger(tmp_path)
    ledger.reserve_each([job("aaaaaaaa", "k")], Budget(), 1e9)
    ledger.save(replace(job("aaaaaaaa", "k"), state=JobState.SAVED))
    held = ledger.reserve_each([job("bbbbbbbb", "k")], Budget(), 1e9)
    free = ledger.reserve_each([job("cccccccc", "k")], Budget(), 1e9, past={"aaaaaaaa"})
    assert [held[0].id, free[0].id] == ["aaaaaaaa", "cccccccc"]
    assert [one.id for one in ledger.holders("k")] == ["aaaaaaaa", "cccccccc"]
    ledger.close()


def test_all_jobs_are_reserved_or_none_and_what_comes_later_counts_too(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    budget = Budget(daily=Decimal("0.10"))
    two = [job("aaaaaaaa", "k1"), job("bbbbbbbb", "k2")]
    with pytest.raises(OverBudget):
        ledger.reserve_each(two, budget, 1e9, later=Decimal("0.03"))
    assert ledger.open_jobs() == []
    assert len(ledger.reserve_each(two, budget, 1e9, later=Decimal("0.02"))) == 2
    ledger.close()
