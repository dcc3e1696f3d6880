"""Edits of a given picture."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageChops

from . import Lent
from .finish import grain, vignette


def retouch_picture(
    source: Image.Image, prompt: str, seed: int, *, keep: Sequence[str], references: Sequence[Lent]
) -> Image.Image:
    rng = random.Random(f"{seed}/{'|'.join(keep)}/{prompt}")
    alpha = source.convert("RGBA").getchannel("A") if source.has_transparency_data else None
    image = source.convert("RGB")
    tint = tuple(rng.randint(170, 255) for _ in range(3))
    image = ImageChops.multiply(image, Image.new("RGB", image.size, tint))
    image = grain(vignette(image, 0.3), rng, 6)
    if alpha is not None:
        image.putalpha(alpha)
    return image
