"""What a lock cannot say: files that a remade picture has replaced and that are still to go, and forced pictures that
have not come yet. It is written down beside the ledger before it is acted on, so that the next run ends what died."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from uni_cli.storage import files, places, sidecar, urls


@dataclass(frozen=True, slots=True)
class Old:
    """A file that an item had before, and `by`, the path of the one that it has now. Both as the lock says them."""

    path: str
    sha256: str
    by: str


@dataclass(frozen=True, slots=True)
class Past:
    """What became of an old file: it is gone, or it stays and this is why."""

    old: Old
    why: str | None = None


@dataclass
class Unsettled:
    """`awaited` has the job of each item that was forced although the lock had its picture."""

    old: list[Old] = field(default_factory=list)
    awaited: dict[str, str] = field(default_factory=dict)


def read(path: Path) -> Unsettled:
    """Empty where there is no such file; one that cannot be read removes nothing."""
    try:
        said = json.loads(path.read_bytes())
        old = [Old(str(one["path"]), str(one["sha256"]), str(one["by"])) for one in said["old"]]
        return Unsettled(old, {str(item): str(job) for item, job in said["awaited"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Unsettled()


def write(path: Path, unsettled: Unsettled) -> None:
    if not unsettled.old and not unsettled.awaited:
        path.unlink(missing_ok=True)
        return
    old = [{"path": one.path, "sha256": one.sha256, "by": one.by} for one in unsettled.old]
    text = json.dumps({"old": old, "awaited": unsettled.awaited}, ensure_ascii=False)
    files.write_atomic(path, text.encode())


def clear(folder: Path, old: Old, named: Collection[str]) -> Past | None:
    """Remove the file if it is still the one that was made. None: there is nothing to tell. `named` is what locks name.

    Raises OSError where it could not be removed, and may be the next time.
    """
    if old.path in named or old.by not in named:
        return None  # somebody brought the old lock back
    if urls.is_url(old.path) or urls.is_url(old.by):
        return Past(old, "nothing is removed from or for a store")
    path, successor = folder / old.path, folder / old.by
    if not successor.is_file() or (path.exists() and path.samefile(successor)):
        return None
    if not files.contained(path, folder):
        return Past(old, "it lies outside of the recipe's folder") if path.exists() else None
    found = places.digest(str(path))
    if found is None:
        _remove_widow(path, old.sha256)
        return None
    if found != old.sha256:
        return Past(old, "it was altered by hand")
    path.unlink(missing_ok=True)
    sidecar.path_of(path).unlink(missing_ok=True)
    return Past(old)


def _remove_widow(path: Path, sha256: str) -> None:
    """The sidecar whose picture a dead run has removed."""
    beside = sidecar.path_of(path)
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        if sidecar.read(beside)["image"]["sha256"] == sha256:
            beside.unlink(missing_ok=True)
