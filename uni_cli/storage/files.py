"""Files that are there whole or not at all, under names that nobody else has."""

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from uni_cli.storage.naming import numbered

LEFTOVER_SECONDS = 24 * 60 * 60

# A sidecar, or a small picture with its mark, in one write.
BUFFER = 1 << 16
# Of the files that wait for the disk together; some systems let a process have no more than 256 open.
OPEN_AT_ONCE = 64
DRAFT_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

Companions = Mapping[str, Callable[[Path], bytes]]

_reserving = threading.Lock()


class Draft:
    """A file that has no name yet: written beside its future place, gone unless published."""

    def __init__(self, folder: Path, *, mode: int = 0o666) -> None:
        self.folder = folder
        # As text: a Path takes as long to make as a file, and there are two for each picture.
        self.name = os.path.join(folder, _draft_name())
        # A handle, and not a file of Python's, which takes longer to make than a small picture to write.
        self._handle: int | None = None
        try:
            self._handle = os.open(self.name, DRAFT_FLAGS, mode)
        except FileNotFoundError:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.name, DRAFT_FLAGS, mode)
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._hash = hashlib.sha256()
        self._is_gone = False
        self.bytes = 0

    @property
    def path(self) -> Path:
        return Path(self.name)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes, /) -> int:
        if self._handle is None:
            raise ValueError("the draft is finished")
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes >= BUFFER:
            self._flush()
        self._hash.update(data)
        self.bytes += len(data)
        return len(data)

    def _flush(self) -> None:
        if self._handle is None or not self._held:
            return
        rest = self._held[0] if len(self._held) == 1 else b"".join(self._held)
        done, view = 0, memoryview(rest)
        try:
            while done < len(rest):
                done += os.write(self._handle, view[done:])
        finally:
            # What a full disk did not take is still to be written.
            self._held, self._held_bytes = [rest[done:]] if done < len(rest) else [], len(rest) - done

    def _close(self) -> None:
        if self._handle is not None:
            handle, self._handle = self._handle, None
            os.close(handle)

    def finish(self, *, sync: bool = True) -> None:
        """Everything is written and no more can be; with `sync` it is on the disk as well."""
        if self._handle is not None:
            self._flush()
            if sync:
                os.fsync(self._handle)
            self._close()

    def open(self) -> BinaryIO:
        """A reader of what was written so far."""
        self._flush()
        return self.path.open("rb")

    def discard(self) -> None:
        if self._is_gone:
            return
        self._is_gone = True
        with contextlib.suppress(OSError):
            self._close()
        with contextlib.suppress(OSError):
            os.unlink(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()


def publish(
    draft: Draft,
    path: Path,
    *,
    overwrite: bool = False,
    companions: Companions | None = None,
    taken: set[str] | None = None,
    is_done: Callable[[Path], bool] = lambda name: False,
    sync: bool = True,
) -> Path:
    """Give the draft its name, or `-1`, `-2`, … where that is taken, and return it.

    `companions` maps a suffix (`.json`) to what makes that file's bytes once the picture's name is known. They take
    their names first, so a picture that can be seen is complete. `taken` holds the names of this run, which are never
    overwritten; the new name is added to it. `is_done` tells of a taken name whether this very draft was published
    there by somebody else. Without `sync` nothing survives a power cut before `settle`.
    """
    draft.finish(sync=sync)
    if draft.folder != path.parent:
        path.parent.mkdir(parents=True, exist_ok=True)
    taken = set() if taken is None else taken
    k = 0
    while True:
        name = numbered(path, k)
        if reserve(name, taken):
            try:
                done = _take(draft, name, companions or {}, overwrite=overwrite, sync=sync)
            except BaseException:
                release(name, taken)
                raise
            if done or is_done(name):
                draft.discard()
                if sync:
                    _sync_folder(os.fspath(name.parent))
                return name
            release(name, taken)
        k += 1


def settle(names: Sequence[str]) -> dict[str, OSError]:
    """Wait until these files and their names are on the disk, each folder once; what went wrong with which."""
    troubles: dict[str, OSError] = {}
    folders: dict[str, list[str]] = {}
    for name in names:
        folders.setdefault(os.path.dirname(name) or ".", []).append(name)
    for start in range(0, len(names), OPEN_AT_ONCE):
        troubles.update(_sync_all(names[start : start + OPEN_AT_ONCE]))
    for folder, inside in folders.items():
        try:
            _sync_folder(folder)
        except FileNotFoundError:
            pass
        except OSError as error:
            troubles.update(dict.fromkeys(inside, error))
    return troubles


def is_writable(folder: Path) -> None:
    """Raise `OSError` unless a file can be made in `folder`, which is created where missing."""
    with Draft(folder) as draft:
        draft.write(b"uni")
        draft.finish()


def write_atomic(path: Path, data: bytes, *, overwrite: bool = True, mode: int = 0o666) -> None:
    """Readers see the old file or the new one; without `overwrite`, an old one is a `FileExistsError`."""
    with Draft(path.parent, mode=mode) as draft:
        draft.write(data)
        draft.finish()
        if overwrite:
            os.replace(draft.name, path)
        else:
            _claim(draft.name, os.fspath(path))
    _sync_folder(os.fspath(path.parent))


def write_private(path: Path, data: bytes) -> None:
    """Only the owner can read the file, from its first byte on."""
    write_atomic(path, data, mode=stat.S_IRUSR | stat.S_IWUSR)


def sweep(folder: Path) -> int:
    """Remove drafts that a killed process left behind a day ago or longer; how many there were."""
    removed = 0
    with contextlib.suppress(OSError):
        for leftover in folder.glob(".uni-*.part"):
            with contextlib.suppress(OSError):
                if time.time() - leftover.lstat().st_mtime > LEFTOVER_SECONDS:
                    leftover.unlink()
                    removed += 1
    return removed


def contained(path: Path, folder: Path) -> bool:
    """Is `path`, with every link followed, inside `folder`?"""
    inner, outer = path.resolve(), folder.resolve()
    return inner != outer and inner.is_relative_to(outer)


def _take(draft: Draft, name: Path, companions: Companions, *, overwrite: bool, sync: bool) -> bool:
    """Put the companions and then the draft in place; False if somebody has one of the names."""
    wanted = os.fspath(name)
    # Of a companion it comes out soon enough, and hardly ever does one stand alone.
    if not overwrite and os.path.lexists(wanted):
        return False
    with contextlib.ExitStack() as drafts:
        moves: list[tuple[str, str]] = []
        for suffix, make in companions.items():
            companion = drafts.enter_context(Draft(name.parent))
            companion.write(make(name))
            companion.finish(sync=sync)
            moves.append((companion.name, wanted + suffix))
        moves.append((draft.name, wanted))
        if not overwrite:
            return _claim_all(moves)
        _replace_all(moves)
        return True


def _claim_all(moves: list[tuple[str, str]]) -> bool:
    with contextlib.ExitStack() as undo:
        for source, target in moves:
            try:
                _claim(source, target)
            except FileExistsError:
                return False
            undo.callback(_remove, target)
        undo.pop_all()
    return True


def _claim(source: str, target: str) -> None:
    """Give the file the name if nobody has it, in one step that no other process can come between."""
    try:
        os.link(source, target)
    except OSError:  # taken, or a file system without links: creating the file tells which
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        try:
            os.replace(source, target)
        except BaseException:
            _remove(target)
            raise


def _replace_all(moves: list[tuple[str, str]]) -> None:
    for _, target in moves:
        if os.path.isdir(target):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    with contextlib.ExitStack() as spares, contextlib.ExitStack() as undo:
        for source, target in moves:
            spare = _spare(target)
            if spare:
                spares.callback(_remove, spare)
            existed = os.path.lexists(target)
            os.replace(source, target)
            if spare:
                undo.callback(os.replace, spare, target)
            elif not existed:
                undo.callback(_remove, target)
        undo.pop_all()


def _spare(target: str) -> str | None:
    """A second name for what is about to be replaced, so that it can come back."""
    spare = os.path.join(os.path.dirname(target), _draft_name())
    try:
        os.link(target, spare)
    except OSError:
        return None
    return spare


def _remove(name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name)


def _draft_name() -> str:
    return f".uni-{secrets.token_hex(8)}.part"


def reserve(name: str | Path, taken: set[str]) -> bool:
    """Take the name for this run; False if one of its pictures has it."""
    alike = _alike(name)
    with _reserving:
        free = alike not in taken
        taken.add(alike)
        return free


def release(name: str | Path, taken: set[str]) -> None:
    taken.discard(_alike(name))


def _alike(name: str | Path) -> str:
    """Case is no difference, for on some systems it is none."""
    folder, last = os.path.split(name)
    return os.path.join(folder if os.path.isabs(folder) else os.path.join(os.getcwd(), folder), last.casefold())


def _sync_all(names: Sequence[str]) -> dict[str, OSError]:
    """What went wrong with which. The disk begins with all of them before the first is waited for."""
    troubles: dict[str, OSError] = {}
    handles: dict[str, int] = {}
    later: list[str] = []
    for name in names:
        try:
            # Windows syncs only what is open for writing.
            handles[name] = os.open(name, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        except FileNotFoundError:
            pass  # whoever took it away wants it no more
        except OSError as error:
            if handles and error.errno in (errno.EMFILE, errno.ENFILE):
                later.append(name)
            else:
                troubles[name] = error
    if hasattr(os, "posix_fadvise"):
        for handle in handles.values():
            # Linux then begins to write the pages down and does not wait, so one wait takes most of the others with it.
            with contextlib.suppress(OSError):
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    for name, handle in handles.items():
        try:
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            troubles[name] = error
    return troubles | _sync_all(later) if later else troubles


def _sync_folder(folder: str) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems cannot
            os.fsync(handle)
    finally:
        os.close(handle)
