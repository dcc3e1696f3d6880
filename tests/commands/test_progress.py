"""What moves on a terminal, and what stands in a log."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.cells import cell_len
from rich.console import Console as RichConsole

from tests.front import Services, Stream, uni
from uni_cli.console import Console
from uni_cli.models import Job, JobState, Operation, Request, Target
from uni_cli.progress import Board

if sys.platform == "win32":
    pytest.skip("Python has pseudo-terminals on Unix only", allow_module_level=True)

from tests.terminal import Terminal

RUNNING = re.compile(r"[|/\\-] [0-9a-f]{8} luma running +[━─]{16} \d+ s( of about \d+ s)?  about \$0\.0404")


def test_a_terminal_shows_a_moving_line_and_then_a_tidy_one(start_services: Callable[..., Services]) -> None:
    start_services(latency=2.0)
    terminal = Terminal("generate", "a red fox", "-p", "luma", "-o", "fox.png")

    rows = terminal.until(lambda rows: any("running" in row for row in rows))
    code = terminal.to_the_end()

    (line,) = [row for row in rows if "running" in row]
    assert RUNNING.fullmatch(line), line
    assert code == 0
    assert re.fullmatch(r"[0-9a-f]{8} luma saved fox\.png \(about \$0\.0404\)", terminal.rows[-2])
    assert terminal.rows[-1] == "fox.png"


def test_several_jobs_have_a_line_that_adds_up_and_survive_a_resize(start_services: Callable[..., Services]) -> None:
    start_services(latency=2.0)
    terminal = Terminal("generate", "a red fox", "-p", "luma", "-n", "12", "-o", "fox-{n}.png", rows=10)

    rows = terminal.until(lambda rows: any("0 of 12 saved" in row for row in rows))
    terminal.resize(columns=50, rows=8)
    code = terminal.to_the_end()

    assert len(rows) <= 9, "\n".join(rows)
    assert any(re.search(r"… and \d+ more", row) for row in rows)
    assert code == 0
    assert sorted(terminal.raw.decode().count(f"fox-{n}.png\r\n") for n in range(1, 13)) == [1] * 12


def test_plain_has_no_bars_on_a_terminal(services: Services) -> None:
    terminal = Terminal("generate", "a red fox", "-p", "luma", "-o", "fox.png", "--plain")

    assert terminal.to_the_end() == 0
    assert b"\x1b" not in terminal.raw
    assert any(row.endswith("luma queued") for row in terminal.rows)


def test_no_color_removes_colour_and_keeps_the_progress(
    start_services: Callable[..., Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    start_services(latency=1.0)
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal("generate", "a red fox", "-p", "luma", "-o", "fox.png")

    terminal.until(lambda rows: any(RUNNING.fullmatch(row) or "queued" in row for row in rows))
    terminal.to_the_end()

    assert not re.search(rb"\x1b\[([0-9]+;)*(3|4|9|10)[0-7](;[0-9]+)*m", terminal.raw)


def test_a_pipe_gets_one_plain_line_per_change_of_state(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    result = uni("generate", "a red fox", "-p", "luma", "-o", "fox.png")

    states = [re.sub(r"^[0-9a-f]{8} ", "", line) for line in result.err.splitlines()]
    assert states[0] == "luma planned (about $0.0404)"
    assert states[-1] == "luma saved fox.png (about $0.0404)"
    assert len(states) == len(set(states))
    assert "\x1b" not in result.err


def test_quiet_is_silent(services: Services) -> None:
    assert uni("generate", "a red fox", "-p", "luma", "-o", "fox.png", "--quiet").err == ""


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (60, 24), (40, 10), (80, 3)])
def test_two_hundred_jobs_stay_on_the_screen(columns: int, rows: int) -> None:
    screen = RichConsole(file=io.StringIO(), force_terminal=True, width=columns, height=rows)
    board = Board(Console(stderr=Stream(terminal=True)), screen, 200, lambda job: 30.0)
    request = Request(Operation.GENERATE, "猫 " * 50)
    job = Job("0", "r", "luma", "", request, Target("", "/"), "t", 1.0, 1.0, estimate=Decimal("0.0404"))
    for number in range(200):
        board.hear(replace(job, id=f"{number:08x}", state=JobState.RUNNING))

    with screen.capture() as captured:
        screen.print(board.render())

    lines = re.sub(r"\x1b\[[0-9;]*m", "", captured.get()).splitlines()
    assert len(lines) <= max(rows, 3)
    assert all(cell_len(line) < columns for line in lines)
    assert "0 of 200 saved" in lines[-1]
