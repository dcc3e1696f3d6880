"""The built-in rules: plain words become a brief, without a network."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.front import uni

INTENTS = (
    "a fox reading a newspaper in a foggy London street at dawn, watercolour",
    "portrait of a woman with freckles, soft window light",
    "Lisbon skyline at dusk, long lens, haze between the hills",
    "a lighthouse on a cliff above the sea, storm, oil painting, low angle",
    "Three friends laughing at a table in a ramen shop. Warm lantern light. Shot on Kodak Portra 400.",
    "cyberpunk city street at night, rain, neon reflections, cinematic, wide shot, no people",
    "A dragon sleeping on a pile of books in an old library, golden light through tall windows",
    "seamless pattern of lemons and leaves, muted pastel colours",
    "children's book illustration of a hedgehog having tea in a mushroom house",
    "close-up of a bee on a lavender flower, macro, shallow depth of field",
    "an old fisherman mending nets at the harbour, black and white",
    "a boy in a red hat; style: flat vector; light: low sun",
    'a shop sign that says "OPEN, ALWAYS" in a narrow alley, neon, night',
    "an empty diner at 3am, rain outside, Edward Hopper style",
    "a man looking at the sea",
)


def planned(intent: str, *more: str) -> dict[str, Any]:
    result = uni("plan", intent, *more, "--json")
    assert result.code == 0, result.err
    found: dict[str, Any] = result.json
    return found


@pytest.mark.parametrize("intent", INTENTS)
def test_no_word_of_the_intent_is_lost(intent: str) -> None:
    words = re.findall(r"[^\W_]{3,}", intent.lower())
    prompt = re.findall(r"[^\W_]{3,}", planned(intent)["prompt"].lower())

    assert [word for word in words if word not in prompt and word not in ("the", "and", "shot", "style", "light")] == []


@pytest.mark.parametrize(
    "intent", [*INTENTS, "ramen", "a robot", "banner for a jazz festival", "abstract shapes", "x", "."]
)
def test_a_scene_has_all_its_parts(intent: str) -> None:
    brief = planned(intent)["brief"]

    assert list(brief) == ["subject", "setting", "light", "style", "composition"]
    assert all(text.strip() == text and len(text) < 250 for text in brief.values())


def test_what_is_said_stands_where_it_belongs() -> None:
    brief = planned("a fox reading a newspaper in a foggy London street at dawn, watercolour, low angle, no people")[
        "brief"
    ]

    assert brief["subject"] == "a fox reading a newspaper"
    assert brief["setting"].startswith("a foggy London street, ")
    assert brief["light"].startswith("dawn: ")
    assert brief["style"].startswith("watercolour: ")
    assert brief["composition"].startswith("low angle, ")
    assert brief["composition"].endswith(", no people")


def test_labels_are_taken_at_their_word() -> None:
    brief = planned("a cat. Setting: an old attic. Light: one candle. Style: charcoal. Camera: from above.")["brief"]

    assert brief["setting"].startswith("an old attic")
    assert brief["light"].startswith("one candle")
    assert brief["style"].startswith("charcoal")
    assert brief["composition"].startswith("from above")


@pytest.mark.parametrize(
    ("intent", "part", "words"),
    [
        ("a whale", "setting", "open water"),
        ("a whale", "light", "from the surface"),
        ("an astronaut", "setting", "black sky"),
        ("a wizard", "setting", "vaulted stone chamber"),
        ("a mountain cabin in winter", "setting", "snow"),
        ("a cozy library with a cat", "light", "lamplight"),
        ("an eerie forest", "light", "moonlight"),
        ("a street, rainy afternoon", "light", "grey daylight"),
        ("a kitchen at night", "light", "one warm lamp"),
        ("a harbour at night", "light", "moonlight"),
        ("logo for a bakery", "light", "no cast shadows"),
        ("product shot of a watch", "style", "commercial product photograph"),
        ("a red fox, muted colours", "style", "muted colours; wildlife photograph"),
        ("two samurai duelling, manga", "composition", "full-page panel"),
        ("a phone wallpaper of misty mountains", "composition", "space above for the clock"),
    ],
)
def test_what_is_missing_is_filled_to_fit(intent: str, part: str, words: str) -> None:
    assert words in planned(intent)["brief"][part]


@pytest.mark.parametrize(
    ("intent", "aspect"),
    [
        ("portrait of a sailor", "2:3"),
        ("Tokyo skyline", "16:9"),
        ("a phone wallpaper of waves", "9:16"),
        ("banner for a bakery", "3:1"),
        ("logo for a bakery", "1:1"),
        ("a lighthouse", "2:3"),
        ("a red van", "3:2"),
        ("a red van, 9:16", "9:16"),
        ("a red van --ar 2:1", "2:1"),
        ("a red van in 21:9", "2:1"),
        ("a red van, square format", "1:1"),
        ("a red van at 7:30 in the morning", "3:2"),
        ("manga page of a duel on a bridge", "2:3"),
    ],
)
def test_the_shape_fits_the_picture(intent: str, aspect: str) -> None:
    assert planned(intent)["aspect"] == aspect


def test_a_ratio_is_a_setting_and_no_part_of_the_prompt() -> None:
    result = uni("plan", "a red van, 4:5", "--json")

    assert "4:5" not in result.json["prompt"]
    assert "Uni-1 has no 4:5: 2:3 is the nearest of its shapes." in result.err


@pytest.mark.parametrize(
    ("intent", "style"),
    [
        ("two samurai, manga", "manga"),
        ("a comic strip about a baker", "manga"),
        ("a boy reading a comic in bed", None),
        ("two samurai, manga, 16:9", None),
        ("two samurai, oil painting", None),
    ],
)
def test_manga_is_a_setting_of_upright_pages(intent: str, style: str | None) -> None:
    assert planned(intent)["style"] == style


@pytest.mark.parametrize(
    ("intent", "quoted"),
    [
        ("a shop sign that says open late in a narrow alley", '"open late"'),
        ("poster for a film titled Night Train with a steam train", '"Night Train"'),
        ('a cake with "Happy, happy night" on it', '"Happy, happy night"'),
        ('a cake with "Low light. Watercolour." on it', '"Low light. Watercolour."'),
    ],
)
def test_lettering_is_quoted_and_asked_for_exactly(intent: str, quoted: str) -> None:
    brief = planned(intent)["brief"]

    assert quoted in brief["subject"]
    assert f"{quoted} in clear lettering, spelled exactly so" in brief["composition"]


def test_reading_a_newspaper_is_no_lettering() -> None:
    assert '"' not in planned("a fox reading a newspaper")["prompt"]


def test_another_language_is_held_whole() -> None:
    result = uni("plan", "ein roter Fuchs auf dem Dach bei Nacht", "--json")

    assert result.json["brief"] == {"subject": "ein roter Fuchs auf dem Dach bei Nacht"}
    assert "do not look English" in result.err


def test_own_suggestions_are_marked_in_the_file() -> None:
    text = uni("plan", "a red fox asleep on a windowsill, ink drawing", "-o", "-").out

    marks = dict(re.findall(r"^  (\w+): .*?(  # .*)?$", text, re.MULTILINE))
    assert marks == {
        "subject": "",
        "setting": "  # partly suggested",
        "light": "  # suggested",
        "style": "  # partly suggested",
        "composition": "  # suggested",
    }
    assert 'aspect: "3:2"  # suggested' in text


def test_a_long_text_is_read_in_reasonable_time() -> None:
    assert uni("plan", "a red fox in the snow, " * 250, "-o", "-").code == 0
    assert uni("plan", "in " * 1900 + "snow", "-o", "-").code == 0
