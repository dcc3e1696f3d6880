"""What somebody met who walked through the commands for the first time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front import Services, uni


@pytest.mark.parametrize(
    ("args", "way_out"),
    [
        (("edit", "make it night", "fox.png"), "The picture comes first: `uni edit fox.png WORDS`"),
        (("generate", "fox.png"), "`uni edit fox.png WORDS` changes it, `-r fox.png` makes it a reference"),
        (("generate", "fox.txt"), "`--prompt-file fox.txt` reads the prompt from it"),
    ],
)
def test_a_file_where_words_belong_is_not_drawn(
    services: Services, drawn: Callable[..., Path], args: tuple[str, ...], way_out: str
) -> None:
    drawn("fox.png")
    Path("fox.txt").write_text("a fox")

    result = uni(*args, "-p", "luma", "--json")

    assert (result.code, result.json["error"]["code"], services.billed()) == (2, "usage.prompt", 0)
    assert way_out in result.err


def test_words_that_only_look_like_a_file_are_drawn() -> None:
    for prompt in ("fox.png", "a poster that says read.txt", "x" * 5000 + ".png"):
        assert uni("generate", prompt, "--dry-run", "-q").code == 0


def test_a_dry_run_tells_what_a_taken_key_means(services: Services) -> None:
    wish = ("-p", "luma", "--once", "k", "-o", "fox.png")
    assert "has job" not in uni("generate", "a fox", *wish, "--dry-run").err
    uni("generate", "a fox", *wish)

    same, other = uni("generate", "a fox", *wish, "--dry-run"), uni("generate", "a hen", *wish, "--dry-run")

    assert (same.code, other.code) == (0, 0)
    assert "--once k has job" in same.err
    assert "buys nothing" in same.err
    assert "belongs to another request" in other.err
    assert services.billed() == 1


def test_a_sum_with_unknown_charges_is_not_free(services: Services) -> None:
    uni("generate", "a fox", "-p", "local", "--size", "2048x2048", "-o", "local.png")
    assert uni("status", "--spend").lines[-1].split("\t")[-1] == "free"
    uni("generate", "a fox", "-p", "luma", "-o", "luma.png")
    assert uni("status", "--spend").lines[-1].split("\t")[-1] == "?"
    uni("generate", "a fox", "-p", "runware", "-o", "runware.png")
    assert uni("status", "--spend").lines[-1].split("\t")[-1] == "$0.0404 + ?"


def test_one_picture_is_one_picture() -> None:
    Path("fox.yaml").write_text("prompt: a fox\n")
    assert uni("recipes", "run", "fox.yaml", "-p", "luma", "--dry-run").lines[-1] == "1 picture, total $0.0404"


@pytest.mark.parametrize("command", ["show", "login", "logout"])
def test_a_missing_service_is_asked_for(command: str) -> None:
    result = uni("providers", command)

    assert (result.code, result.out) == (2, "")
    assert f"`uni providers {command}` needs a service" in result.err


@pytest.mark.parametrize("flag", ["--json", "--quiet", "--verbose", "--plain"])
def test_no_flag_before_a_command_of_providers_is_dropped(flag: str) -> None:
    result = uni("providers", flag, "show", "luma")

    assert result.code == 2
    assert f"`uni providers show {flag}`" in result.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("version",), "`uni --version` shows it"),
        (("edit", "a.png", "b.png", "make it night"), "a further picture stands behind -r"),
        (("generate", "--prompt-file", "nosuch.txt"), "Check the path."),
        (("edit", "--help"), "What to change; - reads stdin."),
    ],
)
def test_the_way_out_fits_what_was_asked(args: tuple[str, ...], said: str) -> None:
    result = uni(*args)

    assert said in result.out + result.err


def test_two_pictures_have_no_role(drawn: Callable[..., Path]) -> None:
    one, two = str(drawn("a.png")), str(drawn("b.png"))
    assert "IMAGE1 and IMAGE2 have no role" in uni("generate", "a fox", "-r", one, "-r", two, "--dry-run").err
