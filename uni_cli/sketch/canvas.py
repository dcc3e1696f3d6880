"""The picture under the brush: masks with smooth edges, gradients, layers of paint or paper."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .colour import RGB, mix
from .noise import BICUBIC, fade
from .palette import Palette
from .shapes import circle
from .words import Scene

Point = tuple[float, float]
Polygon = Sequence[Point]
BILINEAR = Image.Resampling.BILINEAR


@dataclass(slots=True)
class Canvas:
    """The picture with all that its painters need to know."""

    image: Image.Image
    scene: Scene
    palette: Palette
    root: str
    sun: Point
    horizon: float
    focus: float = 0.0
    placed: set[str] = field(default_factory=set)
    mottle: Image.Image | None = None

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    @property
    def unit(self) -> float:
        """A hundredth of the picture's typical edge."""
        return min(math.sqrt(self.width * self.height), 1.6 * min(self.size)) / 100

    @property
    def small(self) -> tuple[int, int]:
        """Size at which soft things are painted."""
        return max(8, self.width // 4), max(8, self.height // 4)

    @property
    def paper(self) -> bool:
        return self.scene.medium == "paper"

    def stream(self, name: str) -> random.Random:
        """Random numbers of their own for one part, so that parts do not disturb each other."""
        return random.Random(f"{self.root}/{name}")


@dataclass(frozen=True, slots=True)
class Cut:
    """A mask and where its top left corner lies."""

    mask: Image.Image
    left: int
    top: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.left + self.mask.width, self.top + self.mask.height


def cut(canvas: Canvas, polygons: Sequence[Polygon], *, floor: float | None = None) -> Cut | None:
    """Polygons (holes are not possible) as a smooth mask; under `floor` everything is filled."""
    xs = [x for polygon in polygons for x, _ in polygon]
    ys = [y for polygon in polygons for _, y in polygon]
    if not xs:
        return None
    left, right = max(0, int(min(xs)) - 1), min(canvas.width, int(max(xs)) + 2)
    top, bottom = max(0, int(min(ys)) - 1), min(canvas.height, int(max(ys)) + 2)
    if right <= left or bottom <= top:
        return None
    low = bottom if floor is None else max(top + 1, min(bottom, int(floor) + 1))
    fine = Image.new("L", ((right - left) * 2, (low - top) * 2))
    draw = ImageDraw.Draw(fine)
    for polygon in polygons:
        if len(polygon) > 2:
            draw.polygon([((x - left) * 2, (y - top) * 2) for x, y in polygon], fill=255)
    mask = fine.reduce(2)
    if low < bottom:
        whole = Image.new("L", (right - left, bottom - top), 255)
        whole.paste(mask, (0, 0))
        mask = whole
    return Cut(mask, left, top)


def gradient(size: tuple[int, int], stops: Sequence[RGB]) -> Image.Image:
    """Colours from top to bottom."""
    column = bytearray()
    steps = len(stops) - 1
    for row in range(256):
        place = row / 255 * steps
        index = min(steps - 1, int(place)) if steps else 0
        rest = place - index
        a, b = stops[index], stops[min(index + 1, steps)]
        column += bytes(round(u + (v - u) * rest) for u, v in zip(a, b, strict=True))
    strip = Image.frombytes("RGB", (1, 256), bytes(column))
    return strip.resize((1, size[1]), BILINEAR).resize(size, Image.Resampling.NEAREST)


def lay(
    canvas: Canvas,
    shape: Cut | None,
    top: RGB,
    bottom: RGB,
    *,
    lift: float = 1.0,
    rim: float = 0.25,
    rough: float = 0.12,
) -> None:
    """One layer of paint; in paper scenes a sheet that casts a shadow."""
    if shape is None:
        return
    if canvas.paper:
        cast(canvas, shape, lift)
    place = (shape.left, shape.top)
    fill = gradient(shape.mask.size, (top, bottom))
    if canvas.mottle is not None and rough > 0 and not canvas.paper:
        patches = canvas.mottle.crop(shape.box)
        fill.paste(mix(top, canvas.palette.deep, 0.55), (0, 0), fade(patches, rough))
    canvas.image.paste(fill, place, shape.mask)
    if canvas.paper:
        bevel(canvas, shape)
    elif rim > 0:
        light_rim(canvas, shape, rim)


def light_rim(canvas: Canvas, shape: Cut, strength: float) -> None:
    """Soft light on the upper edge."""
    size = (max(1, shape.mask.width // 4), max(1, shape.mask.height // 4))
    small = shape.mask.resize(size, Image.Resampling.BOX)
    thick = max(1, round(canvas.unit * 0.3))
    left = canvas.sun[0] < shape.left + shape.mask.width / 2
    lower = ImageChops.offset(small, thick if left else -thick, thick)
    lower.paste(0, (0, 0, size[0], thick))
    lower.paste(
        255, (0, thick, thick, max(thick, size[1])) if left else (size[0] - thick, thick, size[0], max(thick, size[1]))
    )
    edge = fade(ImageChops.subtract(small, lower).filter(ImageFilter.GaussianBlur(thick * 0.7)), strength)
    edge = ImageChops.multiply(edge.resize(shape.mask.size, BILINEAR), shape.mask)
    canvas.image.paste(canvas.palette.light, (shape.left, shape.top), edge)


def veil(canvas: Canvas, top: float, bottom: float, colour: RGB, strength: float) -> None:
    """A band of mist, thickest in its lower third."""
    first, last = max(0, round(top)), min(canvas.height, round(bottom))
    if last <= first:
        return
    column = Image.new("L", (1, 64))
    for row in range(64):
        share = row / 63
        rise = min(1.0, share / 0.66) if share < 0.66 else (1 - share) / 0.34
        column.putpixel((0, row), round(255 * strength * rise * rise * (3 - 2 * rise)))
    canvas.image.paste(colour, (0, first), column.resize((canvas.width, last - first), BICUBIC))


def cast(canvas: Canvas, shape: Cut, lift: float) -> None:
    """The soft shadow of a sheet on what lies under it."""
    reach = max(1, round(canvas.unit * 1.6 * lift))
    step = max(1, reach // 4)
    pad = reach * 2
    wide = (shape.mask.width + 2 * pad, shape.mask.height + 2 * pad)
    room = Image.new("L", (max(1, wide[0] // step), max(1, wide[1] // step)))
    small = shape.mask.resize((max(1, shape.mask.width // step), max(1, shape.mask.height // step)), BILINEAR)
    room.paste(small, (pad // step, pad // step))
    soft = fade(room.filter(ImageFilter.GaussianBlur(reach / step * 0.55)), 0.5).resize(wide, BILINEAR)
    side = 1 if canvas.sun[0] < canvas.width / 2 else -1
    shift = round(reach * 0.5)
    canvas.image.paste(canvas.palette.deep, (shape.left - pad + side * shift, shape.top - pad - shift // 3), soft)


def bevel(canvas: Canvas, shape: Cut) -> None:
    """The bright cut edge of a sheet."""
    thick = max(1, round(canvas.unit * 0.11))
    lower = ImageChops.offset(shape.mask, 0, thick)
    lower.paste(0, (0, 0, lower.width, thick))
    edge = fade(ImageChops.subtract(shape.mask, lower), 0.4)
    canvas.image.paste(canvas.palette.light, (shape.left, shape.top), edge)


def glow(canvas: Canvas, centre: Point, radius: float, colour: RGB, strength: float) -> None:
    """Light that spreads softly around a point."""
    reach = max(2, round(radius))
    disc = fade(
        Image.radial_gradient("L").point([round(255 * max(0.0, 1 - v / 180) ** 2.2) for v in range(256)]), strength
    )
    disc = disc.resize((2 * reach, 2 * reach), BICUBIC)
    layer = Image.new("RGB", disc.size)
    layer.paste(colour, (0, 0), disc)
    left, top = round(centre[0]) - reach, round(centre[1]) - reach
    box = (max(0, left), max(0, top), min(canvas.width, left + 2 * reach), min(canvas.height, top + 2 * reach))
    if box[2] <= box[0] or box[3] <= box[1]:
        return
    inner = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    canvas.image.paste(ImageChops.screen(canvas.image.crop(box), layer.crop(inner)), box[:2])


def shadow(canvas: Canvas, x: float, foot: float, wide: float, strength: float = 0.62) -> None:
    """The soft shadow a thing throws over the table, away from the light."""
    side = -1 if canvas.sun[0] > x else 1
    oval = cut(canvas, [circle((x + side * wide * 0.42, foot - canvas.unit * 0.2), wide * 0.8, squash=0.14)])
    if oval is None:
        return
    blurred = blur(oval, canvas.unit * 1.2)
    canvas.image.paste(canvas.palette.deep, (blurred.left, blurred.top), fade(blurred.mask, strength))


def blur(shape: Cut, radius: float) -> Cut:
    pad, step = round(radius * 2) + 1, 4
    wide = (shape.mask.width + 2 * pad, shape.mask.height + 2 * pad)
    room = Image.new("L", wide)
    room.paste(shape.mask, (pad, pad))
    small = room.resize((max(1, wide[0] // step), max(1, wide[1] // step)), BILINEAR).filter(
        ImageFilter.GaussianBlur(radius / step)
    )
    return Cut(small.resize(wide, BICUBIC), shape.left - pad, shape.top - pad)
