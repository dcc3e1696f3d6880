"""What references lend: colours, light, layout, character of surface, a subject."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from . import Lent
from .canvas import Canvas, Cut, cast
from .colour import RGB, clamp, luma, mix, recolour
from .noise import BICUBIC, fade, tile
from .palette import Palette, every


def opaque(image: Image.Image) -> Image.Image:
    """RGB of any picture, small enough to study."""
    small = image.copy()
    small.thumbnail((512, 512))
    if small.mode in ("I", "F") or small.mode.startswith("I;"):
        small = eight_bits(small)
    rgba = small.convert("RGBA")
    ground = Image.new("RGB", rgba.size, (236, 232, 224))
    ground.paste(rgba, (0, 0), rgba.getchannel("A"))
    return ground


def eight_bits(image: Image.Image) -> Image.Image:
    """Grey of sixteen bits or floats, brought down to eight."""
    wide = image.convert("F")
    brightest = max(float(part) for part in ImageStat.Stat(wide).extrema[0])
    return wide.point(lambda value: value * (1.0 if brightest <= 255 else 255 / 65535) + 0.0).convert("L")


def by_role(references: Sequence[Lent], *roles: str) -> list[Image.Image]:
    """The references of these roles; none means content."""
    return [opaque(lent.image) for lent in references if (lent.role or "content") in roles]


def swatches(image: Image.Image, count: int = 6) -> list[RGB]:
    """The chief colours, most frequent first."""
    small = image.resize((64, 64), Image.Resampling.BOX).quantize(count, method=Image.Quantize.MEDIANCUT)
    flat = small.getpalette() or []
    order = sorted(small.getcolors(256) or [], key=lambda pair: str(pair[1]))
    ranked = sorted(order, key=lambda pair: -pair[0])
    found = [index for _, index in ranked if isinstance(index, int)]
    return [(flat[3 * i], flat[3 * i + 1], flat[3 * i + 2]) for i in found if 3 * i + 2 < len(flat)]


def lend_palette(palette: Palette, image: Image.Image) -> Palette:
    """The scene's palette, drawn from the reference's chief colours."""
    chief = swatches(image)
    ordered = sorted(chief, key=luma)
    dark, pale = ordered[0], ordered[-1]
    vivid = max(chief, key=lambda colour: max(colour) - min(colour))
    pulled = every(palette, lambda colour: nearest(colour, chief, 0.7))
    return replace(
        pulled,
        haze=mix(pulled.haze, pale, 0.5),
        deep=mix(pulled.deep, dark, 0.6),
        ground=recolour(palette.ground, vivid, 0.8),
        light=mix(pulled.light, pale, 0.4),
    )


def nearest(colour: RGB, choices: Sequence[RGB], amount: float) -> RGB:
    """The colour pulled to that of the choices whose lightness is nearest."""
    target = min(choices, key=lambda other: abs(luma(other) - luma(colour)))
    return mix(colour, target, amount)


def lend_light(canvas: Canvas, image: Image.Image) -> None:
    """Where the light comes from, and how warm it is."""
    x, _ = centre_of_light(image)
    canvas.sun = (canvas.width * min(0.9, max(0.1, x)), canvas.sun[1])
    mean = ImageStat.Stat(image).mean
    tone = (clamp(mean[0]), clamp(mean[1]), clamp(mean[2]))
    canvas.palette = replace(
        canvas.palette,
        light=recolour(canvas.palette.light, tone, 0.55),
        ambient=recolour(canvas.palette.ambient, tone, 0.4),
        haze=recolour(canvas.palette.haze, tone, 0.4),
    )


def centre_of_light(image: Image.Image) -> tuple[float, float]:
    small = image.convert("L").resize((24, 24), Image.Resampling.BOX)
    values = small.tobytes()
    floor = sorted(values)[len(values) * 3 // 4]
    total, across, down = 1e-6, 0.0, 0.0
    for index, value in enumerate(values):
        weight = max(0, value - floor)
        total += weight
        across += weight * (index % 24 + 0.5) / 24
        down += weight * (index // 24 + 0.5) / 24
    return (across / total, down / total) if total > 1 else (0.5, 0.3)


def lend_layout(canvas: Canvas, image: Image.Image) -> None:
    """Horizon and place of the subject as in the reference."""
    small = image.convert("L").resize((24, 32), Image.Resampling.BOX)
    rows = [sum(small.crop((0, y, 24, y + 1)).tobytes()) / 24 for y in range(32)]
    steps = [(abs(rows[y + 2] - rows[y - 2]), y) for y in range(8, 27)]
    canvas.horizon = canvas.height * (max(steps)[1] + 0.5) / 32
    soft = small.filter(ImageFilter.BoxBlur(6))
    apart = ImageChops.difference(small, soft)
    columns = [(sum(apart.crop((x, 6, x + 1, 30)).tobytes()), x) for x in range(3, 21)]
    canvas.focus = canvas.width * (max(columns)[1] + 0.5) / 24
    x, y = centre_of_light(image)
    canvas.sun = (canvas.width * x, min(canvas.horizon * 0.85, max(canvas.height * 0.08, canvas.height * y)))


def finish_lending(image: Image.Image, references: Sequence[Lent]) -> Image.Image:
    """What references change on the finished picture."""
    for reference in by_role(references, "composition"):
        image = shade_like(image, reference)
    for reference in by_role(references, "style"):
        image = match(image, reference, 0.4)
        image = surface_like(image, reference)
    for reference in by_role(references, "lighting"):
        image = curve_like(image, reference)
    for reference in by_role(references, "palette"):
        image = match(image, reference, 0.6)
    for reference in by_role(references, "content"):
        image = match(image, reference, 0.22)
    return image


def match(image: Image.Image, reference: Image.Image, amount: float) -> Image.Image:
    """Mean and spread of each channel moved towards the reference's."""
    here, there = ImageStat.Stat(image.resize((96, 96), Image.Resampling.BOX)), ImageStat.Stat(reference)
    table: list[int] = []
    for channel in range(3):
        spread = min(2.2, max(0.35, there.stddev[channel] / max(1.0, here.stddev[channel])))
        for value in range(256):
            moved = there.mean[channel] + (value - here.mean[channel]) * spread
            table.append(clamp(value + (moved - value) * amount))
    return image.point(table)


def curve_like(image: Image.Image, reference: Image.Image) -> Image.Image:
    """The reference's distribution of light and dark."""
    here, there = quantiles(image), quantiles(reference)
    nodes: list[tuple[float, float]] = [(-1.0, 0.0)]
    for own, other in zip(here, there, strict=True):
        if own - nodes[-1][0] >= 6:
            nodes.append((own, max(nodes[-1][1], own + (other - own) * 0.6)))
    nodes.append((256.0, max(nodes[-1][1], 255.0 + (there[-1] - 255.0) * 0.3)))
    table = [clamp(along(nodes, value)) for value in range(256)]
    return image.point(table * 3)


def along(nodes: Sequence[tuple[float, float]], value: float) -> float:
    """The broken line through the nodes, at a value."""
    for (ax, ay), (bx, by) in itertools.pairwise(nodes):
        if value <= bx:
            return ay + (by - ay) * (value - ax) / (bx - ax)
    return nodes[-1][1]


def quantiles(image: Image.Image) -> list[int]:
    values = sorted(image.convert("L").resize((64, 64), Image.Resampling.BOX).tobytes())
    return [values[min(len(values) - 1, len(values) * step // 16)] for step in range(17)]


def shade_like(image: Image.Image, reference: Image.Image) -> Image.Image:
    """Large lights and darks laid over the picture softly."""
    small = reference.convert("L").resize((20, 20), Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1))
    mean = ImageStat.Stat(small).mean[0]
    relief = small.point([clamp(128 + (value - mean) * 0.7) for value in range(256)]).resize(image.size, BICUBIC)
    return ImageChops.soft_light(image, Image.merge("RGB", (relief, relief, relief)))


def surface_like(image: Image.Image, reference: Image.Image) -> Image.Image:
    """Saturation and the fine structure of the reference's surface."""
    wanted = ImageStat.Stat(reference.convert("HSV")).mean[1]
    current = max(1.0, ImageStat.Stat(image.resize((64, 64)).convert("HSV")).mean[1])
    factor = min(1.6, max(0.0, wanted / current))
    grey = image.convert("L")
    plain = Image.merge("RGB", (grey, grey, grey))
    if factor < 1:
        image = Image.blend(image, plain, (1 - factor) * 0.8)
    fine = reference.convert("L")
    relief = ImageChops.subtract(fine, fine.filter(ImageFilter.BoxBlur(3)), 1, 128)
    rough = ImageStat.Stat(relief).stddev[0]
    edge = 256
    speck = Image.frombytes("L", (edge, edge), random.Random(round(rough * 100)).randbytes(edge * edge))
    speck = speck.filter(ImageFilter.BoxBlur(1)).point(
        [clamp(128 + (v - 128) * min(0.4, rough / 40)) for v in range(256)]
    )
    whole = tile(speck, image.size)
    return ImageChops.soft_light(image, Image.merge("RGB", (whole, whole, whole)))


def set_in(canvas: Canvas, references: Sequence[Lent]) -> None:
    """Characters as framed paper cuts, contents as a double exposure in the sky."""
    for index, reference in enumerate(by_role(references, "content")):
        expose(canvas, reference, index)
    for index, reference in enumerate(by_role(references, "character")):
        medallion(canvas, reference, index)


def square(image: Image.Image, edge: int) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 3
    return image.crop((left, top, left + side, top + side)).resize((edge, edge), BICUBIC)


def expose(canvas: Canvas, reference: Image.Image, index: int) -> None:
    edge = max(4, round(min(canvas.height * 0.7, canvas.width * 0.7)))
    picture = square(reference, edge)
    tinted = Image.blend(
        picture, ImageChops.multiply(picture, Image.new("RGB", picture.size, canvas.palette.light)), 0.5
    )
    feather = Image.radial_gradient("L").point([clamp(255 * min(1.0, max(0.0, (140 - v) / 90))) for v in range(256)])
    mask = fade(feather.resize((edge, edge), BICUBIC), 0.7)
    x = canvas.width - canvas.focus + (index % 3) * canvas.unit * 24 * (1 if canvas.focus > canvas.width / 2 else -1)
    canvas.image.paste(tinted, (round(x - edge / 2), round(canvas.height * 0.4 - edge / 2)), mask)


def medallion(canvas: Canvas, reference: Image.Image, index: int) -> None:
    """An oval portrait with a cream rim and a shadow, on the golden third."""
    edge = max(6, round(min(canvas.unit * 42, canvas.height * 0.7, canvas.width * 0.6)))
    rim = max(1, edge // 26)
    fine = Image.new("L", (edge * 2, edge * 2))
    ImageDraw.Draw(fine).ellipse((edge * 0.14, 0, edge * 1.86, edge * 2 - 1), fill=255)
    outer = fine.resize((edge, edge), Image.Resampling.BOX)
    inner = Image.new("L", (edge, edge))
    small = max(1, edge - 2 * rim)
    inner.paste(fine.resize((small, small), Image.Resampling.BOX), (rim, rim))
    side = -1 if canvas.focus > canvas.width / 2 else 1
    left = round(canvas.width - canvas.focus - side * index * edge * 0.92 - edge / 2)
    left = min(max(0, left), max(0, canvas.width - edge))
    top = round(canvas.height * 0.56 - edge / 2)
    cast(canvas, Cut(outer, left, top), 1.2)
    canvas.image.paste((246, 238, 222), (left, top), outer)
    canvas.image.paste(square(reference, edge), (left, top), inner)
