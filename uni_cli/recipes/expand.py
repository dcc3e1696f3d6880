"""A recipe becomes items, one chain after the other: memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from uni_cli.errors import BadRecipe, Usage
from uni_cli.recipes import matrix, rows, variables
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.matrix import Matrix
from uni_cli.recipes.schema import SeedRange, Step
from uni_cli.recipes.spots import Spot, near
from uni_cli.storage import naming

ID_LENGTH = 120
# So many values of a column are remembered to name the nearest of them.
MOST_KNOWN = 5000


@dataclass(frozen=True, slots=True)
class Item:
    """One picture. `chain` is its id without the step, `sweep` that without the seed: what `pin` chooses within."""

    recipe: Recipe
    id: str
    chain: str
    sweep: str
    vars: Mapping[str, Any]
    settings: Mapping[str, Any]
    spot: Spot
    step: Step | None = None
    number: int | None = None
    # Where it stands in its sweep, from 1: `{n}`.
    place: int = 1


Chain = tuple[Item, ...]


def place(item: Item, name: str) -> Spot:
    """Where a setting of this item is said: in its step, an axis, its row, else in the recipe."""
    recipe, key = item.recipe, name.strip("_").replace("_", "-")
    if item.step is not None and getattr(item.step, name, None) is not None:
        return recipe.spot("steps", recipe.steps.index(item.step), key)
    if name in item.settings:
        if name == "seed" and recipe.data.seeds is not None:
            return recipe.spot("seeds")
        axes, value = recipe.data.matrix or {}, item.settings[name]
        if value in axes.get(name, []):
            return recipe.spot("matrix", name, axes[name].index(value))
        for number, one in enumerate(axes.get("include", [])):
            if one.get(name) == value:
                return recipe.spot("matrix", "include", number, name)
        if item.spot.file != recipe.path:
            return item.spot
    return recipe.spot(key) if getattr(recipe.data, name, None) is not None else item.spot


@dataclass(frozen=True, slots=True)
class _Combination:
    """What is settled before seeds and steps: all variables, those of them that are settings, the id's parts."""

    known: Mapping[str, Any]
    settings: Mapping[str, Any]
    parts: tuple[str, ...]
    spot: Spot
    wanted: bool = True


def expand(recipe: Recipe, said: Mapping[str, str] | None = None) -> Iterator[Chain]:
    """`said` are the values of `--var`. Ids are unique and the same every time."""
    seen: dict[str, int] = {}
    for nth, combination in enumerate(_combinations(recipe, said or {})):
        for place, (seed, number) in enumerate(_sweep(recipe, combination.settings), 1):
            chain = _chain(recipe, combination, seed, number, seen)
            if combination.wanted:
                # The words of two combinations may become one slug.
                yield tuple(replace(item, place=place, sweep=f"{nth} {item.sweep}") for item in chain)


def _combinations(recipe: Recipe, said: Mapping[str, str]) -> Iterator[_Combination]:
    declared = variables.declared(recipe)
    axes = Matrix(recipe, said)
    for row in _rows(recipe, declared, said, axes):
        for combination in axes:
            known = {**row.known, **combination}
            wanted = row.wanted and axes.wants(combination)
            if wanted:
                _check_required(declared, known)
            named = [name for name in axes.axes if name in combination] or list(combination)
            parts = (*row.parts, *(naming.slug(combination[name], limit=60) for name in named))
            settings = {**row.settings, **_settings(combination)}
            yield _Combination(known, settings, parts, row.spot, wanted)


def _settings(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in matrix.SETTINGS if name in values}


def _chain(
    recipe: Recipe, combination: _Combination, seed: int | None, number: int | None, seen: dict[str, int]
) -> Chain:
    swept = _is_sweep(recipe)
    last = [str(seed if seed is not None else number)] if swept else []
    name = naming.slug(recipe.name)
    # A long id is cut, but never its seed.
    words = "-".join(combination.parts)[: ID_LENGTH - len("-".join(["", *last]))].strip("-")
    chain = _unique("-".join([*([words] if words else []), *last]) or name, seen)
    sweep = "-".join(combination.parts) if swept else chain
    known, settings = combination.known, combination.settings
    if seed is not None:
        known, settings = {**known, "seed": seed}, {**settings, "seed": seed}
    item = Item(recipe, chain, chain, sweep, known, settings, combination.spot, number=number)
    if not recipe.steps:
        return (item,)
    return tuple(replace(item, id=f"{chain}/{naming.slug(step.id)}", step=step) for step in recipe.steps)


def _unique(wanted: str, seen: dict[str, int]) -> str:
    """The id, numbered if it repeats."""
    name, count = wanted, seen.get(wanted, 0)
    while name in seen:
        count += 1
        name = f"{wanted}-{count + 1}"
    seen[name] = 0
    if name != wanted:
        seen[wanted] = count
    return name


def _is_sweep(recipe: Recipe) -> bool:
    return recipe.data.seeds is not None or (recipe.data.count or 1) > 1


def _sweep(recipe: Recipe, settings: Mapping[str, Any]) -> Iterator[tuple[int | None, int | None]]:
    """Seeds; or numbers, where `count` asks for several pictures of the same request."""
    data = recipe.data
    first = settings.get("seed", data.seed)
    if isinstance(data.seeds, SeedRange):
        yield from ((data.seeds.from_ + n, None) for n in range(data.seeds.count))
    elif data.seeds is not None:
        yield from ((seed, None) for seed in data.seeds)
    elif (data.count or 1) > 1:
        count = data.count or 1
        yield from ((first + n, None) if first is not None else (None, n + 1) for n in range(count))
    else:
        yield first, None


def _rows(
    recipe: Recipe, declared: Mapping[str, variables.Variable], said: Mapping[str, str], axes: Matrix
) -> Iterator[_Combination]:
    """The variables of each row on top of the defaults; one bare row where the recipe has none."""
    names = {*declared, *axes.names}
    defaults = {name: variable.default for name, variable in declared.items() if variable.has_default}
    wished = _said(declared, said)
    if recipe.data.rows is None:
        variables.check_known(said, names)
        yield _Combination({**defaults, **wished}, {}, (), recipe.spot())
        return
    columns: set[str] = set()
    seen: dict[str, int] = {}
    narrow = _Narrow(said)
    for row, spot in rows.read(recipe):
        if not columns:
            variables.check_known(said, names | set(row))
        if not columns.issuperset(row):
            columns |= set(row)
            _check_columns(row, axes, spot)
        if recipe.data.seeds is not None and row.get("seed") not in (None, ""):
            raise spot.error("`seed` is a column of the rows, and `seeds` were given as well: give one")
        name = _unique(_row_id(row, spot), seen)
        # A row that says nothing there takes the word of `--var`; of those that do, the ones that agree are made.
        taken = {key: text for key, text in said.items() if key not in axes.names and _is_unsaid(declared, row, key)}
        wanted = narrow.wants({**row, **taken})
        typed = {key: _cell(declared, key, value, spot) for key, value in {**row, **taken}.items()}
        given = {key: value for key, value in typed.items() if value is not None}
        known = {**defaults, **wished, **given}
        yield _Combination(known, _settings(given), (name,), spot, wanted)
    narrow.check()


def _check_columns(row: Mapping[str, Any], axes: Matrix, spot: Spot) -> None:
    """One of two that say the same would be dropped silently."""
    for name in row:
        if name in axes.names:
            raise spot.error(f"`{name}` is a column of the rows and an axis of the matrix: rename one of them")


class _Narrow:
    """What `--var` says of columns, and whether any row agrees."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said
        self._met: set[str] = set()
        self._any = False
        self._known: dict[str, dict[str, None]] = {}

    def wants(self, row: Mapping[str, Any]) -> bool:
        found = {key: variables.stands_for(text, row[key]) for key, text in self._said.items() if key in row}
        self._met |= {key for key, agrees in found.items() if agrees}
        for key in found:
            if len(known := self._known.setdefault(key, {})) < MOST_KNOWN:
                known[variables.shown(row[key])] = None
        wanted = all(found.values())
        self._any = self._any or wanted
        return wanted

    def check(self) -> None:
        if self._any:
            return
        for key, known in self._known.items():
            if key not in self._met:
                message = f"--var {key}={self._said[key]}: no row has this value{near(self._said[key], known)}"
                raise Usage(message, hint=f"There are {', '.join(list(known)[:20])}. Nothing was sent.")
        said = " ".join(f"--var {key}={self._said[key]}" for key in self._known)
        raise Usage(f"{said}: no row has all of these values", hint="Nothing was sent.")


def _said(declared: Mapping[str, variables.Variable], said: Mapping[str, str]) -> dict[str, Any]:
    for name in said:
        if name in matrix.SETTINGS and name not in declared:
            _check_said(name, said[name])
    return {name: declared[name].convert(value, None) for name, value in said.items() if name in declared}


def _check_said(name: str, text: str) -> None:
    """A value that no row could have is told as the command line's."""
    try:
        _cell({}, name, text, Spot(Path(), "--var"))
    except BadRecipe as error:
        message = error.message.partition(": ")[2]
        raise Usage(f"--var {name}={text}: {message}", hint="Nothing was sent.") from error


def _is_unsaid(declared: Mapping[str, variables.Variable], row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name)
    return value is None or (value == "" and (name in matrix.SETTINGS or name in declared))


def _cell(declared: Mapping[str, variables.Variable], name: str, value: Any, spot: Spot) -> Any:
    """None: the cell is empty and the default holds."""
    if _is_unsaid(declared, {name: value}, name):
        return None
    if name in declared:
        return declared[name].convert(value, spot)
    if name == "seed" and isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    matrix.check_setting(name, value, spot)
    return value


def _row_id(row: Mapping[str, Any], spot: Spot) -> str:
    value = row["id"] if "id" in row else next(iter(row.values()))
    if value is None or not str(value).strip():
        raise spot.error("the row has no id: its `id` column, or else its first, is empty")
    return naming.slug(value, limit=80)


def _check_required(declared: Mapping[str, variables.Variable], known: Mapping[str, Any]) -> None:
    for name, variable in declared.items():
        if name not in known:
            raise variable.spot.error(f"the variable `{name}` has no value: give a default, or --var {name}=…")
