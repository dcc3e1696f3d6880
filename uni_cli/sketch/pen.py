"""A pen for single things: parts drawn finely on a patch, lit from one side, then set into the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .canvas import BILINEAR, Canvas, Cut, cast, glow
from .colour import RGB, mix
from .noise import fade
from .shapes import Point, circle

WARM: RGB = (255, 206, 120)


@dataclass(slots=True)
class Pen:
    """Draws in units of the patch's height: x from 0 to `aspect`, y from 0 (top) to 1, light from the left."""

    canvas: Canvas
    height: int
    aspect: float
    colour: RGB | None
    depth: float = 1.0
    flip: bool = False
    patch: Image.Image = field(init=False)
    alpha: Image.Image = field(init=False)
    lights: list[tuple[float, float, float, RGB]] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = (max(3, round(self.height * self.aspect) * self.fine), max(3, self.height * self.fine))
        self.patch = Image.new("RGB", size)
        self.alpha = Image.new("L", size)

    @property
    def fine(self) -> int:
        """How much larger than the picture the patch is drawn; large things need less."""
        return 3 if self.height < 800 else 2

    @property
    def dark(self) -> bool:
        """Whether lamps would burn at this hour."""
        return self.canvas.scene.time in ("night", "dusk", "dawn") or self.canvas.scene.weather in ("storm", "fog")

    def shape(
        self, points: Sequence[Point], local: RGB, light: float = 0.8, *, to: float | None = None, lift: bool = False
    ) -> None:
        """A part; with `to` the light changes from left to right."""
        scale = self.patch.height
        xs, ys = [x * scale for x, _ in points], [y * scale for _, y in points]
        box = (
            max(0, int(min(xs))), max(0, int(min(ys))),
            min(self.patch.width, int(max(xs)) + 2), min(self.patch.height, int(max(ys)) + 2),
        )  # fmt: skip
        if box[2] <= box[0] or box[3] <= box[1]:
            return
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in zip(xs, ys, strict=True)], fill=255)
        if lift and self.canvas.paper:
            self.shade_under(mask, box)
        first = self.canvas.palette.lit(local, light, depth=self.depth)
        fill = Image.new("RGB", mask.size, first)
        if to is not None:
            ramp = Image.linear_gradient("L").rotate(90).resize(mask.size)
            fill.paste(self.canvas.palette.lit(local, to, depth=self.depth), (0, 0), ramp)
        self.patch.paste(fill, box[:2], mask)
        self.alpha.paste(255, box[:2], mask)

    def shade_under(self, mask: Image.Image, box: tuple[int, int, int, int]) -> None:
        """A sheet's soft shadow on the sheets of the same thing beneath it."""
        reach = max(2, self.patch.height // 50)
        step = max(1, reach // 3)
        wide = (mask.width + 4 * reach, mask.height + 4 * reach)
        room = Image.new("L", (wide[0] // step + 1, wide[1] // step + 1))
        small = mask.resize((max(1, mask.width // step), max(1, mask.height // step)), BILINEAR)
        room.paste(small, (2 * reach // step, 2 * reach // step))
        soft = fade(room.filter(ImageFilter.GaussianBlur(reach / step)), 0.55).resize(wide, BILINEAR)
        left, top = box[0] - 2 * reach + reach, box[1] - 2 * reach + reach // 2
        inner = self.alpha.crop((left, top, left + wide[0], top + wide[1]))
        self.patch.paste(self.canvas.palette.deep, (left, top), ImageChops.multiply(soft, inner))

    def box(
        self, x0: float, y0: float, x1: float, y1: float, local: RGB, light: float = 0.8,
        *, to: float | None = None, lift: bool = False,
    ) -> None:  # fmt: skip
        self.shape([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], local, light, to=to, lift=lift)

    def oval(
        self, x: float, y: float, rx: float, ry: float, local: RGB, light: float = 0.8,
        *, to: float | None = None, lift: bool = False,
    ) -> None:  # fmt: skip
        outline = circle((x, y), rx, squash=ry / max(1e-6, rx))
        self.shape(outline, local, light, to=to, lift=lift)

    def line(self, points: Sequence[Point], width: float, local: RGB, light: float = 0.5) -> None:
        scale = self.patch.height
        thick = max(2, round(width * scale))
        dots = [(x * scale, y * scale) for x, y in points]
        colour = self.canvas.palette.lit(local, light, depth=self.depth)
        ImageDraw.Draw(self.patch).line(dots, fill=colour, width=thick, joint="curve")
        ImageDraw.Draw(self.alpha).line(dots, fill=255, width=thick, joint="curve")

    def ball(self, x: float, y: float, radius: float, local: RGB, *, squash: float = 1.0) -> None:
        """A round thing: shaded rim, lit side, a small shine."""
        self.oval(x, y, radius, radius * squash, local, 0.12, lift=True)
        steps = 3 if self.canvas.paper else 14
        for step in range(1, steps + 1):
            share = step / steps
            shrink = 1 - 0.72 * share
            offset = 0.34 * radius * share
            self.oval(
                x - offset, y - offset * squash, radius * shrink, radius * shrink * squash, local, 0.12 + 0.88 * share
            )

    def window(self, x0: float, y0: float, x1: float, y1: float, *, lamp: bool = True) -> None:
        """Glass: warm when lamps burn, else a piece of sky."""
        if self.dark and lamp:
            self.raw([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], WARM)
            self.lights.append(((x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0) * 2.2, WARM))
        else:
            sky = mix(self.canvas.palette.sky[0], self.canvas.palette.deep, 0.5)
            self.raw([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], sky)

    def raw(self, points: Sequence[Point], colour: RGB) -> None:
        """A part in exactly this colour, whatever the light."""
        scale = self.patch.height
        dots = [(x * scale, y * scale) for x, y in points]
        ImageDraw.Draw(self.patch).polygon(dots, fill=colour)
        ImageDraw.Draw(self.alpha).polygon(dots, fill=255)

    def place(self, x: float, bottom: float, *, cast_shadow: bool = True) -> None:
        """Set the finished thing into the picture, its foot's middle at the point."""
        colour, alpha = self.patch.reduce(self.fine), self.alpha.reduce(self.fine)
        if self.flip:
            colour = colour.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            alpha = alpha.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        left, top = round(x - colour.width / 2), round(bottom - colour.height)
        if self.canvas.paper and cast_shadow:
            cast(self.canvas, Cut(alpha, left, top), 0.5)
        blend(self.canvas.image, colour, alpha, (left, top))
        for dx, dy, radius, light in self.lights:
            across = self.aspect - dx if self.flip else dx
            point = (left + across * self.height, top + dy * self.height)
            glow(self.canvas, point, radius * self.height, light, 0.75)


def blend(image: Image.Image, colour: Image.Image, alpha: Image.Image, place: tuple[int, int]) -> None:
    """Set a patch, whose colours are already weighed by its alpha, into the picture."""
    left, top = place
    box = (max(0, left), max(0, top), min(image.width, left + colour.width), min(image.height, top + colour.height))
    if box[2] <= box[0] or box[3] <= box[1]:
        return
    inner = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    through = ImageChops.invert(alpha.crop(inner))
    under = ImageChops.multiply(image.crop(box), Image.merge("RGB", (through, through, through)))
    image.paste(ImageChops.add(under, colour.crop(inner)), box[:2])
