"""A recipe file as recipes: read, put on top of what it extends, and checked. Names the place of what is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath
from typing import Any

from uni_cli.models import MAX_SEED
from uni_cli.recipes import shape, tree
from uni_cli.recipes.schema import Recipe as Shape
from uni_cli.recipes.schema import SeedRange, Step
from uni_cli.recipes.spots import Keys, Spot, near
from uni_cli.storage import files, naming

DEFAULTS = ("recipes.yaml", "recipes.yml")
MAX_EXTENDS = 10
# What a key above takes the place of below: two ways to say one thing are never mixed.
INSTEAD = {
    "prompt": ("prompt-file", "brief"),
    "prompt-file": ("prompt", "brief"),
    "brief": ("prompt", "prompt-file"),
    "seed": ("seeds", "count"),
    "seeds": ("seed", "count"),
    "aspect": ("size",),
    "size": ("aspect",),
}
MERGED = ("vars", "brief", "set")
Find = Callable[[str], "Path | None"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """`folder` is where its lock and its pictures go, `prefix` the way there as the user says it."""

    name: str
    path: Path
    folder: Path
    shown: str
    data: Shape
    spots: Mapping[Keys, Spot]
    prefix: str = ""
    lock: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lock", self.folder / f"{naming.slug(self.name)}.lock.json")

    def spot(self, *keys: str | int) -> Spot:
        return shape.spot_of(self.spots, keys)

    @property
    def steps(self) -> list[Step]:
        return self.data.steps or []


def load(path: Path, *, shown: str | None = None, folder: str | None = None, find: Find | None = None) -> list[Recipe]:
    """Every recipe of a file. `folder`: where lock and pictures go, if not beside it; `find`: a recipe by its name."""
    shown = shown if shown is not None else str(path)
    prefix = folder if folder is not None else str(Path(shown).parent)
    place = Path(folder).absolute() if folder is not None else path.absolute().parent
    path = path.absolute()
    recipes: list[Recipe] = []
    for document in tree.read(path, shown):
        if document.value is None:
            continue
        recipe = replace(_recipe(document, path, shown, place, find), prefix=prefix)
        if any(naming.slug(recipe.name) == naming.slug(other.name) for other in recipes):
            raise recipe.spot("recipe").error(f"two recipes of this file are called `{recipe.name}`: name them apart")
        recipes.append(recipe)
    if not recipes:
        raise Spot(path, shown).error("there is no recipe in this file")
    return recipes


def _recipe(document: tree.Tree, path: Path, shown: str, folder: Path, find: Find | None) -> Recipe:
    data, spots = _layered(document, path, find, seen=(path,))
    defaults = _defaults(path, shown)
    if defaults:
        data, spots = _over(defaults, (data, spots))
    made = shape.validate(Shape, data, spots)
    name = made.recipe or _stem(path)
    recipe = Recipe(name, path, folder, shown, made, spots)
    _check(recipe)
    return recipe


def _stem(path: Path) -> str:
    return re.sub(r"[^\w -]+", "-", path.stem).strip("-_ ") or "recipe"


Layer = tuple[dict[str, Any], dict[Keys, Spot]]


def _layered(document: tree.Tree, path: Path, find: Find | None, *, seen: tuple[Path, ...]) -> Layer:
    """The document on top of what it extends."""
    spots = dict(document.spots)
    if not isinstance(document.value, dict):
        raise shape.spot_of(spots, ()).error("a recipe holds keys and values")
    data = shape.tidy(document.value, spots)
    name = data.pop("extends", None)
    if name is None:
        return data, spots
    spot = shape.spot_of(spots, ("extends",))
    base = _base(name, spot, path, find)
    if base in seen or len(seen) > MAX_EXTENDS:
        raise spot.error(f"`extends: {name}` leads in a circle")
    documents = [found for found in tree.read(base, beside(spot, name).shown) if found.value is not None]
    if len(documents) != 1:
        raise spot.error(f"{name} holds {len(documents)} recipes: one that is extended stands alone in its file")
    lower, places = _layered(documents[0], base, find, seen=(*seen, base))
    for own in ("recipe", "description"):
        lower.pop(own, None)
    return _over((lower, places), (data, spots))


def _base(name: object, spot: Spot, path: Path, find: Find | None) -> Path:
    if not isinstance(name, str) or not name:
        raise spot.error("`extends` must be text: a file or the name of a recipe")
    if name.endswith((".yaml", ".yml", ".json")):
        return inside(name, path.parent, spot, what="recipe")
    near_by = next((p for p in (path.parent / f"{name}{end}" for end in (".yaml", ".yml")) if p.is_file()), None)
    found = near_by if re.fullmatch(r"[\w][\w -]*", name) and near_by else (find(name) if find else None)
    if found is None:
        raise spot.error(f"there is no recipe `{name}` to extend{near(name, _stems(path.parent))}")
    return found


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def _stems(folder: Path) -> list[str]:
    return [Path(name).stem for name in _names(folder) if name.endswith((".yaml", ".yml"))]


def beside(spot: Spot, name: str) -> Spot:
    """The beginning of a file that is named relative to the one of `spot`."""
    folder = os.path.dirname(spot.shown)  # noqa: PTH120  (a text to show, not a path)
    return Spot(spot.file.parent / name, f"{folder}/{name}" if folder else name)


def inside(name: str, folder: Path, spot: Spot, *, what: str) -> Path:
    """The file `name` beside the recipe; never one outside of its folder."""
    windows = PureWindowsPath(name)
    if Path(name).is_absolute() or windows.drive or windows.root or name.startswith("~"):
        raise spot.error(f"{name!r} is absolute: a {what} is named relative to the recipe's own folder")
    if ".." in re.split(r"[/\\]", name):
        raise spot.error(f"{name!r} leaves the recipe's folder: a {what} lies in it")
    path = folder / name
    if not path.is_file():
        raise spot.error(f"there is no {what} {name!r}{near(name, _names(path.parent))}")
    if not files.contained(path, folder):
        raise spot.error(f"{name!r} leads out of the recipe's folder: a {what} lies in it")
    return path


def _defaults(path: Path, shown: str) -> Layer | None:
    """What `recipes.yaml` beside the file says for all of its folder."""
    for name in DEFAULTS:
        beside = path.with_name(name)
        if beside != path and beside.is_file():
            text = str(Path(shown).with_name(name))
            documents = [found for found in tree.read(beside, text) if found.value is not None]
            if not documents:
                return None
            return _unwrapped(documents[0], Spot(beside, text))
    return None


def _unwrapped(document: tree.Tree, start: Spot) -> Layer:
    """The keys stand at the top, or under `defaults`."""
    spots, value = dict(document.spots), document.value
    if isinstance(value, dict) and set(value) == {"defaults"}:
        value = value["defaults"]
        spots = {keys[1:]: spot for keys, spot in spots.items() if keys[:1] == ("defaults",)}
        spots.setdefault((), start)
    if not isinstance(value, dict):
        raise start.error("this file holds defaults for its folder: keys and values")
    data = shape.tidy(value, spots)
    for key in ("recipe", "extends", "steps", "rows", "matrix"):
        if key in data:
            raise shape.key_spot(spots, (key,)).error(f"`{key}` belongs to one recipe, not to the defaults of a folder")
    return data, spots


def _over(lower: Layer, upper: Layer) -> Layer:
    """The upper values where there are any; variables and the like are joined key by key."""
    data, spots = dict(lower[0]), dict(lower[1])
    for key, value in upper[0].items():
        below = data.get(key)
        if key in MERGED and isinstance(value, dict) and isinstance(below, dict):
            for name in value:
                _forget(spots, (key, name))
            data[key] = {**below, **value}
        else:
            for other in (key, *INSTEAD.get(key, ())):
                if other == key or other not in upper[0]:
                    data.pop(other, None)
                    _forget(spots, (other,))
            data[key] = value
    return data, {**spots, **upper[1]}


def _forget(spots: dict[Keys, Spot], base: Keys) -> None:
    for keys in [keys for keys in spots if keys[: len(base)] == base]:
        del spots[keys]


# --- what the schema cannot say ------------------------------------------------------------------------------------


def _check(recipe: Recipe) -> None:
    data = recipe.data
    _check_alternatives(recipe, data, ())
    if data.seed is not None and data.seeds is not None:
        raise recipe.spot("seeds").error("`seed` and `seeds` were both given: give one")
    _check_seeds(recipe, data)
    if data.seeds is not None and data.count is not None:
        raise recipe.spot("count").error("`seeds` says already how many: leave `count` out")
    if data.output == "-":
        raise recipe.spot("output").error("a recipe's pictures go to files")
    _check_steps(recipe)


def _check_seeds(recipe: Recipe, data: Shape) -> None:
    if data.seeds is None:
        return
    axes = data.matrix or {}
    if "seed" in axes or any(isinstance(one, dict) and "seed" in one for one in axes.get("include", ())):
        raise recipe.spot("seeds").error("`seeds` and an axis `seed` were both given: give one")
    if isinstance(data.seeds, SeedRange):
        if data.seeds.from_ + data.seeds.count - 1 > MAX_SEED:
            raise recipe.spot("seeds").error(f"`seeds` go beyond {MAX_SEED}, the largest seed")
        return
    if not data.seeds:
        raise recipe.spot("seeds").error("there is no seed in `seeds`")
    for number, seed in enumerate(data.seeds):
        if seed in data.seeds[:number]:
            raise recipe.spot("seeds", number).error(f"the seed {seed} is there twice")


def _check_alternatives(recipe: Recipe, data: Shape | Step, base: Keys) -> None:
    given = [name for name, value in (("prompt", data.prompt), ("prompt-file", data.prompt_file), ("brief", data.brief))
             if value is not None]  # fmt: skip
    if len(given) > 1:
        raise recipe.spot(*base, given[1]).error(f"`{given[0]}` and `{given[1]}` were both given: give one")
    for number, reference in enumerate(data.references or ()):
        if (reference.image is None) == (reference.step is None):
            raise recipe.spot(*base, "references", number).error("a reference names either an `image` or a `step`")
        if reference.step is not None and not base:
            raise recipe.spot("references", number, "step").error("only a step can use the picture of a step")


def _check_steps(recipe: Recipe) -> None:
    before: list[str] = []
    for number, step in enumerate(recipe.steps):
        base: Keys = ("steps", number)
        _check_alternatives(recipe, step, base)
        if naming.slug(step.id) in {naming.slug(name) for name in before}:
            raise recipe.spot(*base, "id").error(f"two steps are called `{step.id}`")
        if step.edit is not None and step.source is not None:
            raise recipe.spot(*base, "source").error("`edit` and `source` were both given: give one")
        used = [(step.edit, "edit")] if step.edit is not None else []
        used += [(r.step, f"references.{n}") for n, r in enumerate(step.references or ()) if r.step is not None]
        for name, where in used:
            keys = where.split(".")
            spot = recipe.spot(*base, keys[0], *(int(k) for k in keys[1:]))
            if name == step.id:
                raise spot.error(f"step `{name}` uses itself: a step uses those before it")
            _check_earlier(recipe, str(name), before, spot)
        if step.edit is not None and step.prompt is None and step.prompt_file is None and step.brief is None:
            raise recipe.spot(*base).error(f"step `{step.id}` is an edit and needs a `prompt` that says the change")
        before.append(step.id)


def _check_earlier(recipe: Recipe, name: str, before: list[str], spot: Spot) -> None:
    if name in before:
        return
    if name in {step.id for step in recipe.steps}:
        raise spot.error(f"step `{name}` comes later: a step uses those before it")
    raise spot.error(f"there is no step `{name}`{near(name, before)}")
