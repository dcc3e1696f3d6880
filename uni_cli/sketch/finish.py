"""The last touches: bloom, vignette, grain."""

from __future__ import annotations

import random

from PIL import Image, ImageChops, ImageFilter

from .noise import BICUBIC, Size, contrast, fade, speckle, tile


def grain(image: Image.Image, rng: random.Random, strength: int) -> Image.Image:
    """Fine film grain; small whole steps keep PNG files small."""
    edge = 512
    one, two = speckle(rng, (edge, edge)), speckle(rng, (edge, edge))
    mixed = ImageChops.add(one, two, 2)
    patch = mixed.point([128 + round((value - 127.5) / 127.5 * strength) for value in range(256)])
    sheet = tile(patch, image.size)
    return ImageChops.add(image, Image.merge("RGB", (sheet, sheet, sheet)), 1, -128)


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


def texture(rng: random.Random, size: Size) -> Image.Image:
    """A sheet of paper fibre or brush texture around middle grey."""
    edge = 512
    fibre = speckle(rng, (edge // 2, edge // 8)).resize((edge, edge), BICUBIC)
    dust = speckle(rng, (edge, edge)).filter(ImageFilter.GaussianBlur(0.8))
    patch = Image.blend(fibre, dust, 0.5).point([108 + value * 40 // 255 for value in range(256)])
    return tile(patch, size)
