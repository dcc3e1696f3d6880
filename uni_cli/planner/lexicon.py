"""Words and phrases that mean something, found in a text whatever their case, hyphens or plural."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    start: int
    end: int
    meaning: str


def flat(text: str) -> str:
    """Lower case with hyphens as blanks and plain apostrophes; as long as before, so that places stay the same."""
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lowered.replace("-", " ").replace("’", "'")


class Lexicon:
    """From `meaning: phrases separated by commas`; longer phrases win."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self.meanings = {phrase.strip(): meaning for meaning, phrases in table.items() for phrase in phrases.split(",")}
        longest_first = sorted(self.meanings, key=len, reverse=True)
        inner = "|".join(re.escape(phrase) for phrase in longest_first)
        self._regex = re.compile(rf"(?<!\w)(?P<phrase>{inner})(?P<plural>e?s)?(?!\w)")

    def find(self, text: str) -> list[Hit]:
        hits = self._regex.finditer(flat(text))
        return [Hit(found.start(), found.end(), self.meanings[found["phrase"]]) for found in hits]

    def first(self, text: str) -> str:
        hits = self.find(text)
        return hits[0].meaning if hits else ""

    def last(self, text: str) -> Hit | None:
        hits = self.find(text)
        return hits[-1] if hits else None

    def ends(self, text: str) -> bool:
        """Whether the text ends with one of the phrases."""
        hit = self.last(text)
        return hit is not None and not text[hit.end :].strip(" .!?")
