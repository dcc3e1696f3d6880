"""PNG files, chunk by chunk."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO, NamedTuple

from uni_cli.storage.stream import BLOCK, MAX_PARTS, BrokenPicture, Edit, Found, measure, take
from uni_cli.storage.xmp import Mark, clean, packet

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 4 << 20
# So much of the pixels tells whether they can be unpacked at all; of small pictures it is all.
FIRST = 1 << 15

_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_XMP = b"XML:com.adobe.xmp"
_PARAMETERS = b"parameters"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_SPLITTING = frozenset(',:"\n')
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}


class Chunk(NamedTuple):
    kind: bytes
    start: int  # of the length field
    data: int
    length: int

    @property
    def end(self) -> int:
        return self.data + self.length + 4


@dataclass(frozen=True, slots=True)
class Header:
    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool


@dataclass(slots=True)
class _Layout:
    header: Header
    pixels: int = 0  # where the first IDAT starts
    c2pa: bool = False
    packets: list[bytes] = field(default_factory=list)
    parameters: str | None = None
    stale: list[Edit] = field(default_factory=list)


def chunks(stream: BinaryIO) -> Iterator[Chunk]:
    """Every chunk up to IEND."""
    size = measure(stream)
    if size < 8 or take(stream, 0, 8) != SIGNATURE:
        raise BrokenPicture("The file does not begin like a PNG.")
    position = 8
    for _ in range(MAX_PARTS):
        if position + 12 > size:
            raise BrokenPicture("The PNG is cut short.")
        head = take(stream, position, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        end = position + 12 + length
        if end > size:
            raise BrokenPicture("The PNG is cut short.")
        if not kind.isalpha() or (kind == b"IHDR") != (position == 8):
            raise BrokenPicture("The PNG's chunks are out of order.")
        yield Chunk(kind, position, position + 8, length)
        if kind == b"IEND":
            return
        position = end
    raise BrokenPicture("The picture is in too many parts.")


def header(stream: BinaryIO) -> Header:
    return _opened(stream)[0]


def _opened(stream: BinaryIO) -> tuple[Header, Iterator[Chunk]]:
    """The header, and every chunk with its own among them."""
    walk = chunks(stream)
    first = next(walk)
    return _header(stream, first), chain((first,), walk)


def _header(stream: BinaryIO, first: Chunk) -> Header:
    if first.length != 13:
        raise BrokenPicture("The PNG has no proper header.")
    data = take(stream, first.data, 13)
    width, height = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    depth, colour, compression, filtering, interlace = data[8:]
    sane = depth in _DEPTHS.get(colour, ()) and not compression and not filtering and interlace in (0, 1)
    if not sane or not 0 < width < 1 << 31 or not 0 < height < 1 << 31:
        raise BrokenPicture("The PNG's header makes no sense.")
    return Header(width, height, depth, colour, bool(interlace))


def find(stream: BinaryIO) -> Found:
    layout = _scan(stream)
    return Found(layout.packets[0] if layout.packets else None, layout.parameters, layout.c2pa)


def plan(stream: BinaryIO, mark: Mark) -> list[Edit] | None:
    """What to change so that the file carries the mark; None for a file whose C2PA manifest would break."""
    layout = _scan(stream)
    if layout.c2pa:
        return None
    foreign = layout.packets[0] if layout.packets else None
    added = _international(_XMP, packet(mark, foreign)) + _text(parameters(mark, layout.header))
    return [*layout.stale, Edit(layout.pixels, layout.pixels, added)]


def parameters(mark: Mark, header: Header) -> str:
    """The text under the picture that image tools read: the prompt, then one line of settings."""
    settings = {
        "Seed": _seed(mark.extra.get("seed")),
        "Model": mark.model,
        "Size": f"{header.width}x{header.height}",
        "Provider": mark.extra.get("provider"),
        "Job": mark.extra.get("job"),
        "Version": mark.software,
    }
    line = ", ".join(f"{name}: {_quote(str(value))}" for name, value in settings.items() if value is not None)
    return clean(f"{mark.prompt}\n{line}" if mark.prompt else line)


def check(stream: BinaryIO, *, every_pixel: bool = True) -> None:
    """Raise `BrokenPicture` unless every chunk is sound and the pixels (or the first of them) can be unpacked."""
    header, walk = _opened(stream)
    pixels = _Pixels(header, every_pixel=every_pixel)
    for chunk in walk:
        crc = zlib.crc32(chunk.kind)
        stream.seek(chunk.data)
        left = chunk.length
        while left:
            block = stream.read(min(BLOCK, left))
            if not block:
                raise BrokenPicture("The PNG is cut short.")
            crc = zlib.crc32(block, crc)
            left -= len(block)
            if chunk.kind == b"IDAT":
                pixels.feed(block)
        if stream.read(4) != crc.to_bytes(4, "big"):
            raise BrokenPicture(f"The PNG is damaged in its {chunk.kind.decode()} chunk.")
    pixels.finish()


class _Pixels:
    """Unpacks the pixels without keeping them, to see that they are complete."""

    def __init__(self, header: Header, *, every_pixel: bool) -> None:
        self.left = _unpacked_bytes(header) if every_pixel else min(FIRST, _unpacked_bytes(header))
        self.zlib = zlib.decompressobj()

    def feed(self, block: bytes) -> None:
        try:
            while block and self.left >= 0 and not self.zlib.eof:
                self.left -= len(self.zlib.decompress(block, min(BLOCK, self.left + 1)))
                block = self.zlib.unconsumed_tail
        except zlib.error:
            raise BrokenPicture("The PNG's pixels cannot be unpacked.") from None

    def finish(self) -> None:
        if self.left > 0:
            raise BrokenPicture("The PNG's pixels are incomplete.")


def _unpacked_bytes(header: Header) -> int:
    bits = header.depth * _CHANNELS[header.colour]
    passes = [(0, 0, 1, 1)]
    if header.interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    total = 0
    for left, top, across, down in passes:
        columns = -(-(header.width - left) // across)
        rows = -(-(header.height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _scan(stream: BinaryIO) -> _Layout:
    header, walk = _opened(stream)
    layout = _Layout(header)
    for chunk in walk:
        if chunk.kind == b"IDAT":
            layout.pixels = layout.pixels or chunk.start
        elif chunk.kind == b"caBX":
            layout.c2pa = True
        elif chunk.kind in _TEXTS:
            _read_text(stream, chunk, layout)
    if not layout.pixels:
        raise BrokenPicture("The PNG has no pixels.")
    return layout


def _read_text(stream: BinaryIO, chunk: Chunk, layout: _Layout) -> None:
    keyword = take(stream, chunk.data, min(chunk.length, 80)).partition(b"\0")[0]
    if keyword not in (_XMP, _PARAMETERS):
        return
    layout.stale.append(Edit(chunk.start, chunk.end))
    if chunk.length > MAX_TEXT:
        return
    text = _unpack(chunk.kind, take(stream, chunk.data, chunk.length)[len(keyword) + 1 :])
    if keyword == _XMP:
        layout.packets.append(text)
    elif layout.parameters is None:
        layout.parameters = text.decode("utf-8" if chunk.kind == b"iTXt" else "latin-1", errors="replace")


def _unpack(kind: bytes, body: bytes) -> bytes:
    if kind == b"tEXt":
        return body
    packed, text = kind == b"zTXt", body[1:]
    if kind == b"iTXt":
        packed, text = body[:1] == b"\1", body[2:].partition(b"\0")[2].partition(b"\0")[2]
    if not packed:
        return text
    try:
        return zlib.decompressobj().decompress(text, MAX_TEXT)
    except zlib.error:
        return b""


def _text(text: str) -> bytes:
    try:
        return _chunk(b"tEXt", _PARAMETERS + b"\0" + text.encode("latin-1"))
    except UnicodeEncodeError:
        return _international(_PARAMETERS, text.encode())


def _international(keyword: bytes, text: bytes) -> bytes:
    return _chunk(b"iTXt", keyword + b"\0\0\0\0\0" + text)


def _chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(data, zlib.crc32(kind))
    return len(data).to_bytes(4, "big") + kind + data + crc.to_bytes(4, "big")


def _seed(seed: object) -> object:
    if isinstance(seed, Mapping):
        return seed.get("returned", seed.get("requested"))
    return seed


def _quote(value: str) -> str:
    """Readers split the line at commas and colons."""
    if not _SPLITTING.isdisjoint(value):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return value
