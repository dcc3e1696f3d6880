"""Rain, snow, mist and lightning, over any picture."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .canvas import BILINEAR
from .colour import RGB
from .noise import BICUBIC, Size, clouds, contrast, fade


def typical(size: Size) -> float:
    """A hundredth of a picture's typical edge."""
    return min(math.sqrt(size[0] * size[1]), 1.6 * min(size)) / 100


def rain(image: Image.Image, rng: random.Random, colour: RGB, *, strength: float = 0.4) -> None:
    """Two depths of slanting streaks."""
    unit = typical(image.size)
    for share, count, long in ((2, 520, 5.0), (1, 130, 10.0)):
        size = (max(1, image.width // share), max(1, image.height // share))
        sheet = Image.new("L", size)
        draw = ImageDraw.Draw(sheet)
        for _ in range(count):
            x, y, tone = rng.uniform(-0.1, 1.1) * size[0], rng.uniform(-0.1, 1) * size[1], rng.randint(50, 190)
            reach = long * unit / share * rng.uniform(0.6, 1.3)
            draw.line((x, y, x - reach * 0.16, y + reach), fill=tone, width=max(1, round(unit * 0.09 / share)))
        image.paste(colour, (0, 0), fade(sheet.resize(image.size, BILINEAR), strength))


def snow(image: Image.Image, rng: random.Random, colour: RGB = (250, 252, 255), *, dense: float = 1.0) -> None:
    """Flakes near and far, the near ones out of focus."""
    unit = typical(image.size)
    for share, count, big, blur in ((2, 460, 0.22, 0.0), (4, 150, 0.5, 0.5), (8, 26, 1.2, 1.0)):
        share = max(1, min(share, round(unit / 2)))
        size = (max(1, image.width // share), max(1, image.height // share))
        sheet = Image.new("L", size)
        draw = ImageDraw.Draw(sheet)
        for _ in range(round(count * dense)):
            x, y = rng.random() * size[0], rng.random() * size[1]
            radius = max(0.4, unit * big / share * rng.uniform(0.35, 1.0))
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=rng.randint(110, 240))
        if blur:
            sheet = sheet.filter(ImageFilter.GaussianBlur(max(0.3, unit * blur / share * 0.35)))
        image.paste(colour, (0, 0), fade(sheet.resize(image.size, BICUBIC), 0.85))


def mist(image: Image.Image, rng: random.Random, colour: RGB, horizon: float, *, strength: float = 0.75) -> None:
    """Drifting banks, thickest about the horizon."""
    size = (max(2, image.width // 8), max(2, image.height // 8))
    field = contrast(clouds(rng, size, (3.0 * size[0] / size[1], 5), octaves=4), 60, 190)
    column = Image.new("L", (1, 64))
    for row in range(64):
        away = (row / 63 - horizon) / (0.30 if row / 63 < horizon else 0.42)
        column.putpixel((0, row), round(255 * strength * math.exp(-away * away)))
    bank = column.resize(size, BICUBIC)
    mask = Image.blend(ImageChops.multiply(field, bank), bank, 0.45)
    image.paste(colour, (0, 0), mask.resize(image.size, BICUBIC))


def bolt(image: Image.Image, rng: random.Random, x: float, bottom: float) -> None:
    """One stroke of lightning with its glow."""
    unit = typical(image.size)
    path = [(x, 0.0)]
    while path[-1][1] < bottom:
        path.append((path[-1][0] + rng.uniform(-3, 3) * unit, path[-1][1] + rng.uniform(1.5, 4) * unit))
    size = (max(1, image.width // 4), max(1, image.height // 4))
    halo = Image.new("L", size)
    ImageDraw.Draw(halo).line([(a / 4, b / 4) for a, b in path], fill=255, width=max(1, round(unit * 0.4)))
    halo = fade(halo.filter(ImageFilter.GaussianBlur(max(0.5, unit * 0.9))), 0.9).resize(image.size, BICUBIC)
    image.paste((190, 200, 255), (0, 0), halo)
    draw = ImageDraw.Draw(image)
    draw.line(path, fill=(250, 250, 255), width=max(1, round(unit * 0.3)), joint="curve")
    for index in range(2, len(path) - 2, 3):
        a, b = path[index]
        twig = [(a, b), (a + rng.uniform(-5, 5) * unit, b + 3 * unit), (a + rng.uniform(-8, 8) * unit, b + 6 * unit)]
        draw.line(twig, fill=(226, 230, 255), width=max(1, round(unit * 0.14)))
