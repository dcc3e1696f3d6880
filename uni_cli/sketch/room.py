"""Indoors: a room with a window, or a table with things in side light."""

from __future__ import annotations

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .canvas import BILINEAR, Canvas, Cut, blur, cut, gradient, lay, shadow
from .colour import RGB, mix, scale
from .land import paint_meadow
from .noise import BICUBIC, clouds, contrast, fade
from .shapes import Point, smooth
from .subjects import KINDS, draw
from .town import box
from .words import Subject

WALLS: tuple[RGB, ...] = ((196, 172, 146), (146, 160, 146), (176, 150, 148), (132, 150, 168), (206, 188, 156))
WOODEN: RGB = (142, 96, 64)


def lamp_lit(canvas: Canvas) -> bool:
    return canvas.scene.time in ("night", "dusk")


def wall_colour(canvas: Canvas, rng: random.Random) -> RGB:
    free = [c for c in canvas.scene.colours if all(c != subject.colour for subject in canvas.scene.subjects)]
    base = mix(rng.choice(WALLS), free[0], 0.6) if free else rng.choice(WALLS)
    return mix(canvas.palette.lit(base, 0.35), canvas.palette.deep, 0.5 if lamp_lit(canvas) else 0.18)


def paint_room(canvas: Canvas) -> None:
    """A window with a view, a table before it, light on the floor."""
    rng = canvas.stream("room")
    unit, width, height = canvas.unit, canvas.width, canvas.height
    names = [subject for subject in canvas.scene.subjects if subject.name in KINDS]
    view = outdoors(canvas)
    wall = wall_colour(canvas, rng)
    wide, tall = min(unit * 46, width * 0.6), min(unit * 52, height * 0.6)
    left, top = width - canvas.focus - wide * 0.5, height * 0.1
    left = min(max(left, width * 0.05), width * 0.95 - wide)
    canvas.image.paste(gradient(canvas.size, (scale(wall, 0.78), wall, scale(wall, 0.7))))
    window(canvas, view, (left, top, left + wide, top + tall))
    table_top = height * 0.8
    shelf(canvas, rng, canvas.focus, height * 0.3, left, wide)
    shine_in(canvas, (left, top, left + wide, top + tall), table_top)
    curtain(canvas, rng, left, top, wide, tall)
    table(canvas, table_top)
    canvas.placed.clear()
    things = names or [Subject("cup"), Subject("book"), Subject("vase")]
    arrange(canvas, things, table_top + unit * 6)


def outdoors(canvas: Canvas) -> Image.Image:
    """What the window shows: the same hour, outside."""
    view = Canvas(
        canvas.image.copy(), canvas.scene, canvas.palette, canvas.root, canvas.sun, canvas.horizon, canvas.width * 2.0,
        {subject.name for subject in canvas.scene.subjects}, canvas.mottle,
    )  # fmt: skip
    paint_meadow(view)
    return view.image


def window(canvas: Canvas, view: Image.Image, frame: tuple[float, float, float, float]) -> None:
    unit = canvas.unit
    left, top, right, bottom = (round(value) for value in frame)
    size = (max(2, right - left), max(2, bottom - top))
    share = size[0] / size[1]
    crop_h = min(view.height, round(view.width / share))
    crop_w = min(view.width, round(crop_h * share))
    x = min(max(0, round(canvas.sun[0] - crop_w * 0.4)), view.width - crop_w)
    pane = (
        view.crop((x, 0, x + crop_w, crop_h)).resize(size, BICUBIC).filter(ImageFilter.BoxBlur(max(0.5, unit * 0.08)))
    )
    canvas.image.paste(pane, (left, top))
    wood = mix(canvas.palette.lit((236, 228, 214), 0.5), canvas.palette.deep, 0.25)
    edge, bar = unit * 1.5, unit * 0.55
    middle, cross = (left + right) / 2, top + size[1] * 0.42
    bars = [
        box(left - edge, top - edge, right + edge, top), box(left - edge, bottom, right + edge, bottom + edge),
        box(left - edge, top - edge, left, bottom + edge), box(right, top - edge, right + edge, bottom + edge),
        box(middle - bar, top, middle + bar, bottom), box(left, cross - bar * 0.7, right, cross + bar * 0.7),
    ]  # fmt: skip
    lay(canvas, cut(canvas, bars), mix(wood, canvas.palette.light, 0.25), wood, lift=0.5, rim=0.3, rough=0.0)
    sill = [box(left - edge * 2, bottom + edge * 0.6, right + edge * 2, bottom + edge * 2.1)]
    lay(
        canvas, cut(canvas, sill), mix(wood, canvas.palette.light, 0.5), scale(wood, 0.75), lift=0.6, rim=0.2, rough=0.0
    )


def shine_in(canvas: Canvas, frame: tuple[float, float, float, float], table_top: float) -> None:
    """Panes of light thrown slantwise onto the wall."""
    if lamp_lit(canvas) or canvas.scene.weather in ("rain", "storm", "fog"):
        return
    left, top, right, bottom = frame
    side = 1 if canvas.focus > (left + right) / 2 else -1
    shift, drop = side * (right - left) * 1.0, (bottom - top) * 0.24
    panes: list[list[Point]] = []
    middle, cross = (left + right) / 2, top + (bottom - top) * 0.42
    gap = canvas.unit * 0.8
    for x0, x1 in ((left, middle - gap), (middle + gap, right)):
        for y0, y1 in ((top, cross - gap), (cross + gap, bottom)):
            panes.append(
                [
                    (x0 + shift, y0 + drop),
                    (x1 + shift, y0 + drop * 1.5),
                    (x1 + shift, y1 + drop * 1.5),
                    (x0 + shift, y1 + drop),
                ]
            )
    shape = cut(canvas, panes)
    if shape is None:
        return
    size = (max(1, shape.mask.width // 6), max(1, shape.mask.height // 6))
    soft = shape.mask.resize(size, BILINEAR).filter(ImageFilter.GaussianBlur(canvas.unit * 0.1 + 0.4))
    mask = fade(soft, 0.5).resize(shape.mask.size, BICUBIC)
    canvas.image.paste(mix(canvas.palette.light, (255, 255, 255), 0.1), (shape.left, shape.top), mask)
    del table_top


def curtain(canvas: Canvas, rng: random.Random, left: float, top: float, wide: float, tall: float) -> None:
    unit = canvas.unit
    cloth = canvas.palette.lit(rng.choice(((222, 206, 184), (150, 96, 84), (92, 116, 120), (206, 170, 104))), 0.6)
    for side, start in ((-1, left), (1, left + wide)):
        for fold in range(4):
            x = start + side * (unit * 2.6 - fold * unit * 2.3)
            sway = unit * rng.uniform(-0.6, 0.6)
            fold_shape = smooth(
                [
                    (x - unit * 1.5, top - unit * 4),
                    (x - unit * 1.4 + sway, top + tall * 0.5),
                    (x - unit * 1.7 + side * unit * 1.4, top + tall + unit * 7),
                    (x + unit * 1.5 + side * unit * 1.4, top + tall + unit * 7),
                    (x + unit * 1.4 + sway, top + tall * 0.5),
                    (x + unit * 1.5, top - unit * 4),
                ],
                2,
            )
            tone = mix(cloth, canvas.palette.deep, 0.12 + 0.1 * (fold % 2))
            lay(
                canvas,
                cut(canvas, [fold_shape]),
                mix(tone, canvas.palette.light, 0.18),
                tone,
                lift=0.25,
                rim=0.5,
                rough=0.0,
            )
    rod = [box(left - unit * 6, top - unit * 4.6, left + wide + unit * 6, top - unit * 3.9)]
    lay(canvas, cut(canvas, rod), WOODEN, scale(WOODEN, 0.6), lift=0.3, rim=0.2, rough=0.0)


def shelf(canvas: Canvas, rng: random.Random, x: float, y: float, window_left: float, window_wide: float) -> None:
    """A board with books on the free part of the wall."""
    unit = canvas.unit
    room = (x - window_left - window_wide) if x > window_left + window_wide else window_left - x
    half = min(unit * 15, max(0.0, room))
    if half < unit * 6:
        return
    board = mix(canvas.palette.lit(WOODEN, 0.6), canvas.palette.deep, 0.2)
    at = x - half * 0.8
    while at < x + half * 0.5:
        wide, tall = unit * rng.uniform(1.0, 1.9), unit * rng.uniform(5.5, 8.5)
        colour = canvas.palette.lit(
            rng.choice(((164, 70, 58), (70, 98, 110), (206, 168, 96), (96, 112, 84), (226, 212, 186))), 0.5
        )
        lay(
            canvas,
            cut(canvas, [box(at, y - tall, at + wide, y)]),
            colour,
            scale(colour, 0.75),
            lift=0.2,
            rim=0.2,
            rough=0.0,
        )
        at += wide + unit * 0.12
    lay(
        canvas,
        cut(canvas, [box(x - half, y, x + half, y + unit * 0.9)]),
        mix(board, canvas.palette.light, 0.2),
        board,
        lift=0.5,
        rim=0.2,
        rough=0.0,
    )


def table(canvas: Canvas, top: float) -> None:
    """The table top in wood, with a bright far edge."""
    wood = mix(canvas.palette.lit(WOODEN, 0.55), canvas.palette.deep, 0.15)
    shape = cut(canvas, [box(-4, top, canvas.width + 4, canvas.height + 4)])
    lay(canvas, shape, mix(wood, canvas.palette.light, 0.3), scale(wood, 0.6), lift=0.8, rim=0.5, rough=0.0)
    if shape is None:
        return
    rng = canvas.stream("wood")
    size = shape.mask.size
    streaks = clouds(rng, (max(2, size[0] // 3), max(2, size[1] // 3)), (7, 70), octaves=3).resize(size, BICUBIC)
    canvas.image.paste(scale(wood, 0.5), (shape.left, shape.top), fade(contrast(streaks, 120, 200), 0.45))


def arrange(canvas: Canvas, things: list[Subject], foot: float) -> None:
    """Things on a table, the tallest behind, the first in the place of honour."""
    canvas.placed.update(subject.name for subject in things)
    unit = canvas.unit
    room = min(1.0, canvas.width / (unit * 130))
    offsets = (0.0, -24.0, 25.0, -44.0, 46.0, 12.0)
    placed = [
        (
            subject,
            canvas.focus + side_offset(canvas, offsets[index % 6] * unit * room),
            foot + (0 if index == 0 else unit * (1.5 + 1.3 * (index % 3))),
        )
        for index, subject in enumerate(things)
    ]
    for subject, x, y in sorted(placed, key=lambda place: place[2]):
        kind = KINDS[subject.name]
        size = 1.0 if kind.where == "table" else min(1.6, 34 / kind.height)
        for index in reversed(range(subject.count)):
            at = x + index * kind.height * kind.aspect * unit * size * 0.8 * (
                1 if canvas.focus < canvas.width / 2 else -1
            )
            shadow(canvas, at, y, kind.height * kind.aspect * unit * size)
            draw(canvas, subject, at, y, size=size)


def side_offset(canvas: Canvas, offset: float) -> float:
    return offset if canvas.focus < canvas.width / 2 else -offset


def paint_still_life(canvas: Canvas) -> None:
    """A table against a painted ground, light from one side."""
    rng = canvas.stream("still life")
    unit = canvas.unit
    wall = mix(wall_colour(canvas, rng), canvas.palette.deep, 0.25)
    size = canvas.small
    ground = gradient(size, (scale(wall, 0.55), wall, scale(wall, 0.8)))
    spread = clouds(rng, size, (5, 4), octaves=5)
    ground.paste(mix(wall, canvas.palette.light, 0.35), (0, 0), fade(contrast(spread, 110, 220), 0.5))
    disc = Image.radial_gradient("L").point([round(200 * max(0.0, 1 - v / 170) ** 1.4) for v in range(256)])
    reach = max(size)
    pool = disc.resize((reach * 2, reach * 2), BICUBIC)
    ground.paste(
        mix(wall, canvas.palette.light, 0.7), (round(canvas.sun[0] / 4) - reach, round(size[1] * 0.3) - reach), pool
    )
    canvas.image.paste(ground.resize(canvas.size, BICUBIC))
    top = canvas.height * 0.7
    table(canvas, top)
    cloth(canvas, rng, top)
    things = [subject for subject in canvas.scene.subjects if subject.name in KINDS]
    extras = [name for name in ("fruit", "vase", "cup", "bottle") if not canvas.scene.has(name)]
    while len(things) < 3:
        things.append(Subject(extras.pop(rng.randrange(len(extras)))))
    arrange(canvas, things, top + unit * 8)


def cloth(canvas: Canvas, rng: random.Random, top: float) -> None:
    """A light cloth thrown over part of the table."""
    unit = canvas.unit
    linen = canvas.palette.lit(rng.choice(((232, 226, 214), (216, 190, 160), (150, 170, 176))), 0.85)
    left, right = canvas.focus - unit * 30, canvas.focus + unit * 30
    edge = [
        (left, top + unit * 4),
        (left + unit * 10, top + unit * 1.2),
        (right - unit * 8, top + unit * 1.6),
        (right, top + unit * 5),
    ]
    hem: list[Point] = []
    for step in range(13):
        x = right + unit * 4 - (right - left + unit * 8) * step / 12
        hem.append((x, top + unit * (13 if step % 2 else 11.2) + unit * rng.uniform(-0.5, 0.5)))
    lay(
        canvas,
        cut(canvas, [smooth([*edge, *hem, edge[0]], 3)]),
        linen,
        scale(linen, 0.78),
        lift=0.4,
        rim=0.3,
        rough=0.0,
    )
    lines = Image.new("L", canvas.size)
    pen = ImageDraw.Draw(lines)
    for step in range(1, 12, 2):
        x = right + unit * 4 - (right - left + unit * 8) * step / 12
        pen.line(
            [(x, top + unit * 12), (x * 0.8 + canvas.focus * 0.2, top + unit * 6)],
            fill=110,
            width=max(1, round(unit * 0.5)),
        )
    shape = Cut(lines.crop((0, round(top), canvas.width, min(canvas.height, round(top + unit * 16)))), 0, round(top))
    soft = blur(shape, unit * 0.6)
    canvas.image.paste(
        scale(linen, 0.5), (soft.left, soft.top), ImageChops.darker(soft.mask, Image.new("L", soft.mask.size, 90))
    )
