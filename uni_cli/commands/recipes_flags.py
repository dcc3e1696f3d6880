"""The flags of `uni recipes`: how they look on the command line, and what each subcommand takes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from uni_cli.commands.options import MONEY, SERVICE, WHAT, WHERE, argument, option

FLAGS: dict[str, Any] = {
    "recipes": argument("Recipe files, folders or names.", "FILE|NAME..."),
    "files": argument("Recipe files or names; without any, ./recipes/.", "[FILE]..."),
    "recipe": argument("A recipe: its file or its name.", "NAME"),
    "new_name": argument("The name of the new recipe.", "NAME"),
    "item": argument("The item to keep.", "ITEM"),
    "locks": argument("Locks of the same recipe; the first is written.", "LOCK..."),
    "var": option("--var", help="A variable; on an axis, only that value.", panel=WHAT, metavar="K=V"),
    "only": option("--only", help="Only this item; repeatable, with * and ?.", panel=WHAT, metavar="ITEM"),
    "shard": option("--shard", help="Part I of N, for runs side by side.", panel=WHAT, metavar="I/N"),
    "force": option("--force", help="Make everything anew, also what is up to date.", panel=WHAT),
    "prune": option("--prune", help="Drop entries without an item, and their files.", panel=WHERE),
    "jobs": option("--jobs", help="So many pictures at once.", panel=SERVICE, metavar="N"),
    "source": option("--from", help="A picture, its sidecar or a job.", panel=WHAT, metavar="PICTURE"),
    "summary": option("--summary", help="Append a Markdown table to this file.", panel=WHERE, metavar="FILE"),
    "on": option(
        "--on", help="On a Dask cluster; dask alone starts one here.", panel=SERVICE, metavar="dask[://HOST:PORT]"
    ),
    "output": option("--output", "-o", help="Into a store, not beside the recipe.", panel=WHERE, metavar="URL"),
    "dry_run": option("--dry-run", help="The table of what would be made, and its price.", panel=MONEY),
    "provider": option("--provider", "-p", help="In place of what the recipe says.", panel=SERVICE, metavar="NAME"),
}


@dataclass(frozen=True, slots=True)
class ShowFlags:
    recipe: str = ""
    var: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewFlags:
    new_name: str = ""


@dataclass(frozen=True, slots=True)
class SaveFlags:
    new_name: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class RunFlags:
    recipes: tuple[str, ...] = ()
    var: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    shard: str | None = None
    force: bool = False
    prune: bool = False
    jobs: int | None = None
    output: str | None = None
    on: str | None = None
    max_cost: str | None = None
    dry_run: bool = False
    strict: bool = False
    provider: str | None = None
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class CheckFlags:
    files: tuple[str, ...] = ()
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class PinFlags:
    recipe: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class MergeFlags:
    locks: tuple[str, ...] = ()
