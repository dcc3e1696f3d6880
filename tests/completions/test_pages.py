"""--help: a page fits a screen, holds what a user looks for, and is no error."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.front import uni
from uni_cli import cli
from uni_cli.commands import page
from uni_cli.commands.words import Command

ALL = list(cli.described().every())
EACH = pytest.mark.parametrize("command", ALL, ids=[command.name for command in ALL])


@EACH
def test_a_page_fits_a_screen_of_80_columns_without_a_fold(command: Command) -> None:
    shown = page.render(command, page.WIDEST)

    assert shown == page.render(command, 10_000)
    assert max(map(len, shown.splitlines())) <= 79
    # With the next prompt below it, on a screen of 50.
    assert len(shown.splitlines()) <= 49


@EACH
def test_a_page_can_be_read_at_60_columns(command: Command) -> None:
    assert max(map(len, page.render(command, 59).splitlines())) <= 59


@EACH
def test_a_page_has_two_examples_that_are_real(command: Command) -> None:
    """Their words are commands, and their flags are flags of those."""
    assert len(command.examples) >= 2
    for example in command.examples:
        typed = re.sub(r"\"[^\"]*\"|'[^']*'", "x", re.split(r" [|<>&]", example)[0]).split()
        if typed[0] == "uni":
            named = max((one for one in ALL if tuple(typed[: len(one.path)]) == one.path), key=lambda one: one.path)
            known = {name for flag in named.flags for name in flag.spellings}
            assert {word for word in typed if re.match(r"--?[a-z]", word)} <= known, example


@EACH
def test_the_real_help_is_that_page(command: Command) -> None:
    result = uni(*command.path[1:], "--help")

    assert (result.code, result.err) == (0, "")
    assert result.out == page.render(command, page.WIDEST)


def test_the_overview_groups_the_commands() -> None:
    result = uni()

    assert result.code == 0
    assert result.err == ""
    assert result.out.startswith("Usage: uni [OPTIONS] COMMAND [ARGS]...\n")
    assert [line for line in result.lines if re.fullmatch(r"\w[\w ]*:", line)] == [
        "Make:", "Look:", "Set up:", "Options:", "Start here:"
    ]  # fmt: skip


def test_the_longest_page_is_grouped_and_its_columns_stand() -> None:
    lines = uni("generate", "--help").lines

    heads = [found[0] for line in lines if (found := re.match(r"\w+:(?=$| +uni generate \")", line))]
    assert heads == ["What:", "Look:", "Where:", "Money:", "Service:", "Output:", "Examples:"]
    flags = [line for line in lines if re.match(r"  (-\w, |    )--", line)]
    assert len(flags) > 30
    assert {line.index("--") for line in flags} == {6}
    texts = [found.end() for line in flags if (found := re.search(r"\S  +(?=\S)", line[6:]))]
    assert len(texts) == len(flags)
    assert len(set(texts)) == 1


@pytest.mark.parametrize("args", [("help", "generate"), ("generate", "-h"), ("generate", "--help")])
def test_help_can_be_asked_for_in_three_ways(args: tuple[str, ...]) -> None:
    assert uni(*args).out == uni("generate", "--help").out


@pytest.mark.parametrize("args", [("config",), ("recipes",), ("help",), ("--help",)])
def test_a_group_alone_shows_its_help_which_is_no_error(args: tuple[str, ...]) -> None:
    result = uni(*args)

    assert result.code == 0
    assert result.out.startswith("Usage: uni")


@pytest.mark.parametrize(
    ("args", "tip"),
    [
        (("genrate", "a fox"), "There is no command uni genrate [usage.invalid]\n  Did you mean `uni generate`?"),
        (("help", "staus"), "There is no command uni staus [usage.invalid]\n  Did you mean `uni status`?"),
        (
            ("providers", "chek"),
            "There is no command uni providers chek [usage.invalid]\n  Did you mean `uni providers check`?",
        ),
        (("config", "zzzzzz"), "There is no command uni config zzzzzz [usage.invalid]\n  There are path, show."),
    ],
)
def test_the_nearest_command_is_named(args: tuple[str, ...], tip: str) -> None:
    result = uni(*args)

    assert result.code == 2
    assert tip in result.err


def test_help_for_a_reader_that_is_gone_is_no_error() -> None:
    command = [sys.executable, "-m", "uni_cli", "generate", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(timeout=60) == 0


def test_the_overview_loads_no_command() -> None:
    look = "import sys; from uni_cli.cli import main; main([]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60)

    loaded = done.stderr.split()
    assert "uni_cli.commands.page" in loaded
    assert "uni_cli.commands.generate" not in loaded
    assert "uni_cli.commands.status" not in loaded
