"""The flags, each written once. A command's parameters come from a dataclass of its own."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from uni_cli.console import Console
from uni_cli.context import Context

Values = TypeVar("Values")

WHAT, LOOK, WHERE, MONEY, SERVICE, OUTPUT, JOBS = "What", "Look", "Where", "Money", "Service", "Output", "Jobs"
EMULATOR = "Emulator"


def option(*names: str, help: str, panel: str, metavar: str | None = None) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=panel, metavar=metavar, show_default=False)


def argument(help: str, metavar: str) -> Any:
    return typer.Argument(help=help, metavar=metavar, show_default=False)


FLAGS: dict[str, Any] = {
    "prompt": argument("What to make; - reads stdin.", "[PROMPT]"),
    "image": argument("A file, an https URL, a data URI or a job id.", "IMAGE"),
    "jobs": argument("Job ids.", "[JOB]..."),
    "picture": argument("A picture, or its sidecar.", "PICTURE"),
    "name": argument("A service.", "NAME"),
    "names": argument("Services; without any, all with a key.", "[NAME]..."),
    "port": option("--port", help="The port on 127.0.0.1; 0 picks a free one.", panel=EMULATOR, metavar="N"),
    "latency": option("--latency", help="Seconds that a picture takes.", panel=EMULATOR, metavar="SECONDS"),
    "fault": option("--fault", help="SERVICE:STEP:KIND[:COUNT]; repeatable.", panel=EMULATOR, metavar="FAULT"),
    "fast": option("--fast", help="Cheap pictures of the right size.", panel=EMULATOR),
    "no_limits": option("--no-limits", help="No rate limits.", panel=EMULATOR),
    "print_env": option("--print-env", help="Print NAME=value lines once it listens.", panel=EMULATOR),
    "wait": option("--wait", help="Collect what is unfinished; save it as asked for.", panel=JOBS),
    "recover": option("--recover", help="Ask the service about jobs in doubt.", panel=JOBS),
    "forget": option("--forget", help="Close a job in doubt for good.", panel=JOBS, metavar="JOB"),
    "watch": option("--watch", help="Show the table each second until all have ended.", panel=JOBS),
    "all": option("--all", help="Every job, not only the newest.", panel=JOBS),
    "state": option("--state", help="Only jobs in this state.", panel=JOBS, metavar="STATE"),
    "since": option("--since", help="Only jobs since then: 7d, 12h, 2026-11-20.", panel=JOBS, metavar="SPAN"),
    "spend": option("--spend", help="Money by day, service and model.", panel=JOBS),
    "prompt_file": option("--prompt-file", help="Read the prompt from a file.", panel=WHAT, metavar="FILE"),
    "ref": option("--ref", "-r", help="A reference, up to 9; repeatable.", panel=WHAT, metavar="[ROLE=]IMAGE"),
    "keep": option("--keep", help="What an edit must not change; repeatable.", panel=WHAT, metavar="TEXT"),
    "from_": option("--from", help="As that picture, sidecar or job; flags win.", panel=WHAT, metavar="PICTURE"),
    "aspect": option("--aspect", "-a", help="3:1 2:1 16:9 3:2 1:1 2:3 9:16 1:2 1:3", panel=LOOK, metavar="RATIO"),
    "size": option("--size", help="Pixels, for services that take them.", panel=LOOK, metavar="WxH"),
    "style": option("--style", help="auto or manga", panel=LOOK, metavar="STYLE"),
    "seed": option("--seed", help="Kept always, sent where it is honoured.", panel=LOOK, metavar="N"),
    "count": option("--count", "-n", help="How many pictures, 1 to 20.", panel=LOOK, metavar="N"),
    "search": option("--search", help="Let the model look for visual references first.", panel=LOOK),
    "output": option("--output", "-o", help="Template, folder/ or - for stdout.", panel=WHERE, metavar="PATH"),
    "format": option("--format", "-f", help="png, jpeg or webp", panel=WHERE, metavar="FORMAT"),
    "quality": option("--quality", help="20 to 99, for jpeg and webp.", panel=WHERE, metavar="N"),
    "convert": option("--convert", help="Re-encode what the service cannot make.", panel=WHERE),
    "overwrite": option("--overwrite", help="Replace a file of that name.", panel=WHERE),
    "no_embed": option("--no-embed", help="Write nothing inside the picture.", panel=WHERE),
    "no_prompt_embed": option("--no-prompt-embed", help="Leave the prompt out of the picture.", panel=WHERE),
    "save_recipe": option("--save-recipe", help="Write what was asked as a recipe.", panel=WHERE, metavar="FILE"),
    "max_cost": option("--max-cost", help="Refuse a run that costs more.", panel=MONEY, metavar="USD"),
    "dry_run": option("--dry-run", help="Show what would be sent, and its price.", panel=MONEY),
    "once": option("--once", help="One picture for this key, however often it runs.", panel=MONEY, metavar="KEY"),
    "strict": option("--strict", help="An option that would be ignored is an error.", panel=MONEY),
    "provider": option("--provider", "-p", help="luma runware gmicloud segmind local auto; or A,B,C", panel=SERVICE,
                        metavar="NAME"),
    "model": option("--model", "-m", help="uni-1 or uni-1-max", panel=SERVICE, metavar="MODEL"),
    "safety": option("--safety", help="none or fast", panel=SERVICE, metavar="MODE"),
    "webhook": option("--webhook", help="A URL the service calls when done.", panel=SERVICE, metavar="URL"),
    "upload_to": option("--upload-to", help="A URL the service puts the result to.", panel=SERVICE, metavar="URL"),
    "ttl": option("--ttl", help="How long the result link lives.", panel=SERVICE, metavar="S"),
    "set": option("--set", help="A raw field of the service's body; repeatable.", panel=SERVICE, metavar="KEY=VALUE"),
    "no_wait": option("--no-wait", help="Submit, print the job ids and end.", panel=OUTPUT),
    "timeout": option("--timeout", help="Give up waiting; the job goes on.", panel=OUTPUT, metavar="S"),
    "preview": option("--preview/--no-preview", help="Show the picture in the terminal.", panel=OUTPUT),
    "no_advice": option("--no-advice", help="No hints about the prompt.", panel=OUTPUT),
    "as_json": option("--json", help="One JSON document on stdout.", panel=OUTPUT),
    "quiet": option("--quiet", "-q", help="Errors only on stderr.", panel=OUTPUT),
    "verbose": option("--verbose", "-v", help="Show every exchange, without keys.", panel=OUTPUT),
    "plain": option("--plain", help="No bars, no boxes, no colour.", panel=OUTPUT),
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How a command talks; every command has these."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    plain: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class NoFlags:
    """What a command takes that has no flags of its own."""


def open_context(showing: Showing) -> Context:
    return Context(Console(as_json=showing.as_json, quiet=showing.quiet, verbose=showing.verbose, plain=showing.plain))


def command(
    cls: type[Values],
    run: Callable[[Context, Values], int],
    *,
    arguments: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    flags: Mapping[str, Any] | None = None,
) -> Callable[..., int]:
    """A function for Typer whose parameters are the fields of `cls` and of Showing. `flags` are a command's own."""
    own = flags or {}
    known = {**own, **{name: flag for name, flag in FLAGS.items() if name not in own}}
    talk = _fields(Showing)
    fields = _fields(cls) | talk
    shown = (name for name in known if name in fields and name not in (*arguments, *without))
    parameters = [_parameter(fields[name], known[name]) for name in (*arguments, *shown)]

    def call(**given: Any) -> int:
        values: dict[str, Any] = {k: tuple(v or ()) if fields[k].repeats else v for k, v in given.items()}
        showing = {name: value for name, value in values.items() if name in talk}
        context = open_context(Showing(**showing))
        try:
            return run(context, cls(**{name: value for name, value in values.items() if name not in showing}))
        finally:
            context.close()

    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__name__ = run.__name__
    call.__doc__ = run.__doc__
    return call


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    """A field of a command's dataclass. One that `repeats` is a tuple there, and a list for Typer."""

    name: str
    kind: Any
    default: Any

    @property
    def repeats(self) -> bool:
        return bool(self.kind == tuple[str, ...])


def _fields(cls: type[Any]) -> dict[str, _Field]:
    kinds = get_type_hints(cls)
    return {field.name: _Field(field.name, kinds[field.name], field.default) for field in dataclasses.fields(cls)}


def _parameter(field: _Field, flag: Any) -> inspect.Parameter:
    kind, default = (list[str] | None, None) if field.repeats else (field.kind, field.default)
    annotation = Annotated[kind, flag]  # type: ignore[valid-type]
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
