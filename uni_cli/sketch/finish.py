"""The last touches: bloom, vignette, grain."""

from __future__ import annotations

import random

from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from .noise import BICUBIC, clouds, contrast, fade, speckle, tile


def grain(image: Image.Image, rng: random.Random, strength: int) -> Image.Image:
    """Fine film grain; small whole steps keep PNG files small."""
    edge = 512
    one, two = speckle(rng, (edge, edge)), speckle(rng, (edge, edge))
    mixed = ImageChops.add(one, two, 2)
    patch = mixed.point([128 + round((value - 127.5) / 127.5 * strength) for value in range(256)])
    sheet = tile(patch, image.size)
    return ImageChops.add(image, Image.merge("RGB", (sheet, sheet, sheet)), 1, -128)


def grade(image: Image.Image) -> Image.Image:
    """A little more contrast and colour, as a print has."""
    curve = [round(255 * (0.62 * x + 0.38 * x * x * (3 - 2 * x))) for x in (value / 255 for value in range(256))]
    return ImageEnhance.Color(image).enhance(1.14).point(curve * 3)


def bloom(image: Image.Image, strength: float) -> Image.Image:
    """Bright places shine over their edges."""
    width, height = image.size
    small = image.resize((max(1, width // 8), max(1, height // 8)), Image.Resampling.BOX)
    bright = small.point(
        [round(255 * max(0.0, (value / 255 - 0.6) / 0.4) ** 1.5 * strength) for value in range(256)] * 3
    )
    soft = bright.filter(ImageFilter.GaussianBlur(max(0.5, min(bright.size) / 28)))
    return ImageChops.screen(image, soft.resize(image.size, Image.Resampling.BILINEAR))


def vignette(image: Image.Image, strength: float) -> Image.Image:
    """Corners a little darker."""
    width, height = image.size
    disc = contrast(Image.radial_gradient("L"), 120, 300)
    mask = (
        fade(disc, strength).resize((max(1, width // 8), max(1, height // 8)), BICUBIC).resize((width, height), BICUBIC)
    )
    image = image.copy()
    image.paste((8, 6, 16), (0, 0), mask)
    return image


def fibre(image: Image.Image, rng: random.Random) -> Image.Image:
    """The tooth of drawing paper."""
    edge = 512
    long = speckle(rng, (edge // 8, edge // 2)).resize((edge, edge), BICUBIC)
    dust = speckle(rng, (edge // 2, edge // 2)).resize((edge, edge), BICUBIC)
    patch = Image.blend(long, dust, 0.6).point([112 + value * 32 // 255 for value in range(256)])
    sheet = tile(patch, image.size)
    return ImageChops.soft_light(image, Image.merge("RGB", (sheet, sheet, sheet)))


def silver(image: Image.Image) -> Image.Image:
    """Black and white with a firm curve."""
    grey = image.convert("L").point(
        [round(255 * (3 * x * x - 2 * x * x * x) * 0.6 + 255 * x * 0.4) for x in (v / 255 for v in range(256))]
    )
    return Image.merge("RGB", (grey, grey, grey))


def wash(image: Image.Image, rng: random.Random) -> Image.Image:
    """Watercolour: lighter, granulated, on paper left white at the edges."""
    width, height = image.size
    small = (max(2, width // 6), max(2, height // 6))
    pools = contrast(clouds(rng, small, (9, 9), octaves=4), 60, 200)
    relief = pools.point([104 + value * 44 // 255 for value in range(256)]).resize(image.size, BICUBIC)
    image = ImageChops.soft_light(image, Image.merge("RGB", (relief, relief, relief)))
    image = image.point([round(255 - (255 - value) * 0.86) for value in range(256)] * 3)
    frame = Image.new("L", small)
    edge = max(1, round(min(small) * 0.05))
    frame.paste(255, (edge, edge, max(edge + 1, small[0] - edge), max(edge + 1, small[1] - edge)))
    soft = frame.filter(ImageFilter.GaussianBlur(edge * 0.6))
    torn = contrast(ImageChops.add(soft, clouds(rng, small, (26, 26), octaves=3), 2), 120, 136)
    paper = Image.new("RGB", image.size, (250, 247, 240))
    paper.paste(image, (0, 0), torn.resize(image.size, BICUBIC))
    return fibre(paper, rng)
