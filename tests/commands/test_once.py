"""`--once KEY`: at most one picture for a key, however often the command is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.front import Services, uni

ARGS = ("generate", "a fox", "-p", "gmicloud", "-o", "fox.{ext}", "--once", "build 7")


def test_a_repeat_returns_the_same_picture(services: Services) -> None:
    first, again, as_json = uni(*ARGS), uni(*ARGS), uni(*ARGS, "--json")

    assert (first.code, again.code, as_json.code) == (0, 0, 0)
    assert first.out == again.out
    (image,) = as_json.json["images"]
    assert f"{image['path']}\n" == first.out
    assert services.billed() == 1


def test_a_repeat_can_have_the_bytes(services: Services) -> None:
    path = uni(*ARGS).out.strip()

    again = uni("generate", "a fox", "-p", "gmicloud", "-o", "-", "--once", "build 7")

    assert again.data == Path(path).read_bytes()
    assert services.billed() == 1


def test_a_repeat_costs_nothing_so_no_cap_stands_in_its_way(services: Services) -> None:
    first = uni(*ARGS)

    again, fresh = uni(*ARGS, "--max-cost", "0"), uni(*ARGS[:-1], "build 8", "--max-cost", "0")

    assert (again.code, again.out) == (0, first.out)
    assert (fresh.code, services.billed()) == (6, 1)
    conflict = uni("generate", "a hen", *ARGS[2:], "--max-cost", "0", "--json")
    assert conflict.json["error"]["code"] == "usage.once_conflict"


@pytest.mark.parametrize("more", [["-a", "1:1"], ["--seed", "4"], ["--set", "x=1"]])
def test_another_request_under_the_same_key_is_an_error(services: Services, more: list[str]) -> None:
    uni(*ARGS)

    result = uni(*ARGS, *more, "--json")

    assert (result.code, result.json["error"]["code"]) == (2, "usage.once_conflict")
    assert services.billed() == 1


def test_another_prompt_under_the_same_key_is_an_error(services: Services) -> None:
    uni(*ARGS)

    result = uni("generate", "a hen", *ARGS[2:])

    assert (result.code, result.out) == (2, "")
    assert "--once build 7 belongs to another request" in result.err


def test_one_key_is_one_picture(services: Services) -> None:
    result = uni(*ARGS, "-n", "2")

    assert result.code == 2
    assert "[usage.once_conflict]" in result.err
    assert services.billed() == 0


@pytest.mark.parametrize("key", ["", " ", " x", "a\nb", "x" * 201])
def test_a_key_is_a_line_of_text(key: str) -> None:
    result = uni("generate", "a fox", "-p", "local", "--once", key)

    assert result.code == 2
    assert "--once" in result.err


def test_after_a_refusal_the_key_is_free_again(services: Services) -> None:
    services.break_with("gmicloud:submit:moderated:1")

    refused, made = uni(*ARGS), uni(*ARGS)

    assert (refused.code, made.code) == (5, 0)
    assert services.billed() == 1


def test_a_picture_that_was_deleted_is_fetched_again_for_nothing(services: Services) -> None:
    path = Path(uni(*ARGS).out.strip())
    path.unlink()
    path.with_name(path.name + ".json").unlink()

    again = uni(*ARGS)

    assert (again.code, Path(again.out.strip()).exists()) == (0, True)
    assert services.billed() == 1


def test_a_job_that_nobody_waited_for_is_resumed(services: Services) -> None:
    args = ("generate", "a fox", "-p", "segmind", "--once", "k", "-o", "fox.{ext}")
    sent = uni(*args, "--no-wait")

    resumed = uni(*args, "--json")

    assert (sent.code, resumed.code) == (0, 0)
    assert resumed.json["images"][0]["job"] == sent.out.strip()
    assert services.billed() == 1


def test_a_picture_that_the_second_service_made_is_found_by_the_same_list(services: Services) -> None:
    """The services of a list fill in other formats; that is no other request."""
    services.break_with("runware:submit:402:1")
    args = ("generate", "a fox", "-p", "runware,gmicloud", "--once", "k")

    first, again = uni(*args, "--json"), uni(*args, "--json")

    assert (first.code, again.code) == (0, 0), again.err
    assert first.json["images"] == again.json["images"]
    assert services.billed() == 1


def test_another_service_does_not_buy_it_again(services: Services) -> None:
    uni(*ARGS)

    again = uni("generate", "a fox", "-p", "luma", "--once", "build 7")

    assert (again.code, services.billed()) == (0, 1)
