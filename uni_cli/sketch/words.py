"""Reads a prompt into a scene: when, where, in what weather, with what in it."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from . import vocabulary as vocab
from .colour import RGB


@dataclass(frozen=True, slots=True)
class Subject:
    name: str
    count: int = 1
    colour: RGB | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    place: str
    time: str
    weather: str
    season: str
    mood: str
    medium: str
    subjects: tuple[Subject, ...]
    colours: tuple[RGB, ...]
    details: frozenset[str]

    def has(self, *names: str) -> bool:
        return any(subject.name in names for subject in self.subjects)


def split(prompt: str) -> list[str]:
    """The words of a prompt, without the ones it asks to leave out."""
    found: list[str] = []
    skip = False
    for word in re.findall(r"[^\W\d_]+|\d+", prompt[:8000].lower()):
        if word in vocab.NEGATIONS:
            skip = True
        elif skip and word not in vocab.ARTICLES:
            skip = False
        elif not skip:
            found.append(word)
    return found


def stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word


def find(words: list[str], table: Mapping[str, str]) -> list[tuple[int, str]]:
    """Places and meanings of the words (or pairs of words) that the table knows, in order."""
    hits: list[tuple[int, str]] = []
    for index, word in enumerate(words):
        pair, triple = " ".join(words[index : index + 2]), " ".join(words[index : index + 3])
        meaning = table.get(triple) or table.get(pair) or table.get(word) or table.get(stem(word))
        if meaning is not None:
            hits.append((index, meaning))
    return hits


def first(words: list[str], table: Mapping[str, str]) -> str:
    hits = find(words, table)
    return hits[0][1] if hits else ""


def read(prompt: str, rng: random.Random, *, style: str = "auto") -> Scene:
    words = split(prompt)
    subjects = read_subjects(words)
    time = first(words, vocab.TIMES)
    weather = first(words, vocab.WEATHERS)
    season = first(words, vocab.SEASONS)
    medium = "manga" if style == "manga" else first(words, vocab.MEDIA)
    place = read_place(words, subjects, rng)
    if weather == "snow" and not season:
        season = "winter"
    medium = medium or "gouache"
    plain = [word for word in words if not (word == "golden" and time == "golden")]
    colours = tuple(vocab.COLOURS[name] for _, name in find(plain, vocab.COLOUR_NAMES))[:3]
    return Scene(
        place=place,
        time=time or choose_time(place, subjects, rng),
        weather=weather or rng.choice(("clear", "clear", "clouds")),
        season=season or rng.choice(("spring", "summer", "summer", "autumn")),
        mood=first(words, vocab.MOODS),
        medium=medium,
        subjects=subjects,
        colours=() if medium == "noir" else colours,
        details=frozenset(name for _, name in find(words, vocab.DETAILS)),
    )


def read_subjects(words: list[str]) -> tuple[Subject, ...]:
    subjects: dict[str, Subject] = {}
    for index, name in find(words, vocab.SUBJECTS):
        if name in subjects or len(subjects) == 6:
            continue
        before = words[max(0, index - 3) : index]
        known = [vocab.COLOUR_NAMES[word] for word in before if word in vocab.COLOUR_NAMES]
        colour = vocab.COLOURS[known[-1]] if known else None
        subjects[name] = Subject(name, count=read_count(before, words[index]), colour=colour)
    if "vase" in subjects:
        subjects.pop("flowers", None)
    return tuple(subjects.values())


def read_count(before: list[str], word: str) -> int:
    for earlier in reversed(before):
        if earlier in vocab.NUMBERS:
            return vocab.NUMBERS[earlier]
        if earlier.isdecimal():
            return max(1, min(9, int(earlier[:3])))
    plural = stem(word) != word and vocab.SUBJECTS.get(stem(word)) not in (None, *vocab.UNCOUNTED)
    return 3 if plural else 1


def read_place(words: list[str], subjects: tuple[Subject, ...], rng: random.Random) -> str:
    explicit = [name for _, name in find(words, vocab.PLACES)]
    for strong in ("underwater", "space", "interior", "portrait", "still life"):
        if strong in explicit:
            return strong
    if explicit:
        return explicit[0]
    for subject in subjects:
        if subject.name in vocab.HOMES:
            return vocab.HOMES[subject.name]
    return rng.choice(("sea", "mountains", "mountains", "forest", "meadow", "meadow", "desert", "lake"))


def choose_time(place: str, subjects: tuple[Subject, ...], rng: random.Random) -> str:
    names = {subject.name for subject in subjects}
    if names & {"moon", "stars", "aurora", "fireworks", "lantern", "firefly"}:
        return "night"
    if place in ("interior", "still life", "portrait"):
        return rng.choice(("day", "golden", "dawn"))
    if place == "city":
        return rng.choice(("dusk", "night", "golden"))
    return rng.choice(("dawn", "day", "day", "golden", "golden", "dusk"))
