"""Which of the nine shapes fits: said in the intent, or what such a picture usually has."""

from __future__ import annotations

import re
from dataclasses import dataclass

from uni_cli.models import ASPECTS
from uni_cli.planner import words
from uni_cli.planner.lexicon import flat

RATIO = re.compile(
    r"(?:,|\bin\b|\bat\b|\bwith an?\b)?\s*(?:--ar\s+|\baspect(?:\s+ratio)?:?\s+)?(?<![\d:.])"
    r"(?P<ratio>16:9|9:16|21:9|9:21|16:10|10:16|[1-5]:1|1:[1-5]|[345]:2|2:[345]|4:3|3:4|4:5|5:4|5:7|7:5|5:3|3:5)(?![\d:])"
    r"(?:\s+(?:aspect ratio|aspect|ratio|format))?",
    re.IGNORECASE,
)
NAMED = (
    (r"ultra ?wide|panoramic format|panorama format|panoramic banner", "3:1"),
    (r"(landscape|horizontal) (format|orientation|shape)|widescreen|wide ?screen format|horizontal\b", "16:9"),
    (r"(portrait|vertical|upright) (format|orientation|shape)|\bvertical(ly)?\b|\bupright format", "2:3"),
    (r"square (format|shape|picture|image)|\bsquare$", "1:1"),
)
OF_FORMAT = {
    "logo": "1:1", "icon": "1:1", "pattern": "1:1", "diagram": "2:3", "map": "3:2", "banner": "3:1", "phone": "9:16",
    "desktop": "16:9", "poster": "2:3", "book": "2:3", "album": "1:1", "post": "1:1", "card": "2:3", "bookmark": "1:3",
    "sheet": "16:9", "abstract": "1:1",
}  # fmt: skip
OF_KIND = {"portrait": "2:3", "product": "1:1", "skyline": "16:9", "food": "3:2"}
OF_VIEW = {"wide": "16:9", "high": "16:9", "full": "2:3", "half": "2:3", "top": "1:1"}
TALL = re.compile(r"\b(lighthouse|tower|skyscraper|waterfall|giraffe|rocket|sunflower|redwood|treehouse|cathedral)\b")
UPRIGHT = frozenset({"2:3", "9:16", "1:2", "1:3"})


@dataclass(frozen=True, slots=True)
class Shape:
    """`rest` is the intent without the ratio, which is a setting and no part of the picture."""

    aspect: str | None
    rest: str
    asked: str = ""


def said(intent: str) -> Shape:
    """The ratio that stands in the intent; the nearest of the nine where it is none of them."""
    found = RATIO.search(intent)
    if found:
        wide, high = map(int, found["ratio"].split(":"))
        rest = (intent[: found.start()] + intent[found.end() :]).strip(" ,")
        return Shape(_nearest(wide / high), rest or intent, found["ratio"])
    for pattern, aspect in NAMED:
        if re.search(pattern, flat(intent)):
            return Shape(aspect, intent, aspect)
    return Shape(None, intent)


def _nearest(ratio: float) -> str:
    def distance(name: str) -> float:
        wide, high = map(int, name.split(":"))
        return max(ratio * high / wide, wide / high / ratio)

    return min(ASPECTS, key=distance)


def usual(intent: str, *, format: str, kind: str, manga: bool) -> str:
    """What fits a picture of this kind."""
    view = words.COMPOSITIONS.first(intent)
    wanted = OF_FORMAT.get(format) or OF_KIND.get(kind) or OF_VIEW.get(view)
    if wanted is None:
        wanted = "16:9" if words.MEDIA.first(intent) == "film" else "2:3" if TALL.search(flat(intent)) else "3:2"
    if manga and wanted not in UPRIGHT:
        return "2:3"
    return wanted
