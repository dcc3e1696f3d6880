"""An intent in pieces: clauses, and in them what is said of a place, the light, the style, the view."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from uni_cli.order.advice import QUOTED
from uni_cli.planner import things, words
from uni_cli.planner.lexicon import flat

PLACE_PREPOSITIONS = (
    "in front of|on top of|on the edge of|in the middle of|at the edge of|at the foot of|at the end of|next to|"
    "close to|in|on|at|by|near|under|beneath|below|above|over|beside|behind|between|among|amid|amidst|along|through|"
    "inside|outside|across|against|around|into|onto|upon|overlooking|surrounded by|set in|set on|deep in|high above|"
    "high in|up on|out on|out in|off|beyond|towards?|down|up"
)
OTHER_PREPOSITIONS = (
    "in the style of|inspired by|shot on|shot with|shot from|seen from|viewed from|lit by|illuminated by|painted in|"
    "painted by|drawn in|drawn by|rendered in|printed in|during|before|after|with|without|for|as|like|"
    "from|via|using|plus"
)
BOUNDARY = re.compile(rf"\s+(?=(?:{PLACE_PREPOSITIONS}|{OTHER_PREPOSITIONS})\s)", re.IGNORECASE)
LEADING = re.compile(rf"(?P<word>{OTHER_PREPOSITIONS}|{PLACE_PREPOSITIONS})\s+(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
IS_PLACE_WORD = re.compile(PLACE_PREPOSITIONS, re.IGNORECASE)
# After these a preposition belongs to the verb, not to a place.
BOUND = re.compile(
    r"\b(looking|looks|look|staring|stares|gazing|gazes|glancing|pointing|smiling|waving|laughing|shouting|barking|"
    r"listening|leaning|jumping|leaping|climbing|reaching|holding|dressed|covered|filled|wrapped|made|carved|written|"
    r"printed|engraved|turning|turns|turned|peeking|peering|dipped|soaked|blowing|growing|crashing|made up|stacked|"
    r"balancing|chasing|bursting|grow|grows|working|works|playing|plays)$",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"(?:the\s+)?(?P<name>subject|setting|scene|location|background|light(?:ing)?|style|mood|medium|palette|colou?rs?|"
    r"composition|camera|framing|angle|view)\s*(?::\s*|\s+(?:is|are|should be)\s+)(?P<text>.+)",
    re.IGNORECASE | re.DOTALL,
)
LABELS = {
    "subject": "subject", "setting": "setting", "scene": "setting", "location": "setting", "background": "setting",
    "light": "light", "lighting": "light", "style": "style", "mood": "style", "medium": "style", "palette": "style",
    "color": "style", "colour": "style", "colors": "style", "colours": "style", "composition": "composition",
    "camera": "composition", "framing": "composition", "angle": "composition", "view": "composition",
}  # fmt: skip
# First words of prepositions of two words, which a boundary would part.
HALF = frozenset(
    "shot seen viewed lit illuminated painted drawn rendered printed inspired surrounded set deep high up out".split()
)
SEPARATOR = re.compile(r"(\s*[,;\n]+\s*|\.\s+|\s+[-–—|]+\s+|\.$)")
OPEN, CLOSE = "\ue000", "\ue001"
NAMED_PLACE = frozenset("in at on near through over above across outside by into".split())
IMAGE = re.compile(r"\bIMAGE\d+\b")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of the intent. `joint` is what stood before them."""

    text: str
    joint: str
    part: str = ""

    @property
    def preposition(self) -> str:
        found = LEADING.fullmatch(self.text)
        return found["word"].lower() if found else ""

    @property
    def rest(self) -> str:
        found = LEADING.fullmatch(self.text)
        return found["rest"] if found else self.text


def take_apart(text: str) -> dict[str, list[Piece]]:
    """The pieces of each part, in the order of the text; what nothing is known of belongs to the subject."""
    hidden, quotes = hide_quotes(text)
    found: dict[str, list[Piece]] = {}
    pieces = list(_sorted(list(_pieces(hidden))))
    if pieces and not any(piece.part == "subject" for piece in pieces):
        pieces[0] = replace(pieces[0], part="subject")
    for piece in pieces:
        shown = replace(piece, text=show_quotes(piece.text, quotes))
        found.setdefault(piece.part, []).append(shown)
    return found


def join(pieces: list[Piece]) -> str:
    """Pieces that stood beside each other read on as they did."""
    text = ""
    for piece in pieces:
        text += (piece.joint if text else "") + piece.text
    return re.sub(r"\s+", " ", text).strip(" ,;.")


def hide_quotes(text: str) -> tuple[str, list[str]]:
    quotes: list[str] = []

    def hide(found: re.Match[str]) -> str:
        quotes.append(found[0])
        return f"{OPEN}{len(quotes) - 1}{CLOSE}"

    return QUOTED.sub(hide, text), quotes


def show_quotes(text: str, quotes: list[str]) -> str:
    return re.sub(f"{OPEN}(\\d+){CLOSE}", lambda found: quotes[int(found[1])], text)


def _pieces(text: str) -> Iterator[Piece]:
    parts = SEPARATOR.split(text)
    joints = ["", *(_joint(separator) for separator in parts[1::2])]
    for number, (clause, joint) in enumerate(zip(parts[::2], joints, strict=True)):
        clause = re.sub(r"^(and|also|plus)\s+", "", clause.strip(), flags=re.IGNORECASE)
        if clause:
            yield from _clause(clause, joint, first=number == 0)


def _joint(separator: str) -> str:
    mark = separator.strip()
    return ". " if mark.startswith(".") else ", "


def _clause(clause: str, joint: str, *, first: bool) -> Iterator[Piece]:
    labelled = LABEL.fullmatch(clause)
    if labelled:
        name = labelled["name"].lower()
        yield Piece(labelled["text"], joint, LABELS[name] if name != "light" else "light")
        return
    whole = _whole(clause) if not first or len(clause.split()) <= 3 else ""
    if whole:
        yield Piece(clause, joint, whole)
        return
    pending = ""
    for segment in BOUNDARY.split(clause):
        if pending and (BOUND.search(pending) or pending.lower() in HALF):
            pending += f" {segment}"
            continue
        if pending:
            yield Piece(pending, joint)
            joint = " "
        pending = segment
    if pending:
        yield Piece(pending, joint)


def _whole(clause: str) -> str:
    """The part that a clause of a few words belongs to as a whole."""
    if len(clause.split()) > 7 or LEADING.fullmatch(clause):
        return ""
    if words.COMPOSITIONS.find(clause) and not _names_a_thing(clause):
        return "composition"
    if IMAGE.search(clause):
        return ""
    if re.search(r"(background|backdrop)$", flat(clause)) or (words.AIR.ends(clause) and not _names_a_thing(clause)):
        return "setting"
    if words.LIGHT_ENDS.ends(clause) and not things.KINDS.find(clause):
        return "light"
    if _is_about_colour(clause) or words.MEDIA.ends(clause):
        return "style"
    return "style" if words.STYLES.ends(clause) and not _names_a_thing(clause) else ""


def _names_a_thing(text: str) -> bool:
    return bool(things.KINDS.find(text) or things.SCENERY.ends(text))


def _is_about_colour(text: str) -> bool:
    plain = re.findall(r"[^\W\d_]+", flat(text))
    rest = [word for word in plain if word not in COLOUR_WORDS and word not in words.COLOUR_FILL]
    return bool(words.COLOURS.find(text)) and not rest


COLOUR_WORDS = frozenset(word + end for word in words.COLOURS.meanings for end in ("", "s"))


def _sorted(pieces: list[Piece]) -> Iterator[Piece]:
    """Each piece with its part; what depends on its neighbour follows it."""
    before = ""
    for number, piece in enumerate(pieces):
        part = piece.part or _part(piece, first=number == 0, before=before, after=pieces[number + 1 : number + 2])
        if number and piece.joint == " " and before == "light" and not pieces[number - 1].preposition:
            part = "light"
        yield replace(piece, part=part)
        before = part


def _part(piece: Piece, *, first: bool, before: str, after: list[Piece]) -> str:
    if first and not piece.preposition:
        return "subject"
    if not piece.preposition:
        return _loose(piece)
    known = _prepositional(piece)
    if known:
        return known
    if after and after[0].joint == " " and re.fullmatch(r"in the (background|distance|foreground)", after[0].text):
        return "setting"
    if piece.joint == " " and before == "setting" and not things.KINDS.find(piece.rest):
        return "setting"
    if piece.joint == " " and before in ("style", "composition") and piece.preposition in ("with", "as", "for", "like"):
        return before
    return "subject"


def _loose(piece: Piece) -> str:
    """A clause without a preposition that is neither light nor style."""
    if re.match(r"(no|without)\s", piece.text):
        return "composition"
    if (things.SCENERY.ends(piece.text) or words.AIR.ends(piece.text)) and not things.KINDS.find(piece.text):
        return "setting"
    return "light" if words.LIGHT_ENDS.ends(piece.text) and not things.KINDS.find(piece.text) else "subject"


def _prepositional(piece: Piece) -> str:
    word, rest = piece.preposition, piece.rest
    if IMAGE.search(rest):
        return _about_image(word, rest)
    if word in ("in the style of", "inspired by", "painted by", "drawn by", "painted in", "drawn in", "rendered in",
                "shot on", "printed in"):  # fmt: skip
        return "style"
    if word in ("seen from", "shot from", "viewed from", "shot with"):
        return "composition"
    if word in ("lit by", "illuminated by"):
        return "light"
    if word in ("without",):
        return "composition" if not things.CLOTHES.find(rest) else "subject"
    if word == "for":
        return "subject"
    whole = f"{word} {rest}"
    if re.fullmatch(r"in the (background|distance|foreground)", flat(whole)):
        return "setting"
    if words.COMPOSITIONS.find(whole) and not things.KINDS.find(rest):
        return "composition"
    return _by_its_words(word, rest)


def _by_its_words(word: str, rest: str) -> str:
    if _is_about_colour(rest) and word in ("in", "with"):
        # One colour is what somebody wears, several or tones are a palette.
        return "style" if len(words.COLOURS.find(rest)) > 1 or words.STYLES.find(rest) else "subject"
    if words.AIR.ends(rest) and word in ("in", "under", "through", "amid", "surrounded by", "into", "during"):
        return "setting"
    if words.MEDIA.ends(rest) and word in ("in", "as", "like", "on"):
        return "style"
    if words.STYLES.ends(rest) and word in ("in", "with", "like") and not things.CLOTHES.find(rest):
        return "style"
    if words.LIGHT_ENDS.ends(rest) and word not in ("as", "like", "for", "from"):
        return "setting" if things.PLACES.ends(rest) and word != "under" else "light"
    if word in ("as", "like"):
        return "subject"
    return "setting" if _is_place(word, rest) else ""


def _is_place(word: str, rest: str) -> bool:
    if not IS_PLACE_WORD.fullmatch(word) or things.CLOTHES.ends(rest):
        return False
    if things.PLACES.find(rest):
        return True
    named = re.match(r"(?:the\s+)?[A-ZÀ-Þ][\w'’-]+", rest)
    return bool(named) and word in NAMED_PLACE


def _about_image(word: str, rest: str) -> str:
    if word in ("in the style of", "inspired by", "painted in", "like"):
        return "style"
    if word in ("with", "in", "using") and any(
        known.find(rest) for known in (words.STYLES, words.MEDIA, words.COLOURS)
    ):
        return "style"
    if word in ("with", "in", "lit by", "using") and words.LIGHT_ENDS.find(rest):
        return "light"
    if word == "with" and re.search(r"\b(composition|pose|layout|framing|angle)\b", rest):
        return "composition"
    return "subject"
