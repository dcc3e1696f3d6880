"""The small mark that says: this is a sketch."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

TEXT = "uni sketch"


def sign(image: Image.Image, *, inset: float = 0.0) -> Image.Image:
    """Letter the mark into the bottom right corner, in white or black, as the ground asks."""
    width, height = image.size
    if min(width, height) < 48:
        return image
    size = max(9, round(min(width, height) * 0.016))
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(TEXT)
    pad = max(size, round(inset))
    label = Image.new("L", (round(right - left) + 2, round(bottom - top) + 2))
    ImageDraw.Draw(label).text((1 - left, 1 - top), TEXT, fill=255, font=font)
    place = (width - label.width - pad, height - label.height - pad)
    if place[0] < 0 or place[1] < 0:
        return image
    under = image.crop((*place, place[0] + label.width, place[1] + label.height)).convert("L")
    ground = under.tobytes()
    bright = sum(ground) / len(ground)
    image.paste(
        (18, 18, 18) if bright > 140 else (252, 252, 252), place, label.point([v * 150 // 255 for v in range(256)])
    )
    return image
