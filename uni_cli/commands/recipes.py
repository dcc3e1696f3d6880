"""`uni recipes`: pictures as code. What the subcommands do stands in the modules beside this one."""

from __future__ import annotations

from uni_cli.commands import page
from uni_cli.commands.options import NoFlags, command
from uni_cli.commands.recipes_flags import (
    FLAGS,
    CheckFlags,
    MergeFlags,
    NewFlags,
    PinFlags,
    RunFlags,
    SaveFlags,
    ShowFlags,
)
from uni_cli.context import Context
from uni_cli.errors import Usage

EPILOG = page.examples("uni recipes new skyline", "uni recipes run skyline --dry-run", "uni recipes check")

app = page.app()


def list_(context: Context, asked: NoFlags) -> int:
    """Every recipe that has a name here: ./recipes/, your own, built-in."""
    from uni_cli.commands import recipes_look

    return recipes_look.list_(context)


def _named(given: object, form: str) -> None:
    """An empty variable of a script must not look like a run that had nothing to do."""
    if not given:
        raise Usage("A name is missing", hint=f"`uni recipes {form}`. Nothing was sent.")


def show(context: Context, asked: ShowFlags) -> int:
    """A recipe's items with the text that goes to the model."""
    from uni_cli.commands import recipes_look

    _named(asked.recipe, "show NAME")
    return recipes_look.show(context, asked.recipe, asked.var)


def new(context: Context, asked: NewFlags) -> int:
    """Start a recipe: writes ./recipes/NAME.yaml."""
    from uni_cli.commands import recipes_write

    return recipes_write.new(context, asked.new_name)


def save(context: Context, asked: SaveFlags) -> int:
    """Make a recipe of a picture, and lock that picture in it."""
    from uni_cli.commands import recipes_write

    return recipes_write.save(context, asked.new_name, asked.source)


def run(context: Context, asked: RunFlags) -> int:
    """Make what is missing or changed."""
    from uni_cli.commands import recipes_run

    _named(asked.recipes, "run FILE|NAME…")
    return recipes_run.run(context, asked)


def check(context: Context, asked: CheckFlags) -> int:
    """Do pictures, recipes and locks agree? No network; 10 if not."""
    from uni_cli.commands import recipes_look

    return recipes_look.check(context, asked.files, asked.summary)


def pin(context: Context, asked: PinFlags) -> int:
    """Keep one item of a sweep of seeds; the others are not made any more."""
    from uni_cli.commands import recipes_write

    _named(asked.recipe and asked.item, "pin NAME ITEM")
    return recipes_write.pin(context, asked.recipe, asked.item)


def merge(context: Context, asked: MergeFlags) -> int:
    """Put the locks of several shards together, into the first."""
    from uni_cli.commands import recipes_write

    _named(asked.locks, "merge LOCK…")
    return recipes_write.merge(context, asked.locks)


def schema(context: Context, asked: NoFlags) -> int:
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

app.command("list", cls=page.Page, epilog=_list)(command(NoFlags, list_))
app.command("show", cls=page.Page, epilog=_show)(command(ShowFlags, show, arguments=("recipe",), flags=FLAGS))
app.command("new", cls=page.Page, epilog=_new)(command(NewFlags, new, arguments=("new_name",), flags=FLAGS))
app.command("save", cls=page.Page, epilog=_save)(command(SaveFlags, save, arguments=("new_name",), flags=FLAGS))
app.command("run", cls=page.Page, epilog=_run)(command(RunFlags, run, arguments=("recipes",), flags=FLAGS))
app.command("check", cls=page.Page, epilog=_check)(command(CheckFlags, check, arguments=("files",), flags=FLAGS))
app.command("pin", cls=page.Page, epilog=_pin)(command(PinFlags, pin, arguments=("recipe", "item"), flags=FLAGS))
app.command("merge", cls=page.Page, epilog=_merge)(command(MergeFlags, merge, arguments=("locks",), flags=FLAGS))
app.command("schema", cls=page.Page, epilog=_schema)(command(NoFlags, schema))
