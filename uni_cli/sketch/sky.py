"""Everything above the horizon: light, clouds, sun, moon, stars."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw

from .canvas import Canvas, Cut, cut, glow, gradient, lay
from .colour import RGB, mix, scale
from .lights import aurora, rainbow
from .noise import BICUBIC, clouds, contrast, fade
from .shapes import Point, circle

CLOUDINESS = {"clear": 0.25, "clouds": 0.8, "rain": 1.0, "storm": 1.15, "snow": 0.7, "fog": 0.35}


def paint_sky(canvas: Canvas) -> None:
    soft = gradient(canvas.small, canvas.palette.sky)
    reach = canvas.horizon / canvas.height
    top = gradient((canvas.small[0], max(1, round(canvas.small[1] * reach))), canvas.palette.sky)
    soft.paste(canvas.palette.haze, (0, 0, *canvas.small))
    soft.paste(top, (0, 0))
    shine(canvas, soft)
    drift(canvas, soft)
    canvas.image.paste(soft.resize(canvas.size, BICUBIC))
    if canvas.scene.time in ("night", "dusk") and canvas.scene.weather in ("clear", "clouds"):
        sprinkle_stars(canvas, 420 if canvas.scene.time == "night" else 90)
    if canvas.scene.has("aurora"):
        aurora(canvas)
    paint_light(canvas)
    if "rainbow" in canvas.scene.details:
        rainbow(canvas)
    pile_clouds(canvas)
    flock(canvas)


def shine(canvas: Canvas, soft: Image.Image) -> None:
    """The wide brightness of the air around the sun."""
    width, height = soft.size
    reach = max(width, height)
    disc = Image.radial_gradient("L").point([round(255 * max(0.0, 1 - v / 180) ** 1.6) for v in range(256)])
    disc = fade(disc, {"night": 0.3, "day": 0.45}.get(canvas.scene.time, 0.6)).resize((2 * reach, 2 * reach), BICUBIC)
    soft.paste(canvas.palette.light, (round(canvas.sun[0] / 4) - reach, round(canvas.sun[1] / 4) - reach), disc)


def drift(canvas: Canvas, soft: Image.Image) -> None:
    """High thin cloud; under bad weather a heavy ceiling."""
    if canvas.paper:
        return
    amount = CLOUDINESS[canvas.scene.weather]
    width, height = soft.size
    rng = canvas.stream("drift")
    field = clouds(rng, (width, height), (1.6 * width / height, 9), octaves=5, gain=0.5)
    heavy = canvas.scene.weather in ("storm", "rain", "snow")
    low = 150 - 40 * amount + rng.uniform(-6, 6)
    mask = fade(contrast(field, low, low + 80), 0.8 if heavy else 0.42)
    fall = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((width, height))
    mask = ImageChops.multiply(mask, contrast(fall, 70, 200))
    bright = mix(canvas.palette.haze, canvas.palette.light, 0.5)
    dark = scale(mix(canvas.palette.sky[0], canvas.palette.sky[1], 0.5), 0.7 if heavy else 1.0)
    soft.paste(dark if heavy else bright, (0, 0), mask)


def pile_clouds(canvas: Canvas) -> None:
    """Heaped clouds with lit heads that dissolve towards their foot."""
    amount = CLOUDINESS[canvas.scene.weather]
    rng = canvas.stream("clouds")
    if canvas.scene.weather == "fog" or (canvas.scene.time == "night" and amount < 0.5):
        return
    count = round((2.5 + 7 * amount) * max(0.6, canvas.width / canvas.height / 1.8))
    for index in range(count):
        share = (index + rng.random()) / count
        y = canvas.horizon * (0.22 + 0.66 * share)
        size = canvas.unit * (13 - 8 * share) * rng.uniform(0.7, 1.2)
        x = canvas.width * rng.uniform(-0.05, 1.05)
        hides_sun = (
            abs(x - canvas.sun[0]) < size * 2 + canvas.unit * 4 and abs(y - canvas.sun[1]) < size + canvas.unit * 3
        )
        if not hides_sun:
            heap(canvas, rng, (x, y), size, share)


def heap(canvas: Canvas, rng: random.Random, foot: Point, size: float, share: float) -> None:
    puffs: list[tuple[Point, float]] = []
    long = size * rng.uniform(1.2, 1.9)
    count = 13
    for index in range(count):
        along = math.sin(math.pi * ((index + rng.uniform(-0.2, 0.2)) / (count - 1) - 0.5))
        radius = size * (0.24 + 0.4 * (1 - along * along)) * rng.uniform(0.65, 1.1)
        puffs.append(((foot[0] + along * long, foot[1] - radius * 0.62), radius))
    body = cut(canvas, [flat(circle(centre, radius, steps=48), foot[1]) for centre, radius in puffs])
    if body is None:
        return
    haze = mix(canvas.palette.haze, canvas.palette.sky[1], 0.5 * (1 - share))
    shade = scale(haze, 0.72) if canvas.scene.weather in ("storm", "rain") else mix(haze, canvas.palette.sky[0], 0.16)
    bright = mix(
        mix(canvas.palette.haze, canvas.palette.light, 0.7),
        (255, 255, 255),
        0.0 if canvas.scene.time == "night" else 0.25,
    )
    if canvas.scene.weather in ("storm", "rain"):
        bright = mix(bright, shade, 0.65)
    if canvas.paper:
        lay(canvas, body, bright, mix(bright, haze, 0.7), lift=0.6)
        return
    dissolve(canvas, body, shade, 0.8 - 0.35 * share)
    side = canvas.unit * (0.5 if canvas.sun[0] > foot[0] else -0.5)
    heads = [circle((x + side, y - radius * 0.3), radius * 0.74, steps=36) for (x, y), radius in puffs]
    lit = cut(canvas, heads)
    if lit is not None:
        dissolve(canvas, lit, bright, 0.85 - 0.35 * share)


def flat(outline: list[Point], floor: float) -> list[Point]:
    """The outline with its foot cut straight."""
    return [(x, min(y, floor)) for x, y in outline]


def flock(canvas: Canvas) -> None:
    """Far birds, a few strokes each."""
    rng = canvas.stream("flock")
    if canvas.scene.time == "night" or canvas.scene.weather in ("storm", "rain", "snow") or rng.random() < 0.3:
        return
    middle = (canvas.width * rng.uniform(0.25, 0.75), canvas.horizon * rng.uniform(0.25, 0.6))
    wings: list[list[Point]] = []
    for _ in range(rng.randint(4, 9)):
        x, y = middle[0] + rng.gauss(0, 7) * canvas.unit, middle[1] + rng.gauss(0, 3) * canvas.unit
        span, rise = canvas.unit * rng.uniform(0.6, 1.3), rng.uniform(-0.05, 0.15)
        for side in (-1, 1):
            tip = (x + side * span, y - span * rise)
            knee = (x + side * span * 0.45, y - span * (rise + 0.25))
            wings.append(
                [
                    (x, y + span * 0.08),
                    knee,
                    tip,
                    (x + side * span * 0.45, y - span * (rise + 0.06)),
                    (x, y + span * 0.2),
                ]
            )
    shape = cut(canvas, wings)
    if shape is not None:
        canvas.image.paste(mix(canvas.palette.deep, canvas.palette.sky[1], 0.35), (shape.left, shape.top), shape.mask)


def dissolve(canvas: Canvas, shape: Cut, colour: RGB, strength: float) -> None:
    """The shape, strong at its top and nothing at its foot."""
    fall = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(shape.mask.size)
    mask = ImageChops.multiply(shape.mask, contrast(fall, 10, 200))
    canvas.image.paste(colour, (shape.left, shape.top), fade(mask, strength))


def sprinkle_stars(canvas: Canvas, count: int) -> None:
    rng = canvas.stream("stars")
    draw = ImageDraw.Draw(canvas.image)
    for _ in range(count):
        x, y = rng.random() * canvas.width, rng.random() ** 1.4 * canvas.horizon
        size = canvas.unit * (0.03 + 0.09 * rng.random() ** 4)
        under = canvas.image.crop((int(x), int(y), int(x) + 1, int(y) + 1)).tobytes()
        bright = rng.uniform(0.25, 1) * (1 - y / canvas.horizon * 0.6)
        colour = mix((under[0], under[1], under[2]), (255, 250, 240), bright)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=colour)


def paint_light(canvas: Canvas) -> None:
    """Sun or moon with its halo."""
    if canvas.scene.weather in ("storm", "rain", "snow"):
        return
    night = canvas.scene.time == "night"
    radius = canvas.unit * {"night": 4.2, "day": 3.8}.get(canvas.scene.time, 5.0)
    colour = mix(canvas.palette.light, (255, 255, 255), 0.6)
    if canvas.paper:
        paint_rings(canvas, radius)
    else:
        glow(canvas, canvas.sun, radius * 6, canvas.palette.light, 0.5)
    disc = cut(canvas, [circle(canvas.sun, radius)])
    if disc is not None:
        canvas.image.paste(colour, (disc.left, disc.top), disc.mask)
        if night:
            shade_moon(canvas, disc)


def shade_moon(canvas: Canvas, disc: Cut) -> None:
    spots = contrast(clouds(canvas.stream("moon"), disc.mask.size, (5, 5)), 120, 190)
    spots = fade(ImageChops.multiply(spots, disc.mask), 0.35)
    canvas.image.paste(mix(canvas.palette.sky[-1], canvas.palette.light, 0.3), (disc.left, disc.top), spots)


def paint_rings(canvas: Canvas, radius: float) -> None:
    """Discs of paper around the sun, each a little brighter."""
    for index in range(5, 0, -1):
        share = index / 6
        colour = mix(canvas.palette.light, canvas.palette.sky[1], share)
        ring = cut(canvas, [circle(canvas.sun, radius * (1 + index * 1.25))])
        lay(canvas, ring, mix(colour, canvas.palette.sky[0], 0.12 * share), colour, lift=0.8)
