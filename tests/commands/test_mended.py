"""Faults that a reader found in what the commands do and say."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests import front
from tests.front import Services, environment, uni
from tests.recipes.kitchen import put
from uni_cli.emulator import create_app, env_lines
from uni_cli.emulator.server import running
from uni_cli.engine.delivery import Deliverer
from uni_cli.engine.shelf import Shelf
from uni_cli.errors import OverMaxCost
from uni_cli.ledger import Ledger, schema
from uni_cli.models import Job, Operation, Request, Saved, Target
from uni_cli.order import planning
from uni_cli.storage import embed


@pytest.fixture
def moved(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Services]]:
    """Call it, and the environment leads to other services."""
    with running(create_app(fast=True, limits=False, latency=0.01)) as url:

        def move() -> Services:
            for name, value in environment(env_lines(url)).items():
                monkeypatch.setenv(name, value)
            return Services(url)

        yield move


def at(moment: str, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let something happen once, when that was just written into the ledger."""
    done: list[str] = []

    def after_write(self: Ledger, what: str) -> None:
        if what == moment and not done:
            done.append(what)
            act()

    monkeypatch.setattr(Ledger, "after_write", after_write)


def test_a_job_in_doubt_is_not_sent_again_to_another_address(services: Services, moved: Callable[[], Services]) -> None:
    once = ("generate", "a fox", "-p", "runware", "--once", "k", "--timeout", "0.3", "--json")
    services.break_with("runware:submit:cut-before", "runware:recover:500")
    assert uni(*once).code == 8
    other = moved()

    result = uni(*once)

    assert (result.code, result.json["error"]["code"]) == (8, "ledger.elsewhere")
    assert f"UNI_RUNWARE__BASE_URL={services.url}" in result.err
    assert other.stats()["runware"]["requests"] == 0


def test_a_recipe_whose_job_is_elsewhere_says_so_and_buys_nothing(
    services: Services, moved: Callable[[], Services]
) -> None:
    put("fox.yaml", "prompt: a fox\nprovider: luma\ncount: 2\n")
    services.break_with("luma:poll:never")
    assert uni("recipes", "run", "fox", "--timeout", "0.3").code == 8
    other = moved()

    result = uni("recipes", "run", "fox")

    assert (result.code, "[ledger.elsewhere]" in result.err) == (8, True)
    assert other.stats()["luma"]["requests"] == 0


def test_what_is_elsewhere_does_not_hinder_the_rest(services: Services, moved: Callable[[], Services]) -> None:
    uni("generate", "a fox", "-p", "luma", "--no-wait")
    moved()
    uni("generate", "an owl", "-p", "luma", "--no-wait")

    result = uni("status", "--wait", "--json")

    assert (result.code, len(result.json["images"]), len(result.json["pending"])) == (8, 1, 1)
    assert "UNI_LUMA__BASE_URL" in result.err


@pytest.mark.parametrize("again", [("status", "--wait"), ("generate", "a fox", "-p", "luma,local", "--once", "k")])
def test_a_key_that_is_gone_is_missed_at_once(
    services: Services, monkeypatch: pytest.MonkeyPatch, again: tuple[str, ...]
) -> None:
    uni("generate", "a fox", "-p", "luma", "--once", "k", "--no-wait")
    monkeypatch.delenv("UNI_LUMA__API_KEY", raising=False)
    monkeypatch.delenv("LUMA_AGENTS_API_KEY", raising=False)
    before = services.stats()["luma"]["requests"]

    result = uni(*again, "--json", "--timeout", "5")

    # Waiting for a job that goes on ends with its own code; a new run has no job yet.
    assert (result.code, result.json["error"]["code"]) == (8 if again[0] == "status" else 4, "key.missing")
    assert services.stats()["luma"]["requests"] == before


def test_an_input_that_vanished_is_told_for_its_job_and_nothing_stays_planned(
    services: Services, drawn: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drawn("ref.png")
    at("planned", path.unlink, monkeypatch)

    result = uni("generate", "a fox", "-p", "runware", "-r", "ref.png", "--json")

    assert (result.code, [one["code"] for one in result.json["failures"]]) == (2, ["usage.reference"])
    assert [job["state"] for job in uni("status", "--all", "--json").json["jobs"]] == ["refused"]
    assert services.billed() == 0


def test_one_unforeseen_fault_does_not_hide_the_pictures_that_were_bought(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, seen = Deliverer._done, list[str]()

    def stumble(self: Deliverer, job: Job, found: Saved) -> Job:
        seen.append(job.id)
        if len(seen) == 2:
            raise RuntimeError("nobody foresaw this")
        return done(self, job, found)

    monkeypatch.setattr(Deliverer, "_done", stumble)

    result = uni("generate", "a fox", "-p", "luma", "-n", "3", "--json")

    assert (result.code, result.json["error"]["code"], result.json["error"]["exit"]) == (8, "internal.error", 8)
    assert (len(result.json["images"]), len(result.json["pending"])) == (2, 1)


def test_what_shows_the_jobs_may_stumble_and_no_job_does(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    write = front.Stream.write

    def stumble(self: front.Stream, text: str) -> int:
        if " queued" in text:
            raise RuntimeError("no such sign on this screen")
        return write(self, text)

    monkeypatch.setattr(front.Stream, "write", stumble)

    result = uni("generate", "a fox", "-p", "luma", "-n", "3", "--json")

    assert (result.code, result.json["error"]["code"]) == (1, "internal.error"), result.err
    assert (len(result.json["images"]), len(result.json["pending"]), services.billed()) == (3, 0, 3)
    assert [job["state"] for job in uni("status", "--all", "--json").json["jobs"]] == ["saved"] * 3


def test_a_picture_that_takes_no_mark_is_placed_without_one(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bool:
        raise embed.BrokenPicture("a container that only its own maker understands")

    monkeypatch.setattr(embed, "embed", refuse)

    result = uni("generate", "a fox", "-p", "luma")

    assert (result.code, Path(result.lines[0]).is_file()) == (0, True)
    assert "takes no mark inside" in result.err


def test_the_dearest_price_of_a_list_stays_reserved_until_a_service_may_have_taken_the_job(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved: list[str] = []

    def look() -> None:
        db = sqlite3.connect(Path(os.environ["UNI_STATE_DIR"]) / schema.FILE)
        reserved.extend(row[0] for row in db.execute("SELECT estimate FROM jobs"))
        db.close()

    at("submitting", look, monkeypatch)

    result = uni("generate", "a fox", "-p", "luma,segmind", "--json")

    assert (reserved, result.json["images"][0]["estimate_usd"]) == (["0.0543"], "0.0404")


def test_a_lock_that_cannot_be_written_ends_the_run_at_the_first_picture(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = ", ".join(f"'{n}'" for n in range(130))
    put("fox.yaml", f"prompt: a fox with {{{{ n }}}} tails\nprovider: luma\nmatrix:\n  n: [{numbers}]\n")
    locks = Path(os.environ["UNI_STATE_DIR"]) / "locks"

    def spoil() -> None:
        for guard in locks.glob("*"):
            guard.unlink()
        if locks.exists():
            locks.rmdir()
        locks.write_text("not a folder")

    at("planned", spoil, monkeypatch)

    result = uni("recipes", "run", "fox", "--jobs", "1")

    # The picture after the first is under way already, and unfinished comes before unwritten.
    assert (result.code, "[output.not_written]" in result.err) == (8, True)
    assert services.billed() <= 3


def test_what_cannot_be_written_down_was_never_sent(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header that no server takes: nobody has to ask what came of it."""
    monkeypatch.setenv("UNI_GMICLOUD__ORGANIZATION", "two\nlines")

    result = uni("generate", "a fox", "-p", "gmicloud", "--json", "--timeout", "0.1")

    assert (result.code, [one["code"] for one in result.json["failures"]]) == (7, ["provider.unreachable"])


def test_half_of_a_character_in_a_raw_field_is_refused_at_once(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "luma", "--set", 'x="\\ud800"')

    assert (result.code, services.billed()) == (2, 0)
    assert "half of a character" in result.err


def test_two_recipes_that_would_share_a_lock_are_told_apart_first(services: Services) -> None:
    put("one.yaml", "recipe: Red Fox\nprompt: a fox\nprovider: luma\n")
    put("two.yaml", "recipe: red-fox\nprompt: a hen\nprovider: luma\n")

    result = uni("recipes", "run", "recipes/one.yaml", "recipes/two.yaml")

    assert (result.code, "[recipes.invalid]" in result.err, services.billed()) == (2, True, 0)
    assert "would share one lock" in result.err


def test_a_recipe_named_twice_is_made_once(services: Services) -> None:
    put("fox.yaml", "prompt: a fox\nprovider: luma\n")
    Path("again").symlink_to("recipes")

    result = uni("recipes", "run", "recipes/fox.yaml", "again/fox.yaml", "fox")

    assert (result.code, services.billed()) == (0, 1)


def test_a_recipe_whose_folder_takes_no_picture_is_told_before_anything_is_sent(services: Services) -> None:
    put("fox.yaml", "prompt: a fox\nprovider: luma\noutput: pictures/{item}.{ext}\n")
    Path("recipes/pictures").write_text("a file stands where the folder would be")

    result = uni("recipes", "run", "fox")

    assert (result.code, "[usage.output]" in result.err, services.billed()) == (2, True, 0)


def test_a_lock_that_cannot_be_written_is_told_before_anything_is_sent(services: Services) -> None:
    put("fox.yaml", "prompt: a fox\nprovider: luma\n")
    state = Path(os.environ["UNI_STATE_DIR"])
    state.mkdir(parents=True, exist_ok=True)
    (state / "locks").write_text("not a folder")

    result = uni("recipes", "run", "fox")

    assert (result.code, "[usage.output]" in result.err, services.billed()) == (2, True, 0)
    assert "fox.lock.json cannot be written" in result.err


def test_a_job_whose_id_was_taken_keeps_its_list_of_services(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = uni("generate", "a fox", "-p", "luma", "--json").json["images"][0]["job"]
    drawn, ids = secrets.token_hex, ["a-run", taken]
    monkeypatch.setattr(secrets, "token_hex", lambda n=None: ids.pop(0) if n == 4 and ids else drawn(n))
    services.break_with("luma:submit:401")

    result = uni("generate", "an owl", "-p", "luma,runware", "--json")

    assert (result.code, result.json["images"][0]["provider"]) == (0, "runware"), result.err


def test_an_unknown_price_anywhere_in_a_list_is_an_unknown_price(services: Services) -> None:
    known = Job("1", "r", "luma", "", Request(Operation.GENERATE, "x"), Target("x", "/"), "t", 0, 0)
    drafts = [
        planning.Draft(name, "", known.request, known.target, "t", price)
        for name, price in (("luma", Decimal("0.04")), ("added", None))
    ]

    with pytest.raises(OverMaxCost, match="not known"):
        planning.check_cost(planning.order([drafts], now=0.0).prices, Decimal(1))


def test_a_fault_is_told_in_every_way_of_telling(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Shelf.put

    def stumble(self: Shelf, job: Job) -> Job:
        put(self, job)
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(Shelf, "put", stumble)

    result = uni("generate", "a fox", "-p", "luma", "--json", "-q")

    assert (result.code, result.json["error"]["code"]) == (1, "internal.error")
    assert "[internal.error]" in result.err


def test_a_process_says_once_that_it_lives_however_many_jobs_it_asks_for(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = uni("generate", "a fox", "-p", "luma", "-n", "4", "--no-wait").lines
    written: list[str] = []
    monkeypatch.setattr(Ledger, "after_write", lambda self, what: written.append(what))

    assert uni("status", *ids, "--wait").code == 0

    assert (written.count("claim"), written.count("beat")) == (4, 1)
