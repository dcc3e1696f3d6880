"""Nothing anyone writes or hands over makes the painter stumble."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from uni_cli.sketch import Lent, paint, retouch
from uni_cli.sketch.vocabulary import MEDIA, PLACES, SUBJECTS, TIMES, WEATHERS

CALM = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
WORDS = sorted({*MEDIA, *PLACES, *SUBJECTS, *TIMES, *WEATHERS})
HOSTILE = [
    "", "watercolor lake", "\x00\x1b[31m", "a" * 6000, "no sea " * 850, "9999999999999999999999 boats",
    "²³ ½ boats", "١٢٣ birds",
    "{{7*7}} ${x} %s %n", "../../etc/passwd", "\ud83d\ude00 🌊🏔️", "夜の海と猫", "without", "three three three cats",
    "\u202etxet",
]  # fmt: skip


@pytest.mark.parametrize("prompt", HOSTILE)
def test_hostile_prompts_are_only_prompts(prompt: str) -> None:
    assert paint(prompt, 1, (96, 64)).size == (96, 64)
    assert retouch(Image.new("RGB", (32, 20), (90, 120, 80)), prompt, 1).size == (32, 20)


@CALM
@given(prompt=st.text(max_size=80), seed=st.integers(), style=st.sampled_from(["auto", "manga", "unheard of"]))
def test_any_text_and_any_seed_make_a_picture(prompt: str, seed: int, style: str) -> None:
    assert paint(prompt, seed, (80, 60), style=style).size == (80, 60)


@CALM
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), seed=st.integers(0, 9))
def test_all_known_words_can_meet(words: list[str], seed: int) -> None:
    assert paint(" ".join(words), seed, (90, 60)).size == (90, 60)


@pytest.mark.parametrize("place", sorted(set(PLACES.values())))
@pytest.mark.parametrize("medium", ["", "paper", "manga", "black and white"])
def test_every_place_can_be_painted_in_every_medium(place: str, medium: str) -> None:
    assert paint(f"{medium} {place}", 2, (96, 64)).size == (96, 64)


@CALM
@given(width=st.integers(1, 90), height=st.integers(1, 90))
def test_any_small_size_comes_out_exactly(width: int, height: int) -> None:
    assert paint("a lighthouse in the rain", 1, (width, height)).size == (width, height)


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (40, 4000), (4000, 40), (1, 300)])
@pytest.mark.parametrize("prompt", ["night", "snow", "fog and lamps lit", "manga", "autumn, spot light", "?"])
def test_sources_of_any_shape_keep_it(size: tuple[int, int], prompt: str) -> None:
    assert retouch(Image.new("RGB", size, (80, 140, 90)), prompt, 1).size == size


@pytest.mark.parametrize("mode", ["1", "LA", "P", "I;16", "F"])
@pytest.mark.parametrize("role", ["character", "palette", "lighting", "composition", "style", "content"])
def test_references_of_any_mode_and_shape_are_taken(mode: str, role: str) -> None:
    for size in ((1, 1), (3, 90)):
        assert paint("sea", 1, (64, 48), references=[Lent(Image.new(mode, size), role)]).size == (64, 48)


def test_nine_references_fit() -> None:
    roles = ["character", "palette", "lighting", "composition", "style", "content", "character", None, "content"]
    references = [Lent(Image.new("RGB", (20, 30), (index * 25, 90, 200)), role) for index, role in enumerate(roles)]

    assert paint("a city", 1, (120, 80), references=references).size == (120, 80)
