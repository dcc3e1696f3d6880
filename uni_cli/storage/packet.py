"""Looking into an XMP packet that others may have written, and taking properties out of it byte for byte."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from xml.parsers import expat

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

_ROOT, _ABOUT, _ITEM = f"{RDF} RDF", f"{RDF} about", f"{RDF} li"
_DESCRIPTION, _RESOURCE = f"{RDF} Description", f"{RDF} resource"
_LANGUAGE = "http://www.w3.org/XML/1998/namespace lang"

_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=>]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def properties(packet: bytes) -> dict[str, str]:
    """Text by `namespace name`, of a list its first or default item. An unreadable packet has none."""
    reader = _Reader()
    return reader.found if _parse(_trim(packet), reader) else {}


def split(packet: bytes, owned: Collection[str]) -> tuple[bytes, bytes] | None:
    """The packet before and after the place for new properties, without the `owned`; None if nothing else is in it."""
    packet = _trim(packet)
    cutter = _Cutter(packet, owned)
    if not _parse(packet, cutter) or not cutter.kept or not cutter.place:
        return None
    pieces, position = [], 0
    for start, end in sorted(cutter.cuts):
        if start >= position:
            pieces.append(packet[position:start])
            position = end
    return b"".join(pieces) + packet[position : cutter.place], packet[cutter.place :]


class _Visitor:
    """What expat calls. Names come as `namespace name`; attributes also with the prefix they were written with."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8", "\n")
        self.parser.namespace_prefixes = True
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def refuse(self, *_: object) -> None:
        raise ValueError("No XMP packet has a document type.")

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


class _Reader(_Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.path: list[str] = []
        self.pieces: list[str] = []
        self.items: list[str] = []
        self.default = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(_plain(name))
        plain = {_plain(key): value for key, value in attributes.items()}
        if self.path[-2:] == [_ROOT, _DESCRIPTION]:
            self.found = plain | self.found
        elif self.path[-3:-1] == [_ROOT, _DESCRIPTION]:
            self.pieces, self.items = [plain.get(_RESOURCE, "")], []
        elif self.path[-1] == _ITEM:
            self.pieces, self.default = [], plain.get(_LANGUAGE) == "x-default"

    def end(self, name: str) -> None:
        text = "".join(self.pieces)
        if self.path[-1] == _ITEM:
            self.items.insert(0 if self.default else len(self.items), text)
            self.pieces = []
        elif self.path[-3:-1] == [_ROOT, _DESCRIPTION]:
            self.found.setdefault(self.path[-1], self.items[0] if self.items else text)
        self.path.pop()

    def text(self, data: str) -> None:
        self.pieces.append(data)


@dataclass(slots=True)
class _Open:
    """An element whose end was not seen yet."""

    name: str
    start: int
    tag: bytes
    kept: bool = False


class _Cutter(_Visitor):
    def __init__(self, packet: bytes, owned: Collection[str]) -> None:
        super().__init__()
        self.packet, self.owned = packet, owned
        self.path: list[_Open] = []
        self.cuts: list[tuple[int, int]] = []
        self.kept = False
        self.place = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        index = self.parser.CurrentByteIndex
        tag = _TAG.match(self.packet, index)
        if not tag:
            raise ValueError("A tag that cannot be told apart.")
        element = _Open(_plain(name), index, tag[0])
        above = [each.name for each in self.path[-2:]]
        self.path.append(element)
        if above[-1:] == [_ROOT]:
            if element.name == _DESCRIPTION:
                self.cut_attributes(element, attributes)
            else:
                element.kept = True
        elif above == [_ROOT, _DESCRIPTION] and element.name not in self.owned:
            self.path[-2].kept = True

    def cut_attributes(self, element: _Open, attributes: dict[str, str]) -> None:
        written = {_written(key): _plain(key) for key in attributes}
        for match in _ATTRIBUTE.finditer(element.tag):
            name = written.get(match[1].decode())
            if name in self.owned:
                self.cuts.append((element.start + match.start(), element.start + match.end()))
            elif name is not None and name != _ABOUT:
                element.kept = True

    def end(self, name: str) -> None:
        index = self.parser.CurrentByteIndex
        element = self.path.pop()
        hollow = element.tag.endswith(b"/>")
        end = element.start + len(element.tag) if hollow else self.packet.index(b">", index) + 1
        above = [each.name for each in self.path[-2:]]
        if element.name == _ROOT and not hollow:
            self.place = index
        elif above[-1:] == [_ROOT]:
            self.kept |= element.kept
            if not element.kept:
                self.cuts.append((element.start, end))
        elif above == [_ROOT, _DESCRIPTION] and element.name in self.owned:
            self.cuts.append((element.start, end))


def _parse(packet: bytes, visitor: _Visitor) -> bool:
    try:
        visitor.parser.Parse(packet, True)
    except (expat.ExpatError, ValueError):
        return False
    return True


def _trim(packet: bytes) -> bytes:
    return packet.strip(b"\0 \t\r\n")


def _plain(name: str) -> str:
    """Expat's `namespace, name, prefix` without the prefix."""
    return " ".join(name.split("\n")[:2])


def _written(name: str) -> str:
    _, _, rest = name.partition("\n")
    local, _, prefix = rest.partition("\n")
    return f"{prefix}:{local}" if prefix else name
