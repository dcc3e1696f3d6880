"""The lock: which picture each item became. One item is one line, so that two people's changes merge."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from uni_cli import codec, pricing
from uni_cli.models import Job, Saved
from uni_cli.recipes import unsettled
from uni_cli.recipes.spots import Spot
from uni_cli.recipes.unsettled import Old, Past, Unsettled
from uni_cli.storage import files, urls

SCHEMA = "uni.lock/1"
MAX_BYTES = 1 << 29
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lock:
    recipe: str
    items: dict[str, Entry] = field(default_factory=dict)


def read(path: Path, recipe: str, *, shown: str | None = None) -> Lock:
    """The lock of a recipe; an empty one where there is no file. Raises BadRecipe with the place of what is wrong."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES)
    except FileNotFoundError:
        return Lock(recipe)
    except OSError as error:
        raise Spot(path, shown or path.name).error(f"the lock cannot be read: {error.strerror}") from error
    return _checked(data, Spot(path, shown or path.name), recipe)


def _checked(data: bytes, start: Spot, recipe: str) -> Lock:
    try:
        values = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise start.error("the lock is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        spot = Spot(start.file, start.shown, error.lineno, error.colno)
        line = data.decode(errors="replace").splitlines()[error.lineno - 1 : error.lineno]
        if line and line[0].startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
            raise spot.error("the lock holds an unfinished merge: keep the lines of both sides") from error
        raise spot.error(f"the lock is not JSON: {error.msg}") from error
    except RecursionError as error:
        raise start.error("the lock is nested too deep") from error
    if not isinstance(values, dict) or values.get("schema") != SCHEMA:
        raise start.error(f"the file is not a lock: its `schema` is not {SCHEMA}")
    items = values.get("items")
    if not isinstance(items, dict) or not all(_is_entry(entry) for entry in items.values()):
        raise start.error("the lock's `items` do not hold an entry each")
    return Lock(str(values.get("recipe", recipe)), items)


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and all(
        isinstance(entry.get(name), str | None) for name in ("fingerprint", "path", "sha256", "job", "created")
    )


def text(lock: Lock) -> str:
    """Sorted by id, one item on one line, the same for the same items."""
    lines = [f"    {_dumps(item)}: {_dumps(lock.items[item])}" for item in sorted(lock.items)]
    body = "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"
    return f'{{\n  "schema": "{SCHEMA}",\n  "recipe": {_dumps(lock.recipe)},\n  "items": {body}\n}}\n'


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def write(path: Path, lock: Lock) -> None:
    files.write_atomic(path, text(lock).encode())


def entry(job: Job, saved: Saved, print_: str, folder: Path, *, seed: int | None) -> dict[str, Any]:
    """What became of an item. Its path is relative to the lock, or the URL of a store."""
    return {
        "fingerprint": print_,
        "path": saved.path if urls.is_url(saved.path) else relative(Path(saved.path), folder),
        "sha256": saved.sha256,
        "width": saved.width,
        "height": saved.height,
        "provider": job.provider,
        "model": job.request.model,
        "seed": seed,
        "job": job.id,
        "remote_id": job.remote_id,
        "cost_usd": pricing.as_text(job.charged),
        "created": codec.moment(job.saved or job.updated),
    }


def relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def merged(first: Lock, second: Lock) -> Lock:
    """Of two entries for one item the newer holds; what is dropped in either stays so if it is the same picture."""
    items = dict(first.items)
    for item, other in second.items.items():
        own = items.get(item)
        if own is None:
            items[item] = other
            continue
        newer = max(own, other, key=lambda one: (str(one.get("created") or ""), str(one.get("sha256") or "")))
        same = own.get("sha256") == other.get("sha256")
        dropped = same and (own.get("dropped") or other.get("dropped"))
        items[item] = {**newer, "dropped": True} if dropped else newer
    return Lock(first.recipe, items)


class Keeper:
    """A lock that is written while pictures land, also by several processes at once.

    `past` tells what became of the files that remade pictures have replaced under another name.
    """

    def __init__(self, path: Path, recipe: str, guard: Path) -> None:
        self.path = path
        self._recipe = recipe
        self._guard = guard
        self._unsettled = guard.with_suffix(".json")
        self._changes: dict[str, Entry | None] = {}
        self._remade: set[str] = set()
        self._not_before = 0.0
        self.past: list[Past] = []

    def change(self, item: str, entry: Entry | None, *, remade: bool = False) -> None:
        """None removes the entry. `remade`: the file that the item had before goes when the lock is written."""
        self._changes[item] = entry
        if remade:
            self._remade.add(item)

    @property
    def is_due(self) -> bool:
        """A large lock is written now and then: until it is, the ledger remembers."""
        return time.monotonic() >= self._not_before

    def check(self) -> None:
        """Raises OSError where the lock could not be written."""
        with held(self._guard):
            files.is_writable(self.path.parent)

    def flush(self) -> None:
        if not self._changes:
            return
        begun = time.monotonic()
        with held(self._guard):
            lock = read(self.path, self._recipe)
            left = unsettled.read(self._unsettled)
            replaced = list(self._replaced(lock))
            if replaced:
                # Before the lock forgets them, so that whoever comes after a sudden death knows what is to go.
                left.old = [*_renewed(left.old, replaced), *replaced]
                unsettled.write(self._unsettled, left)
            for item, entry in self._changes.items():
                if entry is None:
                    lock.items.pop(item, None)
                else:
                    lock.items[item] = entry
            write(self.path, Lock(self._recipe, lock.items))
            arrived = self._remade & left.awaited.keys()
            if left.old or arrived:
                awaited = {item: job for item, job in left.awaited.items() if item not in arrived}
                self._clear(lock, Unsettled(left.old, awaited))
        self._changes.clear()
        self._remade.clear()
        done = time.monotonic()
        self._not_before = done + 10 * (done - begun) if done - begun > 0.05 else 0.0

    def _replaced(self, lock: Lock) -> Iterator[Old]:
        for item in self._remade:
            before, now = lock.items.get(item, {}), self._changes[item] or {}
            old, new = before.get("path"), now.get("path")
            if old and new and old != new and before.get("sha256"):
                yield Old(str(old), str(before["sha256"]), str(new))

    def _clear(self, lock: Lock, left: Unsettled) -> None:
        """The new pictures and the lock are on the disk: what they replaced goes."""
        named = {str(entry.get("path")) for entry in lock.items.values()}
        stuck: list[Old] = []
        for old in left.old:
            try:
                past = unsettled.clear(self.path.parent, old, named)
            except OSError as error:
                past = Past(old, f"it could not be removed: {error.strerror or error}")
                stuck.append(old)
            if past is not None:
                self.past.append(past)
        unsettled.write(self._unsettled, Unsettled(stuck, left.awaited))

    # --- across runs -----------------------------------------------------------------------------------------------

    def expect(self, jobs: Mapping[str, str]) -> None:
        """These jobs, by item, make anew what the lock has: until they come, nothing but this says so."""
        if not jobs:
            return
        with held(self._guard):
            left = unsettled.read(self._unsettled)
            unsettled.write(self._unsettled, Unsettled(left.old, {**left.awaited, **jobs}))

    def awaited(self) -> Mapping[str, str]:
        return unsettled.read(self._unsettled).awaited

    def settle(self, is_open: Callable[[str], bool]) -> None:
        """End what a run that died had begun. `is_open` tells of an awaited job whether it may still come."""
        if not self._unsettled.exists():
            return
        with held(self._guard):
            left = unsettled.read(self._unsettled)
            awaited = {item: job for item, job in left.awaited.items() if is_open(job)}
            self._clear(read(self.path, self._recipe), Unsettled(left.old, awaited))


def _renewed(old: list[Old], replaced: list[Old]) -> Iterator[Old]:
    """A file that could not be removed yet, where what took its place has been replaced as well."""
    by = {one.path: one.by for one in replaced}
    return (replace(one, by=by.get(one.by, one.by)) for one in old)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """One process at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        _hold(stream.fileno())
        try:
            yield
        finally:
            _let_go(stream.fileno())


if os.name == "nt":  # pragma: no cover
    import msvcrt

    def _hold(number: int) -> None:
        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]

    def _let_go(number: int) -> None:
        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _hold(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX)

    def _let_go(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_UN)
