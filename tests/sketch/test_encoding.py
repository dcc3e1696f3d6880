"""Pictures as file bytes."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from PIL import Image, ImageChops, ImageStat

from uni_cli.sketch import encode, paint

SIGNS = {"png": b"\x89PNG", "jpeg": b"\xff\xd8\xff", "webp": b"RIFF"}


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_a_picture_comes_back_from_its_file(format: str) -> None:
    picture = paint("a boat", 1, (160, 90))

    data = encode(picture, format)
    with Image.open(io.BytesIO(data)) as opened:
        back = opened.convert("RGB")

    assert data.startswith(SIGNS[format])
    assert opened.format == format.upper()
    assert back.size == (160, 90)
    assert max(ImageStat.Stat(ImageChops.difference(picture, back)).mean) < 3


def test_png_loses_nothing() -> None:
    picture = paint("a boat", 1, (160, 90))

    with Image.open(io.BytesIO(encode(picture, "png"))) as back:
        assert back.tobytes() == picture.tobytes()


def test_transparency_stays_in_png_and_webp_and_becomes_white_in_jpeg() -> None:
    clear = Image.new("RGBA", (16, 16), (200, 0, 0, 0))

    for format in ("png", "webp"):
        with Image.open(io.BytesIO(encode(clear, format))) as back:
            assert set(back.convert("RGBA").getchannel("A").tobytes()) == {0}
    with Image.open(io.BytesIO(encode(clear, "jpeg"))) as back:
        assert back.getpixel((8, 8)) == (255, 255, 255)


def test_lower_quality_makes_a_smaller_file() -> None:
    picture = paint("a forest", 1, (320, 180))

    for format in ("jpeg", "webp"):
        assert len(encode(picture, format, 40)) < len(encode(picture, format, 95))


def test_a_full_size_png_stays_within_a_few_megabytes() -> None:
    assert len(encode(paint("mountains", 1, (2784, 1504)), "png")) < 7_500_000


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(ValueError, match="unknown picture format 'bmp'"):
        encode(Image.new("RGB", (1, 1)), "bmp")


def test_the_painter_costs_nothing_until_it_paints() -> None:
    code = "import sys, uni_cli.sketch; print([name for name in ('PIL', 'numpy') if name in sys.modules])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
