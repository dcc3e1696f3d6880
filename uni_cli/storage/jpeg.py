"""JPEG files, segment by segment."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from uni_cli.storage.stream import BLOCK, BrokenPicture, Edit, Found, bounded, measure, take
from uni_cli.storage.xmp import Mark, packet

SOI, EOI, SOS, TEM = 0xD8, 0xD9, 0xDA, 0x01
APP0, APP1, APP11 = 0xE0, 0xE1, 0xEB

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_PACKET_BYTES = 0xFFFF - 2 - len(_XMP)
# Within pixels 0xFF is followed by 0 or a restart number; anything else ends them.
SOF0 = 0xC0
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Segment:
    marker: int
    start: int
    end: int  # of the segment proper: pixels that follow are not in it

    @property
    def body(self) -> int:
        return self.start + 4


@dataclass(slots=True)
class _Layout:
    place: int = 2  # for our packet: behind the JFIF and Exif segments, which have to be first
    c2pa: bool = False
    packets: list[bytes] = field(default_factory=list)
    stale: list[Edit] = field(default_factory=list)
    extensions: list[Edit] = field(default_factory=list)


def segments(stream: BinaryIO) -> Iterator[Segment]:
    """Every segment up to the end of the picture."""
    return bounded(_walk(stream))


def _walk(stream: BinaryIO) -> Iterator[Segment]:
    size = measure(stream)
    if size < 4 or take(stream, 0, 2) != b"\xff\xd8":
        raise BrokenPicture("The file does not begin like a JPEG.")
    position = 2
    while True:
        start, marker = _next_marker(stream, position)
        if marker == SOI:
            raise BrokenPicture("The JPEG begins a second time before its end.")
        if TEM < marker < SOF0:
            raise BrokenPicture("The JPEG holds a marker that no JPEG has: its bytes were changed on the way.")
        if marker in (EOI, TEM):
            position = start + 2
            yield Segment(marker, start, position)
            if marker == EOI:
                return
            continue
        if start + 4 > size:
            raise BrokenPicture("The JPEG is cut short.")
        length = int.from_bytes(take(stream, start + 2, 2), "big")
        position = start + 2 + length
        if length < 2 or position > size:
            raise BrokenPicture("The JPEG is cut short.")
        yield Segment(marker, start, position)


def dimensions(stream: BinaryIO) -> tuple[int, int]:
    for segment in segments(stream):
        if segment.marker in _FRAMES and segment.end - segment.body >= 6:
            data = take(stream, segment.body, 5)
            height, width = int.from_bytes(data[1:3], "big"), int.from_bytes(data[3:5], "big")
            if width and height:
                return width, height
            break
    raise BrokenPicture("The JPEG does not say how large it is.")


def find(stream: BinaryIO) -> Found:
    layout = _scan(stream)
    return Found(layout.packets[0] if layout.packets else None, None, layout.c2pa)


def plan(stream: BinaryIO, mark: Mark) -> list[Edit] | None:
    """What to change so that the file carries the mark; None for a file whose C2PA manifest would break."""
    layout = _scan(stream)
    if layout.c2pa:
        return None
    xmp = packet(mark, layout.packets[0] if layout.packets else None, limit=_PACKET_BYTES)
    added = b"\xff\xe1" + (2 + len(_XMP) + len(xmp)).to_bytes(2, "big") + _XMP + xmp
    orphaned = [] if b"HasExtendedXMP" in xmp else layout.extensions
    return [*layout.stale, *orphaned, Edit(layout.place, layout.place, added)]


def check(stream: BinaryIO) -> None:
    """Raise `BrokenPicture` unless the segments lead through pixels to an end."""
    _scan(stream)


def _next_marker(stream: BinaryIO, position: int) -> tuple[int, int]:
    """Where the next marker is and which; what is before it belongs to pixels or to nothing."""
    stream.seek(position)
    tail, size = b"", 512  # the marker is mostly right here; pixels are long
    while block := stream.read(size):
        size = BLOCK
        block = tail + block
        match = _MARKER.search(block)
        if match:
            return position + match.start(), block[match.start() + 1]
        tail = b"\xff" if block.endswith(b"\xff") else b""
        position += len(block) - len(tail)
    raise BrokenPicture("The JPEG is cut short.")


def _scan(stream: BinaryIO) -> _Layout:
    layout, pixels, leading = _Layout(), False, True
    for segment in segments(stream):
        pixels |= segment.marker == SOS
        leading = leading and _is_leading(stream, segment)
        if leading:
            layout.place = segment.end
        elif segment.marker == APP1:
            _read_xmp(stream, segment, layout)
        elif segment.marker == APP11:
            data = take(stream, segment.body, segment.end - segment.body)
            layout.c2pa |= data.startswith(b"JP") and b"jumb" in data and b"c2pa" in data
    if not pixels:
        raise BrokenPicture("The JPEG has no pixels.")
    return layout


def _is_leading(stream: BinaryIO, segment: Segment) -> bool:
    if segment.marker == APP1:
        return take(stream, segment.body, min(6, segment.end - segment.body)) == b"Exif\0\0"
    return segment.marker == APP0


def _read_xmp(stream: BinaryIO, segment: Segment, layout: _Layout) -> None:
    data = take(stream, segment.body, segment.end - segment.body)
    if data.startswith(_XMP):
        layout.packets.append(data[len(_XMP) :])
        layout.stale.append(Edit(segment.start, segment.end))
    elif data.startswith(_MORE_XMP):
        layout.extensions.append(Edit(segment.start, segment.end))
