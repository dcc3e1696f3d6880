"""Edits of a given picture, at its exact dimensions."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageFilter

from . import Lent
from .finish import grain
from .grading import STEPS, tint
from .instructions import Edit, read_edit
from .lending import eight_bits, finish_lending
from .mark import sign
from .noise import BICUBIC, contrast, root_of
from .scenery import CHANGES, Study, study


def retouch_picture(
    source: Image.Image, prompt: str, seed: int, *, keep: Sequence[str], references: Sequence[Lent]
) -> Image.Image:
    rng = random.Random(root_of(seed, *keep, prompt))
    alpha = source.convert("RGBA").getchannel("A") if source.has_transparency_data else None
    before = to_rgb(source)
    edit = read_edit(prompt, keep)
    seen = study(before)
    after = apply(before, edit, seen, rng)
    after = finish_lending(after, references)
    after = protect(before, after, edit, seen)
    if not edit.steps and not edit.tints and not references:
        after = drift(after, rng)
    after = sign(grain(after, rng, 4) if "manga" not in edit.steps else after)
    if after.tobytes() == before.tobytes():
        after = after.point([value - 14 if value > 127 else value + 14 for value in range(256)] * 3)
    if alpha is not None:
        after.putalpha(alpha)
    return after


def to_rgb(source: Image.Image) -> Image.Image:
    """RGB of any mode; sixteen bits are brought down to eight."""
    if source.mode in ("La", "RGBa"):
        return source.convert("LA" if source.mode == "La" else "RGBA").convert("RGB")
    if source.mode in ("I", "F") or source.mode.startswith("I;"):
        return eight_bits(source).convert("RGB")
    return source.convert("RGB")


def apply(image: Image.Image, edit: Edit, seen: Study, rng: random.Random) -> Image.Image:
    """The steps one after the other: the hour, the season, the weather, the grade."""
    for step in edit.steps:
        own = random.Random(f"{step}/{rng.random()}")
        image = CHANGES[step](image, seen, own) if step in CHANGES else STEPS[step](image, own)
    for colour in edit.tints:
        image = tint(image, colour, 0.45)
    return image


def protect(before: Image.Image, after: Image.Image, edit: Edit, seen: Study) -> Image.Image:
    """Bring back what the instruction says must stay."""
    if "sky" in edit.kept:
        after = Image.composite(before, after, seen.sky)
    if "ground" in edit.kept:
        after = Image.composite(before, after, ImageChops.invert(seen.sky))
    if "colour" in edit.kept:
        light, _, _ = after.convert("YCbCr").split()
        _, blue, red = before.convert("YCbCr").split()
        after = Image.merge("YCbCr", (light, blue, red)).convert("RGB")
    if "middle" in edit.kept:
        oval = contrast(ImageChops.invert(Image.radial_gradient("L")), 90, 190)
        after = Image.composite(Image.blend(after, before, 0.55), after, oval.resize(after.size, BICUBIC))
    return after


def drift(image: Image.Image, rng: random.Random) -> Image.Image:
    """A gentle grade of the seed's own for instructions the painter does not know."""
    shadows = [rng.randint(0, 46) for _ in range(3)]
    lights = [rng.randint(206, 255) for _ in range(3)]
    table: list[int] = []
    for low, high in zip(shadows, lights, strict=True):
        table += [round(low + (high - low) * (value / 255) ** 0.95) for value in range(256)]
    graded = image.point(table)
    soft = graded.resize((max(1, image.width // 8), max(1, image.height // 8)), Image.Resampling.BOX)
    soft = soft.filter(ImageFilter.BoxBlur(2)).resize(image.size, BICUBIC)
    return Image.blend(graded, ImageChops.soft_light(graded, soft), 0.5)
