"""What the parser of the command line complains about, in our words and with a way out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from uni_cli.errors import NOTHING_SENT, Usage

NUMBERS = {"integer": "a whole number", "number": "a number"}


def usage(message: str, context: Any, *, path: str) -> Usage:
    """`path` is the command as typed, for where the parser does not tell it."""
    path = context.command_path if context is not None else path
    see = f"See `{path} --help`. {NOTHING_SENT}"
    text = message.rstrip(".")
    if found := re.match(r"No such option: (--?[^=\s]+)", text):
        return Usage(f"There is no option {found[1]}", hint=_other_option(found[1], context, path) or see)
    if found := re.match(r"No such command '(.*?)'", text, re.DOTALL):
        return Usage(f"There is no command {path} {found[1]}", hint=_other_command(found[1], context, path) or see)
    if found := re.match(r"Invalid value for '([^']+)'.*valid (integer|number)", text):
        return Usage(f"{found[1]} needs {NUMBERS[found[2]]}", hint=see)
    if found := re.match(r"Option '([^']+)' requires an argument", text):
        return Usage(f"{found[1]} needs a value", hint=see)
    if found := re.match(r"Option '([^']+)' does not take a value", text):
        return Usage(f"{found[1]} takes no value", hint=see)
    if found := re.match(r"Got unexpected extra arguments? \((.*)\)|Got unexpected extra argument\(s\) \((.*)\)", text):
        return _extra(found[1] or found[2], context, see)
    return Usage(text, hint=see)


def _other_option(name: str, context: Any, path: str) -> str | None:
    if context is None:
        return None
    if context.parent is None and name in ("--json", "--quiet", "-q", "--verbose", "-v", "--plain"):
        return f"{name} stands behind the command: `uni status {name}`. {NOTHING_SENT}"
    if context.parent is None and name in _options_of_making():
        before = "edit PICTURE" if name == "--keep" else "generate PROMPT"
        return f"{name} stands behind the command: `uni {before} {name} …`. {NOTHING_SENT}"
    if name in _options_of_others(context):
        return f"`uni edit` has it, `{path}` does not. {NOTHING_SENT}"
    near = get_close_matches(name, _options(context.command), n=1, cutoff=0.7)
    return f"Did you mean {near[0]}? {NOTHING_SENT}" if near else None


def _other_command(name: str, context: Any, path: str) -> str | None:
    if context is None:
        return None
    if name == "version" and context.parent is None:
        return f"`uni --version` shows it. {NOTHING_SENT}"
    names = context.command.list_commands(context)
    near = get_close_matches(name, names, n=1)
    tip = f"Did you mean `{path} {near[0]}`?" if near else f"There are {', '.join(names)}."
    return f"{tip} {NOTHING_SENT}"


def _options(command: Any) -> Iterable[str]:
    return [flag for param in command.params for flag in (*param.opts, *param.secondary_opts)]


def _options_of_making() -> Iterable[str]:
    from typer.main import get_command

    from uni_cli.commands.edit import app

    return _options(get_command(app))


def _options_of_others(context: Any) -> Iterable[str]:
    """Only `edit` has an option that its neighbour `generate` lacks."""
    return ("--keep",) if context.info_name == "generate" else ()


def _extra(words: str, context: Any, see: str) -> Usage:
    name = context.info_name if context is not None else ""
    if name in ("generate", "edit"):
        what = "the prompt" if name == "generate" else "what to change"
        hint = f"Put {what} in quotes; a further picture stands behind -r. {NOTHING_SENT}"
        return Usage(f"More words than one prompt: {words}", hint=hint)
    return Usage(f"That is one argument too many: {words}", hint=see)
