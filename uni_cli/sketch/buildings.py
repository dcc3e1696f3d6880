"""Built things: houses, towers, bridges."""

from __future__ import annotations

import math
from collections.abc import Callable

from .colour import RGB
from .pen import WARM, Pen
from .shapes import Point, circle

WHITE = (244, 240, 232)
RED = (196, 62, 52)
ROOF = (150, 72, 56)
STONE = (168, 158, 148)
WOOD = (122, 86, 60)
DARK = (52, 48, 56)


def lighthouse(pen: Pen) -> None:
    middle = 0.3

    def half(y: float) -> float:
        return 0.048 + 0.05 * (y - 0.26) / 0.72

    pen.box(0.40, 0.87, 0.56, 0.985, WHITE, 0.75, to=0.45)
    pen.shape([(0.385, 0.875), (0.42, 0.815), (0.54, 0.815), (0.575, 0.875)], ROOF, 0.7, to=0.4, lift=True)
    pen.window(0.45, 0.905, 0.49, 0.945)
    pen.shape(taper(middle, half, 0.25, 0.99), WHITE, 1.0, to=0.15, lift=True)
    for top in (0.36, 0.57, 0.78):
        pen.shape(taper(middle, half, top, top + 0.1), pen.colour or RED, 0.95, to=0.1)
    for y in (0.49, 0.70):
        pen.window(middle - 0.012, y, middle + 0.012, y + 0.04)
    pen.shape([(0.275, 0.99), (0.275, 0.93), *circle((0.3, 0.93), 0.025, steps=24)[12:], (0.325, 0.99)], DARK, 0.3)
    pen.box(0.232, 0.235, 0.368, 0.262, DARK, 0.7, to=0.2, lift=True)
    for index in range(7):
        x = 0.238 + index * 0.0207
        pen.line([(x, 0.2), (x, 0.24)], 0.004, DARK, 0.4)
    pen.line([(0.234, 0.2), (0.366, 0.2)], 0.005, DARK, 0.4)
    pen.raw(
        [(0.262, 0.15), (0.338, 0.15), (0.338, 0.236), (0.262, 0.236)], (255, 236, 178) if pen.dark else (208, 224, 226)
    )
    for x in (0.262, 0.3, 0.338):
        pen.line([(x, 0.15), (x, 0.236)], 0.006, DARK, 0.3)
    pen.shape(
        [(0.25, 0.152), *circle((0.3, 0.15), 0.055, squash=1.15, steps=40)[20:], (0.35, 0.152)],
        pen.colour or RED,
        0.9,
        to=0.2,
        lift=True,
    )
    pen.line([(0.3, 0.09), (0.3, 0.05)], 0.006, DARK, 0.3)
    if pen.dark:
        pen.lights += [(0.3, 0.193, 0.34, WARM), (0.3, 0.193, 0.12, (255, 246, 214))]


def taper(middle: float, half: Half, top: float, bottom: float) -> list[Point]:
    return [
        (middle - half(top), top), (middle + half(top), top),
        (middle + half(bottom), bottom), (middle - half(bottom), bottom),
    ]  # fmt: skip


def house(pen: Pen) -> None:
    wall = pen.colour or (236, 222, 198)
    roof = (240, 244, 250) if pen.canvas.scene.season == "winter" else ROOF
    pen.box(0.98, 0.06, 1.09, 0.42, STONE, 0.6, to=0.3)
    pen.shape([(0.08, 0.5), (0.32, 0.16), (0.56, 0.5), (0.56, 1), (0.08, 1)], wall, 0.95)
    pen.box(0.56, 0.5, 1.3, 1, wall, 0.5, to=0.35)
    pen.shape([(0.32, 0.12), (1.16, 0.12), (1.38, 0.54), (0.6, 0.54)], roof, 0.72, to=0.5, lift=True)
    pen.shape(
        [(0.32, 0.12), (0.36, 0.12), (0.66, 0.54), (0.6, 0.56), (0.32, 0.19), (0.04, 0.56), (-0.0, 0.53)], WHITE, 0.9
    )
    pen.window(0.25, 0.6, 0.39, 0.78)
    pen.line([(0.32, 0.6), (0.32, 0.78)], 0.014, WHITE, 0.8)
    pen.line([(0.25, 0.69), (0.39, 0.69)], 0.014, WHITE, 0.8)
    pen.window(0.66, 0.64, 0.78, 0.8)
    pen.window(1.08, 0.64, 1.2, 0.8)
    pen.box(0.87, 0.63, 1.0, 1, WOOD, 0.5)


def tower(pen: Pen) -> None:
    wall = pen.colour or (226, 210, 184)
    pen.shape([(0.14, 1), (0.14, 0.66), (0.3, 0.54), (0.3, 1)], ROOF, 0.6)
    pen.box(0.02, 0.68, 0.3, 1, wall, 0.6)
    pen.shape([(-0.0, 0.7), (0.14, 0.58), (0.3, 0.58), (0.3, 0.7)], ROOF, 0.75, lift=True)
    pen.box(0.27, 0.3, 0.45, 1, wall, 1.0, to=0.2, lift=True)
    pen.shape([(0.25, 0.31), (0.36, 0.02), (0.47, 0.31)], ROOF, 0.85, to=0.2, lift=True)
    pen.line([(0.36, 0.03), (0.36, 0.0)], 0.008, DARK, 0.4)
    pen.window(0.34, 0.38, 0.385, 0.46)
    pen.oval(0.36, 0.54, 0.045, 0.045, WHITE, 0.9)
    pen.line([(0.36, 0.51), (0.36, 0.54), (0.385, 0.55)], 0.008, DARK, 0.2)
    pen.window(0.34, 0.68, 0.385, 0.76)
    for x in (0.07, 0.17):
        pen.window(x, 0.8, x + 0.05, 0.9)


def windmill(pen: Pen) -> None:
    wall = pen.colour or WHITE
    pen.shape([(0.34, 0.4), (0.56, 0.4), (0.64, 1), (0.26, 1)], wall, 1.0, to=0.15)
    pen.shape([(0.32, 0.41), (0.36, 0.3), (0.45, 0.25), (0.54, 0.3), (0.58, 0.41)], ROOF, 0.8, to=0.2, lift=True)
    pen.window(0.42, 0.55, 0.48, 0.64)
    pen.box(0.4, 0.84, 0.5, 1, WOOD, 0.3)
    for turn in range(4):
        angle = 0.5 + turn * math.pi / 2
        tip = (0.45 + 0.4 * math.cos(angle), 0.38 + 0.4 * math.sin(angle))
        side = (-math.sin(angle) * 0.07, math.cos(angle) * 0.07)
        near = (0.45 + 0.09 * math.cos(angle), 0.38 + 0.09 * math.sin(angle))
        sail = [near, tip, (tip[0] + side[0], tip[1] + side[1]), (near[0] + side[0], near[1] + side[1])]
        pen.shape(sail, (232, 220, 200), 0.9, lift=True)
        pen.line([(0.45, 0.38), tip], 0.014, WOOD, 0.3)
    pen.oval(0.45, 0.38, 0.025, 0.025, WOOD, 0.6)


def castle(pen: Pen) -> None:
    wall = pen.colour or (206, 196, 190)
    roof = (84, 92, 132)
    for x, wide, top, light in ((0.62, 0.2, 0.30, 0.6), (1.02, 0.16, 0.4, 0.5)):
        turret(pen, x, wide, top, wall, roof, light)
    pen.box(0.26, 0.58, 1.24, 1, wall, 0.8, to=0.4)
    battlements(pen, 0.26, 1.24, 0.58, wall)
    for x, wide, top, light in ((0.16, 0.2, 0.44, 1.0), (0.84, 0.15, 0.2, 0.8), (1.18, 0.2, 0.5, 0.8)):
        turret(pen, x, wide, top, wall, roof, light)
    pen.shape([(0.62, 1), (0.62, 0.84), *circle((0.7, 0.84), 0.08, steps=24)[12:], (0.78, 1)], DARK, 0.2)
    for x in (0.44, 0.56, 0.96, 1.08):
        pen.window(x, 0.7, x + 0.03, 0.77)


def turret(pen: Pen, x: float, wide: float, top: float, wall: RGB, roof: RGB, light: float) -> None:
    pen.box(x, top, x + wide, 1, wall, light, to=light * 0.25, lift=True)
    pen.box(x - 0.015, top, x + wide + 0.015, top + 0.05, wall, light, to=light * 0.3)
    pen.shape(
        [(x - 0.03, top), (x + wide / 2, top - wide * 1.5), (x + wide + 0.03, top)],
        roof,
        light,
        to=light * 0.2,
        lift=True,
    )
    pen.window(x + wide / 2 - 0.013, top + 0.12, x + wide / 2 + 0.013, top + 0.19)


def battlements(pen: Pen, left: float, right: float, top: float, wall: RGB) -> None:
    x = left
    while x < right:
        pen.box(x, top - 0.03, min(right, x + 0.035), top + 0.01, wall, 0.8)
        x += 0.065


def bridge(pen: Pen) -> None:
    """A long stone bridge of five arches."""
    stone = pen.colour or STONE
    left, deck = 0.0, 0.2
    rise = 0.0 if pen.canvas.scene.has("train") else 0.16
    span = pen.aspect / 5
    outline: list[Point] = [(0, deck)]
    for step in range(41):
        x = pen.aspect * step / 40
        outline.append((x, deck - rise * math.sin(math.pi * step / 40)))
    outline.append((pen.aspect, 1))
    for arch in range(5, 0, -1):
        right = left + arch * span
        radius = span * 0.39
        centre = right - span / 2
        outline += [(centre + radius, 1.0)]
        outline += [
            (centre + radius * math.cos(turn * math.pi / 20), 0.98 - 0.64 * math.sin(turn * math.pi / 20))
            for turn in range(21)
        ]
        outline += [(centre - radius, 1.0)]
    outline.append((0, 1))
    pen.shape(outline, stone, 0.9, to=0.45)
    rail = [(pen.aspect * step / 40, deck - rise * math.sin(math.pi * step / 40)) for step in range(41)]
    pen.line([(x, y + 0.03) for x, y in rail], 0.05, stone, 1.0)
    pen.line([(x, y + 0.1) for x, y in rail], 0.02, stone, 0.2)
    for arch in range(6):
        x = min(pen.aspect - 0.03, max(0.03, arch * span))
        y = deck - rise * math.sin(math.pi * x / pen.aspect)
        if pen.dark:
            pen.line([(x, y), (x, y - 0.16)], 0.012, DARK, 0.2)
            pen.lights.append((x, y - 0.02 - 0.0, 0.22, WARM))


def pagoda(pen: Pen) -> None:
    roof, wall = pen.colour or (64, 70, 84), (188, 70, 54)
    pen.box(0.2, 0.93, 0.7, 1, STONE, 0.7, to=0.4)
    for index, (top, wide) in enumerate(((0.76, 0.38), (0.58, 0.33), (0.41, 0.28), (0.25, 0.23))):
        pen.box(0.45 - wide * 0.42, top, 0.45 + wide * 0.42, top + 0.18, wall, 0.8, to=0.25)
        for x in (-0.5, 0.0, 0.5):
            if index < 3:
                pen.window(0.45 + x * wide * 0.42 - 0.02, top + 0.05, 0.45 + x * wide * 0.42 + 0.02, top + 0.12)
        eave(pen, 0.45, top + 0.015, wide, roof)
    pen.line([(0.45, 0.2), (0.45, 0.02)], 0.014, (200, 160, 80), 0.7)


def eave(pen: Pen, x: float, y: float, wide: float, roof: RGB) -> None:
    pen.shape(
        [
            (x - wide * 0.3, y - 0.085), (x + wide * 0.3, y - 0.085), (x + wide * 0.55, y - 0.02), (x + wide, y - 0.03),
            (x + wide * 0.9, y + 0.012), (x + wide * 0.5, y + 0.024), (x - wide * 0.5, y + 0.024),
            (x - wide * 0.9, y + 0.012), (x - wide, y - 0.03), (x - wide * 0.55, y - 0.02),
        ],
        roof, 0.8, to=0.3, lift=True,
    )  # fmt: skip


def torii(pen: Pen) -> None:
    red = pen.colour or (208, 66, 44)
    for x, light in ((0.24, 0.95), (0.84, 0.75)):
        pen.shape([(x - 0.03, 0.2), (x + 0.035, 0.2), (x + 0.05, 1), (x - 0.05, 1)], red, light, to=0.25)
        pen.box(x - 0.055, 0.93, x + 0.058, 1, DARK, 0.4)
    pen.box(0.14, 0.3, 0.95, 0.365, red, 0.8, to=0.5, lift=True)
    pen.box(0.5, 0.16, 0.58, 0.32, red, 0.7)
    pen.shape(
        [(0.0, 0.06), (0.3, 0.11), (0.78, 0.11), (1.08, 0.06), (1.05, 0.17), (0.78, 0.205), (0.3, 0.205), (0.03, 0.17)],
        red,
        0.9,
        to=0.5,
        lift=True,
    )
    pen.shape(
        [
            (-0.0, 0.03),
            (0.3, 0.085),
            (0.78, 0.085),
            (1.08, 0.03),
            (1.07, 0.085),
            (0.78, 0.13),
            (0.3, 0.13),
            (0.01, 0.085),
        ],
        DARK,
        0.5,
    )


def pyramid(pen: Pen) -> None:
    sand = pen.colour or (224, 182, 120)
    pen.shape([(0.0, 1), (0.85, 0.02), (1.1, 1)], sand, 1.0)
    pen.shape([(1.1, 1), (0.85, 0.02), (1.7, 1)], sand, 0.12, to=0.35)


def lamppost(pen: Pen) -> None:
    """A street lamp; it burns when it is dark."""
    pen.box(0.14, 0.94, 0.26, 1, DARK, 0.6, to=0.2)
    pen.box(0.185, 0.2, 0.215, 0.95, DARK, 0.7, to=0.2)
    pen.line([(0.1, 0.235), (0.3, 0.235)], 0.014, DARK, 0.5)
    glass = [(0.12, 0.07), (0.28, 0.07), (0.25, 0.2), (0.15, 0.2)]
    pen.raw(glass, WARM if pen.dark else (214, 222, 220))
    pen.shape([(0.1, 0.075), (0.2, 0.015), (0.3, 0.075)], DARK, 0.7, to=0.2, lift=True)
    pen.box(0.14, 0.2, 0.26, 0.215, DARK, 0.5)
    if pen.dark:
        pen.lights += [(0.2, 0.14, 0.55, WARM), (0.2, 0.14, 0.12, (255, 244, 210))]


def tent(pen: Pen) -> None:
    cloth = pen.colour or (226, 122, 60)
    pen.shape([(0.1, 1), (0.66, 0.12), (1.5, 0.3), (1.66, 1)], cloth, 0.55, to=0.25)
    pen.shape([(0.1, 1), (0.66, 0.12), (1.04, 1)], cloth, 1.0, lift=True)
    inside = WARM if pen.dark else (70, 48, 40)
    pen.raw([(0.42, 1), (0.645, 0.42), (0.76, 1)], inside)
    if pen.dark:
        pen.lights += [(0.6, 0.8, 0.9, (255, 170, 80)), (0.9, 0.7, 1.2, (255, 150, 70))]


Half = Callable[[float], float]
