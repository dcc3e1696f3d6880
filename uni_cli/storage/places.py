"""Where pictures go: a folder, or a store that has a URL. Both keep the same promises about names."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Protocol

from uni_cli.storage import files, naming, sidecar
from uni_cli.storage.urls import is_url, split

TURN, TURNS = 0.05, 20


class Place(Protocol):
    """Names are relative to the place; `where` tells how a picture is found from anywhere."""

    def drafts(self, name: PurePath) -> Path:
        """A folder of this machine for what is to be published as `name`."""

    def name(self, fields: Mapping[str, object], format: str) -> PurePath:
        """What the template says."""

    def where(self, name: PurePath) -> str: ...

    def shown(self, name: PurePath) -> str:
        """In the words of the user."""

    def publish(
        self,
        draft: files.Draft,
        name: PurePath,
        *,
        job: str,
        beside: Callable[[PurePath], bytes],
        overwrite: bool,
        taken: set[str],
        sync: bool = True,
    ) -> PurePath:
        """Picture and sidecar appear together under `name`, or under the next that is free. Raises OSError.

        Without `sync` a folder leaves it to `files.settle` to wait for the disk.
        """

    def read(self, name: PurePath, limit: int) -> bytes:
        """Raises FileNotFoundError where there is nothing, ValueError where it is not ours to read or too large."""

    def digest(self, name: PurePath) -> str | None:
        """SHA-256 of what is there; None where nothing is."""

    def settle(self, name: PurePath) -> None:
        """Wait until the picture of that name and its sidecar survive a power cut. Raises OSError."""

    def forsake(self, name: PurePath) -> None:
        """The sidecar of a picture that never came must not stand in the way of the next try."""


@dataclass(frozen=True, slots=True)
class Folder:
    template: str
    folder: Path
    prefix: str = ""

    def drafts(self, name: PurePath) -> Path:
        return self.folder if len(name.parts) == 1 else Path(self.folder, name).parent

    def name(self, fields: Mapping[str, object], format: str) -> PurePath:
        return naming.with_suffix(naming.fill(self.template, fields), format)

    def where(self, name: PurePath) -> str:
        return _joined(str(self.folder), name)

    def shown(self, name: PurePath) -> str:
        return _joined(self.prefix, name)

    def publish(
        self,
        draft: files.Draft,
        name: PurePath,
        *,
        job: str,
        beside: Callable[[PurePath], bytes],
        overwrite: bool,
        taken: set[str],
        sync: bool = True,
    ) -> PurePath:
        done = files.publish(
            draft,
            Path(self.folder, name),
            overwrite=overwrite,
            companions={sidecar.SUFFIX: lambda path: beside(_called(name, path.name))},
            taken=taken,
            # Where two collect one job at the same time, which only a cluster does, the first to have a name keeps it.
            is_done=lambda path: _is_of(job, path) and _comes(path) == draft.sha256,
            sync=sync,
        )
        return _called(name, done.name)

    def read(self, name: PurePath, limit: int) -> bytes:
        path = Path(self.folder, name)
        try:
            if path.stat().st_size > limit:
                raise ValueError(f"{path} is too large")
            return path.read_bytes()
        except NotADirectoryError as error:
            raise FileNotFoundError(str(path)) from error
        except PermissionError as error:
            raise ValueError(f"{path} cannot be read") from error

    def digest(self, name: PurePath) -> str | None:
        return digest(self.where(name))

    def settle(self, name: PurePath) -> None:
        for trouble in files.settle(sidecar.both(self.where(name))).values():
            raise trouble

    def forsake(self, name: PurePath) -> None:
        path = Path(self.folder, name)
        if _comes(path.with_name(path.name.removesuffix(sidecar.SUFFIX))) is None:
            path.unlink(missing_ok=True)


def _called(name: PurePath, last: str) -> PurePath:
    return name if name.name == last else name.with_name(last)


def _comes(path: Path) -> str | None:
    """Its sidecar is there, so whoever has claimed the name is about to put the picture beside it."""
    for _ in range(TURNS):
        found = digest(str(path))
        if found is not None:
            return found
        time.sleep(TURN)
    return None


def _is_of(job: str, path: Path) -> bool:
    try:
        return sidecar.read(sidecar.path_of(path)).get("job") == job
    except (OSError, ValueError):
        return False


def of(template: str, folder: str, *, prefix: str, state_dir: Path) -> Place:
    """The place that a template names."""
    if not is_url(template):
        return _folder(template, folder, prefix)
    from uni_cli.storage.remote import Store

    base, rest = split(template)
    return Store(base, rest, state_dir / "outgoing")


@lru_cache(maxsize=16)
def _folder(template: str, folder: str, prefix: str) -> Folder:
    """One for all pictures of a command."""
    return Folder(template, Path(folder), str(Path(prefix)))


def _joined(folder: str, name: PurePath) -> str:
    """What `str(Path(folder, name))` is where `folder` comes from a Path already, in a quarter of its time."""
    return str(name) if folder in (".", "") else os.path.join(folder, name)


# --- pictures by the path that the ledger knows --------------------------------------------------------------------


def exists(path: str) -> bool:
    if not is_url(path):
        return Path(path).exists()
    from uni_cli.storage import remote

    return remote.exists(path)


def digest(path: str) -> str | None:
    """SHA-256 of a file or an object; None where there is none."""
    if is_url(path):
        from uni_cli.storage import remote

        return remote.digest(path)
    try:
        with Path(path).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None


def local_copy(path: str, folder: Path) -> Path:
    """The file itself, or a copy in `folder` of what lies in a store. Raises OSError."""
    if not is_url(path):
        return Path(path)
    from uni_cli.storage import remote

    return remote.fetch(path, folder)
