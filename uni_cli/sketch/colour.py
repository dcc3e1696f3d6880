"""Small arithmetic on RGB triples."""

from __future__ import annotations

import colorsys

RGB = tuple[int, int, int]


def clamp(value: float) -> int:
    return 0 if value < 0 else 255 if value > 255 else int(value + 0.5)


def mix(a: RGB, b: RGB, amount: float) -> RGB:
    """`a` at 0, `b` at 1."""
    amount = min(1.0, max(0.0, amount))
    return (
        clamp(a[0] + (b[0] - a[0]) * amount),
        clamp(a[1] + (b[1] - a[1]) * amount),
        clamp(a[2] + (b[2] - a[2]) * amount),
    )


def scale(a: RGB, factor: float) -> RGB:
    return clamp(a[0] * factor), clamp(a[1] * factor), clamp(a[2] * factor)


def filter_by(a: RGB, light: RGB) -> RGB:
    """What `a` looks like when lit by `light`."""
    return clamp(a[0] * light[0] / 255), clamp(a[1] * light[1] / 255), clamp(a[2] * light[2] / 255)


def luma(a: RGB) -> float:
    return 0.299 * a[0] + 0.587 * a[1] + 0.114 * a[2]


def saturate(a: RGB, factor: float) -> RGB:
    grey = luma(a)
    return (
        clamp(grey + (a[0] - grey) * factor),
        clamp(grey + (a[1] - grey) * factor),
        clamp(grey + (a[2] - grey) * factor),
    )


def turn(a: RGB, degrees: float) -> RGB:
    """The same colour with its hue turned."""
    hue, lightness, saturation = colorsys.rgb_to_hls(a[0] / 255, a[1] / 255, a[2] / 255)
    red, green, blue = colorsys.hls_to_rgb((hue + degrees / 360) % 1, lightness, saturation)
    return clamp(red * 255), clamp(green * 255), clamp(blue * 255)


def recolour(a: RGB, towards: RGB, amount: float) -> RGB:
    """`a` pulled to the hue of another colour while its lightness stays."""
    reference = max(24.0, luma(towards))
    same_light = scale(towards, luma(a) / reference)
    return mix(a, same_light, amount)
