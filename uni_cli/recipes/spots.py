"""Places in files, so that a complaint can name file, line and column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from uni_cli.errors import BadRecipe

Keys = tuple["str | int", ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """`first` is the line on which a text's own first line stands: in a block scalar the one below its key."""

    file: Path
    shown: str
    line: int = 1
    column: int = 1
    first: int = 1

    def error(self, message: str, *, hint: str | None = None) -> BadRecipe:
        return BadRecipe(f"{self.shown}:{self.line}:{self.column}: {message}", hint=hint)

    def inside(self, line: int) -> Spot:
        """The place of a line inside this text, counted from 1."""
        if line <= 1 and self.first == self.line:
            return self
        return replace(self, line=self.first + line - 1, column=1)


def near(word: str, known: Iterable[str]) -> str:
    """` (did you mean …?)`, or nothing."""
    names = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), list(names), n=1)
    return f" (did you mean `{names[found[0]]}`?)" if found else ""


SHORT = {"o": "output", "p": "provider", "m": "model", "f": "format", "r": "references"}


def as_keys(message: str) -> str:
    """Flags in the words of a recipe."""
    message = re.sub(r"(?<![\w-])-p ([a-z][a-z,]*)", r"`provider: \1`", message)
    message = re.sub(r"--([a-z][a-z-]*)", r"`\1`", message)
    return re.sub(r"(?<![\w-])-([opmfr])\b", lambda found: f"`{SHORT[found[1]]}`", message)
