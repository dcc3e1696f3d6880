"""What a shell asks while Tab is held: `uni __complete KIND [PREFIX [RECIPE]]`. Light, silent, and it only looks.

Each line of the answer is a value, a tab and a description. Values that a shell could take for anything but text are
left out, and descriptions are one line of printable text: both come from outside.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

LEDGER = "ledger.sqlite3"
# The index gives the newest at once; a prefix makes the primary key the shorter way.
NEWEST = """SELECT id, state, substr(prompt, 1, 200) FROM jobs
    WHERE instr(?, state) ORDER BY created DESC LIMIT ?"""
BEGINNING = """SELECT id, state, substr(prompt, 1, 200) FROM jobs
    WHERE id >= ? AND id < ? AND instr(?, state) ORDER BY created DESC LIMIT ?"""
OPEN = "planned submitting in_doubt queued running finished"
ALL = f"{OPEN} saved failed refused"

MOST = 50
LONGEST = 60
LOCK_BYTES = 1 << 24
# Letters of any script and what no shell reads as more than a letter.
_PLAIN = re.compile(r"[\w.@%+/][\w.@%+/,=-]*")
# The entry points that the providers' table asks for.
GROUP = "[uni_cli.providers]"


def main(args: Sequence[str]) -> None:
    """Whatever is wrong, the shell gets an answer without a sound: an empty one."""
    try:
        kind, prefix, recipe = [*args, "", "", ""][:3]
        lines = [f"{value}\t{_clean(text)}\n" for value, text in _found(kind, prefix, recipe)]
        # Past sys.stdout: it would complain at exit about a shell that stopped reading.
        os.write(1, "".join(lines).encode("utf-8", "replace"))
    except Exception:  # noqa: S110  (a completion that fails offers nothing)
        pass


def _found(kind: str, prefix: str, recipe: str) -> Iterator[tuple[str, str]]:
    number = 0
    for value, text in _answer(kind, prefix, recipe):
        if value.startswith(prefix) and _PLAIN.fullmatch(value):
            yield value, text
            number += 1
            if number == MOST:
                return


def _answer(kind: str, prefix: str, recipe: str) -> Iterable[tuple[str, str]]:
    if kind == "jobs":
        return _jobs(prefix, ALL)
    if kind == "open":
        return _jobs(prefix, OPEN)
    if kind == "pictures":
        return _jobs(prefix, "saved") if prefix else ()
    if kind == "recipes":
        from uni_cli.recipes import find

        return ((name, "") for name in find.names())
    if kind == "items":
        return _items(recipe)
    if kind == "providers":
        return ((name, "") for name in _added_providers())
    return ()


def _clean(text: str) -> str:
    shown = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


# --- the ledger ------------------------------------------------------------------------------------------------


def _jobs(prefix: str, states: str) -> Iterator[tuple[str, str]]:
    """The newest first."""
    from uni_cli import folders

    db = _open(folders.state_dir() / LEDGER)
    if db is None:
        return
    try:
        query, values = (BEGINNING, (prefix, prefix + "g", states, MOST)) if prefix else (NEWEST, (states, MOST))
        for job, state, prompt in db.execute(query, values):
            yield job, f"{state}: {prompt}"
    finally:
        db.close()


def _open(path: Path) -> sqlite3.Connection | None:
    """Read-only, and without the files that SQLite would make beside a ledger that nobody has open."""
    import sqlite3

    # A pipe or a device in its place could keep the shell waiting.
    if not path.is_file():
        return None
    log, shared = (path.with_name(f"{path.name}-{end}") for end in ("wal", "shm"))
    alive = log.is_file() and shared.is_file() and log.stat().st_size
    how = "mode=ro" if alive else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=0)


# --- locks -----------------------------------------------------------------------------------------------------


def _items(recipe: str) -> Iterator[tuple[str, str]]:
    import json

    for lock in _locks(recipe):
        if lock.is_file() and lock.stat().st_size <= LOCK_BYTES:
            entries = json.loads(lock.read_bytes())["items"]
            for item, entry in entries.items():
                yield item, str(entry.get("path", ""))
            return


def _locks(recipe: str) -> Iterator[Path]:
    """Where the lock of a recipe may be, which is given by its name or its file."""
    path = Path(recipe)
    if path.suffix in (".yaml", ".yml"):
        from uni_cli.recipes import find

        for name in find.names_in(path) if path.is_file() else []:
            yield path.with_name(f"{_slug(name)}.lock.json")
    elif recipe and path.name == recipe:
        yield Path("recipes", f"{_slug(recipe)}.lock.json")


def _slug(name: str) -> str:
    if re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name):
        return name
    from uni_cli.storage import naming

    return naming.slug(name)


# --- providers of other packages -------------------------------------------------------------------------------


def _added_providers() -> list[str]:
    """Entry points of the group, read as text: importlib.metadata alone takes as long as Python's own start."""
    found: set[str] = set()
    for folder in dict.fromkeys(sys.path):
        for info in Path(folder).glob("*.*-info/entry_points.txt"):
            found.update(_entry_points(info.read_text("utf-8", "replace")))
    return sorted(found)


def _entry_points(text: str) -> Iterator[str]:
    _, group, rest = text.partition(GROUP)
    for line in rest.splitlines() if group else ():
        if line.startswith("["):
            return
        name, equals, _ = line.partition("=")
        if equals:
            yield name.strip()
