"""Places in files, so that a complaint can name file, line and column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from uni_cli.errors import BadRecipe

# So far down from its beginning a word of a text is looked for.
MOST_LINES = 200
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

    def at(self, pattern: str) -> Spot:
        """Where the file itself has the group `here` of this pattern, in this line or soon after.

        A folded or quoted text has lost its line breaks, so that only the file knows.
        """
        try:
            lines = self.file.read_text("utf-8-sig").splitlines()[self.line - 1 :][:MOST_LINES]
        except (OSError, UnicodeDecodeError):
            return self
        for number, line in enumerate(lines):
            if found := re.compile(pattern).search(line, 0 if number else self.column - 1):
                return replace(self, line=self.line + number, column=found.start("here") + 1)
        return self


def near(word: str, known: Iterable[str]) -> str:
    """` (did you mean …?)`, or nothing."""
    names = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), list(names), n=1)
    return f" (did you mean `{names[found[0]]}`?)" if found else ""


SHORT = {"o": "output", "p": "provider", "m": "model", "f": "format", "r": "references"}


def key_of(flag: str) -> str:
    """What a recipe calls a flag."""
    name = flag.removeprefix("--")
    return "references" if name == "ref" else name


def as_keys(message: str) -> str:
    """Flags in the words of a recipe."""
    message = message.replace("`uni edit IMAGE`", "`source`")
    message = re.sub(r"(?<![\w-])-p ([a-z][a-z,]*)", r"`provider: \1`", message)
    message = re.sub(r"--[a-z][a-z-]*", lambda found: f"`{key_of(found[0])}`", message)
    return re.sub(r"(?<![\w-])-([opmfr])\b", lambda found: f"`{SHORT[found[1]]}`", message)
