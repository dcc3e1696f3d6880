"""Sea and lake: the sky once more, upside down and broken by waves."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageFilter

from . import stage
from .canvas import BILINEAR, Canvas, cut, gradient, lay, veil
from .colour import mix
from .land import SNOW, grass, hill, massif, treeline
from .lights import beam
from .noise import BICUBIC, contrast, fade, speckle
from .shapes import Point, close, height_at, ridge, smooth
from .subjects import KINDS


def paint_sea(canvas: Canvas) -> None:
    stage.fly(canvas)
    rng = canvas.stream("sea")
    far = ridge(rng, canvas.size, canvas.horizon + canvas.unit, canvas.unit * 6, roughness=0.48, count=64)
    if rng.random() < 0.6:
        hill(canvas, far, 0.16)
    if canvas.paper:
        paper_sea(canvas, rng)
        return
    surface(canvas, rng, calm=0.35)
    rocks = any(KINDS[s.name].where in ("rock", "ground", "table") for s in canvas.scene.subjects if s.name in KINDS)
    if rocks:
        headland(canvas, rng, canvas.horizon + canvas.unit * 13)
    float_all(canvas, rng)
    if not rocks:
        shore(canvas, rng)


def float_all(canvas: Canvas, rng: random.Random) -> None:
    """Boats and the like, each with its broken mirror image."""
    room = canvas.height - canvas.horizon
    for order, subject in enumerate(stage.take(canvas, "water", "span", "far")):
        x = stage.spots(canvas, order + 1, "water")[order]
        for index in reversed(range(subject.count)):
            share = 0.36 - 0.05 * index + 0.02 * rng.random()
            foot = canvas.horizon + room * max(0.1, share)
            at = x + index * canvas.unit * 26 * (1 if x < canvas.width / 2 else -1)
            span = subject.name in ("bridge", "train")
            if span:
                at, foot = canvas.width / 2, canvas.horizon + canvas.unit * 7
            stage.afloat(canvas, subject, at, foot, size=(1.0 if order == 0 else 0.7) * (1 - 0.16 * index))


def surface(canvas: Canvas, rng: random.Random, *, calm: float) -> None:
    """Water from the horizon down to the viewer."""
    top = round(canvas.horizon)
    size = (canvas.width, canvas.height - top)
    half = (max(4, size[0] // 4), max(4, size[1] // 4))
    above = canvas.image.crop((0, max(0, top - round(size[1] * 1.2)), canvas.width, top)).resize(half, BICUBIC)
    mirror = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = mirror.filter(ImageFilter.BoxBlur((1.0 + 6 * (1 - calm), 1.0)))
    deep = mix(canvas.palette.deep, canvas.palette.sky[0], 0.45)
    body = Image.blend(
        mirror,
        gradient(half, (mix(canvas.palette.haze, deep, 0.35), deep, mix(deep, canvas.palette.deep, 0.5))),
        0.62 - 0.32 * calm,
    )
    canvas.image.paste(body.resize(size, BICUBIC), (0, top))
    waves = perspective(rng, (max(8, size[0] // 2), max(8, size[1] // 2)))
    troughs = fade(contrast(waves, 120, 40).resize(size, BILINEAR), 0.34 * (1.2 - calm))
    canvas.image.paste(mix(deep, canvas.palette.deep, 0.5), (0, top), troughs)
    sheen = fade(contrast(waves, 150, 215).resize(size, BILINEAR), 0.28)
    canvas.image.paste(mix(canvas.palette.haze, canvas.palette.light, 0.5), (0, top), sheen)
    glitter(canvas, waves, top, size)


def perspective(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """Lying noise that runs to the horizon: long thin waves far off, broad ones near."""
    width, height = size
    deep = 520
    source = speckle(rng, (max(8, width // 26), 300)).resize((width, deep), BICUBIC)
    wide = Image.new("L", (width * 4, deep))
    for index in range(4):
        wide.paste(source, (index * width, 0))
    near = 10.0
    slope = (near - 1) / height
    return wide.transform(
        size,
        Image.Transform.PERSPECTIVE,
        (3.2, width / 2 * slope, 0.0, 0.0, (deep - 2) * near / height, 0.0, 0.0, slope),
        BILINEAR,
    )


def glitter(canvas: Canvas, waves: Image.Image, top: int, size: tuple[int, int]) -> None:
    """The path of light under the sun."""
    if canvas.scene.weather in ("storm", "rain"):
        return
    sparks = contrast(waves, 122, 172)
    centre = canvas.sun[0] / canvas.width * 96
    values = bytearray()
    for y in range(32):
        wide = 4.2 * canvas.height / canvas.width + 0.24 * y
        values += bytes(round(255 * math.exp(-(((x - centre) / wide) ** 2)) * (1 - 0.55 * y / 31)) for x in range(96))
    lane = Image.frombytes("L", (96, 32), bytes(values))
    mask = ImageChops.multiply(sparks, lane.resize(sparks.size, BICUBIC)).resize(size, BILINEAR)
    canvas.image.paste(mix(canvas.palette.light, (255, 255, 255), 0.45), (0, top), mask)


def headland(canvas: Canvas, rng: random.Random, foot: float) -> None:
    """A rock by the sea on which things may stand."""
    side = -1 if canvas.focus < canvas.width / 2 else 1
    edge = -canvas.unit * 4 if side < 0 else canvas.width + canvas.unit * 4
    tip = canvas.focus - side * canvas.unit * 21
    top = foot - canvas.unit * 7.5
    profile: list[Point] = [(edge, foot + canvas.unit * 5), (edge, top - canvas.unit * 3)]
    for step in range(1, 15):
        x = edge + (canvas.focus - side * 9 * canvas.unit - edge) * step / 14
        profile.append((x, top + canvas.unit * rng.uniform(-0.7, 0.7) - canvas.unit * 2.4 * (1 - step / 14)))
    for step in range(1, 9):
        share = step / 8
        x = canvas.focus - side * (9 + 12 * share) * canvas.unit
        profile.append((x, top + (foot - top) * share**1.5 + canvas.unit * rng.uniform(-0.6, 0.6)))
    profile += [
        (tip - side * canvas.unit * 3, foot + canvas.unit * 0.4),
        (tip, foot + canvas.unit * 2.4),
        (edge, foot + canvas.unit * 3.4),
    ]
    rock = canvas.palette.land(0.8, (112, 98, 96))
    shape = cut(canvas, [profile])
    foam(canvas, profile[-12:], foot, side)
    lay(canvas, shape, mix(rock, canvas.palette.light, 0.2), mix(rock, canvas.palette.deep, 0.6), rim=0.5, rough=0.6)
    turf = [(x, y - canvas.unit * 0.2) for x, y in profile[1:20]]
    lower = [
        (x, y + canvas.unit * rng.uniform(0.7, 1.9) * (1 - index / 19) ** 0.5)
        for index, (x, y) in reversed(list(enumerate(profile[1:20])))
    ]
    ground = SNOW if canvas.scene.season == "winter" else canvas.palette.ground
    green = canvas.palette.land(0.82, ground)
    lay(canvas, cut(canvas, [[*turf, *lower]]), mix(green, canvas.palette.light, 0.2), green, lift=0.2, rim=0.3)
    line = sorted(profile[1:18])
    if canvas.scene.has("lighthouse"):
        beam(canvas, canvas.focus, height_at(line, canvas.focus) - canvas.unit * 46 * 0.92 * 0.79)
    stage.stand(canvas, line, "rock", "ground", "table", "far", size=0.92)


def foam(canvas: Canvas, edge: list[Point], foot: float, side: int) -> None:
    wash = [(x - side * canvas.unit * 1.2, max(y, foot) + canvas.unit * 0.9) for x, y in edge]
    back = [
        (x, max(y, foot) + canvas.unit * 2.3 + canvas.unit * 0.5 * math.sin(x / canvas.unit)) for x, y in reversed(edge)
    ]
    white = mix(canvas.palette.haze, canvas.palette.lit(SNOW, 1.0), 0.6)
    lay(canvas, cut(canvas, [smooth([*wash, *back], 2)]), white, white, lift=0.2, rim=0.0, rough=0.0)


def shore(canvas: Canvas, rng: random.Random) -> None:
    """A beach along the lower edge with a seam of foam."""
    low = canvas.height - canvas.unit * 6
    line = ridge(rng, canvas.size, low, canvas.unit * 5, roughness=0.3, count=32)
    white = mix(canvas.palette.haze, canvas.palette.lit(SNOW, 1.0), 0.7)
    seam = smooth([(x, y - canvas.unit * 1.2) for x, y in line], 2)
    lay(canvas, cut(canvas, [close(seam, canvas.height + 2)]), white, white, lift=0.2, rim=0.0, rough=0.0)
    sand = mix(canvas.palette.lit((232, 204, 160), 0.62), canvas.palette.haze, 0.1)
    lay(
        canvas,
        cut(canvas, [close(smooth(line, 2), canvas.height + 2)]),
        mix(sand, canvas.palette.light, 0.2),
        sand,
        lift=0.2,
    )
    tufts(canvas, rng)
    stage.remains(canvas, [(x, y + canvas.unit * 2.5) for x, y in line], size=0.9)


def tufts(canvas: Canvas, rng: random.Random) -> None:
    """Beach grass in the corners."""
    blades: list[list[Point]] = []
    unit = canvas.unit
    for _ in range(150):
        side = rng.choice((0.0, 1.0))
        x = canvas.width * side + (1 - 2 * side) * abs(rng.gauss(0, 9)) * unit
        tall, lean = unit * rng.uniform(3, 9), unit * rng.uniform(-3, 3)
        foot = canvas.height + 2
        blades.append(
            [
                (x - unit * 0.13, foot),
                (x + lean * 0.4, foot - tall * 0.6),
                (x + lean, foot - tall),
                (x + unit * 0.13, foot),
            ]
        )
    colour = mix(canvas.palette.land(1.0), canvas.palette.deep, 0.35)
    lay(canvas, cut(canvas, blades), mix(colour, canvas.palette.light, 0.2), colour, lift=0.3, rim=0.0, rough=0.0)


def paper_sea(canvas: Canvas, rng: random.Random) -> None:
    """Waves cut from sheets, one before the other."""
    room = canvas.height - canvas.horizon
    deep = mix(canvas.palette.deep, canvas.palette.sky[0], 0.4)
    layers = 6
    for index in range(layers):
        share = index / (layers - 1)
        base = canvas.horizon + room * (0.02 + 0.83 * share**1.1)
        colour = mix(mix(canvas.palette.haze, canvas.palette.sky[1], 0.5), deep, share**0.8)
        crest = wave(canvas, rng, base, (0.7 + 1.5 * share) * canvas.unit, (11 + 22 * share) * canvas.unit)
        lay(
            canvas,
            cut(canvas, [close(crest, canvas.height + 2)]),
            mix(colour, canvas.palette.light, 0.16),
            mix(colour, deep, 0.3),
        )
        if index == 1:
            headland_if_needed(canvas, rng)
        if index == 3:
            float_all(canvas, rng)


def headland_if_needed(canvas: Canvas, rng: random.Random) -> None:
    if canvas.scene.has("lighthouse", "house", "tower", "castle", "tree", "person", "cat", "pagoda", "palm"):
        headland(canvas, rng, canvas.horizon + canvas.unit * 10)


def wave(canvas: Canvas, rng: random.Random, base: float, tall: float, long: float) -> list[Point]:
    """A rolling crest, steeper before than behind."""
    phase, other = rng.random() * math.tau, rng.random() * math.tau
    points: list[Point] = []
    for step in range(161):
        x = canvas.width * step / 160
        turn = math.tau * x / long + phase
        roll = math.sin(turn + 0.45 * math.sin(turn)) * (0.75 + 0.25 * math.sin(x / long + other))
        points.append((x, base - tall * roll))
    return points


def paint_lake(canvas: Canvas) -> None:
    """Mountains and trees mirrored in still water."""
    rng = canvas.stream("lake")
    massif(canvas, rng, canvas.horizon + canvas.unit * 2, canvas.unit * rng.uniform(22, 32), 0.26)
    veil(canvas, canvas.horizon - canvas.unit * 10, canvas.horizon + canvas.unit * 4, canvas.palette.haze, 0.5)
    stage.fly(canvas)
    bank = ridge(rng, canvas.size, canvas.horizon + canvas.unit, canvas.unit * 4, roughness=0.4, count=64)
    treeline(canvas, rng, bank, 6.0, 0.5)
    hill(canvas, bank, 0.5)
    stage.stand(canvas, [(x, y + canvas.unit) for x, y in bank], "ground", "rock", "table", "far", size=0.72, depth=0.9)
    surface(canvas, rng, calm=0.9)
    veil(canvas, canvas.horizon - canvas.unit * 2, canvas.horizon + canvas.unit * 5, canvas.palette.haze, 0.35)
    float_all(canvas, rng)
    near = ridge(rng, canvas.size, canvas.height + canvas.unit * 2, canvas.unit * 7, roughness=0.4, count=64)
    hill(canvas, near, 1.0)
    grass(canvas, rng)
