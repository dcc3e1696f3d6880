"""Open country: mountains, meadows, forest and desert, ridge behind ridge."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

from PIL import Image, ImageChops

from . import stage
from .canvas import Canvas, Cut, cut, lay, veil
from .colour import RGB, mix
from .noise import fade
from .plants import LEAF, conifer, leafy
from .shapes import Point, close, height_at, ridge

SNOW: RGB = (246, 248, 252)
ROCK: RGB = (128, 118, 124)
EASE = [min(255, value * 2) for value in range(256)]
FIR: RGB = (58, 104, 84)
FIR_SNOW: RGB = (168, 190, 204)


def paint_mountains(canvas: Canvas) -> None:
    rng = canvas.stream("mountains")
    for index, (base, tall) in enumerate(((0.0, 30.0), (0.05, 24.0))):
        foot = canvas.horizon + canvas.unit * (4 + 100 * base)
        massif(canvas, rng, foot, tall * canvas.unit * rng.uniform(0.85, 1.2), 0.22 + 0.24 * index)
        veil(canvas, foot - canvas.unit * 9, foot + canvas.unit * 8, canvas.palette.haze, 0.45)
    stage.fly(canvas)
    foreground(canvas, rng, trees=True)


def foreground(canvas: Canvas, rng: random.Random, *, trees: bool) -> None:
    """Three nearer hills; subjects stand on the second."""
    room = canvas.height - canvas.horizon
    for index, (low, tall, depth) in enumerate(((0.3, 7.0, 0.55), (0.62, 8.0, 0.78), (0.98, 8.0, 1.0))):
        foot = canvas.horizon + room * low
        line = ridge(rng, canvas.size, foot, tall * canvas.unit, roughness=0.42, count=128)
        hill(canvas, line, depth)
        if index == 0:
            stage.stand(canvas, line, "far", size=0.9, depth=0.6)
            if trees:
                treeline(canvas, rng, line, 3.2, depth)
        if index == 1:
            dress(canvas, rng, line)
            path(canvas, line)
            stage.stand(
                canvas, [(x, y + canvas.unit * 1.2) for x, y in line], "ground", "rock", "span", "water", "table"
            )
        veil(canvas, foot - canvas.unit * 4, foot + canvas.unit * 9, canvas.palette.haze, 0.2 - 0.09 * index)
    grass(canvas, rng)


def path(canvas: Canvas, line: Sequence[Point]) -> None:
    """A winding way from a building's door to the viewer."""
    if not canvas.scene.has("house", "castle", "windmill", "tower", "pagoda", "car", "van", "bicycle"):
        return
    unit = canvas.unit
    start = (canvas.focus, height_at(line, canvas.focus) + unit)
    drop = canvas.height - start[1]
    side = 1 if canvas.focus < canvas.width / 2 else -1
    left: list[Point] = []
    right: list[Point] = []
    for step in range(25):
        share = step / 24
        sway = math.sin(share * math.pi * 1.5) * unit * 11 * share + side * unit * 16 * share**1.5
        wide = unit * (0.5 + 7.5 * share**1.6)
        left.append((start[0] + sway - wide, start[1] + drop * share))
        right.append((start[0] + sway + wide, start[1] + drop * share))
    earth = canvas.palette.land(0.85, SNOW if canvas.scene.season == "winter" else (206, 180, 140))
    lay(
        canvas,
        cut(canvas, [[*left, *reversed(right)]]),
        mix(earth, canvas.palette.haze, 0.2),
        mix(earth, canvas.palette.light, 0.1),
        lift=0.3,
        rim=0.0,
    )


def dress(canvas: Canvas, rng: random.Random, line: Sequence[Point]) -> None:
    """A few trees beside the subject, never over it."""
    shapes: list[list[Point]] = []
    for _ in range(9):
        x = rng.random() * canvas.width
        if abs(x - canvas.focus) < 20 * canvas.unit:
            continue
        foot = height_at(line, x) + canvas.unit
        shapes += plant(canvas, rng, x, foot, canvas.unit * rng.uniform(6, 12))
    colour = canvas.palette.land(0.82, leaf_colour(canvas))
    if shapes:
        lay(canvas, cut(canvas, shapes), mix(colour, canvas.palette.light, 0.12), colour, lift=0.4, rim=0.35)


def leaf_colour(canvas: Canvas) -> RGB:
    return mix(LEAF[canvas.scene.season], canvas.palette.ground, 0.35)


def plant(canvas: Canvas, rng: random.Random, x: float, foot: float, tall: float) -> list[list[Point]]:
    """A tree of the kind that grows here."""
    share = {"mountains": 0.95, "lake": 0.85, "forest": 0.7 if canvas.scene.season != "autumn" else 0.5}.get(
        canvas.scene.place, 0.2
    )
    if "pine" in canvas.scene.details or rng.random() < share:
        return [conifer(rng, x, foot, tall)]
    return leafy(rng, x, foot, tall * 0.8)


def hill(canvas: Canvas, line: Sequence[Point], depth: float) -> None:
    """One rise of open ground."""
    shape = cut(canvas, [close(line, canvas.height + 2)], floor=max(y for _, y in line))
    near = canvas.palette.land(depth)
    bright = mix(near, canvas.palette.light, 0.10 * (1.2 - depth))
    lay(
        canvas, shape, bright, mix(mix(near, canvas.palette.deep, 0.35 * depth), canvas.palette.haze, 0.4 * (1 - depth))
    )


def treeline(canvas: Canvas, rng: random.Random, line: Sequence[Point], tall: float, depth: float) -> None:
    """A wood along a ridge."""
    firs: list[list[Point]] = []
    leaves: list[list[Point]] = []
    x = -canvas.unit * 2
    while x < canvas.width + canvas.unit * 2:
        x += canvas.unit * rng.uniform(0.35, 1.5) * tall / 5
        if rng.random() < 0.12:
            x += canvas.unit * rng.uniform(2, 9)
        foot = height_at(line, x) + canvas.unit * 0.6
        grown = plant(canvas, rng, x, foot, canvas.unit * tall * rng.uniform(0.55, 1.2))
        (firs if len(grown) == 1 else leaves).extend(grown)
    green = FIR_SNOW if canvas.scene.season == "winter" else FIR
    for shapes, local in ((leaves, leaf_colour(canvas)), (firs, green)):
        colour = mix(canvas.palette.land(depth, local), canvas.palette.deep, 0.12)
        lay(
            canvas,
            cut(canvas, shapes),
            mix(colour, canvas.palette.light, 0.08),
            mix(colour, canvas.palette.haze, 0.25),
            lift=0.4,
            rim=0.2,
        )


def massif(canvas: Canvas, rng: random.Random, foot: float, tall: float, depth: float) -> None:
    """A range of peaks, the high ones behind."""
    unit = canvas.unit
    count = max(3, round(canvas.width / (tall * 1.15)))
    tops: list[tuple[float, float]] = []
    for index in range(count):
        x = canvas.width * (index + 0.5 + rng.uniform(-0.32, 0.32)) / count
        near_sun = abs(x - canvas.sun[0]) < canvas.width * 0.12
        tops.append((x, tall * rng.uniform(0.5, 0.8) * (0.8 if near_sun else 1.0)))
    chief = rng.randrange(count)
    tops[chief] = (tops[chief][0], tall)
    for order, (x, high) in enumerate(sorted(tops, key=lambda top: -top[1])):
        peak(canvas, rng, (x, foot - high), foot, depth + 0.05 * order / count)
    veil(canvas, foot - unit * 10, foot + unit * 6, canvas.palette.haze, 0.35)


def flank(rng: random.Random, start: Point, end: Point, jag: float) -> list[Point]:
    """A broken line from one point to another."""
    line = [start, end]
    for _ in range(5):
        finer = [line[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(line):
            finer += [((ax + bx) / 2 + rng.uniform(-jag, jag), (ay + by) / 2 + rng.uniform(-jag, jag) * 0.7), (bx, by)]
        line = finer
        jag *= 0.55
    return line


def peak(canvas: Canvas, rng: random.Random, top: Point, foot: float, depth: float) -> None:
    """One mountain: a lit face, a shaded face, snow where it is high."""
    tall = foot - top[1]
    jag = tall * 0.05
    side = -1 if canvas.sun[0] > top[0] else 1
    left = flank(rng, (top[0] - tall * rng.uniform(0.95, 1.35), foot), top, jag)
    right = flank(rng, top, (top[0] + tall * rng.uniform(0.95, 1.35), foot), jag)
    shape = cut(canvas, [[*left, *right[1:]]])
    if shape is None:
        return
    stone = canvas.palette.land(depth, mix(ROCK, canvas.palette.ground, 0.25))
    bright = mix(stone, canvas.palette.light, 0.28)
    lay(canvas, shape, bright, mix(stone, canvas.palette.haze, 0.6), rim=0.0, rough=0.2)
    high = tall > canvas.unit * 15 or canvas.scene.season == "winter"
    if high:
        white = mix(canvas.palette.land(min(1.0, depth + 0.2), SNOW), canvas.palette.light, 0.5)
        overlay(canvas, shape, [cap(rng, left, right, tall * rng.uniform(0.3, 0.44))], white, 0.95)
    spine = flank(rng, top, (top[0] + side * tall * rng.uniform(-0.1, 0.18), foot), tall * 0.11)
    slope = right if side > 0 else list(reversed(left))
    shade = mix(mix(stone, canvas.palette.deep, 0.42), canvas.palette.sky[0], 0.3)
    overlay(canvas, shape, [[*slope, *reversed(spine)]], shade, 0.72)
    gullies = [gully(rng, spine[index], tall, side) for index in range(4, len(spine) - 10, 5)]
    overlay(canvas, shape, gullies, shade, 0.5)


def gully(rng: random.Random, start: Point, tall: float, side: int) -> list[Point]:
    """A sliver of shade that runs down the lit face."""
    reach, drop = tall * rng.uniform(0.1, 0.26), tall * rng.uniform(0.16, 0.34)
    x, y = start
    return [
        start,
        (x - side * reach * 0.55, y + drop * 0.45),
        (x - side * reach, y + drop),
        (x - side * reach * 0.3, y + drop * 0.7),
        (x + side * tall * 0.02, y + drop * 0.5),
    ]


def cap(rng: random.Random, left: Sequence[Point], right: Sequence[Point], deep: float) -> list[Point]:
    """The snow of one summit, with a ragged lower edge."""
    top = left[-1]
    limit = top[1] + deep
    upper = [*(point for point in left if point[1] < limit), *(point for point in right[1:] if point[1] < limit)]
    if len(upper) < 3:
        return [top, top, top]
    start, end = upper[-1], upper[0]
    edge: list[Point] = []
    teeth = 11
    for index in range(1, teeth):
        share = index / teeth
        drop = deep * (rng.uniform(0.05, 0.5) if index % 2 else rng.uniform(-0.34, -0.1))
        edge.append((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share + drop))
    return [*upper, *edge]


def overlay(
    canvas: Canvas, shape: Cut, polygons: list[list[Point]], colour: RGB, strength: float, *, falling: bool = False
) -> None:
    """Polygons painted only where the shape is."""
    part = cut(canvas, polygons)
    if part is None:
        return
    inner = shape.mask.crop(
        (part.left - shape.left, part.top - shape.top, part.box[2] - shape.left, part.box[3] - shape.top)
    )
    fall = fade(ImageChops.multiply(part.mask, inner), strength)
    if falling:
        ramp = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).point(EASE)
        fall = ImageChops.multiply(fall, ramp.resize(fall.size))
    canvas.image.paste(colour, (part.left, part.top), fall)


def grass(canvas: Canvas, rng: random.Random) -> None:
    """Blades, and flowers in their time, along the lower edge."""
    if canvas.scene.season == "winter":
        return
    blades: list[list[Point]] = []
    count = min(420, round(canvas.width / canvas.unit * 3.2))
    for _ in range(count):
        x = rng.random() * canvas.width
        tall = canvas.unit * rng.uniform(1.5, 6.5) * (0.55 + 0.9 * abs(x / canvas.width - 0.5))
        lean = tall * rng.uniform(-0.35, 0.35)
        wide = canvas.unit * 0.13
        foot = canvas.height + 2
        blades.append(
            [
                (x - wide, foot),
                (x + lean * 0.4, foot - tall * 0.6),
                (x + lean, foot - tall),
                (x + wide + lean * 0.3, foot - tall * 0.55),
                (x + wide, foot),
            ]
        )
    colour = mix(canvas.palette.land(1.0), canvas.palette.deep, 0.5)
    lay(canvas, cut(canvas, blades), mix(colour, canvas.palette.light, 0.16), colour, lift=0.3, rim=0.0, rough=0.0)
    if canvas.scene.season in ("spring", "summer") or "flowers" in canvas.scene.details:
        blossoms(canvas, rng)


def blossoms(canvas: Canvas, rng: random.Random) -> None:
    """Dots of flowers, smaller with distance."""
    asked = next((subject.colour for subject in canvas.scene.subjects if subject.name == "flowers"), None)
    choices = (
        (asked,)
        if asked
        else rng.choice(
            (((240, 96, 80), (250, 220, 150)), ((250, 240, 230), (246, 190, 70)), ((190, 140, 220), (250, 200, 220)))
        )
    )
    dense = 620 if "flowers" in canvas.scene.details else 90
    room = canvas.height - canvas.horizon
    for colour in choices:
        dots: list[list[Point]] = []
        for _ in range(dense // len(choices)):
            share = rng.random() ** (0.9 if dense > 100 else 0.7)
            size = canvas.unit * (0.1 + 0.5 * share**2) * rng.uniform(0.6, 1.2)
            y = canvas.height - room * (0.5 if dense > 100 else 0.36) * (1 - share) - rng.random() * canvas.unit * 3
            x = rng.random() * canvas.width
            dots += [
                [
                    (x + size * dx, y + size * 0.7 * dy)
                    for dx, dy in ((-1, 0), (-0.5, -0.9), (0.5, -0.9), (1, 0), (0.5, 0.9), (-0.5, 0.9))
                ]
            ]
        lit = canvas.palette.lit(colour, 0.85)
        lay(canvas, cut(canvas, dots), lit, lit, lift=0.15, rim=0.0, rough=0.0)


def paint_meadow(canvas: Canvas) -> None:
    rng = canvas.stream("meadow")
    for index in range(3):
        foot = canvas.horizon + canvas.unit * (2 + 3.0 * index)
        line = ridge(rng, canvas.size, foot, canvas.unit * (11 - 2 * index), roughness=0.4, count=128)
        hill(canvas, line, 0.1 + 0.17 * index)
        if index > 0:
            treeline(canvas, rng, line, 1.6 + index, 0.16 + 0.18 * index)
        veil(canvas, foot - canvas.unit * 4, foot + canvas.unit * 6, canvas.palette.haze, 0.3)
    stage.fly(canvas)
    foreground(canvas, rng, trees=False)


def paint_forest(canvas: Canvas) -> None:
    stage.fly(canvas)
    rng = canvas.stream("forest")
    room = canvas.height - canvas.horizon
    for index in range(5):
        depth = 0.12 + 0.17 * index
        foot = canvas.horizon + room * (0.05 + 0.2 * index)
        line = ridge(rng, canvas.size, foot, canvas.unit * 4, roughness=0.4, count=64)
        treeline(canvas, rng, line, 19 + 3.2 * index if index < 3 else 15, depth)
        hill(canvas, line, depth)
        veil(canvas, foot - canvas.unit * 14, foot + canvas.unit * 5, canvas.palette.haze, 0.5 - 0.07 * index)
        if index == 4:
            low = [(x, y + canvas.unit * 1.5) for x, y in line]
            stage.stand(canvas, low, "ground", "rock", "span", "water", "table", "far")
    frame(canvas, rng)
    grass(canvas, rng)


def frame(canvas: Canvas, rng: random.Random) -> None:
    """Great trunks at the sides, quite near."""
    trunks: list[list[Point]] = []
    for x in (0.02, 0.11, 0.9, 0.985):
        if rng.random() < 0.2 or abs(x * canvas.width - canvas.focus) < 14 * canvas.unit:
            continue
        at, wide = (x + rng.uniform(-0.02, 0.02)) * canvas.width, canvas.unit * rng.uniform(1.6, 3.2)
        trunks.append(
            [
                (at - wide * 0.7, -4),
                (at + wide * 0.7, -4),
                (at + wide, canvas.height * 0.8),
                (at + wide * 1.8, canvas.height + 4),
                (at - wide * 1.8, canvas.height + 4),
                (at - wide, canvas.height * 0.8),
            ]
        )
        for _ in range(4):
            y, side, reach = (
                canvas.height * rng.uniform(0.04, 0.5),
                rng.choice((-1, 1)),
                canvas.unit * rng.uniform(5, 14),
            )
            trunks.append(
                [(at, y), (at + side * reach, y + canvas.unit * rng.uniform(-3, 2)), (at, y + canvas.unit * 0.8)]
            )
    colour = mix(canvas.palette.land(1.0, (86, 58, 48)), canvas.palette.deep, 0.25)
    lay(canvas, cut(canvas, trunks), colour, mix(colour, canvas.palette.deep, 0.6), rim=0.35)
