"""From words to a finished picture."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image

from . import Lent
from .canvas import Canvas
from .finish import bloom, grain, vignette
from .land import paint_land
from .mark import sign
from .palette import choose
from .sky import paint_sky
from .words import read


def paint_scene(
    prompt: str, seed: int, size: tuple[int, int], *, style: str, references: Sequence[Lent]
) -> Image.Image:
    width, height = size
    if width < 1 or height < 1:
        raise ValueError(f"a picture needs at least one pixel, not {width}x{height}")
    root = f"{seed}/{style}/{prompt}"
    rng = random.Random(root)
    scene = read(prompt, rng, style=style)
    canvas = Canvas(
        image=Image.new("RGB", size),
        scene=scene,
        palette=choose(scene, rng),
        root=root,
        sun=(width * rng.choice((0.3, 0.36, 0.64, 0.7)), height * rng.uniform(0.3, 0.45)),
        horizon=height * rng.uniform(0.55, 0.66),
    )
    paint_sky(canvas)
    paint_land(canvas)
    image = vignette(bloom(canvas.image, 0.35), 0.3)
    return sign(grain(image, canvas.stream("grain"), 7))
