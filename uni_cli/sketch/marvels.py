"""Life of the water and the air, and a few marvels."""

from __future__ import annotations

import math

from .buildings import DARK, WHITE
from .creatures import INK, loop
from .pen import Pen
from .shapes import Point, smooth


def whale(pen: Pen) -> None:
    skin = pen.colour or (70, 104, 140)
    pen.shape(
        loop(
            [(1.9, 0.44), (2.14, 0.34), (2.3, 0.1), (2.42, 0.02), (2.36, 0.3), (2.5, 0.5), (2.24, 0.5), (2.0, 0.58)], 2
        ),
        skin,
        0.7,
        to=0.35,
        lift=True,
    )
    pen.shape(
        loop(
            [
                (0.02, 0.5),
                (0.16, 0.3),
                (0.5, 0.16),
                (0.95, 0.14),
                (1.4, 0.26),
                (1.8, 0.42),
                (2.1, 0.42),
                (2.1, 0.52),
                (1.7, 0.64),
                (1.2, 0.8),
                (0.7, 0.84),
                (0.26, 0.74),
            ]
        ),
        skin,
        0.95,
        to=0.35,
    )
    pen.shape(
        loop([(0.03, 0.54), (0.3, 0.6), (0.7, 0.64), (1.1, 0.68), (1.3, 0.72), (0.9, 0.82), (0.5, 0.83), (0.16, 0.68)]),
        (222, 226, 226),
        0.75,
        to=0.35,
    )
    for index in range(6):
        start = 0.1 + index * 0.09
        pen.line(
            smooth(
                [
                    (start, 0.6 + index * 0.03),
                    (start + 0.4, 0.68 + index * 0.022),
                    (start + 0.74, 0.71 + index * 0.012),
                ],
                2,
            ),
            0.007,
            skin,
            0.35,
        )
    pen.shape(
        loop([(0.78, 0.66), (0.98, 0.66), (1.12, 0.86), (1.2, 1.0), (0.98, 0.92), (0.8, 0.78)], 2),
        skin,
        0.5,
        to=0.2,
        lift=True,
    )
    pen.oval(0.36, 0.53, 0.018, 0.016, DARK, 0.0)
    pen.shape(loop([(1.44, 0.28), (1.54, 0.18), (1.6, 0.34)], 2), skin, 0.6)


def fish(pen: Pen) -> None:
    skin = pen.colour or (232, 122, 58)
    pen.shape(loop([(1.2, 0.5), (1.5, 0.18), (1.64, 0.1), (1.54, 0.5), (1.64, 0.9), (1.5, 0.82)], 2), skin, 0.7)
    pen.shape(loop([(0.5, 0.22), (0.7, 0.02), (1.0, 0.08), (1.1, 0.3)], 2), skin, 0.6)
    pen.shape(
        loop(
            [(0.02, 0.5), (0.24, 0.26), (0.6, 0.16), (1.0, 0.28), (1.34, 0.5), (1.0, 0.74), (0.6, 0.86), (0.24, 0.74)]
        ),
        skin,
        1.0,
        to=0.5,
        lift=True,
    )
    for x, wide in ((0.44, 0.1), (0.86, 0.09)):
        pen.shape(
            loop([(x, 0.2), (x + wide, 0.22), (x + wide + 0.03, 0.5), (x + wide, 0.8), (x, 0.82), (x - 0.03, 0.5)], 2),
            WHITE,
            0.85,
        )
    pen.shape(loop([(0.56, 0.56), (0.8, 0.6), (0.84, 0.78), (0.66, 0.72)], 2), skin, 0.4, lift=True)
    pen.oval(0.2, 0.44, 0.05, 0.055, WHITE, 1.0)
    pen.oval(0.19, 0.44, 0.026, 0.03, DARK, 0.0)


def jellyfish(pen: Pen) -> None:
    skin = pen.colour or (226, 150, 200)
    for index in range(7):
        x = 0.16 + index * 0.08
        sway = [
            (x + 0.03 * math.sin(step * 0.9 + index), 0.36 + step * 0.064) for step in range(10 if index % 2 else 8)
        ]
        pen.line(smooth(sway, 2), 0.012 if index % 2 else 0.022, skin, 0.7)
    bell = [
        (0.4 + 0.36 * math.cos(math.pi * (1 + step / 24)), 0.4 + 0.36 * math.sin(math.pi * (1 + step / 24)))
        for step in range(25)
    ]
    frill = [(0.76 - step * 0.045, 0.4 + (0.035 if step % 2 else -0.01)) for step in range(17)]
    pen.shape([*bell, *smooth(frill, 2)], skin, 1.0, to=0.5, lift=True)
    pen.shape(loop([(0.22, 0.32), (0.26, 0.18), (0.4, 0.1), (0.34, 0.2), (0.28, 0.34)], 2), WHITE, 0.9)
    pen.lights.append((0.4, 0.3, 0.6, skin))


def butterfly(pen: Pen) -> None:
    wing = pen.colour or (240, 146, 62)
    for side, light in ((-1, 1.0), (1, 0.65)):

        def at(points: list[Point], side: int = side) -> list[Point]:
            return loop([(0.6 + side * x, y) for x, y in points], 3)

        pen.shape(
            at([(0.02, 0.46), (0.1, 0.2), (0.36, 0.02), (0.58, 0.06), (0.54, 0.36), (0.3, 0.54)]),
            wing,
            light,
            lift=True,
        )
        pen.shape(
            at([(0.02, 0.5), (0.28, 0.52), (0.46, 0.66), (0.4, 0.92), (0.22, 0.96), (0.08, 0.7)]), wing, light * 0.8
        )
        pen.shape(at([(0.4, 0.1), (0.54, 0.1), (0.52, 0.26), (0.42, 0.24)]), WHITE, light)
        pen.line([(0.6, 0.3), (0.6 + side * 0.1, 0.08)], 0.012, INK, 0.3)
    pen.shape(loop([(0.575, 0.28), (0.6, 0.22), (0.625, 0.28), (0.62, 0.7), (0.6, 0.84), (0.58, 0.7)], 2), INK, 0.4)


def dragon(pen: Pen) -> None:
    skin = pen.colour or (72, 120, 96)
    pen.shape(
        loop(
            [(0.9, 0.5), (1.1, 0.1), (1.5, 0.0), (1.42, 0.22), (1.3, 0.3), (1.28, 0.44), (1.1, 0.42), (1.06, 0.56)], 1
        ),
        skin,
        0.35,
    )
    body = smooth(
        [(0.3, 0.3), (0.5, 0.4), (0.7, 0.56), (1.0, 0.6), (1.3, 0.7), (1.6, 0.62), (1.84, 0.74), (2.0, 0.66)], 3
    )
    for index, (x, y) in enumerate(body):
        share = index / len(body)
        pen.oval(x, y, 0.085 * (1 - share) + 0.012, 0.085 * (1 - share) + 0.012, skin, 0.9 - 0.5 * share)
    pen.shape([(1.96, 0.62), (2.1, 0.56), (2.06, 0.72)], skin, 0.5)
    pen.shape(
        loop([(0.04, 0.3), (0.16, 0.2), (0.32, 0.16), (0.4, 0.26), (0.34, 0.38), (0.16, 0.38)], 2),
        skin,
        1.0,
        to=0.6,
        lift=True,
    )
    pen.shape([(0.3, 0.18), (0.46, 0.06), (0.38, 0.24)], skin, 0.6)
    pen.oval(0.22, 0.25, 0.014, 0.014, (250, 210, 90), 1.0)
    pen.shape(
        loop(
            [(0.7, 0.54), (0.62, 0.2), (0.84, 0.0), (1.2, 0.1), (1.02, 0.22), (1.06, 0.36), (0.92, 0.4), (0.96, 0.58)],
            1,
        ),
        skin,
        0.85,
        to=0.4,
        lift=True,
    )


def snowman(pen: Pen) -> None:
    pen.ball(0.3, 0.78, 0.22, WHITE)
    pen.ball(0.3, 0.48, 0.16, WHITE)
    pen.ball(0.3, 0.25, 0.115, WHITE)
    pen.box(0.17, 0.13, 0.43, 0.16, DARK, 0.5)
    pen.box(0.21, 0.0, 0.39, 0.14, DARK, 0.7, to=0.2)
    pen.line([(0.2, 0.35), (0.4, 0.35)], 0.05, pen.colour or (200, 60, 54), 0.8)
    pen.shape([(0.28, 0.25), (0.12, 0.28), (0.28, 0.285)], (236, 130, 50), 0.9)
    for x in (0.25, 0.33):
        pen.oval(x, 0.21, 0.013, 0.015, DARK, 0.0)
    for y in (0.44, 0.52):
        pen.oval(0.28, y, 0.014, 0.014, DARK, 0.0)
    pen.line([(0.44, 0.46), (0.58, 0.34)], 0.014, (110, 80, 60), 0.6)
    pen.line([(0.16, 0.46), (0.02, 0.38)], 0.014, (110, 80, 60), 0.6)
