"""Reads an edit instruction into steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import vocabulary as vocab
from .colour import RGB
from .words import find, split

STEPS = vocab.invert(
    {
        "night": "night, midnight, moonlight, moonlit, nighttime, night time, 夜",
        "dusk": "dusk, sunset, twilight, evening, blue hour, nightfall",
        "dawn": "dawn, sunrise, daybreak, early morning",
        "golden": "golden hour, golden light, late afternoon, low sun",
        "day": "day, noon, midday, daylight, sunny, daytime",
        "autumn": "autumn, fall, october, november, autumnal",
        "winter": "winter, wintry, snowy, frozen, frost, icy",
        "spring": "spring, springtime, blossom, blossoms",
        "summer": "summer, lush, greener",
        "snow": "snow, snowfall, snowing, blizzard, snowflakes",
        "rain": "rain, rainy, raining, drizzle, downpour",
        "storm": "storm, stormy, thunder, lightning",
        "fog": "fog, foggy, mist, misty, haze, hazy, smoke",
        "stars": "stars, starry",
        "warm": "warm, warmer, cozy, cosy",
        "cool": "cool, cooler, cold, colder, icy blue",
        "sepia": "sepia",
        "mono": "monochrome, black and white, grayscale, greyscale, b&w, black white, noir",
        "vintage": "vintage, retro, faded, old photo, film, nostalgic",
        "brighter": "brighter, bright, lighter, lighten, brighten, exposure",
        "darker": "darker, dark, darken, moody, gloomy, dim",
        "lamps": "lamp, lamps, light on, lights on, lit, lantern, lanterns, windows lit, lights, candle, candlelight,"
        " glow, glowing",
        "spot": "spotlight, spot, vignette, crop of, pool of, beam",
        "blur": "blur, blurred, blurry, bokeh, depth of, out of, shallow",
        "vivid": "vivid, vibrant, saturated, colorful, colourful, punchy, pop",
        "muted": "muted, desaturated, pastel, pale, subdued, soft, softer",
        "contrast": "contrast, contrasty, dramatic, crisp, sharper, sharpen, cinematic, epic",
        "manga": "manga, comic, screentone, ink, webtoon",
        "paper": "paper, textured, texture, grain, grainy",
    }
)
KEEPING = re.compile(
    r"\b(keep|keeping|leave|preserve|preserving|don't change|do not change|without changing|unchanged)\b[^.;!?\n]*",
    re.I,
)
ORDER = tuple(dict.fromkeys(STEPS.values()))


@dataclass(frozen=True, slots=True)
class Edit:
    """The steps of an edit, tints, and what must stay as it is."""

    steps: tuple[str, ...]
    tints: tuple[RGB, ...]
    kept: frozenset[str]


def read_edit(prompt: str, keep: Sequence[str]) -> Edit:
    text = prompt[:8000]
    held = " ".join([*(found.group(0) for found in KEEPING.finditer(text)), *keep]).lower()
    words = split(KEEPING.sub(" ", text))
    wanted = {meaning for _, meaning in find(words, STEPS)}
    if "golden" in wanted:
        words = [word for word in words if word != "golden"]
    tints = tuple(vocab.COLOURS[name] for _, name in find(words, vocab.COLOUR_NAMES))[:2]
    if "mono" in wanted:
        tints = ()
    return Edit(tuple(step for step in ORDER if step in wanted), tints, frozenset(read_kept(held)))


def read_kept(held: str) -> set[str]:
    """Which parts the instruction protects."""
    parts = {
        "sky": ("sky", "clouds"),
        "ground": ("ground", "foreground", "floor", "sea", "water"),
        "colour": ("colour", "color", "palette", "tones", "grade"),
        "middle": ("subject", "person", "face", "character", "figure", "man", "woman", "product", "object"),
    }
    words = set(re.findall(r"[^\W\d_]+", held))
    return {part for part, names in parts.items() if words & {form for name in names for form in (name, name + "s")}}
