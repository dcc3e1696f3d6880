"""`uni generate`: a picture from words."""

from __future__ import annotations

from uni_cli.commands import making, page
from uni_cli.commands.options import command
from uni_cli.context import Context
from uni_cli.order.wishes import Wishes

app = page.app()

EPILOG = page.examples(
    'uni generate "a paper lighthouse at dawn"',
    'uni generate "a red van" -p luma -n 4 --max-cost 0.25',
)


def generate(context: Context, wishes: Wishes) -> int:
    """Make a picture from words."""
    return making.make(context, wishes, edit=False)


app.command(cls=page.Page, epilog=EPILOG)(command(Wishes, generate, arguments=("prompt",), without=("image", "keep")))
