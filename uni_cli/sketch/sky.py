"""Everything above the horizon: light, clouds, sun, moon, stars."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw

from .canvas import Canvas, Cut, cut, glow, gradient
from .colour import mix, scale
from .noise import BICUBIC, clouds, contrast, fade
from .shapes import circle

CLOUDINESS = {"clear": 0.25, "clouds": 0.8, "rain": 1.0, "storm": 1.15, "snow": 0.7, "fog": 0.35}


def paint_sky(canvas: Canvas) -> None:
    soft = gradient(canvas.small, canvas.palette.sky)
    reach = canvas.horizon / canvas.height
    top = gradient((canvas.small[0], max(1, round(canvas.small[1] * reach))), canvas.palette.sky)
    soft.paste(canvas.palette.haze, (0, 0, *canvas.small))
    soft.paste(top, (0, 0))
    shine(canvas, soft)
    drift(canvas, soft)
    canvas.image.paste(soft.resize(canvas.size, BICUBIC))
    if canvas.scene.time in ("night", "dusk") and canvas.scene.weather in ("clear", "clouds"):
        sprinkle_stars(canvas, 420 if canvas.scene.time == "night" else 90)
    paint_light(canvas)


def shine(canvas: Canvas, soft: Image.Image) -> None:
    """The wide brightness of the air around the sun."""
    width, height = soft.size
    reach = max(width, height)
    disc = Image.radial_gradient("L").point([round(255 * max(0.0, 1 - v / 180) ** 1.6) for v in range(256)])
    disc = fade(disc, 0.3 if canvas.scene.time == "night" else 0.6).resize((2 * reach, 2 * reach), BICUBIC)
    soft.paste(canvas.palette.light, (round(canvas.sun[0] / 4) - reach, round(canvas.sun[1] / 4) - reach), disc)


def drift(canvas: Canvas, soft: Image.Image) -> None:
    """Clouds with a lit and a shaded side."""
    amount = CLOUDINESS[canvas.scene.weather]
    if canvas.paper:
        return
    width, height = soft.size
    rng = canvas.stream("clouds")
    lumps = 3.0 * width / max(1, height)
    field = clouds(rng, (width, height), (lumps, 6), octaves=5)
    low = 150 - 55 * amount + rng.uniform(-8, 8)
    mask = fade(contrast(field, low, low + 70), 0.85)
    fall = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((width, height))
    mask = ImageChops.multiply(mask, contrast(fall, 40, 190))
    side = 2 if canvas.sun[0] > canvas.width / 2 else -2
    shade = ImageChops.subtract(field, ImageChops.offset(field, side, 3), 0.25, 128)
    dark = mix(mix(canvas.palette.sky[0], canvas.palette.sky[1], 0.5), canvas.palette.haze, 0.3)
    if canvas.scene.weather in ("storm", "rain"):
        dark = scale(dark, 0.7)
    bright = mix(canvas.palette.haze, canvas.palette.light, 0.6)
    paint = Image.new("RGB", soft.size, dark)
    paint.paste(bright, (0, 0), contrast(shade, 70, 190))
    soft.paste(paint, (0, 0), mask)


def sprinkle_stars(canvas: Canvas, count: int) -> None:
    rng = canvas.stream("stars")
    draw = ImageDraw.Draw(canvas.image)
    for _ in range(count):
        x, y = rng.random() * canvas.width, rng.random() ** 1.4 * canvas.horizon
        size = canvas.unit * (0.03 + 0.09 * rng.random() ** 4)
        under = canvas.image.getpixel((min(canvas.width - 1, int(x)), min(canvas.height - 1, int(y))))
        assert isinstance(under, tuple)
        colour = mix(
            (under[0], under[1], under[2]), (255, 250, 240), rng.uniform(0.25, 1) * (1 - y / canvas.horizon * 0.6)
        )
        draw.ellipse((x - size, y - size, x + size, y + size), fill=colour)


def paint_light(canvas: Canvas) -> None:
    """Sun or moon with its halo."""
    if canvas.scene.weather in ("storm", "rain", "snow"):
        return
    night = canvas.scene.time == "night"
    radius = canvas.unit * (4.2 if night else 5.0)
    colour = mix(canvas.palette.light, (255, 255, 255), 0.6)
    if canvas.paper:
        paint_rings(canvas, radius)
    else:
        glow(canvas, canvas.sun, radius * 6, canvas.palette.light, 0.5)
    disc = cut(canvas, [circle(canvas.sun, radius)])
    if disc is not None:
        canvas.image.paste(colour, (disc.left, disc.top), disc.mask)
        if night:
            shade_moon(canvas, disc, radius)


def shade_moon(canvas: Canvas, disc: Cut, radius: float) -> None:
    spots = contrast(clouds(canvas.stream("moon"), disc.mask.size, (5, 5)), 120, 190)
    spots = fade(ImageChops.multiply(spots, disc.mask), 0.35)
    canvas.image.paste(mix(canvas.palette.sky[-1], canvas.palette.light, 0.3), (disc.left, disc.top), spots)
    del radius


def paint_rings(canvas: Canvas, radius: float) -> None:
    """Discs of paper around the sun, each a little brighter."""
    from .canvas import lay

    for index in range(5, 0, -1):
        share = index / 6
        colour = mix(canvas.palette.light, canvas.palette.sky[1], share)
        ring = cut(canvas, [circle(canvas.sun, radius * (1 + index * 1.25))])
        lay(canvas, ring, mix(colour, canvas.palette.sky[0], 0.12 * share), colour, lift=0.8)
