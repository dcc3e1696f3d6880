"""Stores behind a URL (`s3://bucket/…`), through fsspec: the only module that imports it.

A store has no rename and no folder locks, so the sidecar is the claim: it is created first, and only where nothing
has that name; the picture follows. Where the store can create an object only if it is not there (S3, Google, memory),
nobody can come between. Elsewhere we look, write and read back what we wrote, which leaves a moment in which a
stranger with the same idea may win; our own jobs have different names by then, for the ledger hands them out.
An answer that got lost on its way does no harm: what lies there is compared with what was sent.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from uni_cli.errors import BadOutput, MissingExtra
from uni_cli.storage import files, naming, sidecar
from uni_cli.storage.urls import split

BLOCK = 1 << 20
INSTALL = "pip install 'uni-image[cloud]'. Nothing was sent."
# Here `mode="create"` is one step that no other process can come between.
EXCLUSIVE = frozenset({"s3", "s3a", "gs", "gcs", "memory"})
# Stores with real folders, which have to be made; making one in an object store could make a bucket.
WITH_FOLDERS = frozenset({"ftp", "hdfs", "sftp", "smb", "ssh", "webhdfs"})


class StoreTrouble(OSError):
    """A store did not do what it was asked for."""


@dataclass(frozen=True, slots=True)
class Store:
    """`rest` is the template below the bucket."""

    base: str
    rest: str
    outgoing: Path

    def drafts(self, name: PurePath) -> Path:
        return self.outgoing

    def name(self, fields: Mapping[str, object], format: str) -> PurePath:
        # The dot keeps `~` and a leading slash from meaning what they mean on a disk.
        filled = naming.fill(f"./{self.rest.lstrip('/')}", fields)
        return PurePosixPath(naming.with_suffix(filled, format).as_posix())

    def where(self, name: PurePath) -> str:
        return f"{self.base}/{name.as_posix()}"

    def shown(self, name: PurePath) -> str:
        return self.where(name)

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
        draft.finish()
        k = 0
        while True:
            candidate = PurePosixPath(naming.numbered(Path(name), k).as_posix())
            url = self.where(candidate)
            if files.reserve(url, taken):
                try:
                    done = self._put(draft, url, job, beside(candidate), overwrite=overwrite)
                except BaseException:
                    files.release(url, taken)
                    raise
                if done:
                    draft.discard()
                    return candidate
                files.release(url, taken)
            k += 1

    def _put(self, draft: files.Draft, url: str, job: str, beside: bytes, *, overwrite: bool) -> bool:
        """False if somebody else has one of the two names."""
        claim = url + sidecar.SUFFIX
        with opened(url) as store:
            if overwrite:
                store.write(claim, beside)
                store.upload(draft.path, url)
                return True
            holder = _holder(store, claim)
            if holder not in (None, job) or (holder is None and store.exists(url) and digest(url) != draft.sha256):
                return False
            ours = holder == job
            if ours:
                store.write(claim, beside)
            elif not store.create(claim, beside) and _holder(store, claim) != job:
                return False
            # From here on a trouble leaves the claim where it is: the picture may have arrived all the same.
            if store.create_from(draft.path, url) or digest(url) == draft.sha256:
                return True
            if store.is_beginning(url, draft.path):
                store.upload(draft.path, url)
                return True
            if not ours:
                store.remove(claim)
            return False

    def read(self, name: PurePath, limit: int) -> bytes:
        with opened(self.where(name)) as store:
            return store.read(self.where(name), limit)

    def digest(self, name: PurePath) -> str | None:
        return digest(self.where(name))

    def settle(self, name: PurePath) -> None:
        """A store has what it says it has."""

    def forsake(self, name: PurePath) -> None:
        """It stays ours: the picture may be under way still, and the next try takes the claim up again."""

    def probe(self) -> None:
        """Raise OSError unless an object can be put here; it is removed again."""
        literal = self.rest.partition("{")[0].rpartition("/")[0].strip("/")
        url = "/".join(part for part in (self.base, literal, f".uni-{secrets.token_hex(8)}.part") if part)
        with opened(url) as store:
            store.create(url, b"uni")
            # Somebody who may write and not remove can keep pictures there all the same.
            with suppress(OSError):
                store.remove(url)


def exists(url: str) -> bool:
    with opened(url) as store:
        return store.exists(url)


def digest(url: str) -> str | None:
    found = hashlib.sha256()
    try:
        with opened(url) as store:
            for block in store.blocks(url):
                found.update(block)
    except FileNotFoundError:
        return None
    return found.hexdigest()


def fetch(url: str, folder: Path) -> Path:
    """A copy of the object, under a name of its own."""
    target = folder / f"{hashlib.sha256(url.encode()).hexdigest()[:24]}{PurePosixPath(url).suffix}"
    with files.Draft(folder) as draft, opened(url) as store:
        for block in store.blocks(url):
            draft.write(block)
        draft.finish()
        draft.path.replace(target)
    return target


def _holder(store: Door, claim: str) -> str | None:
    """Whose sidecar lies there: a job's id, "" for what is none of ours, None where there is nothing."""
    try:
        return str(sidecar.parse(store.read(claim, sidecar.LIMIT)).get("job", ""))
    except FileNotFoundError:
        return None
    except ValueError:
        return ""


# --- fsspec --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Door:
    """The few things that are asked of a file system; each may raise anything."""

    fs: Any
    scheme: str

    def exists(self, url: str) -> bool:
        return bool(self.fs.exists(url))

    def read(self, url: str, limit: int) -> bytes:
        try:
            data: bytes = self.fs.cat_file(url, start=0, end=limit + 1)
        except FileNotFoundError:
            raise
        except Exception:  # some stores have no part of an object without bytes
            data = self.fs.cat_file(url)
        if len(data) > limit:
            raise ValueError(f"{url} is too large")
        return data

    def blocks(self, url: str) -> Iterator[bytes]:
        with self.fs.open(url, "rb") as stream:
            while block := stream.read(BLOCK):
                yield block

    def write(self, url: str, data: bytes) -> None:
        self._make_folder(url)
        self.fs.pipe_file(url, data)

    def upload(self, path: Path, url: str) -> None:
        self._make_folder(url)
        self.fs.put_file(str(path), url)

    def create(self, url: str, data: bytes) -> bool:
        """False if the name is taken."""
        if self.scheme not in EXCLUSIVE:
            if self.exists(url):
                return False
            self.write(url, data)
            return self.read(url, len(data)) == data
        try:
            self.fs.pipe_file(url, data, mode="create")
        except FileExistsError:
            return False
        return True

    def create_from(self, path: Path, url: str) -> bool:
        if self.scheme not in EXCLUSIVE:
            taken = self.exists(url)
            if not taken:
                self.upload(path, url)
            return not taken
        try:
            self.fs.put_file(str(path), url, mode="create")
        except FileExistsError:
            return False
        return True

    def is_beginning(self, url: str, path: Path) -> bool:
        """Half a picture, left by an upload that broke off."""
        with path.open("rb") as stream:
            whole = all(block == stream.read(len(block)) for block in self.blocks(url))
            return whole and bool(stream.read(1))

    def remove(self, url: str) -> None:
        self.fs.rm_file(url)

    def _make_folder(self, url: str) -> None:
        if self.scheme in WITH_FOLDERS:
            self.fs.makedirs(url.rpartition("/")[0], exist_ok=True)


@contextmanager
def opened(url: str) -> Iterator[Door]:
    """The store of a URL; whatever goes wrong in it is an OSError with words."""
    fs = _file_system(url)
    try:
        yield Door(fs, split(url)[0].partition("://")[0])
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and not error.strerror and not str(error):
            raise StoreTrouble(f"{type(error).__name__} at {url}") from error
        raise
    except Exception as error:  # every store has errors of its own, and most of them are no OSError
        raise StoreTrouble(str(error) or type(error).__name__) from error


def _file_system(url: str) -> Any:
    base = split(url)[0]
    scheme = base.partition("://")[0]
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtra(f"-o {base} needs the package fsspec", hint=INSTALL) from error
    try:
        return url_to_fs(url)[0]
    except ImportError as error:
        raise MissingExtra(f"-o {base} needs one more package: {error}", hint="Nothing was sent.") from error
    except ValueError as error:
        raise BadOutput(f"-o {base}: there is no store called {scheme}: {error}") from error
