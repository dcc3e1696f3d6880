"""A picture in the terminal: in pixels where the terminal says that it can, else in half blocks.

Nothing is ever asked of the terminal. A question that is not answered hangs, and one that is answered late leaves
bytes in the user's next command line; over ssh and inside tmux both happen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from uni_cli.console import Console

if TYPE_CHECKING:
    from PIL.Image import Image
    from rich.console import Console as RichConsole
    from rich.text import Text

SHARE = 0.6
MAX_PIXELS = 120_000_000
UPPER_HALF = "▀"

Way = Literal["kitty", "sixel", "blocks"]

# What sits between us and the terminal, and passes pixels on to the wrong place or not at all.
_BETWEEN = ("TMUX", "STY", "ZELLIJ")


def show(console: Console, path: Path) -> None:
    """Draw the picture below what was written so far. Draws nothing where there is no terminal to draw on."""
    if not can_draw(console):
        return
    try:
        with _opened(path, (2048, 2048)) as image:
            _draw(console, image)
    except (OSError, ValueError, SyntaxError):
        console.warn(f"{path} cannot be shown here")


def can_draw(console: Console) -> bool:
    """A real terminal with colour that can write a half block; never in --quiet and --json."""
    encoding = getattr(console.stderr, "encoding", None) or "ascii"
    try:
        UPPER_HALF.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    is_wanted = not console.quiet and not console.as_json
    return is_wanted and console.is_terminal and console.has_colour and os.environ.get("TERM") != "dumb"


def way(environ: Mapping[str, str]) -> Way:
    """How this terminal shows pictures, from what it says of itself in the environment."""
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if any(environ.get(name) for name in _BETWEEN) or term.startswith(("tmux", "screen")) or program == "vscode":
        return "blocks"
    if term in ("xterm-kitty", "xterm-ghostty"):
        return "kitty"
    if term.startswith(("foot", "mlterm", "contour")) or program in ("iTerm.app", "WezTerm"):
        return "sixel"
    return "sixel" if environ.get("LC_TERMINAL") == "iTerm2" else "blocks"


def box(columns: int, rows: int, width: int, height: int, *, ratio: float = 0.5) -> tuple[int, int]:
    """Cells for a picture of `width` by `height`: at most a share of the screen. `ratio`: a cell's width to height."""
    most_columns, most_rows = max(2, int(columns * SHARE)), max(2, int(rows * SHARE))
    scale = min(most_columns / width, most_rows / (height * ratio))
    return max(1, round(width * scale)), max(1, round(height * scale * ratio))


def blocks(image: Image, columns: int, rows: int) -> Iterator[Text]:
    """Two pixels in each cell: the upper half is the letter, the lower one its ground."""
    from rich.text import Text

    small = image.resize((columns, rows * 2))
    flat = _without_holes(small)
    for row in range(rows):
        line = Text(no_wrap=True, end="")
        for column in range(columns):
            upper, lower = (flat.getpixel((column, row * 2 + half)) for half in (0, 1))
            line.append(UPPER_HALF, style=f"rgb({_rgb(upper)}) on rgb({_rgb(lower)})")
        yield line


def _draw(console: Console, image: Image) -> None:
    from rich.console import Console as RichConsole

    # An exported COLUMNS may be older than the window's size, and lines that wrap are no picture.
    wide, high = os.get_terminal_size(console.stderr.fileno())
    screen = RichConsole(file=console.stderr, force_terminal=True, highlight=False, width=wide or 80, height=high or 24)
    chosen = way(os.environ)
    cell = _cell_in_pixels() if chosen != "blocks" and _is_one_terminal(console) else None
    if cell and _draw_pixels(screen, image, chosen, cell):
        return
    columns, rows = box(screen.width, screen.height, *image.size)
    for line in blocks(image, columns, rows):
        screen.print(line, soft_wrap=True)


def _draw_pixels(screen: RichConsole, image: Image, chosen: Way, cell: tuple[int, int]) -> bool:
    """With the extra `preview`; False without it."""
    try:
        with _asking_nothing():
            from textual_image.renderable import SixelImage, TGPImage
    except ImportError:
        return False
    columns, rows = box(screen.width, screen.height, *image.size, ratio=cell[0] / cell[1])
    kind = TGPImage if chosen == "kitty" else SixelImage
    screen.print(kind(image, width=columns, height=rows))
    return True


@contextmanager
def _asking_nothing() -> Iterator[None]:
    """That package asks the terminal what it is when it is imported, unless it sees no terminal."""
    names = vars(sys)
    kept, names["__stdout__"] = sys.__stdout__, None
    try:
        yield
    finally:
        names["__stdout__"] = kept


def _is_one_terminal(console: Console) -> bool:
    """Pixels go to stdout, text to stderr: only where both are the same screen do they meet."""
    out = sys.__stdout__
    if out is None or not out.isatty():
        return False
    try:
        return os.ttyname(out.fileno()) == os.ttyname(console.stderr.fileno())
    except (OSError, AttributeError, ValueError):
        return False


def _cell_in_pixels() -> tuple[int, int] | None:
    """From the system, not from the terminal; None where it does not know, as in many ssh sessions."""
    out = sys.__stdout__
    if out is None:
        return None
    try:
        import fcntl
        import struct
        import termios

        answer = fcntl.ioctl(out.fileno(), termios.TIOCGWINSZ, bytes(8))
        rows, columns, width, height = struct.unpack("HHHH", answer)
    except (ImportError, OSError, ValueError):
        return None
    if not (rows and columns and width >= columns and height >= rows):
        return None
    return width // columns, height // rows


@contextmanager
def _opened(path: Path, bounds: tuple[int, int]) -> Iterator[Image]:
    from PIL import Image as Images

    with Images.open(path, formats=("PNG", "JPEG", "WEBP")) as source:
        if source.width * source.height > MAX_PIXELS:
            raise ValueError("more pixels than are opened here")
        source.draft("RGB", bounds)
        image = source.convert("RGBA" if source.has_transparency_data else "RGB")
    image.thumbnail(bounds, reducing_gap=2.0)
    yield image


def _without_holes(image: Image) -> Image:
    from PIL import Image as Images

    if image.mode != "RGBA":
        return image.convert("RGB")
    return Images.alpha_composite(Images.new("RGBA", image.size, "black"), image).convert("RGB")


def _rgb(pixel: object) -> str:
    return ",".join(map(str, pixel)) if isinstance(pixel, tuple) else "0,0,0"
