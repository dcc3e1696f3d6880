"""Colour grades that need no knowledge of the scene."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from .colour import RGB, clamp, luma
from .finish import fibre, grain, silver, vignette
from .manga import ink
from .noise import BICUBIC, contrast, fade
from .weather import typical

Step = Callable[[Image.Image, random.Random], Image.Image]


def curves(
    image: Image.Image, gains: tuple[float, float, float], *, gamma: float = 1.0, lift: RGB = (0, 0, 0)
) -> Image.Image:
    """Per channel: lifted blacks, a gamma and a gain."""
    table: list[int] = []
    for gain, floor in zip(gains, lift, strict=True):
        table += [clamp(floor + (255 * (value / 255) ** gamma * gain) * (1 - floor / 255)) for value in range(256)]
    return image.point(table)


def saturation(image: Image.Image, factor: float) -> Image.Image:
    return ImageEnhance.Color(image).enhance(factor)


def tint(image: Image.Image, colour: RGB, amount: float) -> Image.Image:
    """The picture's own light in another colour."""
    grey = image.convert("L")
    base = max(40.0, luma(colour))
    table: list[int] = []
    for channel in colour:
        table += [
            clamp(channel / base * value if value < 160 else value + (channel - base) * (255 - value) / 160)
            for value in range(256)
        ]
    coloured = Image.merge("RGB", (grey, grey, grey)).point(table)
    return Image.blend(image, coloured, amount)


def warm(image: Image.Image, rng: random.Random) -> Image.Image:
    return curves(image, (1.1, 1.01, 0.82), lift=(10, 4, 0))


def cool(image: Image.Image, rng: random.Random) -> Image.Image:
    return curves(image, (0.84, 0.98, 1.1), lift=(0, 4, 14))


def sepia(image: Image.Image, rng: random.Random) -> Image.Image:
    grey = image.convert("L")
    return vignette(curves(Image.merge("RGB", (grey, grey, grey)), (1.06, 0.9, 0.68), lift=(24, 16, 8)), 0.3)


def mono(image: Image.Image, rng: random.Random) -> Image.Image:
    return silver(image)


def vintage(image: Image.Image, rng: random.Random) -> Image.Image:
    faded = curves(saturation(image, 0.66), (0.98, 0.93, 0.8), gamma=0.94, lift=(34, 26, 30))
    return grain(vignette(faded, 0.35), rng, 16)


def brighter(image: Image.Image, rng: random.Random) -> Image.Image:
    return curves(image, (1.04, 1.04, 1.03), gamma=0.72)


def darker(image: Image.Image, rng: random.Random) -> Image.Image:
    return vignette(curves(image, (0.86, 0.86, 0.9), gamma=1.35), 0.25)


def vivid(image: Image.Image, rng: random.Random) -> Image.Image:
    return saturation(image, 1.55)


def muted(image: Image.Image, rng: random.Random) -> Image.Image:
    return curves(saturation(image, 0.55), (0.97, 0.97, 0.97), lift=(30, 30, 32))


def harder(image: Image.Image, rng: random.Random) -> Image.Image:
    table = [clamp(255 * (0.35 * x + 0.65 * x * x * (3 - 2 * x))) for x in (value / 255 for value in range(256))]
    return vignette(image.point(table * 3).filter(ImageFilter.UnsharpMask(2, 60, 2)), 0.25)


def spot(image: Image.Image, rng: random.Random) -> Image.Image:
    """A pool of light; the rest falls into shade."""
    disc = contrast(ImageChops.invert(Image.radial_gradient("L")), 96, 226)
    width, height = image.size
    reach = (max(1, round(width * 1.1)), max(1, round(height * 1.3)))
    mask = Image.new("L", (max(1, width // 4), max(1, height // 4)))
    small = disc.resize((max(1, reach[0] // 4), max(1, reach[1] // 4)), BICUBIC)
    x, y = rng.uniform(0.4, 0.6), rng.uniform(0.42, 0.58)
    mask.paste(small, (round(mask.width * x - small.width / 2), round(mask.height * y - small.height / 2)))
    shade = curves(image, (0.3, 0.3, 0.4), gamma=1.3)
    return Image.composite(curves(image, (1.1, 1.06, 0.98), gamma=0.88), shade, mask.resize(image.size, BICUBIC))


def blur(image: Image.Image, rng: random.Random) -> Image.Image:
    """Out of focus but for the middle."""
    step = 4
    small = image.resize((max(1, image.width // step), max(1, image.height // step)), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(typical(image.size) * 0.8 / step + 0.4)).resize(image.size, BICUBIC)
    mask = contrast(ImageChops.invert(Image.radial_gradient("L")), 90, 190).resize(image.size, BICUBIC)
    return Image.composite(image, soft, mask)


def drawn(image: Image.Image, rng: random.Random) -> Image.Image:
    return ink(image)


def rough(image: Image.Image, rng: random.Random) -> Image.Image:
    return fibre(grain(image, rng, 14), rng)


def lamps(image: Image.Image, rng: random.Random) -> Image.Image:
    """What is bright begins to shine warmly, and the rest steps back."""
    step = 6
    size = (max(1, image.width // step), max(1, image.height // step))
    small = image.resize(size, Image.Resampling.BOX)
    grey = small.convert("L")
    around = grey.filter(ImageFilter.BoxBlur(max(1, min(size) // 9)))
    apart = ImageChops.subtract(grey, around, 0.5, 0)
    seeds = contrast(apart, 60, 170)
    halo = fade(seeds.filter(ImageFilter.GaussianBlur(max(0.6, min(size) / 22))), 2.6)
    warm_light = Image.new("RGB", image.size, (255, 176, 84))
    mask = ImageChops.lighter(fade(seeds, 0.9), halo).resize(image.size, BICUBIC)
    dimmed = curves(image, (0.78, 0.74, 0.78), gamma=1.15)
    shining = ImageChops.screen(dimmed, warm_light)
    return Image.composite(shining, dimmed, mask)


STEPS: dict[str, Step] = {
    "warm": warm,
    "cool": cool,
    "sepia": sepia,
    "mono": mono,
    "vintage": vintage,
    "brighter": brighter,
    "darker": darker,
    "vivid": vivid,
    "muted": muted,
    "contrast": harder,
    "spot": spot,
    "blur": blur,
    "manga": drawn,
    "paper": rough,
    "lamps": lamps,
}
