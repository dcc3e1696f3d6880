"""Seeded noise pictures, all from `random.Random.randbytes`."""

from __future__ import annotations

import hashlib
import itertools
import random

from PIL import Image

Size = tuple[int, int]
BICUBIC = Image.Resampling.BICUBIC


def root_of(*parts: object) -> str:
    """One text that stands for all the parts; any text will do, even broken Unicode."""
    whole = "/".join(str(part) for part in parts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def speckle(rng: random.Random, size: Size) -> Image.Image:
    return Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))


def clouds(
    rng: random.Random, size: Size, cells: tuple[float, float], *, octaves: int = 4, gain: float = 0.55
) -> Image.Image:
    """Soft noise in several octaves; `cells` is how many lumps lie across and down."""
    total = Image.new("L", size, 128)
    weight, amount = 0.0, 1.0
    across, down = cells
    for _ in range(octaves):
        grid = (max(2, min(size[0], round(across))), max(2, min(size[1], round(down))))
        octave = speckle(rng, grid).resize(size, BICUBIC)
        weight += amount
        total = Image.blend(total, octave, amount / weight)
        amount *= gain
        across, down = across * 2, down * 2
    return total


def contrast(image: Image.Image, low: float, high: float) -> Image.Image:
    """A smooth step: black at or under `low`, white at or above `high` (both 0 to 255)."""
    span = max(1e-6, high - low)

    def step(value: int) -> int:
        x = min(1.0, max(0.0, (value - low) / span))
        return round(255 * x * x * (3 - 2 * x))

    return image.point([step(value) for value in range(256)])


def fade(image: Image.Image, factor: float) -> Image.Image:
    return image.point([min(255, round(value * factor)) for value in range(256)])


def tile(patch: Image.Image, size: Size) -> Image.Image:
    """The patch repeated over the size."""
    width, height = patch.size
    whole = Image.new(patch.mode, size)
    for top in range(0, size[1], height):
        for left in range(0, size[0], width):
            whole.paste(patch, (left, top))
    return whole


def profile(rng: random.Random, count: int, roughness: float) -> list[float]:
    """Heights 0 to 1 of a ridge, by halving the distance again and again."""
    heights = [rng.random(), rng.random()]
    spread = 1.0
    while len(heights) < count:
        spread *= roughness
        finer: list[float] = []
        for left, right in itertools.pairwise(heights):
            finer += [left, (left + right) / 2 + (rng.random() - 0.5) * spread]
        heights = [*finer, heights[-1]]
    low, high = min(heights), max(heights)
    return [(value - low) / max(1e-9, high - low) for value in heights]
