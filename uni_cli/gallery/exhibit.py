"""One picture with its story, read with care: a sidecar may have been written by anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """`stamp` changes when the file or its sidecar does."""

    path: Path
    width: int
    height: int
    stamp: Stamp
    made: Mapping[str, Any] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        return text(self.made.get("prompt")) or text(self.request.get("prompt"))

    @property
    def request(self) -> Mapping[str, Any]:
        return mapping(self.made.get("request"))

    @property
    def seed(self) -> int | None:
        """The one that was returned, or the one that was sent; a seed that nobody honoured is none."""
        seed = mapping(self.made.get("seed"))
        asked = seed.get("requested", self.request.get("seed")) if seed.get("sent") is True else None
        found = seed.get("returned", asked)
        found = asked if found is None else found
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    @property
    def variables(self) -> dict[str, str]:
        """A recipe's variables for this picture, as text."""
        return {str(k): text(v) for k, v in mapping(self.made.get("vars")).items()}

    @property
    def saved(self) -> str:
        """When it was saved; the file's own time where nothing says so. Sorts as text."""
        from datetime import UTC, datetime

        said = text(mapping(self.made.get("times")).get("saved"))
        return said or datetime.fromtimestamp(self.stamp[0] / 1e9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def sent(self) -> str:
        """When it was sent to be made, else when it was saved."""
        return text(mapping(self.made.get("times")).get("submitted")) or self.saved

    def word(self, name: str) -> str:
        """A top-level member as text, empty where it is missing: `provider`, `recipe`, `item`, …"""
        return text(self.made.get(name))


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str:
    """Scalars as a person would write them; anything else is no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""
