"""Colours of a scene: sky, air, land and the light that falls on them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from .colour import RGB, filter_by, luma, mix, recolour, saturate, scale, turn
from .words import Scene

Change = Callable[[RGB], RGB]


@dataclass(frozen=True, slots=True)
class Palette:
    sky: tuple[RGB, ...]
    haze: RGB
    deep: RGB
    light: RGB
    ambient: RGB
    ground: RGB

    def land(self, depth: float, local: RGB | None = None) -> RGB:
        """Colour of land at a depth from 0 (horizon) to 1 (at our feet)."""
        own = filter_by(local or self.ground, self.ambient)
        near = mix(own, self.deep, (0.06 + 0.46 * depth) * (0.45 if luma(own) > 170 else 1.0))
        return mix(self.haze, near, 0.16 + 0.84 * depth**0.75)

    def lit(self, local: RGB, amount: float = 1.0, *, depth: float = 1.0) -> RGB:
        """A thing of its own colour, from full shade (0) to full light (1)."""
        shade = mix(filter_by(local, self.ambient), self.deep, 0.6)
        shade = mix(shade, self.haze, 0.12)
        bright = mix(filter_by(local, mix(self.light, (255, 255, 255), 0.25)), filter_by(local, self.ambient), 0.15)
        return mix(self.haze, mix(shade, bright, amount), 0.25 + 0.75 * depth)


def p(sky: tuple[RGB, ...], deep: RGB, light: RGB, ambient: RGB) -> Palette:
    return Palette(sky=sky, haze=sky[-1], deep=deep, light=light, ambient=ambient, ground=(96, 120, 92))


PALETTES: dict[str, tuple[Palette, ...]] = {
    "dawn": (
        p(
            ((66, 88, 146), (150, 142, 190), (238, 170, 162), (255, 216, 176)),
            (38, 36, 70),
            (255, 222, 180),
            (226, 204, 210),
        ),
        p(
            ((70, 122, 152), (150, 184, 188), (244, 206, 180), (255, 230, 196)),
            (28, 54, 74),
            (255, 226, 184),
            (214, 216, 218),
        ),
        p(
            ((104, 98, 170), (186, 140, 192), (250, 172, 182), (255, 222, 204)),
            (52, 38, 84),
            (255, 216, 196),
            (228, 204, 218),
        ),
    ),
    "day": (
        p(
            ((48, 114, 190), (106, 168, 220), (182, 216, 236), (232, 240, 236)),
            (28, 62, 70),
            (255, 250, 232),
            (222, 232, 240),
        ),
        p(
            ((54, 140, 186), (128, 196, 212), (206, 230, 226), (244, 244, 226)),
            (22, 66, 70),
            (255, 250, 226),
            (226, 236, 230),
        ),
        p(
            ((58, 96, 172), (124, 168, 218), (210, 222, 232), (250, 242, 224)),
            (34, 48, 82),
            (255, 246, 226),
            (224, 226, 238),
        ),
    ),
    "golden": (
        p(
            ((86, 112, 156), (184, 166, 160), (246, 186, 128), (255, 218, 168)),
            (62, 38, 44),
            (255, 210, 150),
            (250, 218, 186),
        ),
        p(
            ((116, 92, 118), (216, 136, 98), (250, 172, 104), (255, 212, 152)),
            (66, 30, 40),
            (255, 202, 138),
            (250, 206, 178),
        ),
        p(
            ((62, 112, 140), (158, 170, 164), (238, 190, 138), (255, 220, 176)),
            (34, 46, 44),
            (255, 212, 156),
            (240, 220, 184),
        ),
    ),
    "dusk": (
        p(
            ((26, 28, 78), (90, 54, 122), (212, 94, 112), (255, 166, 106)),
            (22, 18, 48),
            (255, 170, 120),
            (150, 112, 150),
        ),
        p(
            ((20, 42, 88), (60, 92, 136), (198, 134, 134), (252, 188, 138)),
            (14, 26, 50),
            (255, 190, 140),
            (136, 132, 162),
        ),
        p(
            ((42, 22, 64), (136, 50, 96), (238, 110, 84), (255, 194, 116)),
            (30, 14, 40),
            (255, 180, 116),
            (160, 106, 128),
        ),
    ),
    "night": (
        p(((6, 10, 32), (14, 28, 66), (32, 58, 106), (66, 100, 144)), (4, 8, 22), (206, 222, 250), (74, 96, 146)),
        p(((9, 8, 30), (28, 22, 66), (62, 44, 104), (108, 84, 138)), (8, 6, 22), (220, 214, 250), (88, 82, 146)),
        p(((4, 18, 30), (8, 42, 60), (22, 78, 92), (70, 128, 128)), (3, 14, 22), (204, 240, 234), (66, 108, 122)),
    ),
}
GROUNDS: dict[str, RGB] = {
    "spring": (124, 178, 84),
    "summer": (74, 142, 84),
    "autumn": (214, 128, 52),
    "winter": (232, 238, 246),
}


def choose(scene: Scene, rng: random.Random) -> Palette:
    """The palette of the scene, with the seed's own accent."""
    palette = turn_hues(rng.choice(PALETTES[scene.time]), rng.uniform(-9, 9 if scene.time in ("day", "night") else 0))
    palette = replace(palette, ground=read_ground(scene, rng))
    palette = weather_beaten(palette, scene)
    palette = in_mood(palette, scene.mood)
    for colour in scene.colours:
        attached = any(subject.colour == colour for subject in scene.subjects)
        palette = tinted(palette, colour, 0.06 if attached else 0.5, ground=not attached)
    return palette


def read_ground(scene: Scene, rng: random.Random) -> RGB:
    if scene.place == "desert" and scene.season != "winter":
        return rng.choice(((226, 158, 104), (216, 128, 88), (236, 182, 130)))
    return turn(GROUNDS[scene.season], rng.uniform(-10, 10))


def remap(palette: Palette, change: dict[str, tuple[RGB, float]]) -> Palette:
    """Mix single parts of the palette with other colours."""
    sky_to, sky_amount = change.get("sky", (palette.haze, 0.0))
    haze = change.get("haze", (palette.haze, 0.0))
    deep = change.get("deep", (palette.deep, 0.0))
    light = change.get("light", (palette.light, 0.0))
    ambient = change.get("ambient", (palette.ambient, 0.0))
    return replace(
        palette,
        sky=tuple(mix(colour, sky_to, sky_amount) for colour in palette.sky),
        haze=mix(palette.haze, *haze),
        deep=mix(palette.deep, *deep),
        light=mix(palette.light, *light),
        ambient=mix(palette.ambient, *ambient),
    )


def weather_beaten(palette: Palette, scene: Scene) -> Palette:
    grey = mix(saturate(palette.sky[1], 0.25), saturate(palette.haze, 0.3), 0.5)
    match scene.weather:
        case "rain":
            dull = scale(grey, 0.8)
            palette = remap(palette, {"sky": (dull, 0.5), "haze": (dull, 0.45), "ambient": (dull, 0.4)})
        case "storm":
            dull = scale(grey, 0.5)
            palette = remap(palette, {"sky": (dull, 0.66), "haze": (dull, 0.4), "ambient": (dull, 0.55)})
        case "fog":
            palette = remap(palette, {"sky": (palette.haze, 0.4), "deep": (palette.haze, 0.22)})
        case "snow":
            pale = mix(grey, (226, 234, 246), 0.35 if scene.time in ("night", "dusk") else 0.6)
            palette = remap(palette, {"sky": (pale, 0.4), "haze": (pale, 0.45)})
        case _:
            pass
    return palette


def in_mood(palette: Palette, mood: str) -> Palette:
    match mood:
        case "dark":
            return every(palette, lambda colour: saturate(scale(colour, 0.72), 0.75))
        case "bright":
            return every(palette, lambda colour: saturate(colour, 1.3))
        case "calm":
            return every(palette, lambda colour: saturate(colour, 0.84))
        case "drama":
            return replace(every(palette, lambda colour: saturate(colour, 1.15)), deep=scale(palette.deep, 0.6))
        case "old":
            return every(palette, lambda colour: recolour(saturate(colour, 0.7), (226, 190, 140), 0.35))
        case "dream":
            return every(palette, lambda colour: recolour(colour, (206, 150, 220), 0.2))
        case _:
            return palette


def every(palette: Palette, change: Change) -> Palette:
    return Palette(
        sky=tuple(change(colour) for colour in palette.sky),
        haze=change(palette.haze),
        deep=change(palette.deep),
        light=change(palette.light),
        ambient=change(palette.ambient),
        ground=change(palette.ground),
    )


def turn_hues(palette: Palette, degrees: float) -> Palette:
    return every(palette, lambda colour: turn(colour, degrees))


def tinted(palette: Palette, colour: RGB, amount: float, *, ground: bool = True) -> Palette:
    """The palette leaning to a colour; greys make it paler instead, black darker."""
    grey = max(colour) - min(colour) < 24
    if grey:
        factor = 0.75 + 0.4 * luma(colour) / 255
        return every(palette, lambda other: saturate(scale(other, factor), 1 - amount))
    tinted_all = every(palette, lambda other: recolour(other, colour, amount))
    return replace(tinted_all, ground=recolour(palette.ground, colour, min(1.0, amount * 1.4) if ground else 0.0))
