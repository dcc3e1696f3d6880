"""`uni edit`: a picture changed as the words say."""

from __future__ import annotations

from uni_cli.commands import making, page
from uni_cli.commands.options import argument, command
from uni_cli.context import Context
from uni_cli.order.wishes import Wishes

app = page.app()

EPILOG = page.examples(
    'uni edit street.png "make it night" --keep "the van"',
    'uni edit 7f3a9c21 "autumn colours" -r palette=leaves.jpg',
)
OWN = {"prompt": argument("What to change; - reads stdin.", "[PROMPT]")}


def edit(context: Context, wishes: Wishes) -> int:
    """Change a picture as the words say; its shape is kept."""
    return making.make(context, wishes, edit=True)


app.command(cls=page.Page, epilog=EPILOG)(command(Wishes, edit, arguments=("image", "prompt"), flags=OWN))
