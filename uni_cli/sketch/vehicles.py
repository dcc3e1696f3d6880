"""Things that travel."""

from __future__ import annotations

import math

from .buildings import DARK, RED, STONE, WHITE, WOOD
from .colour import RGB
from .pen import WARM, Pen
from .shapes import Point, circle, smooth

CREAM: RGB = (246, 236, 214)


def boat(pen: Pen) -> None:
    sail, hull = pen.colour or CREAM, pen.colour or (150, 66, 52)
    pen.line([(0.47, 0.02), (0.47, 0.84)], 0.014, WOOD, 0.4)
    pen.shape([*smooth([(0.45, 0.05), (0.34, 0.36), (0.08, 0.74)], 3), (0.45, 0.77)], sail, 1.0, lift=True)
    pen.shape([*smooth([(0.49, 0.1), (0.6, 0.4), (0.8, 0.71)], 3), (0.49, 0.74)], sail, 0.62, to=0.4, lift=True)
    pen.shape(
        [(0.08, 0.82), (0.86, 0.79), (0.78, 0.93), (0.68, 0.985), (0.28, 0.985), (0.16, 0.93)],
        hull,
        0.9,
        to=0.3,
        lift=True,
    )
    pen.line([(0.08, 0.825), (0.86, 0.795)], 0.018, WHITE, 0.8)
    pen.shape([(0.47, 0.02), (0.58, 0.045), (0.47, 0.07)], RED, 0.9)


def rowboat(pen: Pen) -> None:
    hull = pen.colour or (164, 84, 56)
    pen.oval(1.02, 0.24, 0.075, 0.085, (206, 160, 130), 0.7)
    pen.shape(
        smooth([(0.88, 0.82), (0.9, 0.46), (1.0, 0.32), (1.12, 0.44), (1.18, 0.82), (0.88, 0.82)], 2),
        (62, 84, 120),
        0.7,
        to=0.3,
    )
    pen.shape([(0.84, 0.2), (1.02, 0.06), (1.2, 0.2), (1.02, 0.18)], (214, 180, 120), 0.9)
    pen.line([(1.06, 0.56), (0.7, 0.96)], 0.035, WOOD, 0.6)
    pen.shape(
        smooth(
            [
                (0.04, 0.5),
                (0.3, 0.66),
                (1.2, 0.68),
                (1.6, 0.46),
                (1.42, 0.9),
                (1.2, 1.0),
                (0.4, 1.0),
                (0.2, 0.88),
                (0.04, 0.5),
            ],
            2,
        ),
        hull,
        0.85,
        to=0.25,
        lift=True,
    )
    pen.line([(0.06, 0.53), (0.32, 0.68), (1.2, 0.7), (1.57, 0.5)], 0.035, CREAM, 0.7)


def wheel(pen: Pen, x: float, y: float, radius: float) -> None:
    pen.oval(x, y, radius, radius, (36, 34, 40), 0.35, lift=True)
    pen.oval(x, y, radius * 0.5, radius * 0.5, (200, 200, 204), 0.6)
    pen.oval(x, y, radius * 0.2, radius * 0.2, DARK, 0.3)


def car(pen: Pen) -> None:
    paint = pen.colour or (62, 132, 140)
    body: list[Point] = [
        (0.06, 0.84), (0.04, 0.6), (0.12, 0.5), (0.55, 0.44), (0.82, 0.12), (0.98, 0.06), (1.46, 0.06), (1.62, 0.14),
        (1.86, 0.44), (2.24, 0.5), (2.36, 0.62), (2.36, 0.84),
    ]  # fmt: skip
    pen.shape(smooth([*body, body[0]], 2), paint, 0.95, to=0.45)
    glass = [(0.68, 0.44), (0.88, 0.17), (1.16, 0.15), (1.16, 0.44)]
    rear = [(1.23, 0.44), (1.23, 0.15), (1.48, 0.16), (1.72, 0.44)]
    for pane in (glass, rear):
        pen.shape(pane, (120, 160, 180), 0.55, to=0.3)
    pen.line([(0.1, 0.62), (2.3, 0.6)], 0.025, CREAM, 0.9)
    pen.box(0.04, 0.79, 2.37, 0.85, (180, 180, 184), 0.6, to=0.3)
    for x in (0.52, 1.86):
        wheel(pen, x, 0.83, 0.165)
    headlight(pen, 0.09, 0.6)


def headlight(pen: Pen, x: float, y: float) -> None:
    pen.oval(x, y, 0.035, 0.055, (255, 244, 206), 1.0)
    if pen.dark:
        pen.lights.append((x, y, 0.8, WARM))


def van(pen: Pen) -> None:
    paint = pen.colour or (224, 138, 60)
    pen.shape(
        smooth(
            [
                (0.04, 0.84),
                (0.04, 0.5),
                (0.14, 0.16),
                (0.24, 0.08),
                (2.04, 0.06),
                (2.12, 0.14),
                (2.14, 0.84),
                (0.04, 0.84),
            ],
            2,
        ),
        CREAM,
        0.95,
        to=0.5,
    )
    pen.shape([(0.04, 0.84), (0.04, 0.5), (0.6, 0.47), (2.13, 0.47), (2.13, 0.84)], paint, 0.9, to=0.4, lift=True)
    pen.window(0.16, 0.19, 0.5, 0.42)
    for x in (0.6, 1.06, 1.52):
        pen.window(x, 0.17, x + 0.38, 0.41)
    pen.box(0.3, -0.0, 1.9, 0.035, WOOD, 0.5)
    pen.box(0.5, 0.0, 1.3, 0.06, (80, 110, 120), 0.7)
    pen.box(0.02, 0.79, 2.15, 0.85, (190, 190, 190), 0.6, to=0.3)
    for x in (0.5, 1.66):
        wheel(pen, x, 0.84, 0.155)
    headlight(pen, 0.1, 0.62)


def bicycle(pen: Pen) -> None:
    frame = pen.colour or RED
    for x in (0.32, 1.2):
        pen.line([*circle((x, 0.68), 0.29), (x + 0.29, 0.68)], 0.03, DARK, 0.3)
        for spoke in range(8):
            angle = spoke * math.pi / 8
            dx, dy = 0.28 * math.cos(angle), 0.28 * math.sin(angle)
            pen.line([(x - dx, 0.68 - dy), (x + dx, 0.68 + dy)], 0.006, STONE, 0.5)
    for line in ([(0.32, 0.68), (0.52, 0.3), (1.0, 0.3), (0.74, 0.7), (0.32, 0.68)], [(0.52, 0.3), (0.74, 0.7)]):
        pen.line(line, 0.035, frame, 0.9)
    pen.line([(1.2, 0.68), (0.98, 0.22), (1.1, 0.16)], 0.035, frame, 0.7)
    pen.line([(0.52, 0.3), (0.48, 0.2)], 0.03, DARK, 0.4)
    pen.shape([(0.36, 0.17), (0.6, 0.19), (0.58, 0.225), (0.4, 0.22)], DARK, 0.5)


def train(pen: Pen) -> None:
    paint = pen.colour or (52, 90, 84)
    for index in range(3):
        left = 1.5 + index * 1.42
        pen.box(left, 0.28, left + 1.34, 0.84, paint, 0.85, to=0.5)
        pen.box(left - 0.03, 0.23, left + 1.37, 0.31, DARK, 0.6)
        pen.box(left, 0.62, left + 1.34, 0.66, CREAM, 0.8)
        for pane in range(5):
            pen.window(left + 0.1 + pane * 0.245, 0.38, left + 0.27 + pane * 0.245, 0.56)
        for x in (0.25, 0.5, 0.9, 1.15):
            wheel(pen, left + x, 0.9, 0.09)
    pen.box(0.95, 0.24, 1.42, 0.84, paint, 0.8, to=0.5)
    pen.box(0.9, 0.18, 1.46, 0.26, DARK, 0.6)
    pen.window(1.06, 0.34, 1.3, 0.52)
    pen.box(0.22, 0.42, 1.0, 0.76, DARK, 0.75, to=0.4)
    pen.oval(0.22, 0.59, 0.05, 0.17, DARK, 0.9)
    pen.shape([(0.32, 0.44), (0.28, 0.18), (0.46, 0.18), (0.42, 0.44)], DARK, 0.6)
    pen.oval(0.7, 0.42, 0.1, 0.09, (196, 150, 70), 0.9)
    pen.shape([(0.04, 0.97), (0.2, 0.76), (1.4, 0.76), (1.4, 0.86), (0.24, 0.86)], RED, 0.8)
    for x in (0.38, 0.66, 0.94, 1.24):
        wheel(pen, x, 0.87, 0.12)
    headlight(pen, 0.2, 0.5)


def rocket(pen: Pen) -> None:
    paint = pen.colour or RED
    pen.shape([(0.2, 0.62), (0.04, 0.8), (0.05, 0.92), (0.23, 0.82)], paint, 0.95, lift=True)
    pen.shape([(0.4, 0.62), (0.56, 0.8), (0.55, 0.92), (0.37, 0.82)], paint, 0.3, lift=True)
    pen.raw(smooth([(0.24, 0.85), (0.2, 0.93), (0.3, 1.0), (0.4, 0.93), (0.36, 0.85), (0.24, 0.85)], 2), (255, 200, 90))
    pen.lights += [(0.3, 0.93, 0.5, (255, 150, 60)), (0.3, 0.9, 0.16, (255, 236, 170))]
    pen.shape(
        smooth(
            [
                (0.3, 0.0),
                (0.2, 0.14),
                (0.15, 0.36),
                (0.17, 0.66),
                (0.22, 0.86),
                (0.38, 0.86),
                (0.43, 0.66),
                (0.45, 0.36),
                (0.4, 0.14),
                (0.3, 0.0),
            ],
            3,
        ),
        WHITE,
        1.0,
        to=0.1,
        lift=True,
    )
    pen.shape(
        smooth([(0.3, 0.0), (0.245, 0.08), (0.2, 0.2), (0.4, 0.2), (0.355, 0.08), (0.3, 0.0)], 2), paint, 1.0, to=0.2
    )
    pen.oval(0.3, 0.37, 0.07, 0.07, (190, 150, 80), 0.8)
    pen.oval(0.3, 0.37, 0.05, 0.05, (80, 150, 190), 0.9, to=0.3)
    pen.box(0.19, 0.74, 0.41, 0.78, paint, 0.95, to=0.2)
    pen.shape([(0.28, 0.66), (0.32, 0.66), (0.325, 0.93), (0.275, 0.93)], paint, 0.6)


def balloon(pen: Pen) -> None:
    paint = pen.colour or (214, 84, 62)
    for index in range(7):
        left, right = 0.38 * math.cos(math.pi * (1 - index / 7)), 0.38 * math.cos(math.pi * (1 - (index + 1) / 7))
        gore = [(0.4 + left * width(step / 20), 0.76 * step / 20) for step in range(21)]
        gore += [(0.4 + right * width(step / 20), 0.76 * step / 20) for step in range(20, -1, -1)]
        pen.shape(gore, paint if index % 2 else CREAM, 1.0 - index * 0.12, lift=index == 0)
    for x in (0.34, 0.46):
        pen.line([(0.4 + (x - 0.4) * 1.4, 0.75), (x, 0.9)], 0.006, WOOD, 0.4)
    pen.shape([(0.335, 0.89), (0.465, 0.89), (0.452, 0.995), (0.348, 0.995)], WOOD, 0.85, to=0.3)
    if pen.dark:
        pen.lights.append((0.4, 0.62, 0.5, (255, 170, 80)))


def width(share: float) -> float:
    """Half width of a balloon's skin, from the crown to the mouth."""
    if share < 0.55:
        return math.sin(math.acos(1 - share / 0.55)) if share > 0 else 0.0
    fall = (share - 0.55) / 0.45
    return 1 - 0.82 * fall * fall * (1.6 - 0.6 * fall)


def plane(pen: Pen) -> None:
    paint = pen.colour or RED
    pen.shape([(1.66, 0.5), (1.9, 0.12), (2.06, 0.1), (1.98, 0.56)], paint, 0.9)
    pen.shape(
        smooth(
            [
                (0.1, 0.62),
                (0.24, 0.44),
                (0.7, 0.38),
                (1.3, 0.42),
                (2.1, 0.52),
                (1.4, 0.74),
                (0.6, 0.82),
                (0.2, 0.76),
                (0.1, 0.62),
            ],
            3,
        ),
        WHITE,
        0.9,
        to=0.5,
    )
    pen.shape([(0.7, 0.38), (0.8, 0.26), (1.0, 0.27), (1.1, 0.4)], (120, 170, 196), 0.7)
    pen.shape([(0.64, 0.62), (1.16, 0.62), (1.5, 0.98), (1.24, 0.98)], paint, 0.7, lift=True)
    pen.shape([(0.76, 0.4), (1.0, 0.4), (1.24, 0.2), (1.12, 0.2)], paint, 0.9)
    pen.line([(0.09, 0.36), (0.09, 0.88)], 0.03, STONE, 0.5)
