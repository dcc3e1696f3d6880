"""`uni recipes`: pictures as code. What the subcommands do stands in the modules beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import typer

from uni_cli.commands import page
from uni_cli.commands.options import MONEY, SERVICE, WHAT, WHERE, command
from uni_cli.context import Context
from uni_cli.errors import Usage

EPILOG = page.examples("uni recipes new skyline", "uni recipes run skyline --dry-run", "uni recipes check")

app = page.app()


def _option(*names: str, help: str, panel: str, metavar: str | None = None) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=panel, metavar=metavar, show_default=False)


def _argument(help: str, metavar: str) -> Any:
    return typer.Argument(help=help, metavar=metavar, show_default=False)


FLAGS: dict[str, Any] = {
    "recipes": _argument("Recipe files, folders or names.", "FILE|NAME..."),
    "files": _argument("Recipe files or names; without any, ./recipes/.", "[FILE]..."),
    "recipe": _argument("A recipe: its file or its name.", "NAME"),
    "new_name": _argument("The name of the new recipe.", "NAME"),
    "item": _argument("The item to keep.", "ITEM"),
    "locks": _argument("Locks of the same recipe; the first is written.", "LOCK..."),
    "var": _option("--var", help="A variable; on an axis, only that value.", panel=WHAT, metavar="K=V"),
    "only": _option("--only", help="Only this item; repeatable, with * and ?.", panel=WHAT, metavar="ITEM"),
    "shard": _option("--shard", help="Part I of N, for runs side by side.", panel=WHAT, metavar="I/N"),
    "force": _option("--force", help="Make everything anew, also what is up to date.", panel=WHAT),
    "prune": _option("--prune", help="Drop entries without an item, and their files.", panel=WHERE),
    "jobs": _option("--jobs", help="So many pictures at once.", panel=SERVICE, metavar="N"),
    "source": _option("--from", help="A picture, its sidecar or a job.", panel=WHAT, metavar="PICTURE"),
    "summary": _option("--summary", help="Append a Markdown table to this file.", panel=WHERE, metavar="FILE"),
    "on": _option(
        "--on", help="On a Dask cluster; dask alone starts one here.", panel=SERVICE, metavar="dask[://HOST:PORT]"
    ),
    "output": _option("--output", "-o", help="Into a store, not beside the recipe.", panel=WHERE, metavar="URL"),
    "dry_run": _option("--dry-run", help="The table of what would be made, and its price.", panel=MONEY),
    "provider": _option("--provider", "-p", help="In place of what the recipe says.", panel=SERVICE, metavar="NAME"),
}


@dataclass(frozen=True, slots=True)
class Nothing:
    """Takes no flags of its own."""


@dataclass(frozen=True, slots=True)
class One:
    recipe: str = ""
    var: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class New:
    new_name: str = ""


@dataclass(frozen=True, slots=True)
class Save:
    new_name: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Run:
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
class Check:
    files: tuple[str, ...] = ()
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    recipe: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    locks: tuple[str, ...] = ()


def list_(context: Context, asked: Nothing) -> int:
    """Every recipe that has a name here: ./recipes/, your own, built-in."""
    from uni_cli.commands import recipes_look

    return recipes_look.list_(context)


def _named(given: object, form: str) -> None:
    """An empty variable of a script must not look like a run that had nothing to do."""
    if not given:
        raise Usage("A name is missing", hint=f"`uni recipes {form}`. Nothing was sent.")


def show(context: Context, asked: One) -> int:
    """A recipe's items with the text that goes to the model."""
    from uni_cli.commands import recipes_look

    _named(asked.recipe, "show NAME")
    return recipes_look.show(context, asked.recipe, asked.var)


def new(context: Context, asked: New) -> int:
    """Start a recipe: writes ./recipes/NAME.yaml."""
    from uni_cli.commands import recipes_write

    return recipes_write.new(context, asked.new_name)


def save(context: Context, asked: Save) -> int:
    """Make a recipe of a picture, and lock that picture in it."""
    from uni_cli.commands import recipes_write

    return recipes_write.save(context, asked.new_name, asked.source)


def run(context: Context, asked: Run) -> int:
    """Make what is missing or changed."""
    from uni_cli.commands import recipes_run

    _named(asked.recipes, "run FILE|NAME…")
    return recipes_run.run(context, asked)


def check(context: Context, asked: Check) -> int:
    """Do pictures, recipes and locks agree? No network; 10 if not."""
    from uni_cli.commands import recipes_look

    return recipes_look.check(context, asked.files, asked.summary)


def pin(context: Context, asked: Pin) -> int:
    """Keep one item of a sweep of seeds; the others are not made any more."""
    from uni_cli.commands import recipes_write

    _named(asked.recipe and asked.item, "pin NAME ITEM")
    return recipes_write.pin(context, asked.recipe, asked.item)


def merge(context: Context, asked: Merge) -> int:
    """Put the locks of several shards together, into the first."""
    from uni_cli.commands import recipes_write

    _named(asked.locks, "merge LOCK…")
    return recipes_write.merge(context, asked.locks)


def schema(context: Context, asked: Nothing) -> int:
    """The JSON Schema of a recipe."""
    from uni_cli.recipes.schema import json_schema

    context.console.document(json_schema())
    return 0


@app.callback(cls=page.Group, epilog=EPILOG, no_args_is_help=True)
def overview() -> None:
    """Pictures as code: recipes, and locks that say which picture each became."""


_list = page.examples("uni recipes list", "uni recipes list --json")
_show = page.examples("uni recipes show street", "uni recipes show skyline --var city=Kyoto --json")
_new = page.examples("uni recipes new skyline", "uni recipes new street --json")
_save = page.examples("uni recipes save fox --from a-fox-7f3a9c21.png", "uni recipes save fox --from 7f3a9c21")
_run = page.examples("uni recipes run skyline --dry-run", "uni recipes run recipes/ --jobs 8 --max-cost 5")
_check = page.examples("uni recipes check", 'uni recipes check --summary "$GITHUB_STEP_SUMMARY"')
_pin = page.examples("uni recipes pin skyline lisbon-dawn-2", "uni recipes pin recipes/sweep.yaml 14")
_merge = page.examples(
    "uni recipes merge a.lock.json b.lock.json", "uni recipes merge recipes/fox.lock.json */fox.lock.json"
)
_schema = page.examples("uni recipes schema > recipe.schema.json", "uni recipes schema | head")

app.command("list", cls=page.Page, epilog=_list)(command(Nothing, list_))
app.command("show", cls=page.Page, epilog=_show)(command(One, show, arguments=("recipe",), flags=FLAGS))
app.command("new", cls=page.Page, epilog=_new)(command(New, new, arguments=("new_name",), flags=FLAGS))
app.command("save", cls=page.Page, epilog=_save)(command(Save, save, arguments=("new_name",), flags=FLAGS))
app.command("run", cls=page.Page, epilog=_run)(command(Run, run, arguments=("recipes",), flags=FLAGS))
app.command("check", cls=page.Page, epilog=_check)(command(Check, check, arguments=("files",), flags=FLAGS))
app.command("pin", cls=page.Page, epilog=_pin)(command(Pin, pin, arguments=("recipe", "item"), flags=FLAGS))
app.command("merge", cls=page.Page, epilog=_merge)(command(Merge, merge, arguments=("locks",), flags=FLAGS))
app.command("schema", cls=page.Page, epilog=_schema)(command(Nothing, schema))
