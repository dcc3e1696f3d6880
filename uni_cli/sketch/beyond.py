"""Where no one walks: deep space and deep water."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from . import stage
from .canvas import BILINEAR, Canvas, cut, glow, gradient, lay
from .colour import RGB, mix, saturate, scale, turn
from .land import hill
from .noise import BICUBIC, clouds, contrast, fade
from .palette import Palette
from .shapes import Point, circle, ridge, smooth

VOID: tuple[RGB, ...] = ((6, 7, 20), (12, 12, 36), (22, 16, 52))
PLANETS: tuple[RGB, ...] = (
    (216, 150, 96),
    (96, 140, 190),
    (196, 104, 92),
    (150, 130, 190),
    (120, 170, 150),
    (226, 196, 140),
)


def paint_space(canvas: Canvas) -> None:
    rng = canvas.stream("space")
    soft = gradient(canvas.small, VOID)
    tint = (
        canvas.scene.colours[0]
        if canvas.scene.colours
        else rng.choice(((150, 60, 160), (40, 110, 170), (180, 70, 90), (50, 130, 130)))
    )
    for index, colour in enumerate((tint, turn(tint, 50), turn(tint, -70))):
        field = clouds(rng, soft.size, (3.0 * soft.width / soft.height, 3), octaves=6, gain=0.6)
        band = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(soft.size)
        mask = ImageChops.multiply(contrast(field, 112, 220), contrast(band, 0, 220))
        light = Image.new("RGB", soft.size)
        light.paste(saturate(scale(colour, 1.0 - 0.2 * index), 1.2), (0, 0), fade(mask, 0.9))
        soft = ImageChops.screen(soft, light)
    canvas.image.paste(soft.resize(canvas.size, BICUBIC))
    stars(canvas, rng)
    limb(canvas, rng)
    worlds(canvas, rng)
    canvas.horizon = canvas.height * 0.82
    stage.fly(canvas, bottom=0.9)
    stage.remains(canvas, [(0, canvas.height * 0.8), (canvas.width, canvas.height * 0.8)])


def stars(canvas: Canvas, rng: random.Random) -> None:
    draw = ImageDraw.Draw(canvas.image)
    for _ in range(900):
        x, y, size = (
            rng.random() * canvas.width,
            rng.random() * canvas.height,
            canvas.unit * (0.03 + 0.11 * rng.random() ** 6),
        )
        bright = round(90 + 165 * rng.random())
        draw.ellipse((x - size, y - size, x + size, y + size), fill=(bright, bright, min(255, bright + 14)))
    for _ in range(9):
        at = (rng.random() * canvas.width, rng.random() * canvas.height * 0.75)
        glow(canvas, at, canvas.unit * rng.uniform(1.5, 4), rng.choice(((180, 210, 255), (255, 226, 190))), 0.8)


def limb(canvas: Canvas, rng: random.Random) -> None:
    """The bright edge of a large world below."""
    radius = max(canvas.size) * 1.3
    middle = canvas.width * (0.25 if canvas.focus > canvas.width / 2 else 0.75)
    centre = (middle, canvas.height * 0.86 + radius)
    colour = rng.choice(PLANETS)
    halo = cut(canvas, [circle(centre, radius + canvas.unit * 2.4, steps=600)])
    if halo is not None:
        canvas.image.paste(mix(colour, (255, 255, 255), 0.5), (halo.left, halo.top), fade(halo.mask, 0.22))
    canvas.palette = dim(canvas)
    lay(
        canvas,
        cut(canvas, [circle(centre, radius, steps=600)]),
        mix(colour, (255, 255, 255), 0.45),
        scale(colour, 0.16),
        rim=0.8,
        rough=0.5,
    )


def dim(canvas: Canvas) -> Palette:
    """The light of space: one white sun, no air."""
    return replace(canvas.palette, haze=(60, 60, 96), deep=(8, 8, 24), light=(255, 250, 240), ambient=(210, 210, 230))


def worlds(canvas: Canvas, rng: random.Random) -> None:
    wanted = next((subject.count for subject in canvas.scene.subjects if subject.name == "planet"), rng.choice((1, 2)))
    for index in range(max(1, min(4, wanted))):
        radius = canvas.unit * (13 if index == 0 else rng.uniform(3, 6))
        x = canvas.width - canvas.focus if index == 0 else canvas.width * rng.uniform(0.08, 0.92)
        colour = next((s.colour for s in canvas.scene.subjects if s.name == "planet" and s.colour), None) or rng.choice(
            PLANETS
        )
        world(
            canvas,
            rng,
            (x, canvas.height * (0.3 if index == 0 else rng.uniform(0.1, 0.5))),
            radius,
            colour,
            ring=index == 0,
        )


def world(canvas: Canvas, rng: random.Random, centre: Point, radius: float, colour: RGB, *, ring: bool) -> None:
    """A banded globe, lit from the left, perhaps with a ring."""
    edge = max(4, round(radius * 2))
    bands = clouds(rng, (edge, edge), (2, 9), octaves=4)
    ball = Image.new("RGB", (edge, edge), colour)
    ball.paste(mix(colour, (255, 244, 224), 0.6), (0, 0), fade(contrast(bands, 130, 190), 0.8))
    ball.paste(scale(colour, 0.6), (0, 0), fade(contrast(bands, 120, 70), 0.7))
    light = Image.radial_gradient("L").resize((edge * 2, edge * 2), BICUBIC)
    side = 0.62 if canvas.sun[0] < centre[0] else 0.38
    origin = (round(edge * side), round(edge * 0.66))
    shade = light.crop((*origin, origin[0] + edge, origin[1] + edge))
    ball.paste((6, 6, 20), (0, 0), contrast(shade, 52, 150))
    mask = Image.new("L", (edge * 3, edge * 3))
    ImageDraw.Draw(mask).ellipse((0, 0, edge * 3 - 1, edge * 3 - 1), fill=255)
    if ring:
        hoop(canvas, centre, radius, colour, front=False)
    canvas.image.paste(ball, (round(centre[0] - edge / 2), round(centre[1] - edge / 2)), mask.reduce(3))
    if ring:
        hoop(canvas, centre, radius, colour, front=True)


def hoop(canvas: Canvas, centre: Point, radius: float, colour: RGB, *, front: bool) -> None:
    """Half of a ring, tilted: the part behind the globe or the part before it."""
    start = 0.0 if front else math.pi
    for inner, outer, strength in ((1.35, 1.55, 0.75), (1.6, 1.95, 0.55), (2.0, 2.1, 0.35)):
        arc = [start + math.pi * step / 48 for step in range(49)]
        path = [*((a, outer) for a in arc), *((a, inner) for a in reversed(arc))]
        points = [
            tilt(centre, radius * far * math.cos(angle), radius * far * 0.24 * math.sin(angle)) for angle, far in path
        ]
        part = cut(canvas, [points])
        if part is not None:
            canvas.image.paste(mix(colour, (255, 246, 230), 0.5), (part.left, part.top), fade(part.mask, strength))


def tilt(centre: Point, x: float, y: float) -> Point:
    return centre[0] + x * 0.95 - y * 0.31, centre[1] + x * 0.31 + y * 0.95


def paint_deep(canvas: Canvas) -> None:
    """Under the surface: shafts of light, a floor of rock and weed."""
    rng = canvas.stream("deep")
    night = canvas.scene.time in ("night", "dusk")
    top, mid, low = (
        ((40, 96, 140), (12, 48, 92), (4, 14, 40)) if night else ((126, 210, 214), (30, 120, 160), (6, 34, 74))
    )
    if canvas.scene.colours:
        top, mid, low = (
            mix(c, scale(canvas.scene.colours[0], f), 0.45) for c, f in ((top, 1.2), (mid, 0.7), (low, 0.25))
        )
    soft = gradient(canvas.small, (top, mid, low, low))
    canvas.image.paste(soft.resize(canvas.size, BICUBIC))
    canvas.palette = replace(
        canvas.palette,
        sky=(low, mid, mid, top),
        haze=mix(mid, top, 0.25),
        deep=scale(low, 0.7),
        light=mix(top, (255, 255, 240), 0.5),
        ambient=mix(top, (230, 240, 240), 0.5),
    )
    shafts(canvas, rng, canvas.palette.light, 0.4)
    for index in range(3):
        line = ridge(
            rng,
            canvas.size,
            canvas.height * (0.86 + 0.07 * index),
            canvas.unit * (14 - 3 * index),
            roughness=0.5,
            count=128,
        )
        hill(canvas, line, 0.3 + 0.3 * index)
        weeds(canvas, rng, line, 0.35 + 0.3 * index)
        if index == 0:
            shoal(canvas, rng)
            canvas.horizon = canvas.height * 0.78
            stage.fly(canvas, size=1.2, bottom=0.95)
    stage.remains(canvas, [(0, canvas.height * 0.94), (canvas.width, canvas.height * 0.94)])
    bubbles(canvas, rng)


def shafts(canvas: Canvas, rng: random.Random, colour: RGB, strength: float) -> None:
    """Beams that fan out from the light above."""
    width, height = canvas.small
    layer = Image.new("L", (width, height))
    draw = ImageDraw.Draw(layer)
    source = (canvas.sun[0] / 4, -height * 0.5)
    for _ in range(11):
        aim = rng.uniform(-0.4, 1.4) * width
        wide = rng.uniform(0.01, 0.06) * width
        tone = rng.randint(60, 200)
        draw.polygon([source, (aim - wide, height * 1.2), (aim + wide, height * 1.2)], fill=tone)
    soft = layer.filter(ImageFilter.GaussianBlur(max(0.5, width / 130)))
    fall = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((width, height))
    mask = fade(ImageChops.multiply(soft, fall), strength).resize(canvas.size, BILINEAR)
    canvas.image.paste(colour, (0, 0), mask)


def weeds(canvas: Canvas, rng: random.Random, line: list[Point], depth: float) -> None:
    """Kelp and coral on the floor."""
    shapes: list[list[Point]] = []
    for _ in range(26):
        x, y = rng.choice(line)
        tall, sway = canvas.unit * rng.uniform(4, 16) * depth * 1.4, canvas.unit * rng.uniform(-2, 2)
        left = smooth(
            [
                (x - canvas.unit * 0.5, y + canvas.unit),
                (x + sway - canvas.unit * 0.4, y - tall * 0.5),
                (x - sway * 0.4, y - tall),
            ],
            3,
        )
        right = smooth(
            [
                (x - sway * 0.4, y - tall),
                (x + sway + canvas.unit * 0.4, y - tall * 0.5),
                (x + canvas.unit * 0.5, y + canvas.unit),
            ],
            3,
        )
        shapes.append([*left, *right])
    colour = canvas.palette.land(depth, rng.choice(((60, 120, 96), (190, 90, 100), (90, 110, 130))))
    lay(canvas, cut(canvas, shapes), mix(colour, canvas.palette.light, 0.15), colour, lift=0.3, rim=0.2, rough=0.0)


def shoal(canvas: Canvas, rng: random.Random) -> None:
    """A school of little fish."""
    middle = (canvas.width - canvas.focus, canvas.height * rng.uniform(0.3, 0.55))
    shapes: list[list[Point]] = []
    for _ in range(46):
        angle, out = rng.random() * math.tau, rng.random() ** 0.6
        x, y = middle[0] + math.cos(angle) * out * canvas.unit * 22, middle[1] + math.sin(angle) * out * canvas.unit * 8
        s = canvas.unit * rng.uniform(0.7, 1.3)
        shapes.append(
            [
                (x - s, y),
                (x - s * 0.3, y - s * 0.3),
                (x + s * 0.5, y),
                (x + s, y - s * 0.3),
                (x + s, y + s * 0.3),
                (x + s * 0.5, y),
                (x - s * 0.3, y + s * 0.3),
            ]
        )
    colour = mix(canvas.palette.haze, canvas.palette.deep, 0.35)
    lay(canvas, cut(canvas, shapes), colour, colour, lift=0.2, rim=0.0, rough=0.0)


def bubbles(canvas: Canvas, rng: random.Random) -> None:
    for _ in range(34):
        at = (rng.random() * canvas.width, rng.random() * canvas.height)
        disc = cut(canvas, [circle(at, canvas.unit * rng.uniform(0.12, 0.6), steps=24)])
        if disc is not None:
            canvas.image.paste(canvas.palette.light, (disc.left, disc.top), fade(disc.mask, rng.uniform(0.15, 0.5)))
