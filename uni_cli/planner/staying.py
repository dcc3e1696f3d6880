"""What must stay, told apart from what shall change: "keep the van, make it night" says both, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from uni_cli.planner import clauses, words

THING = (
    r"(?:the|an?|it|this|that|these|those|them|him|her|his|their|its|my|our|your|everything|everyone|all|every|each|"
    r"some|more|any|no|both|IMAGE\d+)\b"
)
# Verbs of a change, whatever follows them.
PLAIN = (
    r"make|turn|change|replace|swap|remove|delete|erase|add|put|give|insert|convert|transform|recolou?r|colou?ri[sz]e|"
    r"repaint|retouch|brighten|darken|sharpen|restore|relight|desaturate|get rid of|take (?:out|away|off)|clean up|"
    r"redraw|render|lighten|soften|extend|exchange"
)
# These are things as well: "the hat and dress" changes nothing, "dress her in red" does.
DOUBLE = (
    r"dress|light|move|place|cover|colou?r|fix|set|paint|blur|crop|zoom|switch|rotate|clear|show|let|have|bring|draw|"
    r"fill|open|close|shift|tint|lose|raise|lower|reduce|increase|flip|mirror|write|smooth|straighten"
)
CHANGE = rf"(?:(?:{PLAIN})\b(?!:)|(?:{DOUBLE})\s+(?:{THING}|\ue000)|(?:crop|zoom) (?:in|out|to)\b)"
KEEP = r"(?:keep|keeping|preserve|preserving|retain|retaining|maintain|maintaining|hold)"
LEAVE = r"(?:leave|leaving)"
TOUCH = r"(?:chang|touch|alter|mov|modify|affect|los)(?:e|ing)?"
DO_NOT = rf"(?:do not|don't|don’t|never|without)\s+{TOUCH}"
TAIL = (
    r"(?:(?:completely|exactly|just)\s+)?(?:unchanged|untouched|unaltered|intact|the same|as is|alone|in place|"
    r"(?:exactly )?as (?:it|they|he|she) (?:is|are|was|were)(?: now)?|the way (?:it|they) (?:is|are)|"
    r"where (?:it|they|he|she) (?:is|are)|in the picture|please)"
)
SOFT = r"(?:and|but|while|yet|then|so|also|please|just|now|though|instead)"
FIRST = re.compile(rf"(?:{SOFT}\b[\s,]*)+", re.IGNORECASE)
POLITE = r"(?:(?:please|also|just|then|only|still)\s+)*"
MARK = re.compile(r"(\s*[.;!]+(?:\s+|$)|\s*,\s*(?!\d)|\s+[-–—]+\s+|(?<=\w):\s+(?=" + CHANGE + "))", re.IGNORECASE)
# Where a clause begins though no mark says so.
INNER = re.compile(
    rf"(?<=\S)\s+(?=(?:and|but|while|yet|then)\s+{POLITE}(?:{CHANGE}|{KEEP}\b|{LEAVE}\b|{DO_NOT}\b))"
    r"|(?<!nothing)(?<!everything)(?<!all)(?<!\bno)\s+(?=but\s)"
    rf"|(?<=\S)\s+(?=(?:keeping|preserving|retaining|maintaining|{DO_NOT})\s)"
    rf"|(?P<bare>(?<=\S)\s+(?=(?:keep|preserve|retain|{LEAVE}|{CHANGE})\s+(?:{THING})))"
    rf"|(?<=\S)\s+(?=with\s+(?:the|his|her|their|its|my|our|everything|all)\b[^,.;]*\s{TAIL}$)",
    re.IGNORECASE,
)
# "that will keep", "make her keep": somebody in the picture does it.
DOER = re.compile(
    r"(?:\b(?:to|will|that|which|who|would|should|could|can|must|may|her|him|them|he|she|they|we|i|you|not|and|or|"
    rf"only)|^(?:{POLITE})(?:make|let|have|add|put|insert)\s+(?:the|an?|his|her|their|my|our|some|two|every)\b.*)$",
    re.IGNORECASE,
)
STAYING = re.compile(
    rf"(?:(?:{KEEP}|(?P<leave>{LEAVE}))(?:\s*:)?\s+(?P<kept>.+)|{DO_NOT}\s+(?P<untouched>.+))", re.IGNORECASE
)
OWNED = r"(?:the|his|her|their|its|my|our|all|every\w*|each|both|rest|nothing)\b"
STAYS = re.compile(
    rf"(?:with\s+)?(?P<kept>{OWNED}.*?)\s+(?:"
    r"(?:(?:must|should|shall|has to|have to|needs? to|can)\s+)?(?:stays?|remains?|(?:is|are|be)\s+(?:kept|left))"
    rf"(?:\s+{TAIL})?|"
    rf"(?:must|should|shall|does|do)\s+not\s+(?:be\s+)?(?:chang|touch|alter|mov)(?:e|ed)?|{TAIL})",
    re.IGNORECASE,
)
BUT_NOT = re.compile(rf"not\s+(?P<kept>{THING}.+)", re.IGNORECASE)
IS_CHANGE = re.compile(rf"(?:change\s*:\s*)?{POLITE}(?:{CHANGE})|change\s*:", re.IGNORECASE)
# "Keep only the van" and "leave out the people" take something away; "keep it simple" is a manner.
TAKES_AWAY = re.compile(r"(?:only|just|nothing|out)\b|(?:it|this)\s+(?!.*?\bunchanged$)", re.IGNORECASE)
LEAVES_OUT = re.compile(r"(?:some|more|space|room|an?)\b|.*\b(?:out|behind|away|blank|empty)$", re.IGNORECASE)
OTHERWISE = re.compile(
    r"(?:everything else|all else|the rest|no|in|at|on|with|without|into|as|to|during|by|under|from)\s|"
    r".*\b(?:should|shall|must|becomes?|turns?|gone|instead)\b",
    re.IGNORECASE,
)
EVERYTHING = re.compile(
    r"(?:everything|all|the rest|rest|nothing)(?: else| other| of it| of the (?:picture|image|photo|scene))*",
    re.IGNORECASE,
)
REST = "everything else"


@dataclass(frozen=True, slots=True)
class Clause:
    """Some words between two marks. `joint` is what stood before them, `soft` their "and" or "but"."""

    joint: str
    soft: str
    text: str


def told_apart(intent: str) -> tuple[str, list[str]]:
    """The intent without what it wants kept, and that; the first is empty where nothing is said to change."""
    hidden, quotes = clauses.hide_quotes(intent)
    change, kept, doubtful = "", list[str](), list[Clause]()
    for clause, stays, sure in _sorted(_clauses(hidden)):
        if not stays:
            change += _joined(clause, change)
        elif sure:
            kept.extend(_listed(stays))
        else:
            doubtful.append(clause)
    # "Keep the van, night": where nothing else changes, the words about light or manner are the change.
    for clause in doubtful:
        if change:
            kept.extend(_listed(clause.text))
        else:
            change = clause.text
    change = re.sub(r"^change\s*:\s*|\s+please$", "", change, flags=re.IGNORECASE).strip(" ,;.")
    return clauses.show_quotes(change, quotes), [clauses.show_quotes(text, quotes) for text in dict.fromkeys(kept)]


def _joined(clause: Clause, before: str) -> str:
    if not before:
        return clause.text
    soft = f"{clause.soft} " if clause.soft else ""
    return f"{clause.joint or ' '}{soft}{clause.text}"


def _clauses(text: str) -> Iterator[Clause]:
    parts = MARK.split(text)
    joints = ["", *(_joint(mark) for mark in parts[1::2])]
    for part, joint in zip(parts[::2], joints, strict=True):
        for number, inner in enumerate(_inner(part)):
            soft = FIRST.match(inner)
            rest = inner[soft.end() :].strip() if soft else inner.strip()
            if rest:
                yield Clause("" if number else joint, " ".join(soft[0].split()) if soft else "", rest)


def _joint(mark: str) -> str:
    mark = mark.strip()
    return ". " if mark.startswith((".", ";", "!")) else ", "


def _inner(part: str) -> Iterator[str]:
    start = 0
    for found in INNER.finditer(part):
        before = part[start : found.start()]
        if found["bare"] and DOER.search(before):
            continue
        if found["bare"] and not _bare_begins(before, part[found.end() :]):
            continue
        yield before
        start = found.end()
    yield part[start:]


def _bare_begins(before: str, after: str) -> bool:
    """Two clauses with nothing between them: one of the two must be about what stays, the other about a change."""
    keeps = STAYING.match(FIRST.sub("", before, count=1)) is not None
    return keeps != (STAYING.match(after) is not None) and not after.lower().startswith("leav")


def _sorted(found: Iterator[Clause]) -> Iterator[tuple[Clause, str, bool]]:
    """Each clause with the words for what stays in it, or none, and whether that is sure."""
    staying = False
    for clause in found:
        stays, sure = _stays(clause), True
        if not stays and staying and _goes_on(clause):
            stays, sure = clause.text, not _is_manner(clause.text)
        staying = bool(stays)
        yield clause, stays, sure


def _stays(clause: Clause) -> str:
    text = clause.text
    found = STAYING.fullmatch(text)
    if found:
        kept = str(found["kept"] or found["untouched"])
        away = found["kept"] and (TAKES_AWAY.match(kept) or (found["leave"] and LEAVES_OUT.match(kept)))
        return "" if away else kept
    if IS_CHANGE.match(text):
        return ""
    if re.fullmatch(r"nothing (else|more)", text, re.IGNORECASE):
        return REST
    whole = STAYS.fullmatch(text) or ("but" in clause.soft.split() and BUT_NOT.fullmatch(text))
    return str(whole["kept"]) if whole else ""


def _goes_on(clause: Clause) -> bool:
    """A list of what stays: "keep the van, the signs and the lamps"."""
    if IS_CHANGE.match(clause.text) or OTHERWISE.match(clause.text) or "but" in clause.soft.split():
        return False
    return clause.joint != ". " or clause.soft == "and"


def _is_manner(text: str) -> bool:
    known = (words.TIMES, words.WEATHERS, words.MEDIA, words.STYLES)
    return not re.match(THING, text, re.IGNORECASE) and any(lexicon.find(text) for lexicon in known)


def _listed(text: str) -> Iterator[str]:
    for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+(?=(?:the|his|her|their|its|my|all|every)\b)", text):
        thing = re.sub(rf"(?:\s+{TAIL})+$", "", part.strip(), flags=re.IGNORECASE)
        thing = re.sub(r"^the same\s+", "the ", thing, flags=re.IGNORECASE)
        thing = re.sub(rf"^{THING}", lambda found: found[0].lower(), thing, flags=re.IGNORECASE)
        if thing:
            yield REST if EVERYTHING.fullmatch(thing) else thing
