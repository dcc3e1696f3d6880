"""stdout is data, stderr is for people: as a terminal, in a pipe, with --quiet, --plain and NO_COLOR."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.front import Result, Services, uni

ESCAPE = "\x1b["
COLOUR = re.compile("\x1b\\[(\\d+;)*(3[0-8]|4[0-8]|9[0-7])(;\\d+)*m")
BOX = re.compile("[\u2500-\u257f\u2801-\u28ff]")


def test_a_pipe_gets_the_paths_and_nothing_else(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "gmicloud", "-n", "2", "-o", "fox-{n}.{ext}")

    assert result.code == 0
    assert re.fullmatch(r"fox-1\.(png|jpg|webp)\nfox-2\.(png|jpg|webp)\n", result.out)
    assert all(Path(line).is_file() for line in result.lines)


def test_a_pipe_hears_each_change_of_state_once(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "runware", "-o", "fox.png")

    words = [line.split(" ", 2)[2] for line in result.err.splitlines()]
    assert len(words) == len(set(words))
    assert words[0].startswith("planned")
    assert words[-1] == "saved fox.png ($0.0404)"
    assert ESCAPE not in result.err


def test_a_terminal_gets_the_same_data(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "gmicloud", "-o", "fox.{ext}", terminal=True)

    assert result.code == 0
    assert re.fullmatch(r"fox\.(png|jpg|webp)\n", result.out)


def test_json_on_a_terminal_is_one_document(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "gmicloud", "--json", terminal=True)

    assert result.json["ok"] is True


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("as_json", [False, True])
def test_quiet_says_nothing_where_all_is_well(services: Services, terminal: bool, as_json: bool) -> None:
    more = ["--json"] if as_json else []
    result = uni("generate", "a fox", "-p", "gmicloud", "--seed", "3", "-q", *more, terminal=terminal)

    assert (result.code, result.err) == (0, "")


def test_quiet_still_tells_errors(services: Services) -> None:
    services.break_with("gmicloud:submit:moderated:1")

    result = uni("generate", "a fox", "-p", "gmicloud", "-q")

    assert (result.code, result.out) == (5, "")
    assert result.err.startswith("error: job ")
    assert "[provider.moderated]" in result.err


def test_quiet_ones_without_a_key_hear_nothing() -> None:
    result = uni("generate", "fog", "--dry-run", "-q")

    assert (result.code, result.err) == (0, "")


def test_a_terminal_has_colour_a_pipe_has_none() -> None:
    assert ESCAPE in uni("generate", "", terminal=True).err
    assert ESCAPE not in uni("generate", "").err


def test_no_color_removes_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    result = uni("generate", "", terminal=True)

    assert result.err.startswith("error: The prompt is empty [usage.prompt]\n")


def test_no_color_leaves_the_progress(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    result = uni("generate", "a fox", "-p", "gmicloud", terminal=True)

    assert COLOUR.search(result.err) is None
    assert "gmicloud" in result.err


def test_force_color_makes_no_terminal(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    result = uni("generate", "a fox", "-p", "gmicloud")

    assert ESCAPE not in result.err + result.out


@pytest.mark.parametrize("args", [["status"], ["providers"], ["config", "show"], ["status", "--spend"]])
def test_plain_tables_have_no_boxes(services: Services, args: list[str]) -> None:
    uni("generate", "a fox", "-p", "gmicloud")

    boxed, plain, piped = uni(*args, terminal=True), uni(*args, "--plain", terminal=True), uni(*args)

    assert BOX.search(boxed.out)
    assert not BOX.search(plain.out)
    assert ESCAPE not in plain.out
    assert "\t" in piped.out


def test_plain_has_no_bars(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "gmicloud", "--plain", terminal=True)

    assert ESCAPE not in result.err
    assert not BOX.search(result.err)
    assert "gmicloud saved" in result.err


def test_verbose_shows_the_exchanges(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "gmicloud", "-v")

    assert re.search(r"POST http://127\.0\.0\.1:\d+/gmicloud/\S+ -> 200", result.err)
    assert result.out.count("\n") == 1


def test_the_picture_itself_goes_to_stdout(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "runware", "-o", "-")

    assert result.code == 0
    assert result.data.startswith(b"\x89PNG")
    assert result.data.endswith(b"IEND\xaeB`\x82")
    assert list(Path().iterdir()) == []


def test_no_wait_prints_ids(services: Services) -> None:
    result = uni("generate", "a fox", "-p", "luma", "-n", "2", "--no-wait")

    assert result.code == 0
    assert re.fullmatch("[0-9a-f]{8}\n[0-9a-f]{8}\n", result.out)
    collected = uni("status", "--wait")
    assert (collected.code, len(collected.lines)) == (0, 2)
    assert all(Path(line).exists() for line in collected.lines)
    assert services.billed() == 2


def test_one_line_on_stderr_tells_that_it_is_only_a_sketch() -> None:
    told = uni("generate", "fog", "--dry-run")
    asked = uni("generate", "fog", "--dry-run", "-p", "local")

    assert len([line for line in told.err.splitlines() if "offline painter" in line]) == 1
    assert "offline painter" not in asked.err


def test_text_from_outside_stays_text(services: Services) -> None:
    result = uni("generate", "a \x1b[31mred\x07 fox [bold]x[/bold]", "-p", "gmicloud", "-o", "fox.{ext}")
    full = uni("status", uni("status").out.split("\t")[0])

    assert result.code == 0
    for shown in (result.out, result.err, full.out):
        assert "\x1b[31m" not in shown
        assert "\x07" not in shown
    assert "[bold]x[/bold]" in full.out


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["generate", "--help"], ["status", "-h"]])
def test_what_was_asked_for_is_on_stdout(args: list[str]) -> None:
    result = uni(*args)

    assert (result.code, result.err) == (0, "")
    assert result.out


def test_help_fits_eighty_columns() -> None:
    commands: list[list[str]] = [[], ["generate"], ["edit"], ["status"], ["inspect"], ["providers"], ["config"]]
    pages: list[Result] = [uni(*command, "--help") for command in commands]

    assert [line for page in pages for line in page.lines if len(line) > 80] == []
