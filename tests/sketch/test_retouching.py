"""What an edit changes and what it leaves."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageStat

from uni_cli.sketch import Lent, paint, retouch


@pytest.fixture(scope="module")
def noon() -> Image.Image:
    return paint("a cottage with trees in a summer meadow at noon", 4, (400, 224))


def apart(one: Image.Image, two: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, two)).mean) / 3


def mean(image: Image.Image) -> tuple[float, float, float]:
    red, green, blue = ImageStat.Stat(image.convert("RGB")).mean
    return red, green, blue


def light(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).mean[0]


EDITS = [
    "make it night", "dusk", "dawn", "golden hour", "noon daylight", "autumn", "winter", "spring", "summer", "snow",
    "rain", "storm", "fog", "warm", "cool", "sepia", "black and white", "vintage", "brighter", "darker", "lamps lit",
    "a crop of light", "blur the background", "vivid", "muted", "more contrast", "as manga", "paper texture", "starry",
    "teal", "xyzzy", "",
]  # fmt: skip


@pytest.mark.parametrize("prompt", EDITS)
def test_an_edit_keeps_the_size_and_changes_the_picture(noon: Image.Image, prompt: str) -> None:
    after = retouch(noon, prompt, 3)

    assert after.size == noon.size
    assert after.mode == "RGB"
    assert apart(noon, after) > 2.0


def test_the_source_is_left_as_it_was(noon: Image.Image) -> None:
    before = noon.tobytes()

    retouch(noon, "night, snow, lamps lit", 3)

    assert noon.tobytes() == before


def test_the_same_edit_gives_the_same_pixels_and_another_seed_others(noon: Image.Image) -> None:
    first = retouch(noon, "something lovely", 3)

    assert first.tobytes() == retouch(noon, "something lovely", 3).tobytes()
    assert apart(first, retouch(noon, "something lovely", 4)) > 2


def test_night_is_dark_and_blue(noon: Image.Image) -> None:
    night = retouch(noon, "turn it into night", 1)
    red, _, blue = mean(night)

    assert light(night) < light(noon) * 0.5
    assert blue > red + 10


def test_golden_hour_is_warm_and_cool_is_cold(noon: Image.Image) -> None:
    golden, cool = mean(retouch(noon, "golden hour", 1)), mean(retouch(noon, "cooler", 1))

    assert golden[0] - golden[2] > mean(noon)[0] - mean(noon)[2] + 30
    assert cool[2] - cool[0] > mean(noon)[2] - mean(noon)[0] + 20


def test_black_and_white_has_no_colour(noon: Image.Image) -> None:
    grey = retouch(noon, "in black and white", 1)

    assert apart(grey, Image.merge("RGB", (grey.getchannel("G"),) * 3)) < 0.5


def test_autumn_turns_green_to_orange(noon: Image.Image) -> None:
    trees = (60, 60, 180, 150)
    before, after = mean(noon.crop(trees)), mean(retouch(noon, "make it autumn", 1).crop(trees))

    assert before[1] > before[0]
    assert after[0] > after[1] + 10


def test_snow_whitens_the_ground(noon: Image.Image) -> None:
    ground = (0, 150, 400, 215)

    assert light(retouch(noon, "covered in snow", 1).crop(ground)) > light(noon.crop(ground)) + 30


def test_brighter_is_brighter_and_darker_is_darker(noon: Image.Image) -> None:
    assert light(retouch(noon, "brighter", 1)) > light(noon) + 10
    assert light(retouch(noon, "darker", 1)) < light(noon) - 10


def test_several_words_work_together(noon: Image.Image) -> None:
    both = retouch(noon, "night with rain", 1)

    assert apart(both, retouch(noon, "night", 1)) > 4
    assert light(both) < light(noon) * 0.7


def test_a_kept_sky_stays(noon: Image.Image) -> None:
    sky = (0, 0, 400, 30)
    free, kept = retouch(noon, "dusk", 1), retouch(noon, "dusk", 1, keep=["the sky"])

    assert apart(noon.crop(sky), kept.crop(sky)) < 4
    assert apart(noon.crop(sky), free.crop(sky)) > 30


def test_what_the_sentence_keeps_is_no_instruction(noon: Image.Image) -> None:
    asked = retouch(noon, "make it night, keep the red roof red and the snow white", 1)

    assert light(asked) < light(noon) * 0.5
    assert mean(asked)[2] > mean(asked)[0]


def test_transparency_survives(noon: Image.Image) -> None:
    source = noon.convert("RGBA")
    source.putalpha(Image.linear_gradient("L").resize(noon.size))

    after = retouch(source, "autumn", 1)

    assert after.mode == "RGBA"
    assert after.getchannel("A").tobytes() == source.getchannel("A").tobytes()


def test_a_palette_reference_pulls_the_edit(noon: Image.Image) -> None:
    red = Image.new("RGB", (32, 32), (200, 40, 30))

    assert mean(retouch(noon, "", 1, references=[Lent(red, "palette")]))[0] > mean(noon)[0] + 10


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "I;16", "F"]
)
def test_every_mode_of_picture_can_be_edited(mode: str) -> None:
    after = retouch(Image.new(mode, (24, 18)), "autumn night", 1)

    assert after.size == (24, 18)
    assert after.mode in ("RGB", "RGBA")


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (128, 128, 128)])
@pytest.mark.parametrize("size", [(1, 1), (7, 3)])
def test_even_a_flat_speck_changes(size: tuple[int, int], colour: tuple[int, int, int]) -> None:
    source = Image.new("RGB", size, colour)

    for prompt in ("brighter", "darker", "black and white", "", "blur"):
        assert retouch(source, prompt, 1).tobytes() != source.tobytes()
