"""Things on a table or shelf."""

from __future__ import annotations

import math

from .buildings import DARK, STONE, WHITE, WOOD
from .colour import RGB
from .creatures import loop
from .pen import WARM, Pen
from .plants import FLOWER_COLOURS, bloom_head
from .shapes import Point, circle, smooth

GLASS: RGB = (120, 164, 160)


def turned(profile: list[Point], middle: float) -> list[Point]:
    """A turned vessel from half its outline: (half width, y) from rim to foot."""
    right = smooth([(middle + half, y) for half, y in profile], 3)
    left = smooth([(middle - half, y) for half, y in profile], 3)
    return [*right, *reversed(left)]


def vase(pen: Pen) -> None:
    rng = pen.canvas.stream("vase")
    pot = pen.colour or (70, 112, 150)
    stem: RGB = (88, 122, 74)
    heads: list[tuple[Point, float, RGB, int]] = []
    for index in range(9):
        angle = math.pi * (1.16 + 0.68 * index / 8) + rng.uniform(-0.08, 0.08)
        reach = rng.uniform(0.24, 0.42)
        tip = (0.42 + reach * math.cos(angle), 0.52 + reach * math.sin(angle))
        pen.line(smooth([(0.42, 0.6), (0.42 + reach * 0.4 * math.cos(angle), 0.42), tip], 2), 0.01, stem, 0.55)
        heads.append((tip, rng.uniform(0.06, 0.095), rng.choice(FLOWER_COLOURS), rng.randrange(3)))
    for _ in range(8):
        angle = rng.uniform(math.pi * 1.05, math.pi * 1.95)
        x, y = 0.42 + 0.2 * math.cos(angle), 0.54 + 0.2 * math.sin(angle)
        pen.shape(
            loop([(x - 0.02, y + 0.06), (x - 0.03, y - 0.02), (x + 0.03 * math.cos(angle), y - 0.1), (x + 0.03, y)], 2),
            stem,
            rng.uniform(0.2, 0.8),
        )
    heads.sort(key=lambda head: head[0][1])
    for centre, radius, colour, kind in heads:
        bloom_head(pen, centre, radius, colour, kind)
    body = turned([(0.075, 0.52), (0.05, 0.58), (0.07, 0.66), (0.145, 0.76), (0.13, 0.9), (0.08, 0.995)], 0.42)
    pen.shape(body, pot, 1.0, to=0.05, lift=True)
    pen.oval(0.42, 0.525, 0.074, 0.014, DARK, 0.2)
    pen.shape(loop([(0.33, 0.74), (0.35, 0.7), (0.36, 0.82), (0.335, 0.86)], 2), WHITE, 0.9)


def apple(pen: Pen, x: float, y: float, radius: float, colour: RGB) -> None:
    pen.ball(x, y, radius, colour, squash=0.92)
    pen.oval(x, y - radius * 0.8, radius * 0.28, radius * 0.1, colour, 0.05)
    pen.line(
        smooth(
            [(x, y - radius * 0.78), (x + radius * 0.08, y - radius * 1.1), (x + radius * 0.22, y - radius * 1.3)], 2
        ),
        0.016,
        WOOD,
        0.4,
    )
    pen.shape(
        loop(
            [
                (x + radius * 0.1, y - radius * 1.05),
                (x + radius * 0.4, y - radius * 1.4),
                (x + radius * 0.8, y - radius * 1.25),
                (x + radius * 0.5, y - radius),
            ],
            2,
        ),
        (96, 140, 70),
        0.8,
    )
    pen.oval(x - radius * 0.42, y - radius * 0.42, radius * 0.1, radius * 0.13, WHITE, 1.0)


def fruit(pen: Pen) -> None:
    """A bowl of apples, pears and oranges, with one fallen beside it."""
    first = pen.colour or (206, 62, 50)
    apple(pen, 0.46, 0.42, 0.17, first)
    apple(pen, 1.06, 0.42, 0.16, (232, 186, 74))
    apple(pen, 0.76, 0.3, 0.18, (234, 142, 52))
    bowl = [
        (0.2, 0.5),
        *smooth([(0.22, 0.62), (0.4, 0.86), (0.6, 0.95), (0.92, 0.95), (1.1, 0.86), (1.28, 0.62)], 3),
        (1.3, 0.5),
    ]
    pen.shape(bowl, (226, 222, 212), 1.0, to=0.1, lift=True)
    pen.box(0.56, 0.93, 0.94, 1.0, (226, 222, 212), 0.6, to=0.05)
    pen.line([(0.25, 0.62), (0.6, 0.66), (1.25, 0.62)], 0.022, (70, 112, 150), 0.7)
    apple(pen, 1.5, 0.84, 0.165, first)


def cup(pen: Pen) -> None:
    china = pen.colour or WHITE
    pen.oval(0.62, 0.93, 0.56, 0.07, china, 0.8, to=0.35, lift=True)
    pen.line([*circle((0.97, 0.62), 0.13, squash=1.15, steps=40), (1.1, 0.62)], 0.05, china, 0.4)
    pen.shape(
        [
            (0.24, 0.4),
            *smooth([(0.26, 0.6), (0.36, 0.84), (0.48, 0.91), (0.74, 0.91), (0.86, 0.84), (0.96, 0.6)], 3),
            (0.98, 0.4),
        ],
        china,
        1.0,
        to=0.15,
        lift=True,
    )
    pen.oval(0.61, 0.4, 0.37, 0.06, china, 0.5)
    pen.oval(0.61, 0.41, 0.33, 0.048, (96, 60, 38), 0.7, to=0.3)
    for x in (0.5, 0.66):
        steam = [(x + 0.04 * math.sin(step * 1.1 + x * 9), 0.34 - step * 0.04) for step in range(9)]
        pen.line(smooth(steam, 2), 0.01, WHITE, 0.8)


def teapot(pen: Pen) -> None:
    china = pen.colour or (86, 128, 120)
    pen.line(smooth([(1.1, 0.4), (1.42, 0.34), (1.44, 0.66), (1.1, 0.76)], 3), 0.06, china, 0.35)
    pen.shape(
        smooth(
            [
                (0.3, 0.72),
                (0.16, 0.6),
                (0.1, 0.36),
                (0.0, 0.3),
                (0.09, 0.28),
                (0.2, 0.36),
                (0.28, 0.5),
                (0.4, 0.52),
                (0.3, 0.72),
            ],
            2,
        ),
        china,
        0.95,
        to=0.5,
    )
    pen.shape(
        turned([(0.2, 0.24), (0.36, 0.34), (0.48, 0.6), (0.4, 0.86), (0.22, 0.97)], 0.74), china, 1.0, to=0.1, lift=True
    )
    pen.shape(turned([(0.03, 0.12), (0.12, 0.17), (0.23, 0.26)], 0.74), china, 0.9, to=0.2, lift=True)
    pen.oval(0.74, 0.1, 0.045, 0.045, china, 0.9)
    pen.shape(loop([(0.42, 0.5), (0.48, 0.4), (0.5, 0.58), (0.44, 0.66)], 2), WHITE, 0.8)


def lamp(pen: Pen) -> None:
    shade = pen.colour or (232, 196, 130)
    pen.box(0.33, 0.42, 0.37, 0.96, (150, 116, 70), 0.8, to=0.3)
    pen.oval(0.35, 0.97, 0.17, 0.03, (150, 116, 70), 0.8, to=0.3)
    outline = [(0.24, 0.06), (0.46, 0.06), (0.66, 0.46), (0.04, 0.46)]
    pen.raw(outline, WARM if pen.colour is None else shade)
    pen.oval(0.35, 0.46, 0.31, 0.02, (255, 244, 214), 1.0)
    pen.lights += [(0.35, 0.32, 0.5, WARM), (0.35, 0.42, 1.5, (255, 180, 96))]


def lantern(pen: Pen) -> None:
    paper = pen.colour or (226, 84, 58)
    pen.line([(0.3, 0.0), (0.3, 0.12)], 0.016, DARK, 0.4)
    pen.shape(
        turned([(0.1, 0.12), (0.22, 0.24), (0.27, 0.5), (0.22, 0.76), (0.1, 0.88)], 0.3), paper, 1.0, to=0.75, lift=True
    )
    for index in range(1, 6):
        y = 0.12 + index * 0.127
        half = 0.27 * math.sin(math.pi * (0.16 + 0.68 * index / 6))
        pen.line([(0.3 - half, y), (0.3, y + 0.015), (0.3 + half, y)], 0.008, paper, 0.3)
    pen.box(0.2, 0.09, 0.4, 0.14, DARK, 0.5)
    pen.box(0.2, 0.86, 0.4, 0.91, DARK, 0.5)
    pen.line([(0.3, 0.91), (0.3, 1.0)], 0.014, (228, 178, 70), 0.8)
    pen.lights += [(0.3, 0.5, 0.9, (255, 150, 80)), (0.3, 0.52, 0.3, (255, 226, 150))]


def candle(pen: Pen) -> None:
    wax = pen.colour or (244, 232, 208)
    pen.oval(0.3, 0.95, 0.24, 0.045, (160, 120, 70), 0.8, to=0.3)
    pen.box(0.22, 0.4, 0.38, 0.95, wax, 1.0, to=0.2, lift=True)
    pen.oval(0.3, 0.4, 0.08, 0.02, wax, 0.9)
    pen.line([(0.3, 0.4), (0.3, 0.33)], 0.01, DARK, 0.2)
    pen.raw(loop([(0.265, 0.29), (0.3, 0.12), (0.335, 0.29), (0.3, 0.35)], 3), (255, 196, 84))
    pen.raw(loop([(0.285, 0.3), (0.3, 0.21), (0.315, 0.3), (0.3, 0.34)], 3), (255, 246, 206))
    pen.lights += [(0.3, 0.25, 0.3, (255, 210, 120)), (0.3, 0.25, 1.4, (255, 160, 70))]


def book(pen: Pen) -> None:
    """A pile of three books, the top one open."""
    spines: tuple[RGB, ...] = (pen.colour or (160, 64, 56), (62, 98, 112), (206, 164, 92))
    for index, spine in enumerate(spines):
        top, left = 0.58 + index * 0.14, 0.14 - index * 0.05
        pen.box(left, top, left + 1.3 + index * 0.08, top + 0.13, spine, 0.9, to=0.4, lift=True)
        pen.box(left + 0.06, top + 0.03, left + 1.3 + index * 0.08, top + 0.1, (238, 228, 204), 0.7, to=0.45)
        pen.box(left, top, left + 0.09, top + 0.13, spine, 0.8)
    for side, light in ((-1, 1.0), (1, 0.7)):
        page = [
            (0.8, 0.56),
            *smooth([(0.8, 0.4), (0.8 + side * 0.2, 0.33), (0.8 + side * 0.44, 0.35), (0.8 + side * 0.64, 0.4)], 3),
            (0.8 + side * 0.64, 0.57),
        ]
        pen.shape(page, (246, 238, 218), light, lift=True)
        for row in range(4):
            y = 0.41 + row * 0.035
            pen.line([(0.8 + side * 0.09, y), (0.8 + side * 0.54, y + 0.012)], 0.008, STONE, 0.4)


def bottle(pen: Pen) -> None:
    glass = pen.colour or GLASS
    body = turned([(0.06, 0.07), (0.06, 0.3), (0.08, 0.36), (0.16, 0.46), (0.165, 0.7), (0.16, 0.99)], 0.25)
    pen.shape(body, glass, 0.85, to=0.08)
    pen.shape(turned([(0.14, 0.58), (0.145, 0.7), (0.14, 0.97)], 0.25), glass, 0.4, to=0.0)
    pen.box(0.185, 0.03, 0.315, 0.1, WOOD, 0.8, to=0.4)
    pen.box(0.1, 0.62, 0.4, 0.82, (238, 226, 200), 0.9, to=0.35)
    pen.line([(0.15, 0.7), (0.35, 0.7)], 0.012, DARK, 0.4)
    pen.line([(0.15, 0.75), (0.3, 0.75)], 0.01, DARK, 0.4)
    pen.line(smooth([(0.21, 0.12), (0.21, 0.32), (0.14, 0.46), (0.125, 0.6)], 2), 0.016, WHITE, 0.95)


def guitar(pen: Pen) -> None:
    wood = pen.colour or (190, 120, 62)
    pen.line([(0.34, 0.5), (0.34, 0.06)], 0.05, (84, 56, 42), 0.6)
    pen.shape([(0.3, 0.1), (0.29, 0.0), (0.39, 0.0), (0.38, 0.1)], (84, 56, 42), 0.8)
    pen.shape(
        loop(
            [
                (0.34, 0.46),
                (0.22, 0.46),
                (0.18, 0.56),
                (0.24, 0.66),
                (0.12, 0.74),
                (0.1, 0.9),
                (0.22, 1.0),
                (0.46, 1.0),
                (0.58, 0.9),
                (0.56, 0.74),
                (0.44, 0.66),
                (0.5, 0.56),
                (0.46, 0.46),
            ]
        ),
        wood,
        1.0,
        to=0.4,
        lift=True,
    )
    pen.oval(0.34, 0.68, 0.065, 0.065, DARK, 0.2)
    pen.box(0.26, 0.84, 0.42, 0.87, (84, 56, 42), 0.6)
    for x in (0.325, 0.34, 0.355):
        pen.line([(x, 0.06), (x, 0.86)], 0.004, STONE, 0.9)


def umbrella(pen: Pen) -> None:
    cloth = pen.colour or (206, 52, 58)
    for x, light in ((0.45, 0.6), (0.54, 0.3)):
        pen.line([(x, 0.78), (x, 0.98)], 0.05, (48, 48, 60), light)
    pen.shape(
        loop([(0.42, 0.5), (0.38, 0.66), (0.34, 0.86), (0.66, 0.86), (0.61, 0.66), (0.57, 0.5)], 2),
        (84, 92, 116),
        0.8,
        to=0.2,
        lift=True,
    )
    pen.oval(0.495, 0.46, 0.06, 0.072, (216, 170, 138), 0.6, to=0.3)
    pen.line([(0.5, 0.1), (0.5, 0.62)], 0.016, WOOD, 0.5)
    edge: list[Point] = []
    for index in range(5):
        left = 0.02 + index * 0.192
        edge += [(left + step * 0.0384, 0.46 - 0.05 * math.sin(math.pi * step / 5)) for step in range(5)]
    dome = circle((0.5, 0.46), 0.48, squash=0.85, steps=48)[24:]
    pen.shape([*dome, (0.98, 0.46), *reversed(edge)], cloth, 1.0, to=0.3, lift=True)
    for x in (0.26, 0.5, 0.74):
        pen.line(smooth([(0.5, 0.06), ((x + 0.5) / 2 + (x - 0.5) * 0.3, 0.2), (x, 0.43)], 2), 0.006, cloth, 0.2)
    pen.line([(0.5, 0.0), (0.5, 0.07)], 0.014, DARK, 0.5)
