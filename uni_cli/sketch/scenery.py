"""Changes of hour, season and weather: they need to know what is sky and what is green."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from .canvas import gradient
from .colour import RGB
from .grading import curves, saturation
from .noise import BICUBIC, clouds, contrast, fade
from .weather import bolt, mist, rain, snow, typical


@dataclass(frozen=True, slots=True)
class Study:
    """Masks of a picture: where sky is, where leaves are; and where the horizon may lie."""

    sky: Image.Image
    green: Image.Image
    horizon: float


Change = Callable[[Image.Image, Study, random.Random], Image.Image]


def study(image: Image.Image) -> Study:
    size = (max(2, min(96, image.width)), max(2, min(64, image.height)))
    small = image.resize(size, Image.Resampling.BOX)
    sky = find_sky(small)
    rows = [sum(sky.crop((0, y, size[0], y + 1)).tobytes()) / 255 / size[0] for y in range(size[1])]
    deep = [index for index, share in enumerate(rows) if share > 0.4]
    horizon = min(0.85, max(0.25, (max(deep) + 1) / size[1])) if deep else 0.5
    return Study(sharpen(sky, image), find_green(image), horizon)


def find_sky(small: Image.Image) -> Image.Image:
    """Smooth ground joined to the upper edge, column by column."""
    grey = small.convert("L")
    lights = grey.tobytes()
    width, height = small.size
    depths = [sky_depth(lights[x::width], round(height * 0.8)) for x in range(width)]
    limit = sorted(depths)[width * 3 // 5] + 1
    mask = bytearray(width * height)
    for x, depth in enumerate(depths):
        for y in range(min(depth, limit)):
            mask[y * width + x] = 255
    return Image.frombytes("L", small.size, bytes(mask)).filter(ImageFilter.MedianFilter(3))


def sky_depth(column: bytes, limit: int) -> int:
    """How far down a column stays sky: clouds may be brighter, land is suddenly darker."""
    usual = float(column[0])
    for y in range(1, limit):
        value = column[y]
        if value < usual - max(16.0, usual * 0.16):
            return y
        usual += (min(value, usual + 30) - usual) * 0.25
    return limit


def sharpen(sky: Image.Image, image: Image.Image) -> Image.Image:
    """The coarse mask at full size with a soft border."""
    soft = sky.filter(ImageFilter.GaussianBlur(1.0))
    return contrast(soft.resize(image.size, BICUBIC), 70, 190)


def find_green(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    over_blue = ImageChops.subtract(green, blue)
    over_red = ImageChops.subtract(green, red, 1, 10)
    return contrast(ImageChops.darker(over_blue, ImageChops.add(over_red, over_red)), 6, 34)


def new_sky(image: Image.Image, seen: Study, colours: tuple[RGB, ...], amount: float) -> Image.Image:
    """The sky repainted, its clouds still showing through."""
    height = max(2, round(image.height * seen.horizon))
    sheet = Image.new("RGB", image.size, colours[-1])
    sheet.paste(gradient((image.width, height), colours), (0, 0))
    relief = image.convert("L")
    mean = ImageStat.Stat(relief, seen.sky).mean[0] if seen.sky.getbbox() else 128
    relief = relief.point([max(0, min(255, round(128 + (value - mean) * 0.9))) for value in range(256)])
    painted = ImageChops.soft_light(sheet, Image.merge("RGB", (relief, relief, relief)))
    return Image.composite(Image.blend(image, painted, amount), image, seen.sky)


def shine(image: Image.Image, x: float, y: float, colour: RGB, strength: float) -> Image.Image:
    """A wide light over the picture, about a point given in shares."""
    disc = Image.radial_gradient("L").point([round(255 * strength * max(0.0, 1 - v / 180) ** 1.7) for v in range(256)])
    size = (max(1, image.width // 8), max(1, image.height // 8))
    reach = max(2, max(size))
    mask = Image.new("L", size)
    mask.paste(disc.resize((reach * 2, reach * 2), BICUBIC), (round(size[0] * x) - reach, round(size[1] * y) - reach))
    glowing = ImageChops.screen(image, Image.new("RGB", image.size, colour))
    return Image.composite(glowing, image, mask.resize(image.size, BICUBIC))


def windows(image: Image.Image, before: Image.Image, seen: Study) -> Image.Image:
    """Small bright places on the ground keep shining, warmly, when all else is dark."""
    step = 4
    size = (max(1, image.width // step), max(1, image.height // step))
    grey = before.convert("L").resize(size, Image.Resampling.BOX)
    around = grey.filter(ImageFilter.BoxBlur(max(1, min(size) // 12)))
    apart = contrast(ImageChops.subtract(grey, around, 0.6, 0), 110, 230)
    ground = ImageChops.invert(seen.sky.resize(size, Image.Resampling.BOX))
    seeds = ImageChops.multiply(apart, ground)
    halo = fade(seeds.filter(ImageFilter.GaussianBlur(max(0.6, min(size) / 30))), 1.5)
    mask = ImageChops.lighter(fade(seeds, 0.75), halo).resize(image.size, BICUBIC)
    glowing = ImageChops.screen(image, Image.new("RGB", image.size, (255, 170, 80)))
    return Image.composite(glowing, image, mask)


def night(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    dark = curves(saturation(image, 0.55), (0.30, 0.40, 0.62), gamma=1.12, lift=(3, 5, 14))
    dark = new_sky(dark, seen, ((5, 9, 30), (14, 30, 70), (44, 74, 120)), 0.8)
    dark = starry(dark, seen, rng)
    return windows(dark, image, seen)


def starry(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    unit = typical(image.size)
    layer = Image.new("L", image.size)
    draw = ImageDraw.Draw(layer)
    for _ in range(260):
        x, y = rng.random() * image.width, rng.random() ** 1.3 * image.height * seen.horizon
        radius = unit * (0.03 + 0.09 * rng.random() ** 4)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=rng.randint(90, 255))
    image = image.copy()
    image.paste((250, 248, 240), (0, 0), ImageChops.multiply(layer, seen.sky))
    return image


def star_sky(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    """Stars over a sky deep enough to show them."""
    deep = new_sky(image, seen, ((12, 18, 52), (32, 48, 104), (84, 104, 160)), 0.7)
    return starry(curves(deep, (0.9, 0.9, 0.98)), seen, rng)


def dusk(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    toned = curves(image, (0.74, 0.56, 0.68), gamma=1.06, lift=(14, 6, 26))
    toned = new_sky(toned, seen, ((34, 30, 84), (136, 66, 122), (236, 118, 92), (255, 182, 112)), 0.78)
    toned = shine(toned, rng.uniform(0.2, 0.8), seen.horizon, (255, 132, 72), 0.42)
    return windows(toned, image, seen)


def dawn(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    toned = curves(saturation(image, 0.85), (0.98, 0.87, 0.9), gamma=0.98, lift=(20, 14, 30))
    toned = new_sky(toned, seen, ((112, 132, 184), (204, 170, 200), (250, 190, 174), (255, 224, 184)), 0.75)
    return shine(toned, rng.uniform(0.2, 0.8), seen.horizon, (255, 196, 150), 0.45)


def golden(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    toned = curves(image, (1.06, 0.92, 0.66), gamma=1.02, lift=(14, 6, 0))
    toned = new_sky(toned, seen, ((122, 136, 160), (232, 178, 118), (255, 216, 140)), 0.6)
    return shine(toned, rng.choice((0.1, 0.9)), seen.horizon * 0.8, (255, 190, 90), 0.6)


def day(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    mean = max(20.0, ImageStat.Stat(image.convert("L")).mean[0])
    gain = min(2.2, max(1.05, 150 / mean))
    lit = curves(image, (gain, gain, gain * 0.97), gamma=0.9)
    return new_sky(lit, seen, ((64, 132, 204), (140, 190, 228), (226, 238, 240)), 0.7)


def autumn(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    matrix = (0.5, 0.82, 0.0, 8, 0.2, 0.44, 0.04, 4, 0.06, 0.14, 0.3, 0)
    turned = Image.composite(image.convert("RGB", matrix), image, seen.green)
    return curves(turned, (1.05, 0.98, 0.86), lift=(6, 2, 0))


def spring(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    fresh = Image.composite(curves(saturation(image, 1.3), (1.02, 1.12, 0.9), gamma=0.86), image, seen.green)
    field = contrast(clouds(rng, (max(2, image.width // 6), max(2, image.height // 6)), (90, 60), octaves=2), 150, 185)
    petals = ImageChops.multiply(field.resize(image.size, BICUBIC), fade(seen.green, 0.5))
    fresh.paste((246, 178, 200), (0, 0), petals)
    return curves(fresh, (1.03, 1.01, 1.02), gamma=0.92)


def summer(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    lush = Image.composite(curves(saturation(image, 1.5), (0.9, 1.06, 0.8)), image, seen.green)
    return curves(saturation(lush, 1.15), (1.05, 1.02, 0.95), gamma=0.92)


def winter(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    """Cold light, and snow on everything that is not sky."""
    cold = curves(saturation(image, 0.5), (0.94, 1.0, 1.08), gamma=0.9, lift=(8, 10, 16))
    size = (max(2, image.width // 3), max(2, image.height // 3))
    grey = image.convert("L").resize(size, Image.Resampling.BOX)
    crests = fade(contrast(ImageChops.subtract(grey, ImageChops.offset(grey, 0, -2), 1, 128), 130, 160), 0.8)
    field = contrast(clouds(rng, size, (20, 26), octaves=4), 70, 150)
    low = Image.linear_gradient("L").point(
        [max(0, min(255, round((v / 255 - seen.horizon) * 700 + 60))) for v in range(256)]
    )
    lying = ImageChops.multiply(ImageChops.lighter(fade(field, 0.82), crests), low.resize(size, BICUBIC))
    mask = ImageChops.multiply(lying.resize(image.size, BICUBIC), ImageChops.invert(seen.sky))
    leaves = ImageChops.lighter(mask, fade(seen.green, 0.66))
    light = image.convert("L").point([min(255, 126 + value * 130 // 255) for value in range(256)])
    white = curves(Image.merge("RGB", (light, light, light)), (0.95, 0.98, 1.03))
    return Image.composite(white, cold, leaves)


def snowing(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    white = winter(image, seen, rng)
    snow(white, rng)
    return white


def raining(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    wet = curves(saturation(image, 0.6), (0.66, 0.72, 0.8), lift=(8, 12, 18))
    wet = new_sky(wet, seen, ((74, 84, 98), (120, 130, 142), (158, 166, 172)), 0.72)
    rain(wet, rng, (220, 228, 236), strength=0.5)
    return wet


def storming(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    wild = curves(raining(image, seen, rng), (0.7, 0.72, 0.8), gamma=1.1)
    bolt(wild, rng, image.width * rng.uniform(0.25, 0.75), image.height * seen.horizon)
    return wild


def foggy(image: Image.Image, seen: Study, rng: random.Random) -> Image.Image:
    mean = ImageStat.Stat(image).mean
    base = sum(mean) / 3
    tone = tuple(min(246, round(118 + 0.42 * base + 0.22 * (channel - base))) for channel in mean)
    veiled = curves(saturation(image, 0.66), (0.94, 0.95, 0.96), lift=(26, 28, 30))
    mist(veiled, rng, (tone[0], tone[1], tone[2]), seen.horizon, strength=0.86)
    return veiled


CHANGES: dict[str, Change] = {
    "night": night,
    "dusk": dusk,
    "dawn": dawn,
    "golden": golden,
    "day": day,
    "autumn": autumn,
    "winter": winter,
    "spring": spring,
    "summer": summer,
    "snow": snowing,
    "rain": raining,
    "storm": storming,
    "fog": foggy,
    "stars": star_sky,
}
