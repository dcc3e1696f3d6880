"""What a chat endpoint may answer: the schema it is given, and the strict reading of what it says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from uni_cli.models import ASPECTS, PROMPT_LIMIT, Reference, Role
from uni_cli.planner.plan import PARTS, Job, Line, Plan

LONGEST = 40_000
SENTENCE = 1500
Sentence = Annotated[str, Field(min_length=1, max_length=SENTENCE)]


class Invalid(Exception):
    """The answer does not hold; the message tells the endpoint and the user why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Borrowed(_Strict):
    number: int
    role: Literal["character", "palette", "lighting", "composition", "style", "content"]
    borrow: Sentence


class Answer(_Strict):
    subject: Sentence | None
    setting: Sentence | None
    light: Sentence | None
    style: Sentence | None
    composition: Sentence | None
    change: Sentence | None
    keep: Annotated[list[Sentence], Field(max_length=20)]
    aspect: Literal["3:1", "2:1", "16:9", "3:2", "1:1", "2:3", "9:16", "1:2", "1:3"] | None
    manga: bool
    source: int | None
    references: Annotated[list[Borrowed], Field(max_length=9)]


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def schema() -> dict[str, Any]:
    """In the small part of JSON Schema that every endpoint with structured answers takes."""
    text, maybe = {"type": "string"}, {"type": ["string", "null"]}
    borrowed = _object({"number": {"type": "integer"}, "role": {"type": "string", "enum": list(Role)}, "borrow": text})
    return _object(
        {
            **dict.fromkeys(PARTS, maybe),
            "keep": {"type": "array", "items": text},
            "aspect": {"anyOf": [{"type": "string", "enum": list(ASPECTS)}, {"type": "null"}]},
            "manga": {"type": "boolean"},
            "source": {"type": ["integer", "null"]},
            "references": {"type": "array", "items": borrowed},
        }
    )


def read(text: str, intent: str, references: Sequence[Reference], *, by: str) -> Plan:
    """The plan in an answer. Nothing is repaired: whatever is wrong is Invalid."""
    answer = _parsed(text)
    source = _source(answer, references)
    others = [reference for reference in references if reference is not source]
    if source is None and answer.subject is None:
        raise Invalid("`subject` is null: a new picture needs one")
    parts = {name: Line(_clean(name, value)) for name in PARTS if (value := getattr(answer, name)) is not None}
    plan = Plan(
        intent,
        parts,
        keep=tuple(Line(_clean("keep", words)) for words in answer.keep),
        aspect=Line(answer.aspect) if answer.aspect and source is None else None,
        manga=answer.manga and source is None,
        source=source,
        references=_jobs(answer, others),
        by=by,
    )
    if len(plan.prompt) > PROMPT_LIMIT:
        raise Invalid(f"the whole has {len(plan.prompt)} characters as a prompt; {PROMPT_LIMIT} are the most")
    return plan


def _parsed(text: str) -> Answer:
    if len(text) > LONGEST:
        raise Invalid(f"it has {len(text)} characters; a brief is shorter")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("it is not bare JSON (no code fence, nothing before or after it)") from error
    try:
        return Answer.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise Invalid(f"`{where}`: {first['msg'][:200]}") from None


def _source(answer: Answer, references: Sequence[Reference]) -> Reference | None:
    if answer.source is None:
        if answer.change is not None:
            raise Invalid("`change` belongs to an edit, and `source` is null")
        return None
    if not 1 <= answer.source <= len(references):
        raise Invalid(f"`source` is {answer.source}, and there are {len(references)} pictures")
    if answer.change is None:
        raise Invalid("`source` makes it an edit, and `change` is null")
    source = references[answer.source - 1]
    if source.role is not None:
        raise Invalid(f"picture {answer.source} is a {source.role} reference and cannot be the source")
    return source


def _jobs(answer: Answer, others: Sequence[Reference]) -> tuple[Job, ...]:
    numbers = [borrowed.number for borrowed in answer.references]
    if sorted(numbers) != list(range(1, len(others) + 1)):
        raise Invalid(f"`references` must name IMAGE1 to IMAGE{len(others)}, each once; it names {numbers}")
    jobs = []
    for borrowed in sorted(answer.references, key=lambda one: one.number):
        picture = others[borrowed.number - 1]
        if picture.role is not None and picture.role != borrowed.role:
            raise Invalid(f"IMAGE{borrowed.number} was given as a {picture.role} reference, not as {borrowed.role}")
        jobs.append(Job(picture, Role(borrowed.role), Line(_clean("borrow", borrowed.borrow))))
    return tuple(jobs)


def _clean(name: str, text: str) -> str:
    """One line of plain text, or nothing: what a terminal or a file would take for more is not text."""
    if not text.strip() or not all(char.isprintable() for char in text):
        raise Invalid(f"`{name}` must be one line of plain text")
    return text.strip()
