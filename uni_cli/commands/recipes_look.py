"""`uni recipes list`, `show` and `check`: looking, without network or money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from uni_cli import codec
from uni_cli.context import Context
from uni_cli.errors import BadOutput, BadRecipe, Stale, Usage
from uni_cli.prompts import compose
from uni_cli.recipes import find, variables
from uni_cli.recipes import lock as locks
from uni_cli.recipes import status as statuses
from uni_cli.recipes.asking import Asked, Asker
from uni_cli.recipes.expand import expand
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.lock import Lock
from uni_cli.recipes.status import Finding, Status

SHOWN = 50
Listed = tuple[str, "str | None", "str | None"]


@dataclass
class Tally:
    """What a check found. Only what has to be told later is kept."""

    total: int = 0
    wrong: int = 0
    every: list[Finding] = field(default_factory=list)
    bad: list[Finding] = field(default_factory=list)


def list_(context: Context) -> int:
    rows = list(_listed())
    if context.console.as_json:
        context.console.document({"schema": "uni.recipes/1", "recipes": rows})
        return 0
    cells = [(row["recipe"], row["place"], row["description"] or row["error"] or "") for row in rows]
    context.console.table(("recipe", "where", "what"), cells, folds=("what",))
    return 0


def _listed() -> Iterator[dict[str, Any]]:
    """A recipe that cannot be read is listed too, with the reason."""
    seen: set[str] = set()
    for file in find.files():
        try:
            found: list[Listed] = [(r.name, r.data.description, None) for r in find.open_file(file)]
        except BadRecipe as error:
            found = [(name, None, error.message) for name in find.names_in(file.path)]
        for name, description, error_text in found:
            if name in seen:
                continue
            seen.add(name)
            first = (description or "").strip().splitlines()
            yield {
                "recipe": name,
                "place": file.place,
                "path": file.shown,
                "description": first[0] if first else None,
                "error": error_text,
            }


# --- show ----------------------------------------------------------------------------------------------------------


def show(context: Context, name: str, said: tuple[str, ...]) -> int:
    recipes = find.load((name,))
    console = context.console
    asker = Asker(context.ledger.get)
    values = variables.parse(said)
    if console.as_json:
        shown = [_described(recipe, asker, values) for recipe in recipes]
        console.document({"schema": "uni.recipe/1", "recipes": shown})
        return 0
    for recipe in recipes:
        _print(context, recipe, asker, values)
    return 0


def _asked(recipe: Recipe, asker: Asker, values: dict[str, str]) -> Iterator[Asked]:
    return (asked for chain in expand(recipe, values) for asked in asker.chain(chain))


def _described(recipe: Recipe, asker: Asker, values: dict[str, str]) -> dict[str, Any]:
    items = [
        {
            "recipe": recipe.name,
            "item": asked.item.id,
            "prompt": compose(asked.request),
            "fingerprint": asked.fingerprint,
            "vars": dict(asked.item.vars),
            "request": codec.without_pictures(codec.plain(asked.request)),
        }
        for asked in _asked(recipe, asker, values)
    ]
    return {"recipe": recipe.name, "path": recipe.shown, "description": recipe.data.description, "items": items}


def _print(context: Context, recipe: Recipe, asker: Asker, values: dict[str, str]) -> None:
    console = context.console
    console.line(f"# {recipe.name} ({recipe.shown})")
    if recipe.data.description:
        console.line(recipe.data.description.strip())
    rest = _asked(recipe, asker, values)
    for asked in islice(rest, SHOWN):
        request = asked.request
        parts = [request.operation.value, request.model, request.aspect or "", asked.provider or ""]
        console.line(f"\n## {asked.item.id} ({' '.join(part for part in parts if part)})")
        for number, reference in enumerate(request.references, 1):
            console.line(f"IMAGE{number}: {codec.without_pictures(reference.source)}")
        if request.source:
            console.line(f"source: {codec.without_pictures(request.source.source)}")
        console.line(compose(request))
    left = sum(1 for _ in rest)
    if left:
        console.note(f"{left} more items: --json shows them all.")


# --- check ---------------------------------------------------------------------------------------------------------


def check(context: Context, texts: tuple[str, ...], summary: str | None) -> int:
    """Exit 0, or Stale (10) with a line for each picture that disagrees."""
    if not texts and not Path(find.HERE).is_dir():
        raise Usage("There is no folder ./recipes", hint="Name the recipes: `uni recipes check FILE…`.")
    recipes = find.load(texts or (find.HERE,))
    folders = [Path(text) for text in texts or (find.HERE,) if Path(text).is_dir()]
    console = context.console
    tally = Tally()
    asker = Asker(context.ledger.get)
    for finding in _findings(asker, recipes, folders):
        tally.total += 1
        if console.as_json:
            tally.every.append(finding)
        if finding.status is Status.OK:
            continue
        tally.wrong += 1
        if summary is not None:
            tally.bad.append(finding)
        if not console.as_json:
            console.line("\t".join((finding.status, finding.recipe, finding.item, finding.path or "-")))
    if summary is not None:
        _summarize(Path(summary), tally)
    advise(context, asker)
    return _tell(context, tally)


def advise(context: Context, asker: Asker) -> None:
    """What the model's makers would say about these prompts."""
    if context.settings.advice:
        for text, item in asker.hints.items():
            context.console.hint(f"item {item}: {text}")


def _findings(asker: Asker, recipes: list[Recipe], folders: list[Path]) -> Iterator[Finding]:
    for recipe in recipes:
        yield from statuses.findings(recipe, locks.read(recipe.lock, recipe.name), asker)
    for path, lock in _others(folders, recipes):
        mine = _elsewhere(lock, path)
        if mine is not None:
            yield from statuses.findings(mine, lock, asker)
        else:
            yield from statuses.orphans(lock.recipe, lock, set(lock.items))


def _others(folders: list[Path], recipes: list[Recipe]) -> Iterator[tuple[Path, Lock]]:
    """Locks that no recipe of these has: of a built-in one, or of one that is gone."""
    known = {recipe.lock.resolve() for recipe in recipes}
    for folder in folders:
        for path in sorted(folder.glob("*.lock.json")):
            if path.resolve() not in known:
                yield path, locks.read(path, path.name.removesuffix(".lock.json"), shown=path.as_posix())


def leftovers(folders: list[Path], recipes: list[Recipe]) -> Iterator[tuple[Path, Lock]]:
    """Locks whose recipe is nowhere any more."""
    return ((path, lock) for path, lock in _others(folders, recipes) if _elsewhere(lock, path) is None)


def _elsewhere(lock: Lock, path: Path) -> Recipe | None:
    for file in find.files():
        if file.folder is not None and lock.recipe in find.names_in(file.path):
            found = (recipe for recipe in find.open_file(file) if recipe.lock.resolve() == path.resolve())
            return next(found, None)
    return None


def _tell(context: Context, tally: Tally) -> int:
    console = context.console
    if console.as_json:
        items = [{"recipe": f.recipe, "item": f.item, "status": f.status.value, "path": f.path} for f in tally.every]
        console.document({"schema": "uni.check/1", "ok": not tally.wrong, "items": items})
    if not tally.wrong:
        console.note(f"All agree with their recipes: {tally.total}.")
        return 0
    console.fail(Stale(f"{tally.wrong} of {tally.total} pictures disagree with their recipes"))
    return Stale.exit


def _summarize(path: Path, tally: Tally) -> None:
    """A table that GitHub shows; it is added to what others wrote there."""
    lines = ["### Pictures and recipes", ""]
    if not tally.bad:
        lines.append(f"All agree with their recipes: {tally.total}.")
    else:
        lines += [f"{tally.wrong} of {tally.total} pictures disagree.", ""]
        lines += ["| recipe | item | status | path |", "| --- | --- | --- | --- |"]
        cells = ((f.recipe, f.item, f.status.value, f.path or "") for f in tally.bad)
        lines += ["| " + " | ".join(_cell(text) for text in row) + " |" for row in cells]
    try:
        with path.open("a", encoding="utf-8") as stream:
            stream.write("\n".join(lines) + "\n\n")
    except OSError as error:
        raise BadOutput(f"The summary {path} cannot be written: {error.strerror}") from error


def _cell(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\|`<" else c for c in text.replace("\n", " "))
