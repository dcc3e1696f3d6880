"""Which pictures below some paths say how they were made, in a sidecar or inside themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uni_cli.errors import Usage
from uni_cli.gallery.exhibit import Exhibit, Stamp
from uni_cli.storage import embed, picture, sidecar

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A picture that could not be shown, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    exhibits: tuple[Exhibit, ...]
    problems: tuple[Problem, ...]


class Collector:
    """Looks below the paths, again and again if need be: what has not changed is not read twice."""

    def __init__(self, paths: Sequence[Path]) -> None:
        for path in paths:
            if not path.exists():
                raise Usage(f"{path} does not exist", hint="Name folders or pictures; without any, it is this folder.")
        self._paths = tuple(paths)
        self._seen: dict[Path, tuple[Stamp, Exhibit | Problem | None]] = {}

    def look(self) -> Found:
        """The newest picture first."""
        seen: dict[Path, tuple[Stamp, Exhibit | Problem | None]] = {}
        for path, named in self._candidates():
            try:
                stamp = _stamp(path)
            except OSError:
                continue  # gone while we looked
            known = self._seen.get(path)
            seen[path] = known if known and known[0] == stamp else (stamp, _read(path, stamp, named=named))
        self._seen = seen
        found = [thing for _, thing in seen.values()]
        exhibits = [thing for thing in found if isinstance(thing, Exhibit)]
        exhibits.sort(key=lambda one: one.path.as_posix())
        exhibits.sort(key=lambda one: one.saved, reverse=True)
        return Found(tuple(exhibits), tuple(thing for thing in found if isinstance(thing, Problem)))

    def _candidates(self) -> Iterator[tuple[Path, bool]]:
        """Every file once, and whether the user named it."""
        passed: set[Path] = set()
        for path in self._paths:
            named = not path.is_dir()
            for one in [path] if named else _below(path):
                place = one.absolute()
                if place not in passed:
                    passed.add(place)
                    yield one, named


def collect(paths: Sequence[Path]) -> Found:
    return Collector(paths).look()


def _below(folder: Path) -> Iterator[Path]:
    """Hidden folders and links to folders are passed over."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(here, name)


def _stamp(path: Path) -> Stamp:
    told = path.stat()
    try:
        beside = sidecar.path_of(path).stat().st_mtime_ns
    except OSError:
        beside = 0
    return told.st_mtime_ns, told.st_size, beside


def _read(path: Path, stamp: Stamp, *, named: bool) -> Exhibit | Problem | None:
    """None: a picture that is none of ours, and that nobody asked for by name."""
    try:
        made = _made(path)
        if made is None:
            return Problem(path, "it does not say how it was made") if named else None
        with path.open("rb") as stream:
            _, width, height = picture.dimensions(stream)
    except (OSError, ValueError, RecursionError) as error:
        has_sidecar = stamp[2] != 0
        return Problem(path, _reason(error)) if named or has_sidecar else None
    return Exhibit(path, width, height, stamp, made)


def _made(path: Path) -> dict[str, Any] | None:
    beside = sidecar.path_of(path)
    if beside.exists():
        try:
            return sidecar.read(beside)
        except (OSError, ValueError, RecursionError):
            inside = _embedded(path)  # a sidecar of another program, or a damaged one
            if inside is None:
                raise
            return inside
    return _embedded(path)


def _embedded(path: Path) -> dict[str, Any] | None:
    with path.open("rb") as stream:
        found = embed.read(stream)
    if not found.extra:
        return None
    said = {"model": found.model, "prompt": found.prompt}
    return {**{name: value for name, value in said.items() if value}, **found.extra}


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or "it cannot be read"
    return str(error).rstrip(".") or "it cannot be read"
