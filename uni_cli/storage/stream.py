"""Reading and rewriting large files by blocks."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TypeVar

BLOCK = 1 << 18
MAX_PARTS = 100_000

Part = TypeVar("Part")


class BrokenPicture(ValueError):
    """The file is cut short or contradicts itself."""


class Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Edit:
    """The bytes from `start` to `end` become `data`."""

    start: int
    end: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says about itself."""

    xmp: bytes | None
    parameters: str | None
    c2pa: bool


def bounded(parts: Iterator[Part]) -> Iterator[Part]:
    """No real picture has so many parts; a file made to keep us busy has."""
    for count, part in enumerate(parts):
        if count == MAX_PARTS:
            raise BrokenPicture("The picture is in too many parts.")
        yield part


def measure(stream: BinaryIO) -> int:
    return stream.seek(0, os.SEEK_END)


def take(stream: BinaryIO, at: int, count: int) -> bytes:
    """Exactly `count` bytes. The caller has compared `count` with the size of the file."""
    stream.seek(at)
    data = stream.read(count)
    if len(data) != count:
        raise BrokenPicture("The picture is cut short.")
    return data


def splice(source: BinaryIO, target: Writable, edits: Iterable[Edit] = ()) -> None:
    """Copy `source` to `target` with the edits made; they do not overlap."""
    position = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        _copy(source, target, start=position, count=edit.start - position)
        target.write(edit.data)
        position = edit.end
    _copy(source, target, start=position, count=None)


def _copy(source: BinaryIO, target: Writable, *, start: int, count: int | None) -> None:
    source.seek(start)
    while count is None or count > 0:
        block = source.read(BLOCK if count is None else min(BLOCK, count))
        if not block:
            if count is None:
                return
            raise BrokenPicture("The picture is cut short.")
        target.write(block)
        if count is not None:
            count -= len(block)
