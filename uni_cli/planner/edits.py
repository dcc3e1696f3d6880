"""Intents that change a picture: what changes, what that touches, and what must stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from uni_cli.errors import BadPrompt
from uni_cli.planner import staying, things, words
from uni_cli.planner.lexicon import flat
from uni_cli.planner.plan import Line, Origin

POLITE = re.compile(
    r"^(?:please|can you|could you|i want you to|i(?:'d| would) like you to|now|just|let's)\s+", re.IGNORECASE
)
ONLY = re.compile(r"^(?:(?:only|first|simply|also)\s+)+", re.IGNORECASE)
# These say themselves that there is a picture already.
SURE = re.compile(
    r"(make (it|this|that|them|him|her|everything|IMAGE\d+)\b|turn (it|this|that|him|her|day|everything|IMAGE\d+)\b|"
    r"(change|replace|swap|remove|delete|erase|recolou?r|colou?rize|repaint|retouch|brighten|darken|sharpen|restore|"
    r"get rid of|take out|take away|clean up|relight|desaturate)\b)",
    re.IGNORECASE,
)
# These may as well begin a scene of their own.
UNSURE = re.compile(
    r"(make (the|his|their|its|my|our)\b|turn (the|my|our)\b|convert|add|put|give|dress|fix|move|blur|insert|extend|"
    r"transform|rotate|keep|leave|zoom|crop|switch|do not|don't|don’t|never)\b",
    re.IGNORECASE,
)
COMPOSITION = "the composition and the camera position"
SUBJECTS = "every subject with its pose and place"


@dataclass(frozen=True, slots=True)
class Change:
    change: Line
    keep: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """One way to change a picture: what it touches, and what usually must stay."""

    pattern: re.Pattern[str]
    touches: str
    keep: tuple[str, ...]


def _manner(pattern: str, touches: str, *keep: str) -> Manner:
    return Manner(re.compile(pattern, re.IGNORECASE), touches, keep)


MANNERS = (
    _manner(r"^(keep|leave|show) (only|just|nothing but)\b|^(remove|delete|erase) (all|everything) (else|but|except)\b",
            "fill the rest with what would lie behind it",
            "what is named, with its pose, size and details", "the light on it", "the camera position"),
    _manner(r"^(remove|delete|erase|get rid of|take (out|away)|leave out|lose|clean up|clear)\b",
            "fill the place with what lies behind it, and take its shadow and reflection away too",
            "everything else as it is", "the light and the colours", COMPOSITION),
    _manner(r"\b(background|backdrop)\b",
            "the edges of the subject clean, its light matching the new surroundings",
            "the subject with its pose, size and details", "the camera position"),
    _manner(r"\b(sky)\b", "the light on everything below following it",
            "everything below the horizon", COMPOSITION),
    _manner(r"^(replace|swap|switch|exchange)\b|\binstead of\b",
            "the new one in the same place, at the same size and angle, in the same light, with its own shadow",
            "everything else as it is", "the light and the colours", COMPOSITION),
    _manner(r"^(add|put|insert|place)\b|\bwith (an? )?additional\b",
            "in the right scale and perspective, lit like the rest, with its own shadow",
            "everything that is already in the picture", "the light and the colours", COMPOSITION),
    _manner(r"\b(smil\w*|laugh\w*|frown\w*|cry\w*|expression|look (happy|sad|angry|surprised)|eyes|hair\w*|beard|"
            r"younger|older|age|wink\w*)\b",
            "natural in the face, the skin and the light on it as before",
            "the person's identity and pose", "the clothes and the background", COMPOSITION),
    _manner(r"\b(wear\w*|dress|coat|jacket|shirt|suit|hat|clothes|outfit|shoes|glasses|uniform|scarf)\b",
            "the cloth folding naturally with the pose, lit like the rest",
            "the face, the hair and the pose", "the background", COMPOSITION),
    _manner(r"\b(crop|zoom|rotate|closer|wider)\b", "nothing new invented where it is not needed",
            "every subject", "the light and the colours"),
    _manner(r"\b(colou?rize|restore|sharpen|denoise|upscale|scratches|damage|old photo)\b",
            "natural skin and material colours, no new details invented",
            "every face and its likeness", "every object in its place", COMPOSITION),
    _manner(r"\b(text|sign|lettering|title|headline|caption|label|logo)\b",
            "same lettering, size, perspective and material as before, spelled exactly so",
            "everything else as it is", COMPOSITION),
)  # fmt: skip
TIMES = {
    "dawn": "pale gold low on the horizon, long cool shadows, the colours still muted",
    "morning": "clear low sun, soft blue shadows, fresh colours",
    "noon": "high sun, short hard shadows, bright saturated colours",
    "afternoon": "warm sun from one side, longer shadows, warmer colours",
    "golden": "low warm sun from the side, long shadows, glowing edges, warmer colours",
    "dusk": "the sky from orange to violet, lamps and windows lit, softer shadows, cooler colours below",
    "blue": "an even deep blue sky, lamps and windows warm against it, no hard shadows",
    "night": "a deep blue sky, lamps and windows lit and the only sources, dark soft shadows, cooler colours",
}
WEATHERS = {
    "rain": "wet surfaces with reflections, grey even light, fine streaks of rain",
    "storm": "dark low clouds, hard contrast, everything loose bent by the wind",
    "snow": "snow on the ground and on every ledge, bounced soft light, cooler colours, slow flakes in the air",
    "fog": "distant shapes fading, pale even light, softer contrast",
    "overcast": "a grey sky, soft even light, no hard shadows",
    "autumn": "leaves in orange and red, some on the ground, lower and warmer light",
    "winter": "bare branches, snow on the ground, low pale light, cooler colours",
    "spring": "fresh green and blossom, clear soft light",
    "summer": "full green leaves, high warm sun, crisp shadows",
}
MEDIUM_TOUCHES = "the whole picture in that manner, shapes recognisable, no photographic parts left"
OTHER_TOUCHES = "light, shadows and reflections following the change"


def trim(intent: str) -> str:
    return POLITE.sub("", intent.strip())


def is_sure(intent: str) -> bool:
    return any(SURE.match(start) for start in _starts(intent))


def is_edit(intent: str) -> bool:
    """Whether the words change a picture that is there."""
    return is_sure(intent) or any(UNSURE.match(start) for start in _starts(intent))


def _starts(intent: str) -> list[str]:
    """Where the words begin, and where the change does when what stays is said before it."""
    change, kept = staying.told_apart(trim(intent))
    return [ONLY.sub("", text) for text in ([trim(intent), trim(change)] if kept else [trim(intent)])]


def understand(intent: str) -> Change:
    wanted, kept = staying.told_apart(trim(intent))
    if not wanted:
        raise BadPrompt(
            f"{intent[:60]!r} says what stays, and not what changes",
            hint='Say both: "make it night, keep the van". Nothing was sent.',
        )
    touches, usual = _touches(wanted)
    said = wanted[:1].upper() + wanted[1:].rstrip(" .,;")
    change = Line(f"{said}: {touches}", Origin.EXTENDED) if len(said.split()) <= 24 else Line(said)
    suggested = [Line(text, Origin.SUGGESTED) for text in usual if not _is_covered(text, kept, wanted)]
    return Change(change, (*(Line(text) for text in kept), *suggested))


def _touches(wanted: str) -> tuple[str, Sequence[str]]:
    whole = _whole_scene(wanted)
    if whole:
        return whole
    for manner in MANNERS:
        if manner.pattern.search(flat(wanted)):
            return manner.touches, manner.keep
    goal = _goal(wanted)
    if words.TIMES.find(goal) or words.WEATHERS.find(goal):
        return _in_other_light(goal)
    if words.MEDIA.find(wanted) or words.STYLES.find(goal):
        return MEDIUM_TOUCHES, (SUBJECTS, "the place of every object", COMPOSITION)
    if words.COLOURS.find(wanted):
        return "its texture, highlights and shadows staying as they are", (
            "its shape and material", "everything else in its own colour", "the light", COMPOSITION)  # fmt: skip
    return OTHER_TOUCHES, (SUBJECTS, "everything that was not named", COMPOSITION)


def _goal(wanted: str) -> str:
    """What it shall become: "from day to night" is about the night."""
    return re.split(r"\b(?:from .+? to|into|to|it|this)\b", flat(wanted), maxsplit=1)[-1]


def _whole_scene(wanted: str) -> tuple[str, Sequence[str]] | None:
    """ "Add snow" is about the weather of all of it, "add a hat" is not."""
    about_all = re.match(
        r"(add|make it|turn it|turn day|change (it|the (season|weather|time)))\b", wanted, re.IGNORECASE
    )
    goal = _goal(wanted)
    if about_all and not things.KINDS.find(wanted) and (words.WEATHERS.find(goal) or words.TIMES.find(goal)):
        return _in_other_light(goal)
    return None


def _in_other_light(goal: str) -> tuple[str, Sequence[str]]:
    touches = filter(None, (TIMES.get(words.TIMES.first(goal)), WEATHERS.get(words.WEATHERS.first(goal))))
    return "; ".join(touches), (SUBJECTS, "every building and object where it is", COMPOSITION)


def _is_covered(suggested: str, kept: Sequence[str], wanted: str) -> bool:
    """Said already in the user's own words, or the very thing that shall change."""
    if staying.REST in kept and suggested.startswith("everything"):
        return True
    own = _nouns(suggested) - {"every", "with", "that", "where", "everything", "else"}
    return bool(own & _nouns(" ".join(kept))) or (len(own) <= 2 and bool(own & _nouns(wanted)))


def _nouns(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z]{4,}", text.lower())}
