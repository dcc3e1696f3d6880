"""What each reference is for: from its role, from the words beside IMAGE1, from the name of its file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from uni_cli.models import Reference, Role
from uni_cli.planner import things
from uni_cli.planner.lexicon import Lexicon, flat
from uni_cli.planner.plan import Job, Line, Origin

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
PICTURE = r"(?:image|picture|photo|reference|ref)"
NAMES = Lexicon(
    {
        Role.PALETTE: "palette, color, colour, swatch, scheme, pantone, tones",
        Role.LIGHTING: "light, lighting, lit, hdri, sunlight, shadow, golden hour",
        Role.STYLE: "style, painting, brush, texture, artwork, illustration, look, moodboard, aesthetic, medium",
        Role.COMPOSITION: "pose, layout, composition, sketch, storyboard, framing, wireframe, perspective, angle",
        Role.CHARACTER: "character, face, portrait, selfie, headshot, hero, mascot, model, actor, me, person, people",
        Role.CONTENT: "product, logo, bottle, object, item, content, packshot, shoe, building, house, subject, scene",
    }
)
TAKES = {
    Role.PALETTE: "the main colours and their proportions",
    Role.LIGHTING: "the direction, softness and colour of the light",
    Role.STYLE: "the medium, the line and the texture",
    Role.COMPOSITION: "the placement of the main shapes and the camera angle",
    Role.CHARACTER: "the face, hair, build and clothes",
    Role.CONTENT: "the shape, materials and proportions of the main subject",
}
ANIMAL_TAKES = "the markings, colours and build"
# "the warm copper hair of the woman in IMAGE1": from the article to the picture.
BESIDE = re.compile(
    r"(?P<what>\b(?:the|a|an|this|that|these|those|same|her|his|its|their|my|our)\b(?:(?!\b(?:and|with|but|IMAGE\d)\b)"
    r"[^,.;]){1,80}?)\s+(?:of|from|in|on|shown in|seen in|as in)\s+IMAGE(?P<number>\d)\b",
    re.IGNORECASE,
)
WAYS = (
    (
        re.compile(r"(?:in|use|using|copy|match) (?:the )?(?:style|look|technique) (?:of|from) IMAGE(\d)", re.I),
        Role.STYLE,
    ),
    (re.compile(r"(?:painted|drawn|rendered|styled|looking|looks) like IMAGE(\d)", re.I), Role.STYLE),
    (re.compile(r"(?:lit|lighted|lighting) (?:like|as in|from) IMAGE(\d)", re.I), Role.LIGHTING),
    (re.compile(r"(?:composed|framed|posed|arranged|laid out) (?:like|as in) IMAGE(\d)", re.I), Role.COMPOSITION),
    (re.compile(r"(?:coloured|colored|graded) (?:like|as in) IMAGE(\d)", re.I), Role.PALETTE),
)
# "IMAGE2 for the pose": an instruction about a reference, which its role says again.
AS = re.compile(
    r"(?:,?\s*\b(?:and\s+)?(?P<verb>use|using|take|with)?\s*)IMAGE(?P<number>\d) (?:as|for) (?:an? |the |its |my )?"
    r"(?P<what>[\w ]{3,30}?)(?: reference)?(?=\s+and\b|[,:.;]|$)[,:.;]?\s*",
    re.IGNORECASE,
)
ROLE_WORDS = re.compile(
    r"\b(palette|colou?rs?|pose|style|light|lighting|composition|layout|framing|character|content|texture)\b",
    re.IGNORECASE,
)
UNNAMED = (
    (r"\b(these|this|the same) (colou?rs?|palette|tones)\b", Role.PALETTE),
    (r"\b(this|the same) (style|look|technique|aesthetic)\b|\bin that style\b", Role.STYLE),
    (r"\b(this|the same) (light|lighting)\b", Role.LIGHTING),
    (r"\b(this|the same) (pose|layout|composition|angle|framing)\b", Role.COMPOSITION),
    (r"\b(this|the same|my|our) (product|bottle|logo|shoe|sneaker|watch|bag|car|house|building|object|chair|jar)\b",
     Role.CONTENT),
    (r"\b(this|the same|my|our) (wo)?man\b|\b(this|the same|my|our) (person|girl|boy|character|face|dog|cat|child|"
     r"daughter|son|friend|mascot|hero)\b|\b(her|him|me|myself)\b", Role.CHARACTER),
)  # fmt: skip


def rename(intent: str, references: Sequence[Reference]) -> str:
    """`anna.png`, "the second picture" and "image 2" become IMAGE2, the name that the model knows."""
    for number, reference in enumerate(references, 1):
        name = PurePath(reference.source).name
        if len(name) > 4 and "." in name:
            intent = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"IMAGE{number}", intent, flags=re.IGNORECASE)
        ordinal = ORDINALS[number - 1]
        intent = re.sub(rf"\bthe {ordinal} {PICTURE}\b", f"IMAGE{number}", intent, flags=re.IGNORECASE)
        intent = re.sub(rf"(?<!\w){PICTURE}\s?#?{number}(?!\w)", f"IMAGE{number}", intent, flags=re.IGNORECASE)
    if len(references) == 1:
        intent = re.sub(
            rf"\b(?:this|the (?:attached|given|reference)) {PICTURE}\b", "IMAGE1", intent, flags=re.IGNORECASE
        )
    return intent


def without_instructions(intent: str) -> str:
    """The picture alone: what a reference is for stands in its role."""
    rest = AS.sub(lambda found: " " if _is_instruction(found) else found[0], intent).strip(" ,:;")
    return rest or intent


def _is_instruction(found: re.Match[str]) -> bool:
    """ "The woman in IMAGE1 as a queen" is a scene."""
    return bool(found["verb"] or ROLE_WORDS.search(found["what"]))


def assign(intent: str, references: Sequence[Reference], *, kind: str) -> tuple[Job, ...]:
    """A role and what to take for every reference; what the user said stands."""
    jobs = [_of_words(intent, number, reference) for number, reference in enumerate(references, 1)]
    if len(references) == 1 and not jobs[0]:
        jobs[0] = _unnamed(intent, references[0])
    taken = {job.role for job in jobs if job}
    done: list[Job] = []
    for reference, job in zip(references, jobs, strict=True):
        job = job or _of_name(reference) or _guess(reference, taken, kind)
        taken.add(job.role)
        done.append(_settled(job, reference, kind))
    return tuple(done)


def _of_words(intent: str, number: int, reference: Reference) -> Job | None:
    for way, role in WAYS:
        if any(int(found[1]) == number for found in way.finditer(intent)):
            return Job(reference, role, Line(TAKES[role], Origin.SUGGESTED))
    for found in AS.finditer(intent):
        if int(found["number"]) == number and _is_instruction(found):
            role = Role(name) if (name := NAMES.first(found["what"])) else role_of(found["what"])
            return Job(reference, role, Line(TAKES[role], Origin.SUGGESTED))
    for found in BESIDE.finditer(intent):
        if int(found["number"]) == number:
            what = _noun_phrase(found["what"])
            role = role_of(what)
            return Job(reference, role, _what_to_take(what, role))
    return None


def _noun_phrase(text: str) -> str:
    """From the last article on: "a cat wearing the hat" in front of "from IMAGE1" is about the hat."""
    starts = [
        found.start() for found in re.finditer(r"\b(the|this|that|these|those|her|his|its|their|my|our)\b", text, re.I)
    ]
    return re.sub(r"^(this|that|these|those|my|our) ", "the ", text[starts[-1] :] if starts else text, flags=re.I)


def _what_to_take(what: str, role: Role) -> Line:
    """A bare "the woman" says whom, not what: the guide asks for named attributes."""
    if role is Role.CHARACTER and len(what.split()) <= 3 and not re.search(r"\b(face|hair|smile|beard)\b", what):
        takes = ANIMAL_TAKES if things.KINDS.first(what) == "animal" else TAKES[role]
        return Line(f"{what}: {takes}", Origin.EXTENDED)
    if role in (Role.PALETTE, Role.STYLE, Role.LIGHTING, Role.COMPOSITION) and len(what.split()) <= 2:
        return Line(TAKES[role], Origin.EXTENDED)
    return Line(what)


def role_of(what: str) -> Role:
    plain = flat(what)
    if re.search(r"\b(colou?rs?|palette|tones|hues)\b", plain):
        return Role.PALETTE
    if re.search(r"\b(light|lighting|shadows|glow)\b", plain):
        return Role.LIGHTING
    if re.search(r"\b(style|brushwork|texture|technique|look|linework|lines|medium|grain|aesthetic)\b", plain):
        return Role.STYLE
    if re.search(r"\b(pose|layout|composition|angle|framing|perspective|viewpoint|crop)\b", plain):
        return Role.COMPOSITION
    if re.search(r"\b(face|hair|character|freckles|smile|mascot|hero|beard)\b", plain):
        return Role.CHARACTER
    return Role.CHARACTER if things.KINDS.first(what) in ("person", "portrait", "animal", "fantasy") else Role.CONTENT


def _unnamed(intent: str, reference: Reference) -> Job | None:
    for pattern, role in UNNAMED:
        if re.search(pattern, intent, re.IGNORECASE):
            return Job(reference, role, Line(TAKES[role], Origin.SUGGESTED))
    return None


def of_name(reference: Reference) -> Role | None:
    """The role that the file's own name speaks of."""
    stem = re.sub(r"[_\W\d]+", " ", PurePath(reference.source).stem) if "://" not in reference.source[:9] else ""
    stem = "" if reference.source.startswith("data:") else stem
    found = NAMES.first(stem)
    if found:
        return Role(found)
    return Role.CHARACTER if things.KINDS.first(stem) in ("person", "animal") else None


def _of_name(reference: Reference) -> Job | None:
    role = of_name(reference)
    return Job(reference, role, Line(TAKES[role], Origin.SUGGESTED), Origin.SUGGESTED) if role else None


def _guess(reference: Reference, taken: set[Role], kind: str) -> Job:
    if kind in ("person", "portrait", "animal", "fantasy") and Role.CHARACTER not in taken:
        role = Role.CHARACTER
    else:
        role = Role.CONTENT if Role.CONTENT not in taken else Role.STYLE
    return Job(reference, role, Line(TAKES[role], Origin.SUGGESTED), Origin.SUGGESTED)


def _settled(job: Job, reference: Reference, kind: str) -> Job:
    """The role that was given with -r stands above every other clue."""
    if reference.role and reference.role is not job.role:
        job = Job(reference, reference.role, Line(TAKES[reference.role], Origin.SUGGESTED))
    elif reference.role:
        job = replace(job, role_origin=Origin.SAID)
    if job.role is Role.CHARACTER and kind == "animal" and job.borrow.text == TAKES[Role.CHARACTER]:
        job = replace(job, borrow=Line(ANIMAL_TAKES, Origin.SUGGESTED))
    return job
