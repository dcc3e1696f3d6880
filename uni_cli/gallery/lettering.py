"""Labels for a contact sheet: one line each, cut to fit, in a font that has the letters where one is installed."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

# Pillow's own font has Latin letters only. These are asked for the rest, by the names that systems give them.
FALLBACKS = (
    "DejaVuSans.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSans-Regular.ttf",
    "Arial Unicode.ttf",
    "arialuni.ttf",
    "Hiragino Sans GB.ttc",
    "YuGothM.ttc",
    "msyh.ttc",
    "malgun.ttf",
    "arial.ttf",
)
ELLIPSIS = "..."


class Placed(Protocol):
    def getlength(self, text: str) -> float: ...


def one_line(text: str) -> str:
    """No line breaks, no control or direction characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def write(
    draw: ImageDraw, at: tuple[float, float], text: str, *, size: int, width: float, fill: str, anchor: str
) -> None:
    """Draw `text` no wider than `width`. Letters that no font has are drawn as boxes."""
    from PIL.ImageFont import FreeTypeFont

    line = one_line(text)
    font = _font_for(line, size)
    if not isinstance(font, FreeTypeFont):  # a Pillow without FreeType writes Latin-1 only, in one size
        line = line.encode("latin-1", "replace").decode("latin-1")
        anchor = "la"
    draw.text(at, fit(line, font, width), fill=fill, font=font, anchor=None if anchor == "la" else anchor)


def fit(text: str, font: Placed, width: float) -> str:
    if font.getlength(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if font.getlength(text[:middle].rstrip() + ELLIPSIS) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


def _font_for(text: str, size: int) -> FreeTypeFont | ImageFont:
    default = _default(size)
    letters = {char for char in text if not char.isspace()}
    if not letters or _covers(default, letters):
        return default
    installed = [font for font in (_installed(name, size) for name in FALLBACKS) if font]
    return max([default, *installed], key=lambda font: sum(_has(font, char) for char in letters))


def _covers(font: FreeTypeFont | ImageFont, letters: set[str]) -> bool:
    return all(_has(font, char) for char in letters)


@cache
def _default(size: int) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)


@cache
def _installed(name: str, size: int) -> FreeTypeFont | None:
    from PIL import ImageFont

    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


@lru_cache(maxsize=8192)
def _has(font: FreeTypeFont | ImageFont, char: str) -> bool:
    """A letter that a font lacks is drawn like one that no font can have."""
    from PIL.ImageFont import FreeTypeFont

    if not isinstance(font, FreeTypeFont):
        return ord(char) < 256
    return bytes(font.getmask(char)) != bytes(font.getmask("\U0010ffff"))
