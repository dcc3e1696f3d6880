"""Outlines of natural things as polygons."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

from .noise import profile

Point = tuple[float, float]


def circle(centre: Point, radius: float, *, squash: float = 1.0, steps: int = 72) -> list[Point]:
    return [
        (
            centre[0] + radius * math.cos(index * math.tau / steps),
            centre[1] + radius * squash * math.sin(index * math.tau / steps),
        )
        for index in range(steps)
    ]


def ridge(
    rng: random.Random, size: tuple[int, int], base: float, height: float, *, roughness: float = 0.5, count: int = 256
) -> list[Point]:
    """The upper line of a range of hills, from edge to edge."""
    heights = profile(rng, count, roughness)
    step = size[0] / (len(heights) - 1)
    return [(index * step, base - value * height) for index, value in enumerate(heights)]


def close(line: Sequence[Point], bottom: float) -> list[Point]:
    """The line with all that is under it."""
    return [
        (line[0][0] - 2, bottom),
        (line[0][0] - 2, line[0][1]),
        *line,
        (line[-1][0] + 2, line[-1][1]),
        (line[-1][0] + 2, bottom),
    ]


def height_at(line: Sequence[Point], x: float) -> float:
    for (ax, ay), (bx, by) in itertools.pairwise(line):
        if ax <= x <= bx:
            return ay + (by - ay) * (x - ax) / max(1e-6, bx - ax)
    return line[-1][1] if x > line[-1][0] else line[0][1]


def smooth(points: Sequence[Point], rounds: int = 2) -> list[Point]:
    """Corners cut off, again and again (Chaikin)."""
    line = list(points)
    for _ in range(rounds):
        finer = [line[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(line):
            finer += [(ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25), (ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75)]
        line = [*finer, line[-1]]
    return line
