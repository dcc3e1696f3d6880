"""What the values of flags and arguments are: the one table that completion is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from uni_cli import providers
from uni_cli.models import ASPECTS, JobState, Role
from uni_cli.order.request import FORMATS, MODELS, SAFETY, STYLES

SHELLS = ("bash", "zsh", "fish", "powershell")
SERVICES = tuple(providers.TABLE)


@dataclass(frozen=True, slots=True)
class Kind:
    """`asks` is what `uni __complete` is asked for; `listed` values are joined by commas.

    A word that ends in = is followed by the rest of the value.
    """

    words: tuple[str, ...] = ()
    asks: str = ""
    files: bool = False
    listed: bool = False


FREE = Kind()
FILE = Kind(files=True)
# A picture is a file, or the id of a job that made one.
PICTURE = Kind(asks="pictures", files=True)
RECIPE = Kind(asks="recipes", files=True)
SERVICE = Kind(SERVICES, asks="providers")

# By the name of an argument, or the long name of a flag, wherever it stands.
KINDS: dict[str, Kind] = {
    "image": PICTURE,
    "picture": FILE,
    "paths": FILE,
    "jobs": Kind(asks="jobs"),
    "name": SERVICE,
    "names": SERVICE,
    "recipe": RECIPE,
    "recipes": RECIPE,
    "files": RECIPE,
    "item": Kind(asks="items"),
    "locks": FILE,
    "--aspect": Kind(tuple(ASPECTS)),
    "--size": Kind(tuple(f"{width}x{height}" for width, height in ASPECTS.values())),
    "--style": Kind(STYLES),
    "--format": Kind(tuple(dict.fromkeys(FORMATS.values()))),
    "--model": Kind(MODELS),
    "--safety": Kind(SAFETY),
    "--state": Kind(tuple(state.value for state in JobState)),
    "--provider": Kind((*SERVICES, "auto"), asks="providers", listed=True),
    "--completion": Kind(SHELLS),
    "--ref": Kind(tuple(f"{role.value}=" for role in Role), asks="pictures", files=True),
    "--from": PICTURE,
    "--prompt-file": FILE,
    "--save-recipe": FILE,
    "--summary": FILE,
    "--output": FILE,
    "--sheet": FILE,
    "--forget": Kind(asks="open"),
    "--only": Kind(asks="items"),
}


def kind_of(names: Iterable[str]) -> Kind:
    """The kind of an argument, by its name, or of a flag, by one of its spellings."""
    return next((KINDS[name] for name in names if name in KINDS), FREE)
