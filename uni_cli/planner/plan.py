"""What planning yields: the parts of a brief, each with where its words come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from uni_cli.models import Operation, Reference, Request, Role
from uni_cli.prompts import compose
from uni_cli.recipes import brief
from uni_cli.recipes.schema import Brief

PARTS = ("subject", "setting", "light", "style", "composition", "change")


class Origin(StrEnum):
    SAID = "said"
    EXTENDED = "extended"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a brief."""

    text: str
    origin: Origin = Origin.SAID


@dataclass(frozen=True, slots=True)
class Job:
    """What a reference is for."""

    picture: Reference
    role: Role
    borrow: Line
    role_origin: Origin = Origin.SAID


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe in the making. With a `source` it is an edit, and then it has a `change` and what to `keep`."""

    intent: str
    parts: Mapping[str, Line]
    keep: tuple[Line, ...] = ()
    aspect: Line | None = None
    manga: bool = False
    source: Reference | None = None
    references: tuple[Job, ...] = ()
    by: str = "rules"
    notes: tuple[str, ...] = field(default=())

    @property
    def is_edit(self) -> bool:
        return self.source is not None

    @property
    def brief(self) -> Brief:
        return Brief(
            **{name: line.text for name, line in self.parts.items()},
            keep=[line.text for line in self.keep] or None,
        )

    @property
    def prompt(self) -> str:
        """The whole text that a run would send."""
        pictures = tuple(
            Reference(job.picture.source, role=job.role, borrow=job.borrow.text) for job in self.references
        )
        return compose(Request(Operation.GENERATE, brief.compile(self.brief), references=pictures))
