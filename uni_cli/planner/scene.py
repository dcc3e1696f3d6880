"""What was understood of an intent."""

from __future__ import annotations

from dataclasses import dataclass

INDOORS = frozenset(
    "cafe kitchen room sill library workshop office backdrop table floor shop hall station chamber stage".split()
)
URBAN = frozenset("street city roof market road arena".split())
FLAT = frozenset("logo icon pattern diagram map".split())


@dataclass(frozen=True, slots=True)
class Scene:
    """Empty where nothing was said. `home` is where the subject lives; `story`: an animal does what people do."""

    kind: str = ""
    format: str = ""
    place: str = ""
    time: str = ""
    weather: str = ""
    lamp: str = ""
    medium: str = ""
    mood: str = ""
    lettering: str = ""
    many: bool = False
    home: str = ""
    medium_words: str = ""
    story: bool = False

    @property
    def around(self) -> str:
        if self.place in ("space", "planet", "under", "cave"):
            return self.place
        return "in" if self.place in INDOORS else "city" if self.place in URBAN else "out"
