"""`uni serve`: the emulator of all four services on loopback."""

from __future__ import annotations

import json
from dataclasses import dataclass

from uni_cli.commands import page
from uni_cli.commands.options import command
from uni_cli.context import Context
from uni_cli.errors import MissingExtra, Usage

app = page.app()

EPILOG = page.examples(
    "uni serve --fast --print-env > emulator.env &",
    "uni serve --port 8080 --fault luma:submit:cut-after:1",
)


@dataclass(frozen=True, slots=True)
class ServeFlags:
    port: int = 0
    latency: float = 1.0
    fault: tuple[str, ...] = ()
    fast: bool = False
    no_limits: bool = False
    print_env: bool = False


def serve(context: Context, asked: ServeFlags) -> int:
    """An emulator of all four services on this machine, for tests and CI."""
    try:
        from uni_cli.emulator import env_lines
        from uni_cli.emulator.server import serve as run
    except ImportError as error:
        raise MissingExtra("The emulator needs the extra `serve`", hint="pip install 'uni-image[serve]'") from error
    if not 0 <= asked.port <= 65535:
        raise Usage(f"--port {asked.port} is not a port", hint="0 picks a free one.")
    if not 0 <= asked.latency <= 86400:
        hint = "For example 0.5; 0 has every picture ready at once."
        raise Usage(f"--latency {asked.latency:g} is not a number of seconds up to a day", hint=hint)

    if asked.print_env and context.console.as_json:
        raise Usage("--print-env and --json both want stdout", hint="Leave one out: the document holds the names, too.")

    def ready(url: str) -> None:
        if context.console.as_json:
            # In one line, since whoever reads it sees no end of it: the emulator goes on.
            env = dict(line.split("=", 1) for line in env_lines(url))
            context.console.line(json.dumps({"schema": "uni.serve/1", "url": url, "env": env}))
        if asked.print_env:
            for line in env_lines(url):
                context.console.line(line)
        context.console.note(f"The emulator listens at {url}; Ctrl-C ends it.")

    try:
        run(
            port=asked.port,
            ready=ready,
            latency=asked.latency,
            fast=asked.fast,
            limits=not asked.no_limits,
            faults=asked.fault,
        )
    except ValueError as error:
        raise Usage(f"--fault: {error}", hint="The form is SERVICE:STEP:KIND[:COUNT].") from error
    except OSError as error:
        raise Usage(f"Port {asked.port} cannot be used: {error.strerror}", hint="--port 0 picks a free one.") from error
    return 0


app.command(cls=page.Page, epilog=EPILOG)(command(ServeFlags, serve))
