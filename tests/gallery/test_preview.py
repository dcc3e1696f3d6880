"""The picture in a real pseudo-terminal, read off the screen."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pyte
import pytest
from PIL import Image

from tests.front import Services
from uni_cli.console import Console
from uni_cli.preview import blocks, box, can_draw, way

pexpect = pytest.importorskip("pexpect", reason="a pseudo-terminal needs a POSIX system")

HALF = "▀"
SHOW = """import sys, json; sys.stdin.readline()
from pathlib import Path; from uni_cli.console import Console; from uni_cli.preview import show
show(Console(**json.loads(sys.argv[1])), Path("van.png"))"""
MAIN = """import sys; sys.stdin.readline()
from uni_cli.cli import main; sys.exit(main(sys.argv[1:]))"""
GENERATE = """import sys; sys.stdin.readline()
from uni_cli.cli import main; sys.exit(main(["generate", "a van", "-p", "local", "-f", "jpeg", *sys.argv[1:]]))"""


def in_terminal(
    folder: Path,
    code: str,
    *arguments: str,
    size: tuple[int, int] = (40, 100),
    pixels: bool = False,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """What a program wrote to a terminal of `size` (rows, columns)."""
    import fcntl
    import struct
    import termios

    theirs = ("TMUX", "STY", "TERM", "ZELLIJ", "NO_COLOR", "LC_TERMINAL", "UNI_PREVIEW")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    environ = {**clean, "COLORTERM": "truecolor", "TERM": "xterm-256color", "UNI_STATE_DIR": str(folder / "state")}
    child = pexpect.spawn(
        sys.executable,
        ["-c", code, *arguments],
        env=environ | dict(env or {}),
        cwd=str(folder),
        dimensions=size,
        timeout=60,
        echo=False,
    )
    width, height = (size[1] * 10, size[0] * 20) if pixels else (0, 0)
    fcntl.ioctl(child.child_fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, width, height))
    child.sendline("")  # the size is set: go
    written = child.read()
    child.close()
    assert child.exitstatus == 0
    return bytes(written)


def draw(
    folder: Path, *, flags: str = "{}", size: tuple[int, int] = (40, 100), pixels: bool = False, **env: str
) -> bytes:
    """A red square on the left, a blue one on the right."""
    picture = Image.new("RGB", (400, 200), "red")
    picture.paste("blue", (200, 0, 400, 200))
    picture.save(folder / "van.png")
    return in_terminal(folder, SHOW, flags, size=size, pixels=pixels, env=env)


def screen_of(written: bytes, size: tuple[int, int]) -> pyte.Screen:
    screen = pyte.Screen(size[1], size[0])
    pyte.ByteStream(screen).feed(written)
    return screen


def drawn(screen: pyte.Screen) -> list[str]:
    return [line.rstrip() for line in screen.display if HALF in line]


def asked(written: bytes) -> list[bytes]:
    """Sequences that make a terminal answer into the input."""
    return re.findall(rb"\x1b\[[?>=]?[0-9;]*[cn]|\x1b\[1[0-9]t|\x1b_G[^;]*a=q|\x1bP[+$]q|\x1b\]1[01];\?", written)


@pytest.mark.parametrize("size", [(40, 100), (24, 80), (15, 40)])
def test_half_blocks_fill_at_most_60_percent_of_the_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    written = draw(tmp_path, size=size, COLUMNS="80", LINES="24")
    lines = drawn(screen_of(written, size))
    assert 2 <= len(lines) <= size[0] * 0.6
    assert {set(line) == {HALF} for line in lines} == {True}
    assert size[1] * 0.25 <= len(lines[0]) <= size[1] * 0.6
    assert asked(written) == []


def test_the_colours_on_the_screen_are_those_of_the_picture(tmp_path: Path) -> None:
    screen = screen_of(draw(tmp_path), (40, 100))
    row = next(n for n, line in enumerate(screen.display) if HALF in line)
    width = len(drawn(screen)[0])
    cells = [screen.buffer[row][column] for column in (0, width - 1)]
    assert [(cell.fg, cell.bg) for cell in cells] == [("ff0000", "ff0000"), ("0000ff", "0000ff")]


def test_generate_draws_what_it_saved_below_its_path_when_it_is_asked_to(tmp_path: Path) -> None:
    asked_for = screen_of(in_terminal(tmp_path, GENERATE, "--preview", "-o", "van.jpg"), (40, 100)).display
    path = next(n for n, line in enumerate(asked_for) if line.strip() == "van.jpg")
    assert asked_for[path + 1].startswith(HALF * 50)
    assert HALF.encode() not in in_terminal(tmp_path, GENERATE)


def test_the_setting_asks_for_it_and_the_flag_wins(tmp_path: Path) -> None:
    assert HALF.encode() in in_terminal(tmp_path, GENERATE, env={"UNI_PREVIEW": "1"})
    assert HALF.encode() not in in_terminal(tmp_path, GENERATE, "--no-preview", env={"UNI_PREVIEW": "1"})


def test_a_repeat_that_makes_nothing_anew_still_draws_the_saved_picture(tmp_path: Path) -> None:
    once = ("-o", "van.jpg", "--once", "van")
    assert HALF.encode() not in in_terminal(tmp_path, GENERATE, *once)

    again = screen_of(in_terminal(tmp_path, GENERATE, *once, "--preview"), (40, 100)).display

    path = next(n for n, line in enumerate(again) if line.strip() == "van.jpg")
    assert again[path + 1].startswith(HALF * 50)
    assert len(list(tmp_path.glob("*.jpg"))) == 1


def test_a_recipe_that_says_so_draws_what_it_made(tmp_path: Path) -> None:
    steps = "steps: [{id: first}, {id: second, preview: false}]"
    (tmp_path / "a.yaml").write_text(f"prompt: a van\nprovider: local\npreview: true\n{steps}\n")
    drawn = in_terminal(tmp_path, MAIN, "recipes", "run", "a.yaml", "--only", "a/first")
    quiet = in_terminal(tmp_path, MAIN, "recipes", "run", "a.yaml", "--only", "a/second")
    assert (HALF.encode() in drawn, HALF.encode() in quiet) == (True, False)


def test_what_is_collected_later_is_drawn_as_the_setting_says(tmp_path: Path, services: Services) -> None:
    later = in_terminal(tmp_path, MAIN, "generate", "a van", "-p", "luma", "--no-wait", "-o", "van.png", "--preview")
    assert HALF.encode() not in later

    collected = in_terminal(tmp_path, MAIN, "status", "--wait", env={"UNI_PREVIEW": "1"})

    screen = screen_of(collected, (40, 100)).display
    path = next(n for n, line in enumerate(screen) if line.strip() == "van.png")
    assert screen[path + 1].startswith(HALF * 40)


def test_a_wall_of_pictures_is_left_to_the_gallery(tmp_path: Path, services: Services) -> None:
    make = ("generate", "a van", "-p", "runware", "-n", "11", "--no-wait", "-q")
    for name in ("a", "b"):
        in_terminal(tmp_path, MAIN, *make, "-o", f"{name}-{{n}}.png")

    collected = in_terminal(tmp_path, MAIN, "status", "--wait", size=(4, 20), env={"UNI_PREVIEW": "1"})

    assert b"2 more are not drawn here" in collected


@pytest.mark.parametrize("flags", ['{"quiet": true}', '{"as_json": true}', '{"plain": true}'])
def test_no_picture_where_the_flags_want_none(tmp_path: Path, flags: str) -> None:
    assert draw(tmp_path, flags=flags) == b""


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_picture_where_the_terminal_has_no_colour(tmp_path: Path, name: str, value: str) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "van.png")
    assert in_terminal(tmp_path, SHOW, "{}", env={name: value}) == b""


def test_a_pipe_gets_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "uni_cli", "generate", "a red van", "-p", "local", "--preview", "-o", "van.jpg"]
    environ = {**os.environ, "UNI_STATE_DIR": str(tmp_path / "state"), "FORCE_COLOR": "1", "TERM": "xterm-kitty"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, timeout=60, check=True)
    assert done.stdout == b"van.jpg\n"
    assert b"\x1b" not in done.stderr
    assert HALF.encode() not in done.stderr


def test_kitty_gets_pixels_and_is_asked_nothing(tmp_path: Path) -> None:
    pytest.importorskip("textual_image", reason="the extra `preview` is not installed")
    written = draw(tmp_path, pixels=True, TERM="xterm-kitty")
    assert b"\x1b_Gi=" in written
    assert HALF.encode() not in written
    assert asked(written) == []


def test_sixel_terminals_get_pixels_and_are_asked_nothing(tmp_path: Path) -> None:
    pytest.importorskip("textual_image", reason="the extra `preview` is not installed")
    written = draw(tmp_path, pixels=True, TERM="foot")
    found = re.search(rb'\x1bP[0-9;]*q"1;1;(\d+);(\d+)', written)
    assert found
    assert int(found[1]) <= 600
    assert int(found[2]) <= 480
    assert asked(written) == []


def test_kitty_without_a_size_in_pixels_as_over_some_connections_gets_half_blocks(tmp_path: Path) -> None:
    written = draw(tmp_path, TERM="xterm-kitty")
    assert HALF.encode() in written
    assert b"\x1b_G" not in written
    assert asked(written) == []


def test_a_file_that_is_no_picture_is_told_of_and_no_end(tmp_path: Path) -> None:
    (tmp_path / "van.png").write_bytes(b"no picture")
    assert in_terminal(tmp_path, SHOW, "{}") == b"\x1b[33mwarning:\x1b[0m van.png cannot be shown here\r\n"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-ghostty", "SSH_TTY": "/dev/pts/1"}, "kitty"),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-0/default,1,0"}, "blocks"),
        ({"TERM": "xterm-kitty", "STY": "1.pts"}, "blocks"),
        ({"TERM": "xterm-kitty", "ZELLIJ": "0"}, "blocks"),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "iTerm.app"}, "blocks"),
        ({"TERM": "screen-256color", "LC_TERMINAL": "iTerm2"}, "blocks"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode", "KITTY_WINDOW_ID": "1"}, "blocks"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "sixel"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sixel"),
        ({"TERM": "foot-extra"}, "sixel"),
        ({"TERM": "xterm-256color"}, "blocks"),
        ({}, "blocks"),
    ],
)
def test_what_a_terminal_says_of_itself_decides(environ: Mapping[str, str], expected: str) -> None:
    assert way(environ) == expected


@pytest.mark.parametrize(
    ("columns", "rows", "width", "height", "cells"),
    [
        (100, 40, 2784, 1504, (60, 16)),
        (100, 40, 1000, 1000, (48, 24)),
        (100, 40, 1000, 3000, (16, 24)),
        (100, 40, 3000, 1000, (60, 10)),
        (10, 5, 3000, 100, (6, 1)),
        (1, 1, 100, 100, (2, 1)),
    ],
)
def test_the_picture_keeps_its_shape_within_its_share(
    columns: int, rows: int, width: int, height: int, cells: tuple[int, int]
) -> None:
    assert box(columns, rows, width, height) == cells


def test_what_is_transparent_is_drawn_on_black() -> None:
    (line,) = blocks(Image.new("RGBA", (2, 2), (255, 255, 255, 0)), 1, 1)
    assert (line.plain, str(line.spans[0].style)) == (HALF, "rgb(0,0,0) on rgb(0,0,0)")


def test_a_screen_that_cannot_write_a_half_block_gets_none() -> None:
    class Screen(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    ascii_only = Console(stderr=Screen(io.BytesIO(), encoding="ascii"))
    unicode = Console(stderr=Screen(io.BytesIO(), encoding="utf-8"))
    assert (can_draw(ascii_only), can_draw(unicode)) == (False, True)
