"""Dunes with a lit and a shaded side, one behind the other."""

from __future__ import annotations

import math
import random

from . import stage
from .canvas import Canvas, cut, lay, veil
from .colour import mix
from .land import hill, overlay
from .shapes import Point, close, ridge


def paint_desert(canvas: Canvas) -> None:
    stage.fly(canvas)
    rng = canvas.stream("desert")
    unit, room = canvas.unit, canvas.height - canvas.horizon
    far = ridge(rng, canvas.size, canvas.horizon + unit * 2, unit * 9, roughness=0.5, count=128)
    hill(canvas, far, 0.14)
    veil(canvas, canvas.horizon - unit * 6, canvas.horizon + unit * 4, canvas.palette.haze, 0.5)
    low = canvas.horizon + unit * 4
    stage.stand(canvas, [(0, low), (canvas.width, low)], "far", depth=0.72)
    for index in range(4):
        depth = 0.3 + 0.23 * index
        foot = canvas.horizon + room * (0.06 + 0.27 * index)
        row(canvas, rng, foot, depth, index)
        if index == 2:
            low = foot + unit * 4
            stage.stand(canvas, [(0, low), (canvas.width, low)], "ground", "rock", "span", "water", "table")


def row(canvas: Canvas, rng: random.Random, foot: float, depth: float, index: int) -> None:
    """A plain of sand with two or three dunes on it."""
    unit = canvas.unit
    sand = canvas.palette.land(depth * 0.8)
    plain = ridge(rng, canvas.size, foot + unit, unit * 2.5, roughness=0.25, count=32)
    shape = cut(canvas, [close(plain, canvas.height + 2)], floor=max(y for _, y in plain))
    lay(
        canvas,
        shape,
        mix(sand, canvas.palette.light, 0.22),
        mix(sand, canvas.palette.deep, 0.2 * depth),
        rim=0.15,
        rough=0.1,
    )
    if index == 3:
        return
    count = rng.choice((2, 3)) if index < 2 else 1
    for order in range(count):
        middle = canvas.width * (order + rng.uniform(0.2, 0.8)) / count
        if index == 2:
            middle = canvas.width - canvas.focus + unit * rng.uniform(-8, 8)
        dune(canvas, rng, (middle, foot - unit * rng.uniform(5, 8) * (0.6 + index * 0.4)), foot + unit * 3, depth)


def dune(canvas: Canvas, rng: random.Random, crest: Point, foot: float, depth: float) -> None:
    """Long towards the light, steep in its own shade."""
    side = -1 if canvas.sun[0] > crest[0] else 1
    tall = foot - crest[1]
    lee, luff = tall * rng.uniform(2.6, 3.6), tall * rng.uniform(3.6, 5.0)
    lit_edge = [
        (crest[0] - side * luff * t, foot - tall * (0.5 + 0.5 * math.cos(math.pi * t)) ** 1.25) for t in steps(24)
    ]
    dark_edge = [(crest[0] + side * lee * t, foot - tall * (1 - t) ** 1.7) for t in steps(24)]
    outline = [*reversed(lit_edge), *dark_edge[1:]]
    shape = cut(canvas, [outline])
    if shape is None:
        return
    sand = canvas.palette.land(depth * 0.8)
    lay(canvas, shape, mix(sand, canvas.palette.light, 0.42), mix(sand, canvas.palette.light, 0.2), rim=0.1, rough=0.08)
    swing = rng.uniform(0.35, 0.6)
    spine = [
        (crest[0] + side * lee * (swing * math.sin(t * math.pi * 0.9) * 0.5 - 0.1 * t), crest[1] + tall * t)
        for t in steps(20)
    ]
    shade = mix(sand, canvas.palette.deep, 0.5)
    overlay(canvas, shape, [[*dark_edge, *reversed(spine)]], shade, 0.85, falling=True)


def steps(count: int) -> list[float]:
    return [index / count for index in range(count + 1)]
