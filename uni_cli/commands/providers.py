"""`uni providers`: who can do what, for how much, and whether the key works."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from uni_cli import keys, pricing, providers
from uni_cli.commands import page
from uni_cli.commands.options import FLAGS, NoFlags, Showing, command, open_context
from uni_cli.context import Context
from uni_cli.errors import KeyMissing, KeyRefused, Unreachable, Usage
from uni_cli.models import Operation, Reference, Request
from uni_cli.providers.base import Capabilities, Health, Verdict
from uni_cli.transport import Lost, loops

EPILOG = page.examples("uni providers", "uni providers check luma")

app = page.app()


@dataclass(frozen=True, slots=True)
class OneName:
    name: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    names: tuple[str, ...] = ()


def list_(context: Context, asked: NoFlags) -> int:
    """Every service in one table."""
    rows = [describe(context, name) for name in providers.names()]
    if context.console.as_json:
        context.console.document({"schema": "uni.providers/1", "providers": rows})
        return 0
    heads = ("service", "key", "price", "dated", "formats", "takes")
    context.console.table(heads, [_cells(row) for row in rows], folds=("formats", "takes"))
    context.console.note("Prices are US dollars for one picture of uni-1. `uni providers show NAME` tells all.")
    return 0


def describe(context: Context, name: str) -> dict[str, Any]:
    """What a service can do, as data."""
    able, sheet = context.capabilities(name), providers.capabilities(name)
    key = keys.find(name, context.settings) if able.needs_key else None
    text, edit = (_price(context, name, operation) for operation in Operation)
    return {
        "provider": name,
        "title": able.title,
        "key": key is not None or not able.needs_key,
        "key_from": key.origin if key else None,
        "operations": sorted(op.value for op in able.operations),
        "models": list(able.models),
        "aspects": list(able.aspects),
        "sizes": [f"{w}x{h}" for w, h in able.sizes],
        "formats": list(able.formats),
        "references": able.references,
        "references_with_source": able.references_with_source,
        "styles": list(able.styles),
        "honours": _honours(able),
        # What the service allows; what the user's settings allow is told by `uni config show`.
        "concurrency": sheet.concurrency,
        "rate_per_minute": sheet.rate,
        "typical_seconds": able.typical_seconds,
        "price_usd": text["usd"],
        "edit_price_usd": edit["usd"],
        "price_dated": text["dated"],
        "notes": list(able.notes),
    }


def _honours(able: Capabilities) -> list[str]:
    names = ("seed", "quality", "search", "safety", "webhook", "upload_to", "ttl")
    return [*(name.replace("_", "-") for name in names if getattr(able, name)), *(["size"] if able.sizes else [])]


def _price(context: Context, name: str, operation: Operation) -> dict[str, str | None]:
    source = Reference("a picture", path="a picture") if operation is Operation.EDIT else None
    price = context.provider(name).price(Request(operation, "x", source=source))
    return {"usd": pricing.as_text(price.usd), "dated": price.dated}


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    references = [f"{row['references']} refs"] if row["references"] else []
    models = [model for model in row["models"] if model != "uni-1"]
    return (
        row["provider"],
        "free" if row["provider"] == providers.LOCAL else "found" if row["key"] else "none",
        f"${row['price_usd']}",
        row["price_dated"],
        ", ".join(row["formats"]) or "its own",
        ", ".join([*models, *references, *row["honours"]]) or "the source of an edit only",
    )


def show(context: Context, asked: OneName) -> int:
    """One service in full."""
    _check_named(asked, "show")
    row = describe(context, asked.name)
    if context.console.as_json:
        context.console.document({"schema": "uni.providers/1", "providers": [row]})
        return 0
    facts = {name.replace("_", " "): _shown(value) for name, value in row.items() if name != "notes"}
    told = [(name, text) for name, text in facts.items() if text] + [("note", note) for note in row["notes"]]
    width = max(len(name) for name, _ in told) + 1
    for name, text in told:
        context.console.pair(name, text, width=width)
    return 0


def _check_named(asked: OneName, command: str) -> None:
    if not asked.name:
        raise Usage(f"`uni providers {command}` needs a service", hint=f"There are {', '.join(providers.names())}.")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value).lower() if isinstance(value, bool) else f"{value}"


def check(context: Context, asked: Names) -> int:
    """The free call: does the key work, and what is left."""
    from uni_cli.commands import misspelt

    misspelt.warn(context.console)
    names = asked.names or tuple(n for n in providers.names() if context.has_key(n) or n == providers.LOCAL)
    for name in asked.names:
        if context.capabilities(name).needs_key and not context.has_key(name):
            raise KeyMissing(f"There is no key for {name}", hint=f"`uni providers login {name}` stores one.")
    results = loops.run(_check_all(context, names))
    rows: list[dict[str, Any]] = [
        {"provider": name, "ok": health.ok, "detail": health.detail, "balance_usd": pricing.as_text(health.balance_usd)}
        if isinstance(health, Health)
        else {"provider": name, "ok": None, "detail": str(health), "balance_usd": None}
        for name, health in results
    ]
    if context.console.as_json:
        context.console.document({"schema": "uni.check-keys/1", "ok": all(r["ok"] for r in rows), "providers": rows})
    else:
        words = {True: "works", False: "refused", None: "not reached"}
        cells = [(str(r["provider"]), words[r["ok"]], f"${r['balance_usd']}" if r["balance_usd"] else "-",
                  str(r["detail"])) for r in rows]  # fmt: skip
        context.console.table(("service", "key", "balance", "what it said"), cells, folds=("what it said",))
    troubles = [error for row in rows if (error := _trouble(row))]
    for error in troubles:
        context.console.fail(error)
    # A refused key is worse news than a service that was not reached.
    return min((error.exit for error in troubles), default=0)


def _trouble(row: Mapping[str, Any]) -> KeyRefused | Unreachable | None:
    """Beside the table: a code and a next step."""
    name = row["provider"]
    if row["ok"] is False:
        return KeyRefused(f"{name} refused its key", hint=f"`uni providers login {name}` stores another.")
    return Unreachable(f"{name} was not reached", hint="Try again; this call is free.") if row["ok"] is None else None


def login(context: Context, asked: OneName) -> int:
    """Keep a key, typed without echo or read from stdin."""
    from uni_cli.commands import login as keeping

    _check_named(asked, "login")
    return keeping.login(context, asked.name)


def logout(context: Context, asked: OneName) -> int:
    """Remove a stored key."""
    from uni_cli.commands import login as keeping

    _check_named(asked, "logout")
    return keeping.logout(context, asked.name)


async def _check_all(context: Context, names: Sequence[str]) -> list[tuple[str, Health | Exception]]:
    async def one(name: str) -> tuple[str, Health | Exception]:
        try:
            return name, await context.provider(name).check()
        except (Verdict, Lost) as error:
            return name, error

    try:
        return list(await asyncio.gather(*(one(name) for name in names)))
    finally:
        await context.aclose()


@app.callback(invoke_without_command=True, cls=page.Group, epilog=EPILOG)
def overview(
    ctx: typer.Context,
    as_json: Annotated[bool, FLAGS["as_json"]] = False,
    quiet: Annotated[bool, FLAGS["quiet"]] = False,
    verbose: Annotated[bool, FLAGS["verbose"]] = False,
    plain: Annotated[bool, FLAGS["plain"]] = False,
) -> int:
    """Services: keys, abilities, limits and prices."""
    if ctx.invoked_subcommand is None:
        return list_(open_context(Showing(as_json=as_json, quiet=quiet, verbose=verbose, plain=plain)), NoFlags())
    given = {"--json": as_json, "--quiet": quiet, "--verbose": verbose, "--plain": plain}
    for flag in (flag for flag, is_given in given.items() if is_given):
        name = ctx.invoked_subcommand
        raise Usage(f"{flag} stands before the command", hint=f"`uni providers {name} {flag}`. Nothing was sent.")
    return 0


_list = page.examples("uni providers list", "uni providers list --json")
_show = page.examples("uni providers show luma", "uni providers show local --json")
_login = page.examples("uni providers login luma", "uni providers login luma < key.txt")
_logout = page.examples("uni providers logout luma", "uni providers logout runware --json")
_check = page.examples("uni providers check", "uni providers check luma runware")

app.command("list", cls=page.Page, epilog=_list)(command(NoFlags, list_))
app.command("show", cls=page.Page, epilog=_show)(command(OneName, show, arguments=("name",)))
app.command("login", cls=page.Page, epilog=_login)(command(OneName, login, arguments=("name",)))
app.command("logout", cls=page.Page, epilog=_logout)(command(OneName, logout, arguments=("name",)))
app.command("check", cls=page.Page, epilog=_check)(command(Names, check, arguments=("names",)))
