"""The offline painter: words and a seed in, a picture out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["Lent", "encode", "paint", "retouch"]


@dataclass(frozen=True, slots=True)
class Lent:
    """A reference picture and what it lends: character, palette, lighting, composition, style or content."""

    image: Image.Image
    role: str | None = None


def paint(
    prompt: str,
    seed: int,
    size: tuple[int, int],
    *,
    style: str = "auto",
    references: Sequence[Lent] = (),
) -> Image.Image:
    """Paint the prompt; the same arguments give the same pixels everywhere."""
    from .painter import paint_scene

    return paint_scene(prompt, seed, size, style=style, references=references)


def retouch(
    source: Image.Image,
    prompt: str,
    seed: int,
    *,
    keep: Sequence[str] = (),
    references: Sequence[Lent] = (),
) -> Image.Image:
    """Change the picture as the prompt says, at its exact dimensions."""
    from .retouching import retouch_picture

    return retouch_picture(source, prompt, seed, keep=keep, references=references)


def encode(image: Image.Image, format: str, quality: int = 95) -> bytes:
    """The picture as a `png`, `jpeg` or `webp` file."""
    from .encoding import encode_picture

    return encode_picture(image, format, quality)
