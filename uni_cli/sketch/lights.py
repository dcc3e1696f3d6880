"""Lights in the air: aurora, beams, rainbow, fireflies."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .canvas import BILINEAR, Canvas, glow
from .colour import RGB, mix
from .noise import BICUBIC, fade, profile


def aurora(canvas: Canvas) -> None:
    """Curtains of light with bright lower hems."""
    rng = canvas.stream("aurora")
    width, height = max(8, canvas.width // 6), max(8, canvas.height // 6)
    layer = Image.new("RGB", (width, height))
    choices: tuple[RGB, ...] = ((80, 255, 170), (70, 220, 230), (190, 110, 255), (110, 255, 140))
    for index in range(3):
        colour, upper = rng.choice(choices), rng.choice(((150, 80, 230), (230, 80, 170), (60, 120, 230)))
        curtain = hang(
            rng, (width, height), canvas.horizon / canvas.height * height * (0.5 + 0.16 * index), colour, upper
        )
        layer = ImageChops.screen(layer, curtain)
    soft = layer.filter(ImageFilter.GaussianBlur(max(0.5, width / 260))).resize(canvas.size, BICUBIC)
    canvas.image.paste(ImageChops.screen(canvas.image, soft))


def hang(rng: random.Random, size: tuple[int, int], base: float, low: RGB, high: RGB) -> Image.Image:
    """One curtain, column by column."""
    width, height = size
    path, rays = profile(rng, 128, 0.62), profile(rng, 512, 0.82)
    tall = max(2, round(height * rng.uniform(0.42, 0.6)))
    column = Image.new("RGB", (1, tall))
    for row in range(tall):
        share = row / (tall - 1)
        bright = share**2.2 * min(1.0, (1 - share) * 14)
        tone = mix(high, low, share)
        column.putpixel((0, row), (round(tone[0] * bright), round(tone[1] * bright), round(tone[2] * bright)))
    sheet = Image.new("RGB", size)
    steps = [column.point([round(v * level / 15) for v in range(256)] * 3) for level in range(16)]
    for x in range(width):
        y = base - tall + (path[x * (len(path) - 1) // width] - 0.5) * height * 0.42
        level = min(15, round(15 * (0.25 + 0.75 * rays[x * (len(rays) - 1) // width])))
        sheet.paste(steps[level], (x, round(y)))
    return sheet


def rays(canvas: Canvas, strength: float) -> None:
    """Sunbeams that fan out from the sun over the land."""
    rng = canvas.stream("rays")
    width, height = canvas.small
    layer = Image.new("L", (width, height))
    draw = ImageDraw.Draw(layer)
    x, y = canvas.sun[0] / 4, canvas.sun[1] / 4
    reach = width + height
    for _ in range(14):
        angle, wide = rng.uniform(0.12, math.pi - 0.12), rng.uniform(0.015, 0.06)
        fan = [(x, y), *((x + reach * math.cos(a), y + reach * math.sin(a)) for a in (angle - wide, angle + wide))]
        draw.polygon(fan, fill=rng.randint(70, 220))
    soft = layer.filter(ImageFilter.GaussianBlur(max(0.5, width / 120)))
    fall = (
        Image.radial_gradient("L")
        .point([max(0, 255 - round(v * 1.5)) for v in range(256)])
        .resize((reach * 2, reach * 2), BILINEAR)
    )
    near = fall.crop((round(reach - x), round(reach - y), round(reach - x) + width, round(reach - y) + height))
    mask = fade(ImageChops.multiply(soft, near), strength).resize(canvas.size, BILINEAR)
    canvas.image.paste(mix(canvas.palette.light, (255, 255, 255), 0.2), (0, 0), mask)


def beam(canvas: Canvas, x: float, y: float) -> None:
    """The two arms of a lighthouse's light."""
    width, height = canvas.small
    layer = Image.new("L", (width, height))
    draw = ImageDraw.Draw(layer)
    reach = width * 1.1
    for side, rise, spread in ((1, -0.10, 0.075), (-1, 0.05, 0.075)):
        far = x / 4 + side * reach
        middle = y / 4 + rise * reach
        draw.polygon([(x / 4, y / 4), (far, middle - spread * reach), (far, middle + spread * reach)], fill=200)
    soft = layer.filter(ImageFilter.GaussianBlur(max(0.5, width / 200)))
    fall = Image.radial_gradient("L").point([max(0, 255 - round(v * 1.25)) for v in range(256)])
    size = round(reach * 2)
    near = fall.resize((size, size), BILINEAR).crop(
        (round(reach - x / 4), round(reach - y / 4), round(reach - x / 4) + width, round(reach - y / 4) + height)
    )
    strength = {"night": 0.75, "dusk": 0.6, "dawn": 0.42}.get(canvas.scene.time, 0.0)
    mask = fade(ImageChops.multiply(soft, near), strength).resize(canvas.size, BICUBIC)
    canvas.image.paste((255, 240, 196), (0, 0), mask)


def rainbow(canvas: Canvas) -> None:
    width, height = canvas.small
    layer = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(layer)
    radius, band = width * 0.42, max(1, round(width * 0.007))
    x, y = width - canvas.sun[0] / 4, canvas.horizon / 4 + height * 0.08
    for index, colour in enumerate(
        ((255, 60, 60), (255, 150, 40), (255, 230, 60), (80, 210, 90), (60, 130, 255), (150, 80, 220))
    ):
        r = radius - index * band
        draw.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=band + 1)
    layer.paste((0, 0, 0), (0, round(y), width, height))
    soft = layer.filter(ImageFilter.GaussianBlur(max(0.5, band * 0.7))).point([round(v * 0.42) for v in range(256)] * 3)
    canvas.image.paste(ImageChops.screen(canvas.image, soft.resize(canvas.size, BICUBIC)))


def fireflies(canvas: Canvas) -> None:
    rng = canvas.stream("fireflies")
    for _ in range(46):
        at = (rng.random() * canvas.width, canvas.height * rng.uniform(0.45, 0.97))
        size = canvas.unit * rng.uniform(0.5, 1.6)
        glow(canvas, at, size * 2.2, (255, 220, 110), 0.8)
        glow(canvas, at, size * 0.5, (255, 255, 220), 1.0)


def lanterns(canvas: Canvas) -> None:
    """A sky full of small floating lights."""
    rng = canvas.stream("lanterns")
    for _ in range(30):
        far = rng.random()
        at = (rng.random() * canvas.width, canvas.horizon * rng.uniform(0.05, 0.9))
        glow(canvas, at, canvas.unit * (1.0 + 2.4 * far), (255, 160, 80), 0.85)
        glow(canvas, at, canvas.unit * (0.3 + 0.6 * far), (255, 236, 180), 1.0)
