"""Where recipes are: in ./recipes/, in the user's data folder, among the built-in ones. Light, for completion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from uni_cli import folders
from uni_cli.errors import Usage
from uni_cli.folders import expanded

if TYPE_CHECKING:
    from uni_cli.recipes.load import Recipe

HERE = "recipes"
SUFFIXES = (".yaml", ".yml")
DEFAULTS = ("recipes.yaml", "recipes.yml")
_NAMED = re.compile(rb"^recipe:[ \t]*[\"']?([^\s\"'#][^\r\n\"'#]*?)[\"']?[ \t]*(?:#.*)?\r?$", re.MULTILINE)
PEEK = 1 << 20


class File(NamedTuple):
    """`place` is where it was found; `folder`: where its lock and pictures go, if not beside it."""

    path: Path
    shown: str
    place: str
    folder: str | None = None


def built_in() -> Path:
    return Path(__file__).parent.parent / "data" / "recipes"


def files() -> Iterator[File]:
    """Every recipe file, the nearest first. Recipes of the user and of ours are used as if they lay in ./recipes/."""
    yield from _folder(Path(HERE), HERE, None)
    yield from _folder(folders.data_dir() / "recipes", "user", HERE)
    yield from _folder(built_in(), "built-in", HERE)


def _folder(folder: Path, place: str, lock: str | None) -> Iterator[File]:
    for path in recipe_files(folder):
        shown = path.as_posix() if place == HERE else str(path)
        yield File(path, shown if place != "built-in" else f"built-in/{path.name}", place, lock)


def recipe_files(folder: Path) -> list[Path]:
    try:
        found = [path for path in folder.iterdir() if path.suffix in SUFFIXES and path.name not in DEFAULTS]
    except OSError:
        return []
    return sorted(path for path in found if path.is_file())


def names() -> list[str]:
    """Names that `uni recipes run` understands, read without a YAML parser."""
    found: dict[str, None] = {}
    for file in files():
        found |= dict.fromkeys(names_in(file.path))
    return list(found)


def names_in(path: Path) -> list[str]:
    """What the recipes of a file are called; its own name where none says."""
    try:
        with path.open("rb") as stream:
            named = [name.decode("utf-8", "replace").strip() for name in _NAMED.findall(stream.read(PEEK))]
    except OSError:
        return []
    return named or [path.stem]


def load(texts: tuple[str, ...]) -> list[Recipe]:
    """The recipes that FILE, FOLDER or NAME stand for, in that order, each once."""
    found: dict[Path, Recipe] = {}
    for text in texts:
        for recipe in _load(text):
            # One lock is one recipe's: two would take each other's pictures for their own.
            other = found.setdefault(recipe.lock.resolve(), recipe)
            if (other.path.resolve(), other.name) != (recipe.path.resolve(), recipe.name):
                raise recipe.spot("recipe").error(
                    f"`{recipe.name}` and `{other.name}` of {other.shown} would share one lock: name them apart"
                )
    _check_neighbours(found)
    return list(found.values())


def _check_neighbours(found: Mapping[Path, Recipe]) -> None:
    """Nor may a file that is not read now: the two would be run in turns."""
    from uni_cli.storage import naming

    read = {recipe.path.resolve() for recipe in found.values()}
    for folder in {recipe.path.parent for recipe in found.values() if recipe.lock.parent == recipe.path.parent}:
        others = [path for path in recipe_files(folder) if path.resolve() not in read]
        owners = {naming.slug(name): path for path in others for name in names_in(path)}
        for recipe in found.values():
            other = owners.get(naming.slug(recipe.name))
            if other and recipe.path.parent == folder:
                raise recipe.spot("recipe").error(
                    f"`{recipe.name}` and the recipe of that name in {other.name} would share one lock: name them apart"
                )


def _load(text: str) -> list[Recipe]:
    if not text.strip():
        raise Usage("A name of a recipe is empty", hint="Name a recipe, a file or a folder. Nothing was sent.")
    path = expanded(text)
    # A word alone is a name first: a folder that is called like a recipe must not hide it.
    is_word = not any(mark in text for mark in "/\\") and path.suffix not in SUFFIXES and text not in (".", "..")
    if path.is_dir() and not (is_word and by_name(text)):
        return in_folder(path, text)
    if path.suffix in (*SUFFIXES, ".json") or not is_word or path.is_file():
        if not path.is_file():
            raise Usage(f"There is no recipe file {text!r}", hint="Check the path. Nothing was sent.")
        return open_file(File(path, text, "file"))
    return named(text)


def in_folder(folder: Path, shown: str) -> list[Recipe]:
    found = [open_file(File(path, str(Path(shown, path.name)), "file")) for path in recipe_files(folder)]
    return [recipe for recipes in found for recipe in recipes]


def named(name: str) -> list[Recipe]:
    """The recipe of that name; all of a file that is called so, where none of its recipes is."""
    for file in files():
        if name in (file.path.stem, *names_in(file.path)):
            recipes = open_file(file)
            exact = [recipe for recipe in recipes if recipe.name == name]
            if exact or file.path.stem == name:
                return exact or recipes
    from uni_cli.recipes.spots import near

    known = names()
    hint = f"There are {', '.join(known[:12])}. Nothing was sent." if known else "Nothing was sent."
    raise Usage(f"There is no recipe {name!r}{near(name, known)}", hint=hint)


def open_file(file: File) -> list[Recipe]:
    from uni_cli.recipes.load import load as read

    return read(file.path, shown=file.shown, folder=file.folder, find=by_name)


def by_name(name: str) -> Path | None:
    return next((file.path for file in files() if name in (file.path.stem, *names_in(file.path))), None)
