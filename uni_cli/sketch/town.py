"""The city: skylines behind each other, windows, signs, and their mirror in the wet."""

from __future__ import annotations

import random

from PIL import ImageDraw

from . import stage
from .canvas import Canvas, cut, glow, lay, veil
from .colour import RGB, mix
from .pen import WARM
from .shapes import Point, close
from .water import float_all, surface, wave

NEON: tuple[RGB, ...] = ((255, 70, 160), (60, 220, 240), (255, 170, 60), (150, 100, 255), (90, 250, 170))


def paint_city(canvas: Canvas) -> None:
    rng = canvas.stream("city")
    unit = canvas.unit
    quay = canvas.horizon + (canvas.height - canvas.horizon) * 0.22
    for index, (tall, wide, depth) in enumerate(((34, 4.5, 0.2), (27, 6.5, 0.42), (18, 9, 0.7))):
        skyline(canvas, rng, quay, tall * unit, wide * unit, depth)
        veil(canvas, quay - unit * 16, quay + unit * 4, canvas.palette.haze, 0.42 - 0.12 * index)
        if index == 0:
            stage.fly(canvas, bottom=0.5)
    canvas.horizon = quay
    if canvas.paper:
        sheets(canvas, rng, quay)
    else:
        surface(canvas, rng, calm=0.95)
    float_all(canvas, rng)
    ledge(canvas, rng)


def sheets(canvas: Canvas, rng: random.Random, top: float) -> None:
    """The river, cut from five sheets."""
    deep = mix(canvas.palette.deep, canvas.palette.sky[1], 0.35)
    for index in range(5):
        share = index / 4
        base = top + (canvas.height - top) * (0.03 + 0.7 * share)
        colour = mix(mix(canvas.palette.haze, canvas.palette.sky[1], 0.6), deep, share)
        crest = wave(canvas, rng, base, (0.6 + 0.8 * share) * canvas.unit, (12 + 14 * share) * canvas.unit)
        sheet = cut(canvas, [close(crest, canvas.height + 2)])
        lay(canvas, sheet, mix(colour, canvas.palette.light, 0.14), mix(colour, deep, 0.4))


def lights_on(canvas: Canvas) -> bool:
    return canvas.scene.time in ("night", "dusk", "dawn") or canvas.scene.weather in ("rain", "storm")


def box(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def skyline(canvas: Canvas, rng: random.Random, foot: float, tall: float, wide: float, depth: float) -> None:
    """One row of buildings with their windows."""
    blocks: list[tuple[float, float, float]] = []
    x = -wide * rng.random()
    while x < canvas.width:
        breadth = wide * rng.uniform(0.6, 1.35)
        bulge = 1 - 0.5 * abs((x + breadth / 2) / canvas.width - canvas.focus / canvas.width)
        blocks.append((x, breadth, tall * rng.uniform(0.4, 1.0) * bulge))
        x += breadth + (wide * rng.uniform(0.0, 0.25) if rng.random() < 0.4 else 0)
    shapes: list[list[Point]] = []
    for left, breadth, high in blocks:
        shapes += roof(rng, left, foot - high, breadth, canvas.unit)
        shapes.append(box(left, foot - high, left + breadth, foot + 3))
    wall = canvas.palette.land(depth, mix((92, 96, 118), canvas.palette.sky[1], 0.3))
    near = mix(wall, canvas.palette.deep, 0.3 * depth)
    lay(canvas, cut(canvas, shapes), near, mix(near, canvas.palette.haze, 0.4 * (1 - depth)), rim=0.25, rough=0.1)
    for block in blocks:
        panes(canvas, rng, block, foot, depth)
        if (
            depth > 0.3
            and ("neon" in canvas.scene.details or canvas.scene.time == "night")
            and rng.random() < 0.5 * depth + 0.1
        ):
            sign(canvas, rng, block, foot)


def roof(rng: random.Random, left: float, top: float, wide: float, unit: float) -> list[list[Point]]:
    middle = left + wide / 2
    match rng.randrange(5):
        case 0:
            return [[(left, top + 2), (middle, top - wide * 0.5), (left + wide, top + 2)]]
        case 1:
            return [
                box(left + wide * 0.2, top - unit * 2, left + wide * 0.8, top + 2),
                box(middle - unit * 0.1, top - unit * 6, middle + unit * 0.1, top),
            ]
        case 2:
            return [
                box(left + wide * 0.1, top - unit * 1.2, left + wide * 0.4, top + 2),
                box(left + wide * 0.7, top - unit * 0.8, left + wide * 0.8, top + 2),
            ]
        case 3:
            return [
                [(left, top + 2), (left, top - unit * 1.5), (left + wide, top - unit * 4.5), (left + wide, top + 2)]
            ]
        case _:
            return []


def panes(canvas: Canvas, rng: random.Random, block: tuple[float, float, float], foot: float, depth: float) -> None:
    """Rows of windows, some of them lit."""
    left, wide, high = block
    unit = canvas.unit * (0.55 + 0.6 * depth)
    draw = ImageDraw.Draw(canvas.image)
    share = 0.42 if lights_on(canvas) else 0.0
    dim = canvas.palette.land(depth, (60, 70, 96))
    step_x, step_y = unit * 1.25, unit * 1.7
    columns = int((wide - unit * 0.8) / step_x)
    if columns < 1:
        return
    margin = (wide - columns * step_x) / 2 + step_x * 0.2
    tone = mix(
        mix(WARM, rng.choice(((255, 240, 210), (255, 180, 110), (200, 226, 255))), 0.5),
        canvas.palette.haze,
        0.35 * (1 - depth),
    )
    y = foot - high + unit * 1.4
    while y < foot - unit * 1.5:
        floor_dark = rng.random() < 0.15
        for column in range(columns):
            lit = not floor_dark and rng.random() < share
            x = left + margin + column * step_x
            colour = mix(dim, tone, rng.uniform(0.55, 1.0)) if lit else dim
            draw.rectangle((x, y, x + unit * 0.62, y + unit * 0.95), fill=colour)
        y += step_y


def sign(canvas: Canvas, rng: random.Random, block: tuple[float, float, float], foot: float) -> None:
    """A glowing sign on a wall."""
    left, wide, high = block
    colour = rng.choice(NEON) if "neon" in canvas.scene.details else rng.choice(((255, 150, 90), (120, 200, 240)))
    unit = canvas.unit
    x = left + wide * rng.uniform(0.15, 0.7)
    y = foot - high * rng.uniform(0.45, 0.9)
    tall, broad = (
        (unit * rng.uniform(3, 7), unit * 0.9) if rng.random() < 0.7 else (unit * 1.1, unit * rng.uniform(2.5, 5))
    )
    glow(canvas, (x + broad / 2, y + tall / 2), max(tall, broad) * 2.2, colour, 0.6)
    shape = cut(canvas, [box(x, y, x + broad, y + tall)])
    if shape is not None:
        canvas.image.paste(mix(colour, (255, 255, 255), 0.25), (shape.left, shape.top), shape.mask)
    draw = ImageDraw.Draw(canvas.image)
    strokes = int(max(tall, broad) / (unit * 1.1))
    for index in range(strokes):
        at = unit * (0.3 + 1.1 * index)
        dot = (
            (x + unit * 0.25, y + at, x + broad - unit * 0.25, y + at + unit * 0.5)
            if tall > broad
            else (x + at, y + unit * 0.3, x + at + unit * 0.5, y + tall - unit * 0.3)
        )
        draw.rectangle(dot, fill=mix(colour, canvas.palette.deep, 0.75))


def ledge(canvas: Canvas, rng: random.Random) -> None:
    """The near bank with a railing or lamps, and whoever stands there."""
    unit = canvas.unit
    top = canvas.height - unit * 7
    stone = mix(canvas.palette.land(1.0, (96, 92, 104)), canvas.palette.deep, 0.45)
    lay(
        canvas,
        cut(canvas, [box(-4, top, canvas.width + 4, canvas.height + 4)]),
        mix(stone, canvas.palette.light, 0.14),
        stone,
        rim=0.4,
        rough=0.3,
    )
    lamp_x = canvas.width - canvas.focus + unit * rng.uniform(-6, 6)
    lamp_post(canvas, lamp_x, top + unit)
    line = [(0.0, top + unit * 3.2), (float(canvas.width), top + unit * 3.2)]
    stage.stand(canvas, line, size=0.95)


def lamp_post(canvas: Canvas, x: float, foot: float) -> None:
    unit = canvas.unit
    tall = unit * 21
    iron = mix(canvas.palette.deep, (30, 28, 36), 0.5)
    post = [
        box(x - unit * 0.22, foot - tall, x + unit * 0.22, foot),
        box(x - unit * 0.5, foot - unit * 1.6, x + unit * 0.5, foot),
    ]
    head = [
        (x - unit * 0.9, foot - tall - unit * 2.2),
        (x + unit * 0.9, foot - tall - unit * 2.2),
        (x + unit * 0.55, foot - tall),
        (x - unit * 0.55, foot - tall),
    ]
    hat = [
        (x - unit * 1.2, foot - tall - unit * 2.1),
        (x, foot - tall - unit * 3.2),
        (x + unit * 1.2, foot - tall - unit * 2.1),
    ]
    lay(canvas, cut(canvas, [*post, hat]), iron, iron, lift=0.3, rim=0.0, rough=0.0)
    burning = lights_on(canvas)
    lantern = cut(canvas, [head])
    if lantern is not None:
        canvas.image.paste(
            WARM if burning else mix(iron, canvas.palette.haze, 0.6), (lantern.left, lantern.top), lantern.mask
        )
    if burning:
        glow(canvas, (x, foot - tall - unit), unit * 14, WARM, 0.6)
        glow(canvas, (x, foot - tall - unit), unit * 3, (255, 240, 200), 0.7)
