"""Hints about a prompt, from what the model's makers tell their users. Few words, and only where they help."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from uni_cli.models import ASPECTS, Operation, Request

QUOTED = re.compile(r"\"[^\"]+\"|“[^”]+”|„[^“”]+[“”]|«[^»]+»|「[^」]+」|(?<!\w)'[^']+'(?!\w)")
KEEPS = re.compile(
    r"\b(keep|keeps|keeping|unchanged|leave|leaving|preserv\w*|same|only|untouched|intact|without chang\w+|"
    r"(do not|don't) (change|touch|alter))\b",
    re.IGNORECASE,
)
# Words that announce lettering, followed by what would be the lettering.
LETTERING = re.compile(
    r"\b(that (says|reads)|saying|which (says|reads)|(sign|banner|poster|label|title|headline|caption|logo|"
    r"shirt|text) (says|saying|reads|reading|that says|with the (word|words|text))|the words?|titled|lettering)\s+\w",
    re.IGNORECASE,
)
ENGLISH = frozenset("the of and in with on at an from for by is its into under over near a to as".split())
OTHERS = frozenset(
    "der die das und mit ein eine auf im dem den vor bei über le la les des une du dans avec sur au aux et est el los "
    "las una con del por en y il lo gli di che nel della uno um uma os da do na no com em het een van op met".split()
).difference(ENGLISH)


def advise(request: Request) -> list[str]:
    return [*_references(request), *_keep(request), *_language(request), *_lettering(request), *_manga(request)]


def _references(request: Request) -> Iterator[str]:
    bare = [
        number
        for number, reference in enumerate(request.references, 1)
        if not reference.role and not reference.borrow and f"IMAGE{number}" not in request.prompt
    ]
    if bare:
        names = " and ".join(f"IMAGE{number}" for number in bare)
        yield (
            f"{names} {'has' if len(bare) == 1 else 'have'} no role: `-r palette=FILE` or a sentence such as "
            f'"take the warm copper hair from IMAGE{bare[0]}" tells the model what to use.'
        )
    elif request.references and all(r.role and not r.borrow for r in request.references) and len(request.prompt) < 25:
        yield "Say in the prompt what to take from the references: the more exact, the stronger they count."


def _keep(request: Request) -> Iterator[str]:
    if request.operation is Operation.EDIT and not request.keep and not KEEPS.search(request.prompt):
        yield 'The edit does not say what must stay: `--keep "the composition"` holds the rest in place.'


def _language(request: Request) -> Iterator[str]:
    text = QUOTED.sub(" ", request.prompt)
    letters = [c for c in text if c.isalpha()]
    foreign = sum(not unicodedata.name(c, "LATIN").startswith("LATIN") for c in letters)
    words = re.findall(r"[^\W\d_]+", text.lower())
    english, other = (sum(word in known for word in words) for known in (ENGLISH, OTHERS))
    if (letters and foreign / len(letters) > 0.3) or (other >= 2 and other > 2 * english):
        yield "The prompt does not look English, which the model understands best. Quoted text may stay as it is."


def _lettering(request: Request) -> Iterator[str]:
    if LETTERING.search(request.prompt) and not QUOTED.search(request.prompt):
        yield 'Put text that should appear in the picture in quotes: a sign that says "OPEN".'


def _manga(request: Request) -> Iterator[str]:
    size = request.size or ASPECTS.get(request.aspect or "")
    if request.style == "manga" and request.operation is Operation.GENERATE and size and size[0] > size[1]:
        yield "Manga is made for upright pages: -a 2:3 or 1:2 suits it better, and some services demand it."
