"""Do pictures, recipe and lock agree? Answered without network, key or money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from uni_cli.recipes.asking import Asked, Asker
from uni_cli.recipes.expand import expand
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.lock import Entry, Lock
from uni_cli.storage import places, sidecar, urls


class Status(StrEnum):
    OK = "ok"
    MISSING = "missing"
    STALE = "stale"
    ALTERED = "altered"
    ORPHANED = "orphaned"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Finding:
    recipe: str
    item: str
    status: Status
    path: str | None


def of(asked: Asked, entry: Entry | None) -> Status:
    fingerprint, folder = asked.fingerprint, asked.item.recipe.folder
    if entry is None:
        return Status.MISSING
    if entry.get("dropped"):
        return Status.DROPPED
    path = entry.get("path")
    if path and urls.is_url(path):  # what lies in a store is not looked at: a check needs no network
        return Status.OK if entry.get("fingerprint") == fingerprint else Status.STALE
    found = file_hash(folder / str(path)) if path else None
    if found is None:
        return Status.MISSING
    if found != entry.get("sha256"):
        return Status.STALE if _is_newer(folder / str(path), found, asked) else Status.ALTERED
    return Status.OK if entry.get("fingerprint") == fingerprint else Status.STALE


def _is_newer(path: Path, found: str, asked: Asked) -> bool:
    """No hand altered it: it was made for this very item, and the lock has not heard of it yet."""
    try:
        said = sidecar.read(sidecar.path_of(path))
        is_made = said["image"]["sha256"] == found
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return is_made and (said.get("recipe"), said.get("item")) == (asked.item.recipe.name, asked.item.id)


def file_hash(path: Path) -> str | None:
    """None where there is no such file."""
    return places.digest(str(path)) if path.is_file() else None


def findings(recipe: Recipe, lock: Lock, asker: Asker) -> Iterator[Finding]:
    """Every item of the recipe but the dropped ones, then what is left over in its lock."""
    left = set(lock.items)
    for chain in expand(recipe):
        for asked in asker.chain(chain):
            left.discard(asked.item.id)
            found = _finding(asked, lock.items)
            if found.status is not Status.DROPPED:
                yield found
    yield from orphans(recipe.name, lock, left)


def _finding(asked: Asked, items: Mapping[str, Entry]) -> Finding:
    item = asked.item
    entry = items.get(item.id)
    status = of(asked, entry)
    return Finding(item.recipe.name, item.id, status, _path(entry))


def orphans(recipe: str, lock: Lock, left: set[str]) -> Iterator[Finding]:
    for item in sorted(left):
        yield Finding(recipe, item, Status.ORPHANED, _path(lock.items[item]))


def _path(entry: Entry | None) -> str | None:
    path = entry.get("path") if entry else None
    return str(path) if path else None
