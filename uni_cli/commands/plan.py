"""`uni plan`: reasoning before pixels. An intent becomes a recipe whose sentences can be changed before it is run."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from uni_cli.commands import page
from uni_cli.commands.options import FLAGS, WHERE, argument, command, option
from uni_cli.console import safe
from uni_cli.context import Context
from uni_cli.errors import BadPrompt, Usage
from uni_cli.models import PROMPT_LIMIT, Reference
from uni_cli.order.references import References, handle_of
from uni_cli.order.request import read_prompt
from uni_cli.order.wishes import Wishes
from uni_cli.planner import writing
from uni_cli.planner.plan import Origin, Plan

app = page.app()

EPILOG = page.examples(
    'uni plan "a fox in a foggy street at dawn, watercolour"',
    'uni plan "make it night" -r street.jpg -o night.yaml',
)
OWN = {
    "intent": argument("What you want, in words; - reads stdin.", "INTENT"),
    "ref": FLAGS["ref"],
    "output": option("--output", "-o", help="The recipe's file, or - for stdout.", panel=WHERE, metavar="FILE"),
}


@dataclass(frozen=True, slots=True)
class PlanFlags:
    intent: str | None = None
    ref: tuple[str, ...] = ()
    output: str | None = None


def plan(context: Context, asked: PlanFlags) -> int:
    """Think before drawing: from an intent to a recipe with a brief; free."""
    if asked.output == writing.STDOUT and context.console.as_json:
        raise Usage("-o - and --json both want stdout", hint="Leave one out. Nothing was sent.")
    intent = _intent(asked.intent)
    references = References(folder=Path.cwd(), find_job=context.ledger.get, handle=handle_of).all(asked.ref)
    if asked.output == writing.STDOUT:
        made = _think(context, intent, references)
        _warn_of_far_pictures(context, made)
        context.console.line(writing.text(made, writing.names_here(made)).rstrip("\n"))
        _tell(context, made, None)
        return 0
    wanted = writing.wanted_path(asked.output, intent)
    made = _think(context, intent, references)
    path = writing.save(made, wanted).as_posix()
    if context.console.as_json:
        context.console.document(_document(made, path))
    else:
        context.console.line(path)
    _tell(context, made, path)
    return 0


def _intent(text: str | None) -> str:
    words = (read_prompt(Wishes(prompt=text), sys.stdin).prompt or "").strip()
    hint = 'Say what you want: `uni plan "a paper lighthouse at dawn"`. Nothing was sent.'
    if not words:
        raise BadPrompt("There is no intent", hint=hint)
    if len(words) > PROMPT_LIMIT:
        raise BadPrompt(f"The intent has {len(words)} characters; {PROMPT_LIMIT} are the most", hint=hint)
    if any("\ud800" <= char <= "\udfff" for char in words):
        raise BadPrompt("The intent is not UTF-8 text", hint=hint)
    # A line that ends is a clause that ends.
    lines = re.sub(r"(?<=[^\s.,;:!?])\s*[\r\n]+", ". ", words)
    return " ".join("".join(char if char.isprintable() else " " for char in lines).split())


def _think(context: Context, intent: str, references: tuple[Reference, ...]) -> Plan:
    # The endpoint brings the HTTP client with it, which the rules do without.
    if any((context.settings.plan.base_url, context.settings.plan.model, context.settings.plan.api_key)):
        return _ask(context, intent, references)
    from uni_cli.planner import rules

    return rules.make(intent, references)


def _ask(context: Context, intent: str, references: tuple[Reference, ...]) -> Plan:
    from uni_cli.planner import endpoint
    from uni_cli.transport import loops

    settings = context.settings.plan
    found = endpoint.configured(settings, context.transport)
    context.console.note(f"{safe(settings.model)} thinks at {safe(settings.base_url)} ...")

    async def think() -> Plan:
        try:
            return await endpoint.think(found, context.transport, intent, references)
        finally:
            await context.aclose()

    return loops.run(think())


def _warn_of_far_pictures(context: Context, made: Plan) -> None:
    """A recipe's pictures lie in its own folder, and a text on stdout comes with no copies."""
    for source, name in writing.names_here(made).items():
        if source == name and any(name.startswith(start) for start in ("/", "~", "..")):
            context.console.warn(f"{name} must lie beside the recipe before it can run: copy it there")


def _tell(context: Context, made: Plan, path: str | None) -> None:
    """The text that a run would send, and the next step."""
    note = context.console.note
    for said in made.notes:
        context.console.hint(said)
    note("The prompt it makes:")
    for line in made.prompt.splitlines():
        note(f"  {safe(line)}")
    if path:
        note(f"Planned; nothing was bought. Change any sentence in {safe(path)}, then:")
        note(f"  uni recipes run {safe(_quoted(path))}")


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path


def _document(made: Plan, path: str) -> dict[str, object]:
    return {
        "schema": "uni.plan-brief/1",
        "path": path,
        "brief": made.brief.model_dump(exclude_none=True),
        "suggested": [name for name, line in made.parts.items() if line.origin is Origin.SUGGESTED],
        "prompt": made.prompt,
        "aspect": made.aspect.text if made.aspect else None,
        "style": "manga" if made.manga else None,
        "source": made.source.source if made.source else None,
        "references": [
            {"image": job.picture.source, "role": job.role.value, "borrow": job.borrow.text} for job in made.references
        ],
        "by": made.by,
    }


app.command(cls=page.Page, epilog=EPILOG)(command(PlanFlags, plan, arguments=("intent",), flags=OWN))
