"""WebP files, chunk by chunk."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from uni_cli.storage.stream import BrokenPicture, Edit, Found, bounded, measure, take
from uni_cli.storage.xmp import Mark, packet

MAX_TEXT = 4 << 20

_ALPHA, _HAS_XMP = 0x10, 0x04


@dataclass(frozen=True, slots=True)
class Chunk:
    kind: bytes
    start: int
    data: int
    length: int
    end: int  # with the byte that makes the length even


@dataclass(frozen=True, slots=True)
class _Layout:
    chunks: dict[bytes, Chunk]  # the first of each kind
    packets: list[Chunk]
    end: int

    @property
    def pixels(self) -> Chunk:
        for kind in (b"VP8 ", b"VP8L", b"ANMF"):
            if kind in self.chunks:
                return self.chunks[kind]
        raise BrokenPicture("The WebP has no pixels.")


def chunks(stream: BinaryIO) -> Iterator[Chunk]:
    """Every chunk within the RIFF."""
    return bounded(_walk(stream))


def _walk(stream: BinaryIO) -> Iterator[Chunk]:
    size = measure(stream)
    head = take(stream, 0, 12) if size >= 12 else b""
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise BrokenPicture("The file does not begin like a WebP.")
    end, position = _riff_end(head), 12
    if end > size:
        raise BrokenPicture("The WebP is cut short.")
    while position < end:
        if position + 8 > end:
            raise BrokenPicture("The WebP ends within a chunk.")
        name = take(stream, position, 8)
        length = int.from_bytes(name[4:], "little")
        if position + 8 + length > end:
            raise BrokenPicture("The WebP ends within a chunk.")
        chunk = Chunk(name[:4], position, position + 8, length, min(position + 8 + length + length % 2, end))
        yield chunk
        position = chunk.end


def dimensions(stream: BinaryIO) -> tuple[int, int]:
    for chunk in chunks(stream):
        if chunk.kind == b"VP8X":
            data = _head(stream, chunk)
            return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
        if chunk.kind in (b"VP8 ", b"VP8L"):
            width, height, _ = _bitstream(stream, chunk)
            return width, height
    raise BrokenPicture("The WebP does not say how large it is.")


def find(stream: BinaryIO) -> Found:
    layout = _scan(stream)
    return Found(_foreign(stream, layout), None, b"C2PA" in layout.chunks)


def plan(stream: BinaryIO, mark: Mark) -> list[Edit] | None:
    """What to change so that the file carries the mark; None for a file whose C2PA manifest would break."""
    layout = _scan(stream)
    if b"C2PA" in layout.chunks:
        return None
    xmp = packet(mark, _foreign(stream, layout))
    odd = layout.end % 2
    added = b"\0" * odd + b"XMP " + len(xmp).to_bytes(4, "little") + xmp + b"\0" * (len(xmp) % 2)
    edits = [_extended(stream, layout), *(Edit(chunk.start, chunk.end) for chunk in layout.packets)]
    edits.append(Edit(layout.end, layout.end, added))
    size = layout.end - 8 + sum(len(edit.data) - (edit.end - edit.start) for edit in edits)
    if size > 0xFFFFFFFE:
        raise BrokenPicture("The WebP is too long to be marked.")
    return [Edit(4, 8, size.to_bytes(4, "little")), *edits]


def check(stream: BinaryIO) -> None:
    """Raise `BrokenPicture` unless the file is complete and holds pixels."""
    _scan(stream)


def _extended(stream: BinaryIO, layout: _Layout) -> Edit:
    """The header that announces metadata: a flag in the one there is, or a new one for a simple file."""
    header = layout.chunks.get(b"VP8X")
    if header:
        flags = _head(stream, header)[0]
        return Edit(header.data, header.data + 1, bytes([flags | _HAS_XMP]))
    width, height, alpha = _bitstream(stream, layout.pixels)
    flags = _HAS_XMP | (_ALPHA if alpha else 0)
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return Edit(12, 12, b"VP8X" + (10).to_bytes(4, "little") + bytes([flags, 0, 0, 0]) + canvas)


def _bitstream(stream: BinaryIO, chunk: Chunk) -> tuple[int, int, bool]:
    """Width, height and whether there is transparency, from the first bytes of the pixels."""
    data = _head(stream, chunk)
    if chunk.kind == b"VP8L":
        if data[0] != 0x2F:
            raise BrokenPicture("The WebP's pixels have no proper header.")
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), bool(bits >> 28 & 1)
    width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    if chunk.kind != b"VP8 " or data[3:6] != b"\x9d\x01\x2a" or not width or not height:
        raise BrokenPicture("The WebP's pixels have no proper header.")
    return width, height, False


def _scan(stream: BinaryIO) -> _Layout:
    found: dict[bytes, Chunk] = {}
    packets: list[Chunk] = []
    end = 12
    for chunk in chunks(stream):
        found.setdefault(chunk.kind, chunk)
        end = chunk.end
        if chunk.kind == b"XMP ":
            packets.append(chunk)
    layout = _Layout(found, packets, end)
    first = layout.pixels
    if b"VP8X" not in found:
        _bitstream(stream, first)
    return layout


def _foreign(stream: BinaryIO, layout: _Layout) -> bytes | None:
    if not layout.packets or layout.packets[0].length > MAX_TEXT:
        return None
    return take(stream, layout.packets[0].data, layout.packets[0].length)


def _head(stream: BinaryIO, chunk: Chunk) -> bytes:
    if chunk.length < (5 if chunk.kind == b"VP8L" else 10):
        raise BrokenPicture("The WebP's header is too short.")
    return take(stream, chunk.data, min(10, chunk.length))


def _riff_end(head: bytes) -> int:
    return 8 + int.from_bytes(head[4:8], "little")
