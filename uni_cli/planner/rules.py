"""From plain words to a brief, offline: what was said stands where it belongs, what was not is filled in to fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from uni_cli.errors import BadReference
from uni_cli.models import Reference, Role
from uni_cli.order.advice import ENGLISH, OTHERS, QUOTED
from uni_cli.planner import clauses, edits, filling, roles, shape, things, words
from uni_cli.planner.clauses import Piece
from uni_cli.planner.lexicon import Lexicon
from uni_cli.planner.plan import Line, Origin, Plan
from uni_cli.planner.scene import Scene

LEAD = re.compile(
    r"(?:please\s+)?(?:(?:make|create|draw|generate|paint|design|produce|render|imagine|illustrate|show|give|"
    r"i(?:'d| would) like|i want|i need|we need|can you (?:make|draw|paint|create))\s+)?(?:me\s+|us\s+)?"
    r"(?:(?:an?|the|some)\s+(?:nice\s+|beautiful\s+|cool\s+)?(?:picture|image|visual)\s+(?:of|showing|with|where)\s+)?",
    re.IGNORECASE,
)
LETTERING = re.compile(
    r"\b(?:that (?:says|reads)|saying|which (?:says|reads)|with the (?:words?|text|title|headline)|titled|"
    r"(?:sign|banner|poster|label|neon|headline|caption|shirt|logo) reading)\s+(?P<text>[^\s,.;\"“][^,.;\"“]*)",
    re.IGNORECASE,
)
SEVERAL = re.compile(
    r"\b(two|three|four|five|six|seven|several|couple|family|friends|crowd|people|group|team|lovers|twins|children|kids|"
    r"women|men)\b"
)
# Places so unlike the others that one word of them says it.
BEYOND = frozenset({"under", "space", "planet", "cave"})
MANGA_READ = re.compile(
    r"\b(read\w*|holding|sell\w*|collect\w*|shop|store|book(shop|store)?)\b.{0,20}\b(comic|manga|anime)"
)
NOT_ENGLISH = (
    "These words do not look English, which the built-in rules read: the brief holds them whole. Translate them, or "
    "let a chat endpoint plan (UNI_PLAN__BASE_URL and UNI_PLAN__MODEL)."
)


def make(intent: str, references: Sequence[Reference]) -> Plan:
    """The plan of an intent. Always the same for the same words."""
    intent = " ".join(intent.split())
    text = roles.rename(intent, references)
    if _changes(text, references):
        return _edit(intent, text, references)
    if not is_english(text):
        return _foreign(intent, text, references)
    return _scene(intent, text, references)


def is_english(text: str) -> bool:
    plain = re.findall(r"[^\W\d_]+", QUOTED.sub(" ", text).lower())
    letters = "".join(plain)
    english, other = (sum(word in known for word in plain) for known in (ENGLISH, OTHERS))
    strange = sum(letter > "\u024f" for letter in letters)
    return not ((letters and strange / len(letters) > 0.3) or (other >= 2 and other > 2 * english))


# --- edits -----------------------------------------------------------------------------------------------------


def _changes(text: str, references: Sequence[Reference]) -> bool:
    free = [reference for reference in references if reference.role is None]
    if edits.is_sure(text) and not free:
        missing = "its references all have a role" if references else "no picture was given"
        raise BadReference(
            f"{text[:60]!r} changes a picture, and {missing}",
            hint="Give the picture with -r and no role, or describe a whole picture. Nothing was sent.",
        )
    return bool(free) and edits.is_edit(text)


def _edit(intent: str, text: str, references: Sequence[Reference]) -> Plan:
    source = _source_of(references)
    others = [reference for reference in references if reference is not source]
    text = _renumbered(text, references.index(source) + 1, len(references))
    understood = edits.understand(text)
    return Plan(
        intent,
        {"change": understood.change},
        keep=understood.keep,
        source=source,
        references=roles.assign(text, others, kind=things.KINDS.first(text)),
    )


def _source_of(references: Sequence[Reference]) -> Reference:
    """The first without a role; one whose name speaks of a palette and the like only where there is no other."""
    free = [reference for reference in references if reference.role is None]
    plain = [r for r in free if roles.of_name(r) in (None, Role.CHARACTER, Role.CONTENT)]
    return (plain or free)[0]


def _renumbered(text: str, source: int, count: int) -> str:
    """IMAGE1 is the first reference, never the source."""
    text = re.sub(
        rf"\b(?:(?:in|from|of) )?IMAGE{source}\b", lambda m: m[0].replace(f"IMAGE{source}", "the picture"), text
    )
    for number in range(source + 1, count + 1):
        text = text.replace(f"IMAGE{number}", f"IMAGE{number - 1}")
    return text


# --- scenes ----------------------------------------------------------------------------------------------------


def _scene(intent: str, text: str, references: Sequence[Reference]) -> Plan:
    asked = shape.said(text)
    plain = _without_lead(roles.without_instructions(asked.rest))
    quoted = _quoted(plain)
    pieces = clauses.take_apart(quoted)
    subject, pieces = _headed(pieces)
    subject = subject or quoted
    scene = _seen(quoted, subject, pieces)
    said = {part: _said(part, found) for part, found in pieces.items() if part != "subject"}
    parts = filling.fill(scene, {"subject": subject, **said}, changed=quoted != plain)
    manga = _is_manga(quoted, said.get("style", "")) and asked.aspect in (None, *shape.UPRIGHT)
    usual = shape.usual(quoted, format=scene.format, kind=scene.kind, manga=manga)
    near = Origin.SAID if asked.asked in ("", asked.aspect) else Origin.EXTENDED
    return Plan(
        intent,
        parts,
        aspect=Line(asked.aspect, near) if asked.aspect else Line(usual, Origin.SUGGESTED),
        manga=manga,
        references=roles.assign(text, references, kind=scene.kind),
        notes=(f"Uni-1 has no {asked.asked}: {asked.aspect} is the nearest of its shapes.",) if near != "said" else (),
    )


def _foreign(intent: str, text: str, references: Sequence[Reference]) -> Plan:
    return Plan(
        intent,
        {"subject": Line(text)},
        references=roles.assign(text, references, kind=""),
        notes=(NOT_ENGLISH,),
    )


def _without_lead(text: str) -> str:
    found = LEAD.match(text)
    return text[found.end() :] if found and text[found.end() :].strip() else text


def _quoted(text: str) -> str:
    """What should be written in the picture gets its quotes."""
    if QUOTED.search(text):
        return text

    def quote(found: re.Match[str]) -> str:
        lettering = clauses.BOUNDARY.split(found["text"])[0].strip()
        start = found.start("text") - found.start()
        return f'{found[0][:start]}"{lettering}"{found[0][start + len(lettering) :]}'

    return LETTERING.sub(quote, text)


def _headed(pieces: dict[str, list[Piece]]) -> tuple[str, dict[str, list[Piece]]]:
    """The subject without a head that speaks of the medium or the view: "a watercolour of", "close-up of"."""
    found = {part: list(some) for part, some in pieces.items()}
    subject = clauses.join(found.get("subject", []))
    for part, lexicon in (("composition", words.COMPOSITIONS), ("style", words.MEDIA)):
        head, rest = _split_head(subject, lexicon)
        if rest:
            subject = rest
            found[part] = [Piece(head, ", ", part), *found.get(part, [])]
    return subject, found


def _split_head(subject: str, lexicon: Lexicon) -> tuple[str, str]:
    match = re.match(
        r"(?:an?\s+|the\s+)?(?P<head>[^,.]{2,50}?)\s+(?:of|showing|depicting)\s+(?P<rest>.+)", subject, re.I
    )
    if not match or things.FORMATS.find(match["head"]) or match["head"].endswith("composition"):
        return "", ""
    head, rest = match["head"], match["rest"]
    hit = lexicon.last(head)
    if hit is None:
        return "", ""
    after = head[hit.end :].strip().lower()
    if after in ("", "shot", "view", "picture", "image", "painting", "drawing", "illustration", "sketch"):
        return head, rest
    if after in ("portrait", "photo", "photograph") and hit.start == 0:
        return head[: hit.end], f"{after} of {rest}"
    return "", ""


def _said(part: str, pieces: Sequence[Piece]) -> str:
    """The words of a part, without the preposition that its label makes needless."""
    first = pieces[0]
    needless = {
        "setting": ("in", "at", "inside", "through", "across", "along", "into", "set in"),
        "light": ("at", "in", "during", "by", "on", "with", "lit by", "illuminated by", "under"),
        "style": ("in", "with", "as", "like", "shot on", "painted in", "drawn in", "rendered in", "printed in", "on"),
        "composition": ("with", "in", "seen from", "shot with"),
    }[part]
    if first.preposition in needless and not clauses.IMAGE.search(first.text) and not _needs_its_word(part, first):
        rest = first.rest
        if part == "light":
            rest = re.sub(r"^(?:a|an|the)\s+(?=\S+$)", "", rest)
        if part == "style":
            rest = re.sub(r"^an?\s+", "", rest)
        pieces = [replace(first, text=rest), *pieces[1:]]
    return clauses.join(list(pieces))


def _needs_its_word(part: str, piece: Piece) -> bool:
    if part == "composition":
        return piece.preposition == "in" or bool(re.match(r"(above|below|behind)", piece.rest))
    if part == "style":
        return piece.preposition == "like" or (piece.preposition == "shot on" and not words.MEDIA.find(piece.rest))
    bare = re.fullmatch(r"(the )?[a-z]+", piece.rest)
    return part == "setting" and bool(bare) and (words.AIR.ends(piece.rest) or not piece.rest.startswith("the "))


def _seen(text: str, subject: str, pieces: dict[str, list[Piece]]) -> Scene:
    light = clauses.join(pieces.get("light", []))
    style = clauses.join(pieces.get("style", []))
    plain = QUOTED.sub(" ", text)
    kind, place = _kind_and_place(subject, pieces.get("setting", []))
    medium, medium_words = _medium(style, subject)
    return Scene(
        kind=kind,
        format=things.FORMATS.first(subject) or things.FORMATS.first(plain),
        place=place,
        home=_home(subject),
        time=words.TIMES.first(light) or words.TIMES.first(plain),
        weather=words.WEATHERS.first(light) or words.WEATHERS.first(plain),
        lamp=words.LAMPS.first(light) or words.LAMPS.first(plain),
        medium=medium,
        medium_words=medium_words,
        mood=words.MOODS.first(plain),
        lettering=" and ".join(found[0] for found in QUOTED.finditer(text)),
        many=bool(SEVERAL.search(subject.lower())),
        story=kind == "animal" and bool(things.STORY.find(plain)),
    )


def _medium(style: str, subject: str) -> tuple[str, str]:
    for text in (style, subject):
        for hit in words.MEDIA.find(text):
            if hit.meaning != "manga" or text is style or not MANGA_READ.search(text.lower()):
                return hit.meaning, text[hit.start : hit.end]
    return "", ""


def _home(subject: str) -> str:
    """A "mountain cabin" stands in the mountains; else where such a thing is at home."""
    kinds = things.KINDS.find(subject)
    for hit in things.PLACES.find(subject) if kinds else []:
        beside = hit.end <= kinds[0].start and not subject[hit.end : kinds[0].start].strip(" -")
        if beside and hit.meaning != "city":
            return hit.meaning
    return things.HOMES.first(subject)


def _kind_and_place(subject: str, setting: Sequence[Piece]) -> tuple[str, str]:
    """What it is a picture of, and the kind of place it is in; a place itself may be what it is of."""
    kinds, places = things.KINDS.find(subject), things.PLACES.find(subject)
    kind = kinds[0].meaning if kinds else ""
    places = [hit for hit in places if hit.meaning != "backdrop"]
    beyond = [hit for hit in places if hit.meaning in BEYOND]
    itself = [hit for hit in places if re.match(r"\s*(with|full of|where|in|of|[,.]|$)", subject[hit.end :])]
    within = [hit for hit in places if re.match(r"\s*(interior|indoors)\b", subject[hit.end :])]
    if within:
        return "place", within[0].meaning
    if itself and kind in ("", "skyline"):
        return kind or "place", itself[0].meaning
    if itself and itself[0].start < kinds[0].start:
        return "place", (beyond or itself)[0].meaning
    for pieces in ([piece for piece in setting if piece.preposition], setting):
        for piece in pieces:
            hit = things.PLACES.last(piece.text)
            if hit:
                return kind or _light_alone(subject), hit.meaning
    # "looking at the sea": the place stands beside the verb.
    seen = re.search(r"\b(?:at|over|towards?|into|onto|across)\b(.+)", subject)
    hit = things.PLACES.last(seen[1]) if seen else None
    return kind or _light_alone(subject), hit.meaning if hit else ""


def _light_alone(subject: str) -> str:
    """A sunset is a landscape."""
    return "skyline" if words.LIGHT_ENDS.ends(subject) and len(subject.split()) <= 3 else ""


def _is_manga(text: str, style: str) -> bool:
    if words.MEDIA.first(style) == "manga":
        return True
    hits = [hit for hit in words.MEDIA.find(text) if hit.meaning == "manga"]
    return bool(hits) and not MANGA_READ.search(text.lower())
