"""From words to a finished picture."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from PIL import Image

from . import Lent, stage
from .beyond import paint_deep, paint_space
from .canvas import Canvas
from .colour import mix
from .desert import paint_desert
from .finish import bloom, fibre, grade, grain, silver, vignette, wash
from .land import paint_forest, paint_meadow, paint_mountains
from .lending import by_role, finish_lending, lend_layout, lend_light, lend_palette, set_in
from .lights import fireflies, lanterns, rays
from .manga import ink
from .mark import sign
from .noise import BICUBIC, clouds, contrast, root_of
from .palette import choose
from .portrait import paint_portrait
from .room import paint_room, paint_still_life
from .sky import paint_sky
from .subjects import KINDS
from .town import paint_city
from .water import paint_lake, paint_sea
from .weather import bolt, mist, rain, snow
from .words import Scene, Subject, read

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


COMPANY: dict[str, tuple[str, ...]] = {
    "sea": ("boat", "lighthouse", "bird", "boat"),
    "lake": ("rowboat", "house", "bird", "boat"),
    "meadow": ("house", "tree", "windmill", "balloon", "horse"),
    "mountains": ("balloon", "house", "deer", "tent", "bird"),
    "forest": ("deer", "fox", "house", ""),
    "desert": ("cactus", "balloon", "van", ""),
    "city": ("bird", "", "cat"),
    "space": ("rocket", "", ""),
    "underwater": ("whale", "jellyfish", "fish"),
}
LEAST = 48
ENCLOSED = ("still life", "portrait", "space", "underwater")


def paint_scene(
    prompt: str, seed: int, size: tuple[int, int], *, style: str, references: Sequence[Lent]
) -> Image.Image:
    width, height = size
    if width < 1 or height < 1:
        raise ValueError(f"a picture needs at least one pixel, not {width}x{height}")
    if min(size) < LEAST:
        grown = (max(LEAST, width), max(LEAST, height))
        image = paint_scene(prompt, seed, grown, style=style, references=references)
        return image.resize(size, Image.Resampling.BOX)
    root = root_of(seed, style, prompt)
    rng = random.Random(root)
    canvas = prepare(furnish(read(prompt, rng, style=style), rng), rng, root, size)
    borrow(canvas, references)
    if canvas.scene.place not in ENCLOSED:
        paint_sky(canvas)
    PLACES.get(canvas.scene.place, paint_meadow)(canvas)
    low = canvas.height + canvas.unit
    stage.remains(canvas, [(0.0, low), (float(canvas.width), low)])
    set_in(canvas, references)
    return sign(finish(canvas, references), inset=2.6 * canvas.unit if canvas.scene.medium == "manga" else 0.0)


def furnish(scene: Scene, rng: random.Random) -> Scene:
    """A place named without anything in it may get something fitting to look at."""
    choice = rng.choice(COMPANY.get(scene.place, ("",)))
    if not choice or any(subject.name in KINDS for subject in scene.subjects):
        return scene
    return replace(scene, subjects=(*scene.subjects, Subject(choice, count=5 if choice == "bird" else 1)))


def borrow(canvas: Canvas, references: Sequence[Lent]) -> None:
    """What references settle before the first stroke."""
    for image in by_role(references, "palette"):
        canvas.palette = lend_palette(canvas.palette, image)
    for image in by_role(references, "lighting"):
        lend_light(canvas, image)
    for image in by_role(references, "composition"):
        lend_layout(canvas, image)


def finish(canvas: Canvas, references: Sequence[Lent]) -> Image.Image:
    """Weather in front, then the surface of the medium."""
    scene, image = canvas.scene, canvas.image
    if scene.place not in (*ENCLOSED, "interior"):
        fall(canvas)
    if scene.medium == "manga":
        return ink(finish_lending(image, references))
    image = finish_lending(grade(bloom(image, 0.35)), references)
    if scene.medium == "noir":
        image = silver(image)
    image = wash(image, canvas.stream("wash")) if scene.medium == "water" else vignette(image, 0.26)
    if scene.medium == "paper":
        image = fibre(image, canvas.stream("fibre"))
    return grain(image, canvas.stream("grain"), 7)


def fall(canvas: Canvas) -> None:
    """Rain, snow, mist and lightning of the scene."""
    scene, palette = canvas.scene, canvas.palette
    if "rays" in scene.details or (
        scene.medium != "manga" and scene.place == "forest" and scene.time in ("dawn", "golden", "day")
    ):
        rays(canvas, 0.5)
    if any(subject.name == "lantern" and subject.count > 1 for subject in scene.subjects):
        lanterns(canvas)
    if "firefly" in scene.details:
        fireflies(canvas)
    match scene.weather:
        case "rain" | "storm":
            rain(canvas.image, canvas.stream("rain"), mix(palette.haze, palette.light, 0.4))
            if scene.weather == "storm":
                bolt(canvas.image, canvas.stream("bolt"), canvas.width - canvas.focus, canvas.horizon)
        case "snow":
            snow(canvas.image, canvas.stream("snow"))
        case "fog":
            tone = mix(palette.haze, palette.light, 0.35)
            mist(canvas.image, canvas.stream("mist"), tone, canvas.horizon / canvas.height, strength=0.5)
        case _:
            pass


def prepare(scene: Scene, rng: random.Random, root: str, size: tuple[int, int]) -> Canvas:
    """An empty canvas with the light and the lines of the composition settled."""
    width, height = size
    canvas = Canvas(Image.new("RGB", size), scene, choose(scene, rng), root, (0.0, 0.0), 0.0)
    side = rng.choice((-1, 1))
    canvas.horizon = height * (rng.uniform(0.56, 0.66) if width >= height else rng.uniform(0.6, 0.68))
    canvas.focus = width * (0.5 + side * rng.uniform(0.16, 0.2))
    high = {"day": (0.2, 0.34), "night": (0.24, 0.42)}.get(scene.time, (0.68, 0.82))
    canvas.sun = (width * (0.5 - side * rng.uniform(0.1, 0.22)), canvas.horizon * rng.uniform(*high))
    field = clouds(canvas.stream("mottle"), canvas.small, (60 * width / max(size), 210 * height / max(size)), octaves=3)
    if scene.medium == "manga":
        canvas.palette = replace(canvas.palette, deep=mix(canvas.palette.deep, (128, 128, 140), 0.3))
        return canvas
    canvas.mottle = contrast(field, 112, 200).resize(size, BICUBIC)
    return canvas
