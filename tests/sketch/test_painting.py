"""What the painter promises about pictures made from words."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat

from uni_cli.sketch import Lent, paint

SMALL = (320, 180)
SIZES = [
    (3360, 1248), (2912, 1440), (2784, 1504), (2464, 1696), (2048, 2048),
    (1696, 2464), (1504, 2784), (1440, 2912), (1248, 3360),
]  # fmt: skip


def apart(one: Image.Image, two: Image.Image) -> float:
    """Mean absolute difference of two pictures, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, two)).mean) / 3


def brightness(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).mean[0]


def lower_half(image: Image.Image) -> Image.Image:
    return image.crop((0, image.height // 2, image.width, image.height))


def redness(image: Image.Image) -> float:
    red, green, blue = ImageStat.Stat(image).mean
    return red - (green + blue) / 2


@pytest.mark.parametrize("size", SIZES)
def test_every_size_of_the_model_comes_out_exactly(size: tuple[int, int]) -> None:
    picture = paint("deep space", 1, size)

    assert picture.size == size
    assert picture.mode == "RGB"


@pytest.mark.parametrize("prompt", ["a paper lighthouse at dawn", "a cat in a room", "neon city in the rain"])
def test_the_same_request_and_seed_give_the_same_pixels(prompt: str) -> None:
    assert paint(prompt, 7, SMALL).tobytes() == paint(prompt, 7, SMALL).tobytes()


def test_another_process_with_another_hash_seed_gives_the_same_pixels() -> None:
    code = (
        "import hashlib; from uni_cli.sketch import paint;"
        "print(hashlib.sha256(paint('two boats and a red tree, 夜', 5, (320, 180)).tobytes()).hexdigest())"
    )
    here = hashlib.sha256(paint("two boats and a red tree, 夜", 5, SMALL).tobytes()).hexdigest()

    for hash_seed in ("1", "4242"):
        answer = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert answer.stdout.strip() == here


@pytest.mark.parametrize(
    "prompt", ["mountains at sunset", "a lighthouse", "still life with fruit", "space", "whatever"]
)
def test_other_seeds_give_clearly_other_pictures(prompt: str) -> None:
    pictures = [paint(prompt, seed, SMALL) for seed in (1, 2, 3)]

    assert min(apart(one, two) for one, two in combinations(pictures, 2)) > 8


def test_other_words_give_another_picture_for_the_same_seed() -> None:
    assert apart(paint("the sea", 1, SMALL), paint("a forest", 1, SMALL)) > 15


@pytest.mark.parametrize("place", ["mountains", "the sea", "a city", "a meadow"])
def test_night_is_darker_than_noon(place: str) -> None:
    for seed in (1, 2):
        assert (
            brightness(paint(f"{place} at night", seed, SMALL))
            < brightness(paint(f"{place} at noon", seed, SMALL)) - 50
        )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_winter_ground_is_brighter_than_summer_ground(seed: int) -> None:
    winter, summer = paint("a meadow at noon in winter", seed, SMALL), paint("a meadow at noon in summer", seed, SMALL)

    assert brightness(lower_half(winter)) > brightness(lower_half(summer)) + 15


@pytest.mark.parametrize("place", ["mountains", "hills", "a lake"])
def test_a_colour_word_colours_the_picture(place: str) -> None:
    assert redness(paint(f"red {place} at noon", 1, SMALL)) > redness(paint(f"blue {place} at noon", 1, SMALL)) + 40


def test_fog_takes_contrast_and_a_storm_takes_light() -> None:
    clear, fog = paint("forest, noon, clear", 3, SMALL), paint("forest, noon, fog", 3, SMALL)
    storm = paint("forest, noon, storm", 3, SMALL)

    assert ImageStat.Stat(fog.convert("L")).stddev[0] < ImageStat.Stat(clear.convert("L")).stddev[0]
    assert brightness(storm) < brightness(clear) - 20


def test_words_after_no_are_left_out() -> None:
    assert brightness(paint("meadow at noon without snow", 2, SMALL)) < brightness(
        paint("meadow at noon with snow", 2, SMALL)
    )


@pytest.mark.parametrize(
    "subject", ["lighthouse", "castle", "boat", "balloon", "cat", "whale", "tree", "train", "vase"]
)
def test_a_named_subject_changes_the_picture_where_it_stands(subject: str) -> None:
    bare, told = paint("sea at noon with a cup", 4, SMALL), paint(f"sea at noon with a {subject}", 4, SMALL)

    assert max(ImageChops.difference(bare, told).convert("L").tobytes()) > 60


def test_manga_is_ink_on_paper() -> None:
    page = paint("a castle on a hill", 3, (640, 360), style="manga")
    counts = page.convert("L").histogram()
    total = 640 * 360

    assert ImageStat.Stat(ImageChops.difference(page.getchannel("R"), page.getchannel("B"))).mean == [0.0]
    assert sum(counts[:40]) + sum(counts[216:]) > 0.6 * total
    assert sum(counts[:40]) > 0.03 * total
    assert sum(counts[216:]) > 0.3 * total
    assert apart(page, paint("a castle on a hill", 3, (640, 360))) > 20


def test_the_mark_is_in_the_lower_right_corner() -> None:
    picture = paint("calm sea at noon", 1, (960, 540))
    corner = picture.crop((960 - 90, 540 - 30, 960, 540)).convert("L")
    beside = picture.crop((960 - 220, 540 - 30, 960 - 130, 540)).convert("L")

    assert ImageStat.Stat(corner).stddev[0] > ImageStat.Stat(beside).stddev[0] * 1.15


def test_a_size_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one pixel, not 0x10"):
        paint("x", 1, (0, 10))


def test_a_palette_reference_pulls_the_colours() -> None:
    plain = paint("mountains at noon", 2, SMALL)
    red = paint("mountains at noon", 2, SMALL, references=[Lent(two_tone((200, 30, 20), (60, 10, 10)), "palette")])
    green = paint("mountains at noon", 2, SMALL, references=[Lent(two_tone((40, 190, 60), (10, 60, 20)), "palette")])

    assert redness(red) > redness(plain) + 50
    assert redness(red) > redness(green) + 80


def two_tone(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (64, 64), top)
    image.paste(bottom, (0, 40, 64, 64))
    return image


def brightest_column(image: Image.Image) -> int:
    """Where, in tenths of the width, the upper half is brightest."""
    upper = image.crop((0, 0, image.width, image.height // 2)).convert("L").resize((10, 1), Image.Resampling.BOX)
    lights = upper.tobytes()
    return lights.index(max(lights))


def test_a_composition_reference_moves_light_and_horizon() -> None:
    left = Image.new("RGB", (64, 64), (20, 20, 20))
    left.paste((240, 240, 240), (0, 0, 24, 40))
    right = left.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    one = paint("the sea at night", 2, SMALL, references=[Lent(left, "composition")])
    two = paint("the sea at night", 2, SMALL, references=[Lent(right, "composition")])

    half = (0, 0, 160, 180)
    assert brightness(one.crop(half)) > brightness(two.crop(half)) + 10
    assert brightest_column(one) in (1, 2)
    assert brightest_column(two) in (7, 8)


def test_a_palette_reference_leaves_none_of_the_old_hues() -> None:
    red = two_tone((200, 30, 20), (60, 10, 10))
    picture = paint("a green meadow at noon", 2, SMALL, references=[Lent(red, "palette")])

    red_part, green_part, _ = ImageStat.Stat(lower_half(picture)).mean
    assert red_part > green_part + 70


@pytest.mark.parametrize("role", ["character", "palette", "lighting", "composition", "style", "content", None])
def test_each_role_leaves_its_trace(role: str | None) -> None:
    lent = Image.effect_mandelbrot((90, 60), (-2.2, -1.2, 0.8, 1.2), 40).convert("RGB")
    lent.paste((230, 60, 40), (0, 0, 45, 30))

    assert apart(paint("a meadow", 2, SMALL), paint("a meadow", 2, SMALL, references=[Lent(lent, role)])) > 2


def test_no_role_means_content() -> None:
    lent = two_tone((200, 80, 20), (30, 30, 90))

    assert (
        paint("sea", 1, SMALL, references=[Lent(lent)]).tobytes()
        == paint("sea", 1, SMALL, references=[Lent(lent, "content")]).tobytes()
    )
