"""What a run leaves behind and what it clears: old files of remade pictures, entries that no item wants any more."""

from __future__ import annotations

from pathlib import Path

from uni_cli.commands.recipes_look import leftovers
from uni_cli.context import Context
from uni_cli.folders import expanded
from uni_cli.recipes import lock as locks
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.status import Finding, file_hash
from uni_cli.recipes.unsettled import Past
from uni_cli.recipes.work import keeper
from uni_cli.storage import files, sidecar, urls

# So many files are told one by one.
NAMED = 12


def tell_replaced(context: Context, pasts: list[tuple[Recipe, Past]]) -> None:
    """Files whose item has a picture of another name now: which of them are gone, and which stay and why."""
    gone = [(recipe, past) for recipe, past in pasts if past.why is None]
    for recipe, past in gone[:NAMED]:
        old, new = Path(recipe.prefix, past.old.path), Path(recipe.prefix, past.old.by)
        context.console.note(f"removed {old}: {new} takes its place")
    if len(gone) > NAMED:
        context.console.note(f"removed {len(gone) - NAMED} more files whose pictures have new names")
    stay = [(recipe, past) for recipe, past in pasts if past.why is not None]
    for recipe, past in stay[:NAMED]:
        place = past.old.path if urls.is_url(past.old.path) else Path(recipe.prefix, past.old.path)
        context.console.warn(f"{place} stays although {past.old.by} takes its place: {past.why}")
    if len(stay) > NAMED:
        context.console.warn(f"{len(stay) - NAMED} more old files stay")


def prune(context: Context, recipes: list[Recipe], orphans: list[Finding]) -> None:
    """Entries without an item go, and their files with them if they are still the ones that were made."""
    for recipe in recipes:
        keeping = keeper(recipe.lock, recipe.name, context.state_dir)
        lock = locks.read(recipe.lock, recipe.name)
        for finding in orphans:
            if finding.recipe != recipe.name or finding.item not in lock.items:
                continue
            keeping.change(finding.item, None)
            if finding.path and not _is_shared(lock, finding):
                _remove(context, recipe.folder, recipe.prefix, lock.items[finding.item])
        keeping.flush()


def prune_leftovers(context: Context, names: tuple[str, ...], recipes: list[Recipe]) -> None:
    """Of a folder also the locks whose recipe is gone, with their pictures."""
    for name in names:
        folder = expanded(name)
        for path, lock in leftovers([folder] if folder.is_dir() else [], recipes):
            for entry in lock.items.values():
                if entry.get("path") and not urls.is_url(str(entry["path"])):
                    _remove(context, folder, name, entry)
            path.unlink()
            context.console.note(f"removed {Path(name, path.name)}: its recipe is gone")


def announce_prune(context: Context, recipes: list[Recipe], orphans: list[Finding]) -> None:
    for recipe in recipes:
        lock = locks.read(recipe.lock, recipe.name)
        for finding in orphans:
            if finding.recipe != recipe.name or finding.item not in lock.items:
                continue
            shown = Path(recipe.prefix, str(finding.path))
            more = ""
            if finding.path and not _is_shared(lock, finding):
                made = _is_made(recipe.folder, lock.items[finding.item])
                more = f" and remove {shown}" if made else f"; {shown} is not the file that was made, so it stays"
            context.console.note(f"--prune would drop {finding.item} of {recipe.name}{more}")


def _is_shared(lock: locks.Lock, finding: Finding) -> bool:
    return sum(1 for other in lock.items.values() if other.get("path") == finding.path) > 1


def _is_made(folder: Path, entry: locks.Entry) -> bool:
    path = folder / str(entry.get("path"))
    return files.contained(path, folder) and file_hash(path) == entry.get("sha256")


def _remove(context: Context, folder: Path, prefix: str, entry: locks.Entry) -> None:
    path = folder / str(entry.get("path"))
    if not _is_made(folder, entry):
        context.console.warn(f"{entry.get('path')} is not the file that was made, so it stays")
        return
    path.unlink(missing_ok=True)
    sidecar.path_of(path).unlink(missing_ok=True)
    context.console.note(f"removed {Path(prefix, str(entry.get('path')))}")
