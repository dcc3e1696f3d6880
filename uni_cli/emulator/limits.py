"""Checks that several services share: prompt, aspect ratio and style."""

from typing import Any

from uni_cli.emulator.pictures import ASPECTS

MAX_PROMPT = 6000
STYLES = ("auto", "manga")
PORTRAITS = ("2:3", "9:16", "1:2", "1:3")


def good_prompt(value: Any) -> bool:
    """Text of 1 to 6000 characters."""
    return isinstance(value, str) and 1 <= len(value) <= MAX_PROMPT


def good_aspect(value: Any) -> bool:
    """One of the nine ratios."""
    return isinstance(value, str) and value in ASPECTS
