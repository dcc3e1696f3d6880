"""Trees, grasses and flowers."""

from __future__ import annotations

import math
import random

from .buildings import DARK, WOOD
from .colour import RGB, mix
from .pen import Pen
from .shapes import Point, circle, smooth

LEAF: dict[str, RGB] = {
    "spring": (146, 192, 96),
    "summer": (86, 140, 78),
    "autumn": (222, 116, 44),
    "winter": (226, 234, 244),
}


def conifer(rng: random.Random, x: float, foot: float, height: float) -> list[Point]:
    """The outline of a fir; irregular boughs."""
    left: list[Point] = []
    right: list[Point] = []
    tiers = 7
    for index in range(tiers):
        share = (index + 1) / tiers
        out = height * 0.2 * share**0.9 * rng.uniform(0.82, 1.15)
        y = foot - height * (1 - share * 0.93)
        left += [(x - out, y), (x - out * 0.45, y - height * 0.012)]
        right += [(x + out * rng.uniform(0.85, 1.1), y), (x + out * 0.45, y - height * 0.012)]
    trunk = height * 0.018
    return [(x, foot - height), *left, (x - trunk, foot - height * 0.07), (x - trunk, foot + height * 0.02),
            (x + trunk, foot + height * 0.02), (x + trunk, foot - height * 0.07), *reversed(right)]  # fmt: skip


def leafy(rng: random.Random, x: float, foot: float, height: float) -> list[list[Point]]:
    """The outlines of a round tree: trunk and a heap of leaves."""
    parts: list[list[Point]] = [[(x - height * 0.03, foot + 2), (x - height * 0.015, foot - height * 0.5),
                                 (x + height * 0.015, foot - height * 0.5), (x + height * 0.03, foot + 2)]]  # fmt: skip
    for _ in range(10):
        angle, out = rng.random() * math.tau, rng.random() * 0.25 * height
        centre = (x + out * math.cos(angle), foot - height * 0.66 + out * 0.8 * math.sin(angle))
        parts.append(circle(centre, height * rng.uniform(0.12, 0.2), steps=20))
    return parts


def tree(pen: Pen) -> None:
    """One large tree with a crown of many lit clumps."""
    rng = pen.canvas.stream("tree")
    season = pen.canvas.scene.season
    pink = "blossom" in pen.canvas.scene.details
    leaf = pen.colour or ((242, 168, 190) if pink else LEAF[season])
    trunk: list[Point] = [
        (0.4, 1.0), (0.455, 0.9), (0.46, 0.7), (0.42, 0.52), (0.47, 0.5), (0.5, 0.62), (0.54, 0.48), (0.575, 0.5),
        (0.54, 0.7), (0.55, 0.9), (0.61, 1.0),
    ]  # fmt: skip
    pen.shape(trunk, WOOD, 0.7, to=0.12)
    for tip in ((0.22, 0.42), (0.36, 0.26), (0.62, 0.24), (0.8, 0.42)):
        pen.line(smooth([(0.5, 0.62), ((0.5 + tip[0]) / 2, 0.46), tip], 2), 0.022, WOOD, 0.35)
    if season == "winter" and pen.colour is None:
        twigs(pen, rng)
        return
    clumps = [(0.5 + 0.4 * math.cos(a) * r, 0.34 + 0.27 * math.sin(a) * r) for a, r in scatter(rng, 46)]
    clumps.sort(key=lambda point: point[1] - point[0] * 0.6, reverse=True)
    for layer, (shift, size) in enumerate(((0.012, 0.125), (0.0, 0.1), (-0.03, 0.06))):
        for x, y in clumps if layer < 2 else clumps[::2]:
            light = max(0.05, min(1.0, 0.72 - (x - 0.5) * 0.75 - (y - 0.34) * 1.1)) * (0.35, 0.75, 1.0)[layer]
            blob = blot(rng, (x + shift, y + shift * 0.7), size * rng.uniform(0.7, 1.15))
            pen.shape(blob, mix(leaf, (255, 250, 210), 0.12 * layer), light, lift=layer == 1 and rng.random() < 0.3)


def blot(rng: random.Random, centre: Point, radius: float) -> list[Point]:
    """A leafy, uneven round."""
    return [
        (
            centre[0] + radius * rng.uniform(0.78, 1.1) * math.cos(turn * math.tau / 16),
            centre[1] + radius * rng.uniform(0.7, 1.0) * math.sin(turn * math.tau / 16),
        )
        for turn in range(16)
    ]


def scatter(rng: random.Random, count: int) -> list[tuple[float, float]]:
    return [(rng.random() * math.tau, rng.random() ** 0.6) for _ in range(count)]


def twigs(pen: Pen, rng: random.Random) -> None:
    for _ in range(70):
        angle = rng.uniform(math.pi * 1.02, math.pi * 1.98)
        start = (0.5 + 0.2 * math.cos(angle), 0.5 + 0.18 * math.sin(angle))
        reach = rng.uniform(0.14, 0.28)
        bend = angle + rng.uniform(-0.5, 0.5)
        tip = (start[0] + reach * math.cos(bend), start[1] + reach * math.sin(bend))
        pen.line([(0.5, 0.58), start, tip], rng.uniform(0.005, 0.012), WOOD, 0.45)
        pen.line([(tip[0] - 0.015, tip[1]), (tip[0] + 0.015, tip[1] - 0.004)], 0.014, (240, 244, 250), 0.9)


def palm(pen: Pen) -> None:
    leaf = pen.colour or (74, 130, 84)
    stem = smooth([(0.34, 1.0), (0.38, 0.7), (0.46, 0.45), (0.56, 0.3)], 3)
    for index, (x, y) in enumerate(stem):
        share = index / len(stem)
        pen.oval(x, y, 0.03 - 0.012 * share, 0.03, WOOD, 0.75 - 0.2 * (index % 3))
    for angle, reach in (
        (3.6, 0.44),
        (3.0, 0.4),
        (4.2, 0.36),
        (4.9, 0.34),
        (5.5, 0.4),
        (6.1, 0.42),
        (0.35, 0.34),
        (2.6, 0.3),
    ):
        tip = (0.56 + reach * math.cos(angle), 0.3 + reach * math.sin(angle) * 0.75 + 0.13)
        knee = (0.56 + reach * 0.55 * math.cos(angle), 0.3 + reach * 0.75 * math.sin(angle) - 0.04)
        upper = smooth([(0.56, 0.28), knee, tip], 3)
        lower = smooth([tip, (knee[0], knee[1] + 0.09), (0.56, 0.31)], 3)
        pen.shape([*upper, *lower], leaf, 0.9 if math.cos(angle) < 0 else 0.45, lift=True)
    for x in (0.54, 0.58):
        pen.oval(x, 0.32, 0.024, 0.026, (110, 78, 50), 0.7)


def cactus(pen: Pen) -> None:
    skin = pen.colour or (82, 128, 86)
    for line, wide in (
        ([(0.36, 1.0), (0.36, 0.1)], 0.15),
        ([(0.36, 0.66), (0.14, 0.64), (0.13, 0.34)], 0.095),
        ([(0.36, 0.56), (0.58, 0.54), (0.59, 0.22)], 0.095),
    ):
        pen.line(smooth(line, 2), wide, skin, 0.55)
        x, y = line[-1]
        pen.oval(x, y, wide / 2, wide / 2, skin, 0.55)
    for x, top, bottom in ((0.32, 0.08, 1.0), (0.105, 0.34, 0.6), (0.565, 0.22, 0.5)):
        pen.line([(x, top), (x, bottom)], 0.022, skin, 1.0)
    for x, top, bottom in ((0.405, 0.1, 1.0), (0.62, 0.22, 0.52), (0.155, 0.36, 0.6)):
        pen.line([(x, top), (x, bottom)], 0.03, skin, 0.15)
    pen.oval(0.36, 0.03, 0.03, 0.025, (236, 110, 150), 0.9)


def mushroom(pen: Pen) -> None:
    cap = pen.colour or (206, 62, 50)
    for x, foot, size in ((0.95, 1.0, 0.5), (0.45, 1.0, 0.95)):
        stem = [
            (x - 0.1 * size, foot),
            (x - 0.07 * size, foot - 0.55 * size),
            (x + 0.07 * size, foot - 0.55 * size),
            (x + 0.11 * size, foot),
        ]
        pen.shape(smooth([*stem, stem[0]], 2), (240, 230, 212), 0.95, to=0.25)
        dome = circle((x, foot - 0.52 * size), 0.42 * size, squash=1.05, steps=48)[24:]
        pen.oval(x, foot - 0.52 * size, 0.42 * size, 0.07 * size, (224, 206, 180), 0.35)
        pen.shape(
            [
                *dome,
                (x + 0.42 * size, foot - 0.5 * size),
                (x, foot - 0.56 * size),
                (x - 0.42 * size, foot - 0.5 * size),
            ],
            cap,
            1.0,
            to=0.3,
            lift=True,
        )
        for dx, dy, radius in (
            (-0.2, 0.66, 0.05),
            (0.02, 0.8, 0.06),
            (0.2, 0.68, 0.045),
            (-0.04, 0.63, 0.035),
            (0.3, 0.58, 0.03),
        ):
            pen.oval(x + dx * size, foot - dy * size, radius * size, radius * size * 0.8, (250, 244, 232), 0.9)


def bloom_head(pen: Pen, centre: Point, radius: float, colour: RGB, kind: int) -> None:
    """One flower: daisy, poppy or tulip."""
    x, y = centre
    match kind % 3:
        case 0:
            for turn in range(11):
                angle = turn * math.tau / 11
                petal = circle(
                    (x + radius * 0.6 * math.cos(angle), y + radius * 0.6 * math.sin(angle)), radius * 0.34, steps=14
                )
                pen.shape(petal, colour, 0.85 - 0.4 * math.cos(angle + 0.8) * 0.5)
            pen.oval(x, y, radius * 0.32, radius * 0.3, (232, 178, 60), 0.9, to=0.4)
        case 1:
            for dx, dy, light in ((0.3, -0.1, 0.35), (-0.3, -0.05, 0.9), (0.0, -0.3, 0.7), (0.0, 0.2, 1.0)):
                pen.oval(x + dx * radius, y + dy * radius, radius * 0.7, radius * 0.58, colour, light, lift=True)
            pen.oval(x, y - radius * 0.02, radius * 0.2, radius * 0.18, DARK, 0.2)
        case _:
            for dx, light in ((0.4, 0.3), (-0.4, 0.9), (0.0, 0.75)):
                petal = [
                    (x + dx * radius * 0.4, y + radius * 0.8),
                    (x + (dx - 0.5) * radius, y + radius * 0.1),
                    (x + dx * radius * 1.3, y - radius),
                    (x + (dx + 0.5) * radius, y + radius * 0.1),
                ]
                pen.shape(smooth([petal[0], *petal, petal[0]], 3), colour, light, lift=True)


FLOWER_COLOURS: tuple[RGB, ...] = ((226, 74, 66), (244, 186, 80), (236, 130, 160), (250, 240, 226), (150, 112, 196))


def flowers(pen: Pen) -> None:
    """A loose group of tall flowers."""
    rng = pen.canvas.stream("flowers")
    stem: RGB = (84, 128, 72)
    heads: list[tuple[Point, float, RGB, int]] = []
    for index in range(7):
        x = 0.18 + index * 0.16 + rng.uniform(-0.05, 0.05)
        y = 0.14 + rng.random() * 0.34 + abs(index - 3) * 0.04
        foot = 0.66 + (x - 0.66) * 0.5
        pen.line(smooth([(foot, 1.0), ((foot + x) / 2, 0.7), (x, y)], 2), 0.014, stem, 0.6)
        leaf_y = rng.uniform(0.6, 0.85)
        pen.shape(
            smooth(
                [
                    (foot, leaf_y + 0.1),
                    (foot + 0.1, leaf_y - 0.02),
                    (foot + 0.17, leaf_y - 0.12),
                    (foot + 0.04, leaf_y),
                    (foot, leaf_y + 0.1),
                ],
                2,
            ),
            stem,
            0.5,
        )
        heads.append(((x, y), rng.uniform(0.075, 0.12), pen.colour or rng.choice(FLOWER_COLOURS), rng.randrange(3)))
    for centre, radius, colour, kind in heads:
        bloom_head(pen, centre, radius, colour, kind)
