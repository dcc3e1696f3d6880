"""Everything the painter can draw by name, how large it is and where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import buildings, creatures, marvels, plants, things, vehicles
from .canvas import Canvas
from .pen import Pen
from .words import Subject


@dataclass(frozen=True, slots=True)
class Kind:
    """How a subject is drawn: width by height, height in hundredths of the picture, and its element."""

    draw: Callable[[Pen], None]
    aspect: float
    height: float
    where: str


KINDS: dict[str, Kind] = {
    "lighthouse": Kind(buildings.lighthouse, 0.6, 46, "rock"),
    "house": Kind(buildings.house, 1.4, 15, "ground"),
    "tower": Kind(buildings.tower, 0.5, 34, "ground"),
    "windmill": Kind(buildings.windmill, 0.9, 34, "ground"),
    "castle": Kind(buildings.castle, 1.45, 26, "ground"),
    "bridge": Kind(buildings.bridge, 4.6, 20, "span"),
    "pagoda": Kind(buildings.pagoda, 0.9, 38, "ground"),
    "torii": Kind(buildings.torii, 1.1, 30, "water"),
    "pyramid": Kind(buildings.pyramid, 1.72, 26, "far"),
    "lamppost": Kind(buildings.lamppost, 0.4, 26, "ground"),
    "tent": Kind(buildings.tent, 1.75, 13, "ground"),
    "boat": Kind(vehicles.boat, 0.92, 26, "water"),
    "rowboat": Kind(vehicles.rowboat, 1.66, 13, "water"),
    "car": Kind(vehicles.car, 2.42, 13, "ground"),
    "van": Kind(vehicles.van, 2.2, 17, "ground"),
    "bicycle": Kind(vehicles.bicycle, 1.54, 18, "ground"),
    "train": Kind(vehicles.train, 5.8, 10, "span"),
    "rocket": Kind(vehicles.rocket, 0.6, 42, "air"),
    "balloon": Kind(vehicles.balloon, 0.8, 34, "air"),
    "plane": Kind(vehicles.plane, 2.2, 13, "air"),
    "bird": Kind(creatures.bird, 1.26, 9, "air"),
    "cat": Kind(creatures.cat, 0.9, 30, "table"),
    "fox": Kind(creatures.fox, 1.15, 26, "ground"),
    "dog": Kind(creatures.dog, 0.98, 24, "ground"),
    "deer": Kind(creatures.deer, 1.12, 30, "ground"),
    "horse": Kind(creatures.horse, 1.34, 28, "ground"),
    "person": Kind(creatures.person, 0.44, 21, "ground"),
    "whale": Kind(marvels.whale, 2.52, 30, "air"),
    "fish": Kind(marvels.fish, 1.68, 12, "air"),
    "jellyfish": Kind(marvels.jellyfish, 0.8, 34, "air"),
    "butterfly": Kind(marvels.butterfly, 1.2, 9, "air"),
    "dragon": Kind(marvels.dragon, 2.12, 22, "air"),
    "snowman": Kind(marvels.snowman, 0.6, 26, "ground"),
    "tree": Kind(plants.tree, 1.0, 46, "ground"),
    "palm": Kind(plants.palm, 1.1, 44, "ground"),
    "cactus": Kind(plants.cactus, 0.74, 30, "ground"),
    "mushroom": Kind(plants.mushroom, 1.3, 24, "ground"),
    "flowers": Kind(plants.flowers, 1.32, 28, "front"),
    "vase": Kind(things.vase, 0.84, 52, "table"),
    "fruit": Kind(things.fruit, 1.68, 25, "table"),
    "cup": Kind(things.cup, 1.24, 18, "table"),
    "teapot": Kind(things.teapot, 1.5, 24, "table"),
    "lamp": Kind(things.lamp, 0.7, 36, "table"),
    "lantern": Kind(things.lantern, 0.6, 15, "air"),
    "candle": Kind(things.candle, 0.6, 24, "table"),
    "book": Kind(things.book, 1.6, 20, "table"),
    "bottle": Kind(things.bottle, 0.5, 40, "table"),
    "guitar": Kind(things.guitar, 0.68, 52, "table"),
    "umbrella": Kind(things.umbrella, 1.0, 26, "ground"),
}


def draw(
    canvas: Canvas,
    subject: Subject,
    x: float,
    foot: float,
    *,
    size: float = 1.0,
    depth: float = 1.0,
    flip: bool | None = None,
) -> None:
    """Set one subject with its foot at the point; the light comes from where the sun is."""
    kind = KINDS[subject.name]
    height = max(2, round(kind.height * size * canvas.unit))
    towards = canvas.sun[0] > x if flip is None else flip
    pen = Pen(canvas, height=height, aspect=kind.aspect, colour=subject.colour, depth=depth, flip=towards)
    kind.draw(pen)
    pen.place(x, foot)
