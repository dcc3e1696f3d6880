"""Ridges, one behind the other, each nearer and deeper in colour."""

from __future__ import annotations

from .canvas import Canvas, cut, lay
from .colour import mix
from .shapes import close, ridge


def paint_land(canvas: Canvas) -> None:
    layers = 6
    rng = canvas.stream("land")
    rough = {"mountains": 0.56, "forest": 0.5, "city": 0.5}.get(canvas.scene.place, 0.4)
    for index in range(layers):
        depth = index / (layers - 1)
        base = canvas.horizon + (canvas.height - canvas.horizon) * depth**1.3 * 0.85
        tall = canvas.unit * (26 * (1 - depth) * (rough - 0.2) * 3 + 8)
        line = ridge(rng, canvas.size, base + tall * 0.3, tall, roughness=rough)
        shape = cut(canvas, [close(line, canvas.height + 2)], floor=max(y for _, y in line))
        colour = canvas.palette.land(depth)
        lay(canvas, shape, colour, mix(colour, canvas.palette.haze, 0.5 - 0.3 * depth))
