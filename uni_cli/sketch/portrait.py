"""A head and shoulders in clear shapes: light side, shadow side, rim of light."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from . import stage
from .canvas import Canvas, cut, glow, gradient
from .colour import RGB, mix
from .creatures import loop
from .noise import BICUBIC, clouds, contrast, fade
from .pen import Pen
from .shapes import Point, circle, smooth

SKINS: tuple[RGB, ...] = ((240, 200, 172), (214, 164, 130), (166, 112, 82), (116, 76, 58), (232, 184, 148))
HAIRS: tuple[RGB, ...] = ((52, 38, 36), (96, 58, 40), (178, 104, 58), (206, 164, 104), (70, 66, 76))
CLOTHES: tuple[RGB, ...] = ((176, 66, 58), (60, 92, 110), (206, 160, 82), (86, 110, 84), (120, 84, 124))


def paint_portrait(canvas: Canvas) -> None:
    rng = canvas.stream("portrait")
    backdrop(canvas, rng)
    if canvas.scene.has("cat", "fox", "dog", "horse", "deer"):
        floor = canvas.height + canvas.unit * 14
        stage.stand(canvas, [(0, floor), (canvas.width, floor)], size=min(3.0, canvas.height / canvas.unit / 32))
        return
    warm = mix(canvas.palette.deep, (74, 36, 48), 0.75)
    ambient = mix(canvas.palette.ambient, (255, 236, 224), 0.6)
    canvas.palette = replace(canvas.palette, deep=warm, haze=mix(canvas.palette.haze, warm, 0.5), ambient=ambient)
    canvas.placed.add("person")
    middle = canvas.width * 0.5 + (canvas.focus - canvas.width * 0.5) * 0.45
    tall = min(canvas.height * 0.92, canvas.width * 1.15)
    pen = Pen(canvas, height=max(8, round(tall)), aspect=1.1, colour=None, flip=canvas.sun[0] > middle)
    bust(pen, rng)
    pen.place(middle, canvas.height + 1)
    stage.fly(canvas)


def backdrop(canvas: Canvas, rng: random.Random) -> None:
    """Soft colour and out-of-focus lights."""
    low = mix(canvas.palette.deep, canvas.palette.sky[1], 0.55)
    ground = gradient(
        canvas.small, (mix(canvas.palette.sky[0], canvas.palette.deep, 0.2), mix(canvas.palette.sky[1], low, 0.3), low)
    )
    spread = clouds(rng, canvas.small, (4, 4), octaves=4)
    ground.paste(mix(canvas.palette.haze, canvas.palette.sky[1], 0.3), (0, 0), fade(contrast(spread, 110, 210), 0.5))
    canvas.image.paste(ground.resize(canvas.size, BICUBIC))
    glow(canvas, (canvas.sun[0], canvas.height * 0.34), canvas.unit * 70, canvas.palette.light, 0.55)
    for _ in range(16):
        at = (rng.random() * canvas.width, rng.random() * canvas.height * 0.8)
        disc = cut(canvas, [circle(at, canvas.unit * rng.uniform(1.5, 5))])
        if disc is not None:
            canvas.image.paste(
                mix(canvas.palette.light, canvas.palette.haze, rng.random()),
                (disc.left, disc.top),
                fade(disc.mask, rng.uniform(0.06, 0.2)),
            )


def bust(pen: Pen, rng: random.Random) -> None:
    """Seen in three-quarter view, facing the light on the left."""
    skin, hair, cloth = rng.choice(SKINS), rng.choice(HAIRS), rng.choice(CLOTHES)
    if pen.canvas.scene.medium == "manga":
        skin = (255, 240, 228)
    if pen.canvas.scene.colours:
        cloth = pen.canvas.scene.colours[0]
    long = rng.random() < 0.6
    back_hair(pen, hair, long)
    neck: list[Point] = [(0.46, 0.56), (0.47, 0.74), (0.4, 0.82), (0.56, 0.9), (0.72, 0.82), (0.66, 0.72), (0.66, 0.52)]
    pen.shape(smooth([*neck, neck[0]], 2), skin, 0.6, to=0.1)
    shoulders: list[Point] = [
        (0.02, 1.02),
        (0.08, 0.9),
        (0.22, 0.835),
        (0.4, 0.79),
        (0.55, 0.865),
        (0.7, 0.79),
        (0.9, 0.84),
        (1.04, 0.92),
        (1.08, 1.02),
    ]
    pen.shape([(0.02, 1.02), *smooth(shoulders, 3), (1.08, 1.02)], cloth, 1.0, to=0.1, lift=True)
    pen.line(smooth([(0.38, 0.795), (0.45, 0.87), (0.56, 0.895), (0.66, 0.87), (0.72, 0.79)], 3), 0.022, cloth, 0.25)
    face: list[Point] = [
        (0.36, 0.3), (0.34, 0.4), (0.345, 0.47), (0.375, 0.57), (0.43, 0.65), (0.485, 0.675), (0.56, 0.65),
        (0.64, 0.57), (0.69, 0.46), (0.7, 0.32), (0.62, 0.2), (0.46, 0.19),
    ]  # fmt: skip
    pen.shape(loop(face), skin, 1.0, to=0.32, lift=True)
    pen.shape(
        loop(
            [
                (0.6, 0.28),
                (0.57, 0.42),
                (0.575, 0.54),
                (0.5, 0.665),
                (0.58, 0.64),
                (0.66, 0.56),
                (0.71, 0.44),
                (0.7, 0.3),
            ]
        ),
        skin,
        0.12,
    )
    features(pen, skin, hair)
    pen.shape(loop([(0.67, 0.4), (0.72, 0.38), (0.735, 0.44), (0.7, 0.51), (0.67, 0.5)], 2), skin, 0.35)
    front_hair(pen, hair, long)
    if rng.random() < 0.5:
        pen.oval(0.7, 0.54, 0.014, 0.02, (232, 190, 90), 1.0)


def features(pen: Pen, skin: RGB, hair: RGB) -> None:
    blush = mix(skin, (220, 90, 80), 0.3)
    pen.oval(0.415, 0.525, 0.04, 0.026, blush, 0.92)
    for x, wide, light in ((0.405, 0.036, 0.3), (0.545, 0.045, 0.15)):
        lid = [
            (x + wide * math.cos(math.pi * step / 10), 0.432 + wide * 0.42 * math.sin(math.pi * step / 10))
            for step in range(11)
        ]
        pen.line(lid, 0.009, hair, 0.1)
        for lash in (1, 3, 7, 9):
            px, py = lid[lash]
            pen.line([(px, py), (px + (px - x) * 0.3, py + 0.012)], 0.005, hair, 0.1)
        brow = [(x - wide * 1.1, 0.385), (x, 0.366), (x + wide * 1.15, 0.38)]
        pen.line(smooth(brow, 2), 0.012, hair, light)
    pen.shape(
        smooth([(0.478, 0.4), (0.45, 0.5), (0.434, 0.535), (0.46, 0.552), (0.49, 0.545), (0.478, 0.4)], 2), skin, 0.55
    )
    pen.line(smooth([(0.436, 0.535), (0.452, 0.553), (0.482, 0.548)], 2), 0.008, skin, 0.05)
    lip = mix(skin, (176, 52, 56), 0.62)
    pen.shape(
        loop([(0.425, 0.594), (0.452, 0.583), (0.466, 0.588), (0.482, 0.582), (0.53, 0.595), (0.478, 0.6)], 2), lip, 0.5
    )
    pen.shape(loop([(0.43, 0.597), (0.478, 0.601), (0.524, 0.597), (0.478, 0.622)], 2), lip, 0.85)


def back_hair(pen: Pen, hair: RGB, long: bool) -> None:
    if long:
        mass = [
            (0.36, 0.24),
            (0.46, 0.12),
            (0.62, 0.1),
            (0.76, 0.2),
            (0.82, 0.4),
            (0.84, 0.62),
            (0.92, 0.84),
            (0.7, 0.93),
            (0.6, 0.8),
            (0.44, 0.7),
        ]
    else:
        mass = [
            (0.36, 0.24),
            (0.46, 0.12),
            (0.62, 0.1),
            (0.75, 0.2),
            (0.79, 0.36),
            (0.75, 0.52),
            (0.66, 0.58),
            (0.5, 0.5),
        ]
    pen.shape(loop(mass), hair, 0.55, to=0.12)


def front_hair(pen: Pen, hair: RGB, long: bool) -> None:
    sweep = [
        (0.33, 0.36),
        (0.34, 0.24),
        (0.42, 0.13),
        (0.56, 0.085),
        (0.7, 0.13),
        (0.77, 0.26),
        (0.76, 0.44),
        (0.71, 0.5),
        (0.7, 0.38),
        (0.62, 0.29),
        (0.5, 0.25),
        (0.4, 0.28),
    ]
    pen.shape(loop(sweep), hair, 1.0, to=0.25, lift=True)
    for shift in (0.0, 0.03, 0.06, 0.09):
        strand = [
            (0.36 + shift * 0.6, 0.3 - shift * 0.2),
            (0.44 + shift, 0.17 + shift * 0.15),
            (0.6 + shift * 0.5, 0.15 + shift),
            (0.72 - shift * 0.2, 0.28 + shift),
        ]
        pen.line(smooth(strand, 3), 0.006, hair, 0.5 if shift else 1.0)
    if long:
        lock = [(0.7, 0.36), (0.77, 0.4), (0.8, 0.6), (0.86, 0.82), (0.78, 0.9), (0.7, 0.72), (0.71, 0.52)]
        pen.shape(loop(lock), hair, 0.5, to=0.2, lift=True)
