"""`uni providers login` and `logout`: a key in, a key out, never through argv."""

from __future__ import annotations

import os
import sys

from pydantic import SecretStr

from uni_cli import keys, providers
from uni_cli.commands import misspelt
from uni_cli.context import Context
from uni_cli.errors import KeyMissing, KeyRefused, Unreachable, Usage
from uni_cli.providers.base import Health, Verdict
from uni_cli.transport import Lost, loops


def login(context: Context, name: str) -> int:
    """Read a key without echo (or from stdin), check it with the free call, and keep it."""
    if not context.capabilities(name).needs_key:
        raise Usage(f"{name} needs no key", hint=f"It works at once: `uni generate PROMPT -p {name}`.")
    misspelt.warn(context.console)
    key = _read(name)
    health = loops.run(_check(context, name, key))
    if not health.ok:
        raise KeyRefused(f"{name} refused this key: {health.detail}", hint="It was not stored.")
    where = keys.store(name, key)
    context.console.note(f"The key of {name} works and is kept in {where}. {health.detail}")
    variable = _variable_above(name)
    if variable:
        context.console.warn(f"{variable} is set and stands above the stored key")
    if context.console.as_json:
        context.console.document({"schema": "uni.login/1", "provider": name, "stored": where})
    return 0


def logout(context: Context, name: str) -> int:
    """Remove a stored key."""
    context.capabilities(name)
    removed = keys.remove(name)
    context.console.note(f"The key of {name} is removed." if removed else f"There was no stored key of {name}.")
    variable = _variable_above(name)
    if variable:
        context.console.warn(f"{variable} is still set")
    if context.console.as_json:
        context.console.document({"schema": "uni.login/1", "provider": name, "stored": None})
    return 0


def _read(name: str) -> str:
    if sys.stdin.isatty():
        import getpass

        text = getpass.getpass(f"Key of {providers.capabilities(name).title} (not shown): ", stream=sys.stderr)
    else:
        text = sys.stdin.read(keys.LONGEST + 1)
    key = text.strip()
    if not key:
        raise KeyMissing("No key was given", hint=f"`uni providers login {name} < FILE` reads it from a file.")
    if not keys.looks_like_key(key):
        raise Usage("This does not look like a key: it must be one word of plain characters", hint="It was not stored.")
    return key


async def _check(context: Context, name: str, key: str) -> Health:
    try:
        return await context.provider_with(name, SecretStr(key)).check()
    except (Verdict, Lost) as error:
        raise Unreachable(f"The key of {name} could not be checked: {error}", hint="It was not stored.") from error
    finally:
        await context.aclose()


def _variable_above(name: str) -> str | None:
    return next((variable for variable in keys.variables(name) if os.environ.get(variable)), None)
