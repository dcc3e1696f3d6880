"""`uni providers`: who can do what, for how much, and whether the key works."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from uni_cli import keys, pricing, providers
from uni_cli.commands import page
from uni_cli.commands.options import FLAGS, Showing, command, open_context
from uni_cli.context import Context
from uni_cli.errors import KeyMissing, KeyRefused, Unreachable
from uni_cli.models import Operation, Reference, Request
from uni_cli.providers.base import Capabilities, Health, Verdict
from uni_cli.transport import Lost

EPILOG = """Examples:
  uni providers
  uni providers check luma"""

app = page.app()


@dataclass(frozen=True, slots=True)
class Nothing:
    """Takes no flags of its own."""


@dataclass(frozen=True, slots=True)
class OneName:
    name: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    names: tuple[str, ...] = ()


def list_(context: Context, asked: Nothing) -> int:
    """Every service in one table."""
    rows = [describe(context, name) for name in providers.names()]
    if context.console.as_json:
        context.console.document({"schema": "uni.providers/1", "providers": rows})
        return 0
    heads = ("service", "key", "models", "refs", "formats", "honours", "price", "edit", "dated")
    context.console.table(heads, [_cells(row) for row in rows])
    return 0


def describe(context: Context, name: str) -> dict[str, Any]:
    """What a service can do, as data."""
    able = context.capabilities(name)
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
        "concurrency": able.concurrency,
        "rate_per_minute": able.rate,
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
    return (
        row["provider"],
        "not needed" if row["provider"] == providers.LOCAL else "found" if row["key"] else "none",
        " ".join(row["models"]),
        f"{row['references']}, {row['references_with_source']} on edits",
        " ".join(row["formats"]) or "its own",
        " ".join(row["honours"]) or "-",
        f"${row['price_usd']}",
        f"${row['edit_price_usd']}",
        row["price_dated"],
    )


def show(context: Context, asked: OneName) -> int:
    """One service in full."""
    row = describe(context, asked.name)
    if context.console.as_json:
        context.console.document({"schema": "uni.providers/1", "providers": [row]})
        return 0
    for name, value in row.items():
        shown = " ".join(map(str, value)) if isinstance(value, list) and name != "notes" else value
        if name == "notes":
            for note in value:
                context.console.pair("note", note)
        elif shown not in (None, ""):
            context.console.pair(name.replace("_", " "), str(shown).lower() if isinstance(shown, bool) else str(shown))
    return 0


def check(context: Context, asked: Names) -> int:
    """The free call that tells whether a key works and what is left."""
    names = asked.names or tuple(n for n in providers.names() if context.has_key(n) or n == providers.LOCAL)
    for name in asked.names:
        if context.capabilities(name).needs_key and not context.has_key(name):
            raise KeyMissing(f"There is no key for {name}", hint=f"`uni providers login {name}` stores one.")
    results = asyncio.run(_check_all(context, names))
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
        context.console.table(("service", "key", "balance", "what it said"), cells)
    if any(row["ok"] is False for row in rows):
        return KeyRefused.exit
    return Unreachable.exit if any(row["ok"] is None for row in rows) else 0


def login(context: Context, asked: OneName) -> int:
    """Keep a key: typed without echo, or read from stdin; checked before it is stored."""
    from uni_cli.commands import login as keeping

    return keeping.login(context, asked.name)


def logout(context: Context, asked: OneName) -> int:
    """Remove a stored key."""
    from uni_cli.commands import login as keeping

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
    plain: Annotated[bool, FLAGS["plain"]] = False,
) -> int:
    """Services: keys, abilities, limits and prices."""
    if ctx.invoked_subcommand is None:
        return list_(open_context(Showing(as_json=as_json, plain=plain)), Nothing())
    return 0


app.command("list", cls=page.Page)(command(Nothing, list_))
app.command("show", cls=page.Page)(command(OneName, show, arguments=("name",)))
app.command("login", cls=page.Page)(command(OneName, login, arguments=("name",)))
app.command("logout", cls=page.Page)(command(OneName, logout, arguments=("name",)))
app.command("check", cls=page.Page)(command(Names, check, arguments=("names",)))
