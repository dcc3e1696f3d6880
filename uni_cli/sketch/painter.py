"""From words to a finished picture."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from PIL import Image

from . import Lent
from .beyond import paint_deep, paint_space
from .canvas import Canvas
from .desert import paint_desert
from .finish import bloom, grain, vignette
from .land import paint_forest, paint_meadow, paint_mountains
from .mark import sign
from .noise import BICUBIC, clouds, contrast
from .palette import choose
from .portrait import paint_portrait
from .room import paint_room, paint_still_life
from .sky import paint_sky
from .town import paint_city
from .water import paint_lake, paint_sea
from .words import Scene, read

PLACES: dict[str, Callable[[Canvas], None]] = {
    "sea": paint_sea,
    "lake": paint_lake,
    "mountains": paint_mountains,
    "forest": paint_forest,
    "meadow": paint_meadow,
    "desert": paint_desert,
    "city": paint_city,
    "interior": paint_room,
    "still life": paint_still_life,
    "portrait": paint_portrait,
    "space": paint_space,
    "underwater": paint_deep,
}


def paint_scene(
    prompt: str, seed: int, size: tuple[int, int], *, style: str, references: Sequence[Lent]
) -> Image.Image:
    width, height = size
    if width < 1 or height < 1:
        raise ValueError(f"a picture needs at least one pixel, not {width}x{height}")
    root = f"{seed}/{style}/{prompt}"
    rng = random.Random(root)
    scene = read(prompt, rng, style=style)
    canvas = prepare(scene, rng, root, size)
    paint_sky(canvas)
    PLACES.get(scene.place, paint_meadow)(canvas)
    image = vignette(bloom(canvas.image, 0.35), 0.3)
    return sign(grain(image, canvas.stream("grain"), 7))


def prepare(scene: Scene, rng: random.Random, root: str, size: tuple[int, int]) -> Canvas:
    """An empty canvas with the light and the lines of the composition settled."""
    width, height = size
    canvas = Canvas(Image.new("RGB", size), scene, choose(scene, rng), root, (0.0, 0.0), 0.0)
    side = rng.choice((-1, 1))
    canvas.horizon = height * (rng.uniform(0.56, 0.66) if width >= height else rng.uniform(0.6, 0.68))
    canvas.focus = width * (0.5 + side * rng.uniform(0.16, 0.2))
    high = {"day": (0.2, 0.34), "night": (0.24, 0.42)}.get(scene.time, (0.68, 0.82))
    canvas.sun = (width * (0.5 - side * rng.uniform(0.1, 0.22)), canvas.horizon * rng.uniform(*high))
    field = clouds(canvas.stream("mottle"), canvas.small, (60 * width / max(size), 130 * height / max(size)), octaves=3)
    canvas.mottle = contrast(field, 112, 200).resize(size, BICUBIC)
    return canvas
