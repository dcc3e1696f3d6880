"""XMP packets: saying that a picture was made by a model, and how, in the words that other programs know."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from uni_cli.storage.packet import RDF, split

IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
DC = "http://purl.org/dc/elements/1.1/"
XMP = "http://ns.adobe.com/xap/1.0/"
UNI = "urn:uni-image:xmp:1.0#"

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MADE = "trainedAlgorithmicMedia"
EDITED = "compositeWithTrainedAlgorithmicMedia"

# Properties that a packet has once: ours take the place of older ones, and a prompt left out is really out.
OWNED = frozenset(
    {
        f"{IPTC} DigitalSourceType",
        f"{IPTC} AISystemUsed",
        f"{IPTC} AIPromptInformation",
        f"{DC} description",
        f"{XMP} CreatorTool",
        f"{UNI} made",
    }
)

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
).encode()
_TAIL = b'</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'


@dataclass(frozen=True, slots=True)
class Mark:
    """What a picture says about itself. `extra` is small JSON from which it can be made again."""

    edited: bool
    model: str | None
    prompt: str | None
    software: str
    extra: Mapping[str, object] = field(default_factory=dict)


def clean(text: str) -> str:
    """`text` without the characters that no XML document may hold."""
    return _ILLEGAL.sub("", text)


def packet(mark: Mark, foreign: bytes | None = None, *, limit: int | None = None) -> bytes:
    """The file's one packet, with what others put in it; where `limit` is tight the longest parts are left out."""
    rest = split(foreign, OWNED) if foreign else None
    made = b""
    for described, extra, kept, prompt in (
        (True, True, True, True),
        (False, True, True, True),
        (False, False, True, True),
        (False, False, False, True),
        (False, False, False, False),
    ):
        ours = _description(mark, described=described, extra=extra, prompt=prompt).encode()
        before, after = rest if rest and kept else (_HEAD, _TAIL)
        made = before + ours + after
        if limit is None or len(made) <= limit:
            break
    return made


def _description(mark: Mark, *, described: bool, extra: bool, prompt: bool) -> str:
    kind = EDITED if mark.edited else MADE
    text = mark.prompt if prompt else None
    lines = [
        f'<rdf:Description rdf:about="" xmlns:rdf="{RDF}" xmlns:dc="{DC}" xmlns:xmp="{XMP}"'
        f' xmlns:Iptc4xmpExt="{IPTC}" xmlns:uni="{UNI}">',
        _element("Iptc4xmpExt:DigitalSourceType", SOURCE_TYPES + kind),
        _element("xmp:CreatorTool", mark.software),
        _element("Iptc4xmpExt:AISystemUsed", mark.model) if mark.model else "",
        _element("Iptc4xmpExt:AIPromptInformation", text) if text else "",
        _caption(text) if text and described else "",
        _element("uni:made", _json(mark.extra if extra else {})),
        "</rdf:Description>",
    ]
    return "".join(lines)


# Made once: `json.dumps` makes one at each call that does not want its defaults.
_encode = json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode


def _json(extra: Mapping[str, object]) -> str:
    """JSON in which only those characters are escaped that XML cannot hold: a segment of a JPEG is small."""
    text = _encode(dict(extra))
    return _ILLEGAL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _caption(text: str) -> str:
    return f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{_escape(text)}</rdf:li></rdf:Alt></dc:description>'


def _element(name: str, text: str) -> str:
    return f"<{name}>{_escape(text)}</{name}>"


def _escape(text: str) -> str:
    escaped = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\r", "&#13;")  # a bare one would be read back as a newline
