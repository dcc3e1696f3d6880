"""Puts the subjects of a scene where they belong and where they look well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image, ImageChops

from .canvas import Canvas, shadow
from .noise import fade
from .shapes import Point, height_at
from .subjects import KINDS, draw
from .words import Subject


def take(canvas: Canvas, *elements: str) -> list[Subject]:
    """Subjects of these elements that no one has placed yet."""
    bridged = canvas.scene.has("bridge")
    found = [
        subject
        for subject in canvas.scene.subjects
        if subject.name in KINDS
        and subject.name not in canvas.placed
        and not (bridged and subject.name == "train")
        and (not elements or KINDS[subject.name].where in elements)
    ]
    canvas.placed.update(subject.name for subject in found)
    return found


def spots(canvas: Canvas, count: int, name: str) -> list[float]:
    """Places across the picture, the first on the golden third."""
    rng = canvas.stream(f"spots/{name}")
    mirror = canvas.width - canvas.focus
    choices = [canvas.focus, mirror, (canvas.focus + mirror) / 2, canvas.focus * 0.42, canvas.width - mirror * 0.42]
    return [choices[index % 5] + rng.uniform(-0.03, 0.03) * canvas.width for index in range(count)]


def stand(canvas: Canvas, line: Sequence[Point], *elements: str, size: float = 1.0, depth: float = 0.95) -> None:
    """Stand subjects on the ground."""
    chosen = take(canvas, *elements)
    wide = sum(KINDS[s.name].height * KINDS[s.name].aspect * (1 + 0.6 * (s.count - 1)) for s in chosen)
    size *= min(1.0, max(0.4, canvas.width / canvas.unit * 0.72 / max(1.0, wide)))
    for subject, x in zip(chosen, spots(canvas, len(chosen), "ground"), strict=True):
        group(canvas, subject, x, line, size=size, depth=depth)


def group(canvas: Canvas, subject: Subject, x: float, line: Sequence[Point], *, size: float, depth: float) -> None:
    """One subject, or several of it side by side, the further ones smaller."""
    if subject.name == "lamp":
        subject = replace(subject, name="lamppost")
    if KINDS[subject.name].where == "front":
        x = canvas.width - canvas.focus
    if KINDS[subject.name].where == "table" and canvas.scene.place not in ("interior", "still life", "portrait"):
        size *= 0.6
    rng = canvas.stream(f"group/{subject.name}")
    kind = KINDS[subject.name]
    step = kind.height * kind.aspect * canvas.unit * size * 0.95
    side = 1 if x < canvas.width / 2 else -1
    if kind.where == "span":
        x = canvas.width / 2
    for index in reversed(range(subject.count)):
        shrink = 1 - 0.12 * min(index, 4) * rng.uniform(0.8, 1.2)
        at = x + side * step * index * rng.uniform(0.75, 1.0)
        if not -step < at < canvas.width + step:
            continue
        foot = height_at(line, at) + canvas.unit * 0.4
        if subject.name == "bridge":
            cross(canvas, at, foot, size=size * shrink, depth=depth)
        if kind.where not in ("far", "span") and canvas.scene.medium != "manga":
            shadow(canvas, at, foot, step * shrink * 0.8, 0.4 * depth)
        draw(canvas, subject, at, foot, size=size * shrink, depth=depth)


def cross(canvas: Canvas, x: float, foot: float, *, size: float, depth: float) -> None:
    """A train that is asked for together with a bridge runs over it."""
    train = next((subject for subject in canvas.scene.subjects if subject.name == "train"), None)
    if train is not None:
        canvas.placed.add("train")
        draw(canvas, train, x, foot - KINDS["bridge"].height * size * canvas.unit * 0.82, size=size, depth=depth)


def fly(canvas: Canvas, *, size: float = 1.0, top: float = 0.12, bottom: float = 0.85) -> None:
    """Hang subjects in the air between two shares of the height above the horizon."""
    for order, subject in enumerate(take(canvas, "air")):
        kind = KINDS[subject.name]
        rng = canvas.stream(f"air/{subject.name}")
        tall = kind.height * size * canvas.unit
        level = (0.42, 0.85, 0.1)[order % 3]
        for index in reversed(range(max(subject.count, 5 if subject.name == "bird" else 1))):
            shrink = (0.95 - 0.4 * (index % 4) / 3) * rng.uniform(0.85, 1.1) if index else 1.0
            x = spots(canvas, order + 1, "air")[order] if index == 0 else canvas.width * rng.uniform(0.06, 0.94)
            reach = max(tall * 0.6, canvas.horizon)
            y = reach * (top + (bottom - top) * (level if index == 0 else rng.random())) + tall * shrink * 0.5
            flip = rng.random() < 0.5 if index else None
            draw(canvas, subject, x, y, size=size * shrink, depth=0.95 - 0.3 * (1 - shrink), flip=flip)


def remains(canvas: Canvas, line: Sequence[Point], *, size: float = 1.0) -> None:
    """Whatever was asked for and found no better place stands in front."""
    stand(canvas, line, size=size)


def afloat(canvas: Canvas, subject: Subject, x: float, foot: float, *, size: float) -> None:
    """On the water, above its own faint reflection."""
    kind = KINDS[subject.name]
    tall, wide = round(kind.height * size * canvas.unit), round(kind.height * kind.aspect * size * canvas.unit)
    if subject.name == "bridge":
        cross(canvas, x, foot, size=size, depth=1.0)
    draw(canvas, subject, x, foot, size=size)
    if canvas.paper:
        return
    left, top = round(x - wide / 2), round(foot - tall)
    box = (max(0, left), max(0, top), min(canvas.width, left + wide), min(canvas.height, round(foot)))
    if box[2] - box[0] < 2 or box[3] - box[1] < 2:
        return
    mirror = canvas.image.crop(box).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = mirror.resize((mirror.width, max(1, round(mirror.height * 0.62))), Image.Resampling.BOX)
    fall = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    sides = ImageChops.multiply(fall.rotate(90).point(SIDE), fall.rotate(270).point(SIDE))
    mask = fade(ImageChops.multiply(fall, sides), 0.62).resize(mirror.size)
    canvas.image.paste(mirror, (box[0], box[3] - round(canvas.unit * 0.3)), mask)


SIDE = [min(255, value * 5) for value in range(256)]
