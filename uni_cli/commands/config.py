"""`uni config`: where settings come from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from uni_cli import folders
from uni_cli.commands import page
from uni_cli.commands.options import NoFlags, command
from uni_cli.context import Context

app = page.app("Where settings come from.")
app.info.epilog = page.examples("uni config show", "uni config path")


@dataclass(frozen=True, slots=True)
class Value:
    name: str
    value: str | None
    origin: str


def path(context: Context, asked: NoFlags) -> int:
    """The file that settings are read from."""
    file = folders.config_file()
    if context.console.as_json:
        context.console.document({"schema": "uni.config/1", "path": str(file), "exists": file.exists()})
    else:
        context.console.line(str(file))
    return 0


def show(context: Context, asked: NoFlags) -> int:
    """Every setting and where it came from; keys are masked."""
    from uni_cli.commands import misspelt

    values = list(_values(context))
    if context.console.as_json:
        rows = [{"name": v.name, "value": v.value, "origin": v.origin} for v in values]
        file = folders.config_file()
        unread = [{"name": one.name, "instead": one.instead} for one in misspelt.unread()]
        context.console.document({"schema": "uni.config/1", "path": str(file), "values": rows, "unread": unread})
    else:
        cells = [(v.name, v.value or "-", v.origin) for v in values]
        context.console.table(("setting", "value", "from"), cells, folds=("value", "from"))
    misspelt.warn(context.console)
    return 0


def _values(context: Context) -> Iterator[Value]:
    from pydantic import BaseModel

    from uni_cli import keys
    from uni_cli.settings import SERVICES

    settings, file = context.settings, folders.config_values()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if not isinstance(value, BaseModel):
            shown = str(context.state_dir) if name == "state_dir" else value
            yield Value(name, _text(shown), _origin((name,), file))
            continue
        for inner in type(value).model_fields:
            if inner == "api_key" and name in SERVICES:
                key = keys.find(name, settings)
                yield Value(f"{name}.api_key", mask(key.value.get_secret_value()) if key else None,
                            key.origin if key else "not found")  # fmt: skip
                continue
            part = getattr(value, inner)
            if inner == "base_url" and name in SERVICES:
                part = settings.base_url(name)
            if inner == "api_key" and part is not None:
                part = mask(part.get_secret_value())
            yield Value(f"{name}.{inner}", _text(part), _origin((name, inner), file))


def mask(secret: str) -> str:
    """Enough to tell two keys apart, never enough to use one."""
    return f"…{secret[-4:]}" if len(secret) > 12 else "…"


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _origin(names: tuple[str, ...], file: Mapping[str, Any]) -> str:
    variable = _variable(names)
    if variable:
        return f"environment, {variable}"
    inner: Any = file
    for name in names:
        inner = inner.get(name) if isinstance(inner, Mapping) else None
    return f"file, {folders.config_file()}" if inner is not None else "default"


def _variable(names: tuple[str, ...]) -> str | None:
    """The one that has this setting: by its own name, in any case, or as a member of its group's JSON."""
    from uni_cli.settings import variable_of

    wanted = variable_of(*names)
    for variable, value in os.environ.items():
        if value and variable.upper() == wanted:
            return variable
        if value and len(names) == 2 and variable.upper() == variable_of(names[0]):
            with suppress(ValueError):
                members = json.loads(value)
                if isinstance(members, dict) and names[1] in members:
                    return variable
    return None


_path = page.examples("uni config path", '"${EDITOR:-vi}" "$(uni config path)"')
_show = page.examples("uni config show", "uni config show --json")

app.command("path", cls=page.Page, epilog=_path)(command(NoFlags, path))
app.command("show", cls=page.Page, epilog=_show)(command(NoFlags, show))
