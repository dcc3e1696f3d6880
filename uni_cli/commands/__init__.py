"""One thin file per command. `TABLE` names them all, so that only the one that is called is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """`place` is the module and the name of its Typer app in it."""

    place: str
    help: str
    panel: str


TABLE: dict[str, Entry] = {
    "generate": Entry("uni_cli.commands.generate:app", "Make a picture from words.", "Make"),
    "edit": Entry("uni_cli.commands.edit:app", "Change a picture as the words say.", "Make"),
    "plan": Entry("uni_cli.commands.plan:app", "Think first: from an intent to a recipe to edit and run.", "Make"),
    "recipes": Entry("uni_cli.commands.recipes:app", "Pictures as code: recipes and their locks.", "Make"),
    "status": Entry("uni_cli.commands.status:app", "Jobs and money: list, wait, recover, forget.", "Look"),
    "inspect": Entry(
        "uni_cli.commands.inspect:app", "How a picture was made, and whether it was changed since.", "Look"
    ),
    "gallery": Entry("uni_cli.commands.gallery:app", "Pictures and how they were made, as a page or a sheet.", "Look"),
    "providers": Entry("uni_cli.commands.providers:app", "Services: keys, abilities, limits and prices.", "Set up"),
    "serve": Entry("uni_cli.commands.serve:app", "An emulator of all four services, for tests and CI.", "Set up"),
    "config": Entry("uni_cli.commands.config:app", "Where settings come from.", "Set up"),
}
