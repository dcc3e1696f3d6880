"""A plan becomes a recipe file that runs, in which every sentence can be changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from uni_cli.errors import BadOutput
from uni_cli.folders import expanded
from uni_cli.models import Operation, Reference, Request
from uni_cli.planner.plan import PARTS, Line, Origin, Plan
from uni_cli.recipes import saving, schema
from uni_cli.storage import files, naming

FOLDER = "recipes"
STDOUT = "-"
NAME_LENGTH = 40
MARKS = {Origin.SAID: "", Origin.EXTENDED: "  # partly suggested", Origin.SUGGESTED: "  # suggested"}
ATTEMPTS = 20


def wanted_path(output: str | None, intent: str) -> Path:
    """The file that `-o` names, or one in ./recipes/; raises BadOutput before anything is asked."""
    name = f"{naming.slug(intent, limit=NAME_LENGTH)}.yaml"
    path = Path(FOLDER, name) if output is None else expanded(output)
    if output is not None and (output.endswith(("/", "\\")) or path.is_dir()):
        path = path / name
    if not path.suffix:
        path = path.with_name(f"{path.name}.yaml")
    if path.suffix not in (".yaml", ".yml"):
        raise BadOutput(f"{output} does not end in .yaml, as a recipe does")
    saving.check_place(path)
    try:
        files.is_writable(path.parent)
    except OSError as error:
        raise BadOutput(f"{path.parent} cannot be written: {error.strerror or error}") from error
    return path


def save(plan: Plan, wanted: Path) -> Path:
    """Writes the recipe, and copies of its pictures where they lie elsewhere. A path that is taken gets a number."""
    for attempt in range(ATTEMPTS):
        path = _free(wanted)
        names = saving.gather(_inputs(plan), path.parent, path.stem)
        try:
            saving.write(path, saving.HEAD + text(plan, names, name=path.stem))
        except BadOutput:
            # Somebody else may have taken the name in this very moment.
            if attempt + 1 == ATTEMPTS or not path.exists():
                raise
        else:
            return path
    raise AssertionError("unreachable")


def _free(path: Path) -> Path:
    """A lock that was left behind belongs to another recipe of that name."""
    k = 0
    while True:
        name = naming.numbered(path, k)
        if not name.exists() and not name.is_symlink() and not name.with_name(f"{name.stem}.lock.json").exists():
            return name
        k += 1


def names_here(plan: Plan) -> dict[str, str]:
    """What a recipe in this folder would call the pictures; nothing is copied for a text on stdout."""
    return {reference.source: _name_here(reference) for reference in _inputs(plan).inputs}


def _name_here(reference: Reference) -> str:
    here = Path.cwd()
    if reference.path and files.contained(Path(reference.path), here):
        return Path(reference.path).resolve().relative_to(here.resolve()).as_posix()
    return reference.source


def _inputs(plan: Plan) -> Request:
    pictures = tuple(job.picture for job in plan.references)
    return Request(Operation.GENERATE, "", source=plan.source, references=pictures)


# --- the text --------------------------------------------------------------------------------------------------


def text(plan: Plan, pictures: Mapping[str, str], *, name: str = "") -> str:
    return "\n".join([*_head(plan), *_settings(plan, name), *_source(plan, pictures), *_brief(plan),
                      *_references(plan, pictures)]) + "\n"  # fmt: skip


def _head(plan: Plan) -> Iterator[str]:
    if plan.by == "rules":
        yield "# Planned by the built-in rules; `suggested` was not in your words. Change any sentence, then run it."
    else:
        yield "# Planned by a chat endpoint. Change any sentence, then run it."


def _settings(plan: Plan, name: str) -> Iterator[str]:
    if name and len(name) <= 80 and re.fullmatch(schema.NAME, name):
        yield f"recipe: {saving.scalar(name)}"
    yield f"description: {saving.scalar(plan.intent)}"
    if plan.aspect:
        yield f"aspect: {saving.scalar(plan.aspect.text)}{_mark(plan, plan.aspect.origin)}"
    if plan.manga:
        yield "style: manga"


def _source(plan: Plan, pictures: Mapping[str, str]) -> Iterator[str]:
    if plan.source:
        yield f"source: {_literal(pictures[plan.source.source])}"


def _brief(plan: Plan) -> Iterator[str]:
    yield "brief:"
    for part in PARTS:
        if part in plan.parts:
            yield f"  {part}: {_sentence(plan, plan.parts[part])}"
    if plan.keep:
        yield "  keep:"
        yield from (f"    - {_sentence(plan, line)}" for line in plan.keep)


def _references(plan: Plan, pictures: Mapping[str, str]) -> Iterator[str]:
    if plan.references:
        yield "references:"
    for job in plan.references:
        yield f"  - image: {_literal(pictures[job.picture.source])}"
        yield f"    role: {job.role.value}{_mark(plan, job.role_origin)}"
        yield f"    borrow: {_sentence(plan, job.borrow)}"


def _sentence(plan: Plan, line: Line) -> str:
    return f"{_literal(line.text)}{_mark(plan, line.origin)}"


def _mark(plan: Plan, origin: Origin) -> str:
    return MARKS[origin] if plan.by == "rules" else ""


def _literal(words: str) -> str:
    return saving.scalar(saving.literal(words))
