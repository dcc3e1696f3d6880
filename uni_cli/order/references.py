"""Input pictures: what `-r [ROLE=]IMAGE` and `edit IMAGE` may be, checked before anything is sent."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from uni_cli import folders
from uni_cli.errors import NOTHING_SENT, BadReference, UnknownJob
from uni_cli.folders import expanded
from uni_cli.models import Job, Reference, Role
from uni_cli.storage import picture
from uni_cli.storage.places import local_copy

MAX_BYTES = 64 * 1024 * 1024
MAX_REFERENCES = 9
JOB_ID = re.compile(r"[0-9a-f]{8}")
# What services call the pictures they keep: a UUID, with or without dashes, or a kind before a colon.
REMOTE_ID = re.compile(r"(file:|generation:)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)

# From a job of this ledger to what its service calls the picture, where it can be named there at all. None where what
# is asked has to mean the same on a machine with another ledger: in a recipe.
Handle = Callable[[Job], "str | None"]


def handle_of(job: Job) -> str | None:
    """What the service of a finished job calls its picture, where a later request can name it there."""
    named = job.notes.get("handle")
    return str(named) if named else None


class References:
    """Reads each picture once, whoever refers to it how often."""

    def __init__(self, *, folder: Path, find_job: Callable[[str], Job], handle: Handle | None) -> None:
        self._folder = folder
        self._find_job = find_job
        self._handle = handle
        self._seen: dict[str, Reference] = {}

    def source(self, text: str) -> Reference:
        return self._load(text)

    def all(self, texts: tuple[str, ...], *, most: int = MAX_REFERENCES) -> tuple[Reference, ...]:
        if len(texts) > most:
            raise BadReference(
                f"{len(texts)} references were given, {most} are the most",
                hint=f"Leave {len(texts) - most} of the -r out. Nothing was sent.",
            )
        return tuple(self.one(text) for text in texts)

    def one(self, text: str, *, borrow: str | None = None) -> Reference:
        role, image = self._split(text)
        return replace(self._load(image), role=role, borrow=borrow)

    def _split(self, text: str) -> tuple[Role | None, str]:
        word, equals, rest = text.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z]+", word) or text.startswith("data:"):
            return None, text
        if word.lower() in set(Role):
            if not rest:
                raise BadReference(f"The reference {text!r} names a role and no picture")
            return Role(word.lower()), rest
        if Path(self._folder, text).exists():
            return None, text
        near = get_close_matches(word.lower(), list(Role), n=1)
        tip = f"Did you mean `{near[0]}`?" if near else f"There are {', '.join(Role)}."
        raise BadReference(f"{word!r} is not a role of a reference", hint=f"{tip} Nothing was sent.")

    def _load(self, image: str) -> Reference:
        if image not in self._seen:
            self._seen[image] = self._read(image)
        return self._seen[image]

    def _read(self, image: str) -> Reference:
        if not image:
            raise BadReference("A reference is empty: give a file, an https URL or a job id")
        if image.startswith("data:"):
            return _inline(image)
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+://", image):
            return _linked(image)
        path = expanded(image)
        path = path if path.is_absolute() else self._folder / path
        if path.exists() or path.is_symlink():
            return _file(image, path)
        if JOB_ID.fullmatch(image):
            return self._of_job(image)
        if REMOTE_ID.fullmatch(image):
            return self._held(image)
        raise BadReference(f"There is no picture {image!r}", hint="Check the path. Nothing was sent.")

    def _of_job(self, job_id: str) -> Reference:
        try:
            job = self._find_job(job_id)
        except UnknownJob as error:
            raise BadReference(f"There is no picture and no job {job_id!r}") from error
        if not job.result:
            raise BadReference(
                f"Job {job_id} has no saved picture yet", hint=f"`uni status {job_id}` tells more. Nothing was sent."
            )
        return self._saved(job_id, job, job.result.path)

    def _held(self, name: str) -> Reference:
        """What a service keeps under this id: also a file here, if a job of ours made it."""
        if self._handle is None:
            return Reference(name, remote=name)
        try:
            job = self._find_job(name.removeprefix("generation:"))
        except UnknownJob:
            return Reference(name, remote=name)
        if job.result:
            with suppress(BadReference):
                return self._saved(name, job, job.result.path)
        return Reference(name, remote=self._named(job) or name, remote_at=job.provider)

    def _saved(self, shown: str, job: Job, path: str) -> Reference:
        found = _file(shown, _at_hand(shown, path))
        remote = self._named(job)
        return replace(found, remote=remote, remote_at=job.provider if remote else None)

    def _named(self, job: Job) -> str | None:
        return self._handle(job) if self._handle else None


def _at_hand(job_id: str, path: str) -> Path:
    try:
        return local_copy(path, folders.state_dir() / "fetched")
    except OSError as error:
        raise BadReference(f"The picture of job {job_id} cannot be read from {path}: {error}") from error


def _linked(url: str) -> Reference:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname:
        raise BadReference(
            f"The reference {url[:80]!r} is not an https URL", hint="Services fetch https URLs only. Nothing was sent."
        )
    return Reference(url, url=url)


def _inline(uri: str) -> Reference:
    head, comma, encoded = uri.partition(",")
    if not comma or ";base64" not in head:
        raise BadReference("A data URI has the form data:image/png;base64,…")
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadReference("The data URI does not hold base64") from error
    return replace(_inspected("data URI", data), source=uri, data=data)


def _file(shown: str, path: Path) -> Reference:
    try:
        kind = path.stat()
        if stat.S_ISDIR(kind.st_mode):
            raise BadReference(f"The reference {shown} is a folder, not a picture")
        if not stat.S_ISREG(kind.st_mode):
            # A pipe or a device might keep us waiting for ever.
            raise BadReference(
                f"The reference {shown} is not a file", hint=f"Save it as a picture first. {NOTHING_SENT}"
            )
        size = kind.st_size
        if size > MAX_BYTES:
            raise BadReference(f"The reference {shown} has {size // 2**20} MB; {MAX_BYTES // 2**20} MB are the most")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise BadReference(f"There is no picture {shown!r}", hint="Check the path. Nothing was sent.") from error
    except OSError as error:
        raise BadReference(f"The reference {shown} cannot be read: {error.strerror}") from error
    return replace(_inspected(shown, data), path=str(path.absolute()))


def _inspected(shown: str, data: bytes) -> Reference:
    """Type, pixels and hash from the bytes; whole and not a bomb."""
    if not data:
        raise BadReference(f"The reference {shown} is empty")
    kind = picture.sniff(data[:32])
    if kind is None:
        raise BadReference(f"The reference {shown} is not a picture")
    try:
        if kind == "image/gif":
            width, height = _still(data)
        else:
            seen = picture.verify(io.BytesIO(data))
            width, height = seen.width, seen.height
    except ValueError as error:
        raise BadReference(f"The reference {shown} cannot be used: {str(error).rstrip('.')}") from error
    digest = hashlib.sha256(data).hexdigest()
    return Reference(shown, sha256=digest, media_type=kind, width=width, height=height, bytes=len(data))


def _still(data: bytes) -> tuple[int, int]:
    """The pixels of a GIF that is whole and does not move. Raises ValueError for any other."""
    size = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if not 0 < size[0] * size[1] <= picture.MAX_PIXELS:
        raise picture.TooLarge(f"The picture has {size[0]}x{size[1]} pixels; {picture.MAX_PIXELS} are the limit")
    from PIL.GifImagePlugin import GifImageFile

    try:
        with GifImageFile(io.BytesIO(data)) as image:
            moves = image.n_frames > 1
            image.load()
    except Exception as error:  # a damaged file makes Pillow raise nearly anything
        raise picture.BrokenPicture("The GIF cannot be decoded") from error
    if moves:
        raise picture.NotAPicture("The GIF moves, and only still pictures can be used")
    return size
