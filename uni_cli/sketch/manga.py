"""Ink and screentone from a painted picture."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from .noise import BICUBIC, contrast, tile
from .weather import typical


def ink(image: Image.Image) -> Image.Image:
    """Black lines, flat tones of dots, white paper."""
    unit = typical(image.size)
    grey = ImageOps.autocontrast(image.convert("L"), cutoff=(2, 8)).point(
        [round(255 * (v / 255) ** 0.8) for v in range(256)]
    )
    lines = contour(grey, image, unit)
    page = ImageChops.multiply(screen(grey, unit), lines)
    border(page, unit)
    return Image.merge("RGB", (page, page, page))


def contour(grey: Image.Image, image: Image.Image, unit: float) -> Image.Image:
    """Outlines of everything, thick where the contrast is strong."""
    half = (max(1, image.width // 2), max(1, image.height // 2))
    ink_lines = Image.new("L", half, 255)
    for channel in (grey, image.getchannel("R"), image.getchannel("B")):
        small = channel.resize(half, Image.Resampling.BOX)
        near = small.filter(ImageFilter.BoxBlur(max(0.4, unit * 0.06)))
        wide = small.filter(ImageFilter.BoxBlur(max(0.9, unit * 0.16)))
        edge = ImageChops.subtract(near, wide, 1, 128)
        ink_lines = ImageChops.darker(ink_lines, edge)
    return contrast(ink_lines.resize(image.size, BICUBIC), 117, 124)


def screen(grey: Image.Image, unit: float) -> Image.Image:
    """Four tones: black, dense dots, light dots, paper."""
    small = grey.resize((max(1, grey.width // 3), max(1, grey.height // 3)), Image.Resampling.BOX)
    calm = small.filter(ImageFilter.BoxBlur(max(0.4, unit * 0.1)))
    tones = calm.point([0 if v < 34 else 96 if v < 92 else 182 if v < 158 else 255 for v in range(256)])
    tones = tones.resize(grey.size, BICUBIC)
    dots = tile(cell(max(4, round(unit * 0.42))), grey.size)
    return ImageChops.subtract(tones, dots, 0.12, 128)


def cell(edge: int) -> Image.Image:
    """Thresholds of one screentone cell, dots at 45 degrees."""
    patch = Image.new("L", (edge, edge))
    for y in range(edge):
        for x in range(edge):
            a, b = math.tau * (x + 0.5) / edge, math.tau * (y + 0.5) / edge
            patch.putpixel((x, y), round(127 - 118 * math.cos(a) * math.cos(b)))
    return patch


def border(page: Image.Image, unit: float) -> None:
    """The white margin and black frame of a panel."""
    width, height = page.size
    margin, stroke = max(1, round(unit * 1.6)), max(1, round(unit * 0.28))
    if min(width, height) < 8 * margin:
        return
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, width - 1, height - 1), outline=255, width=margin)
    draw.rectangle((margin, margin, width - 1 - margin, height - 1 - margin), outline=0, width=stroke)
