"""Metadata into and out of picture files, with no pixel touched."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from uni_cli.storage import jpeg, png, webp
from uni_cli.storage.packet import properties
from uni_cli.storage.picture import NotAPicture, format_of
from uni_cli.storage.stream import BrokenPicture, Edit, Found, Writable, splice
from uni_cli.storage.xmp import DC, IPTC, UNI, Mark

__all__ = ["BrokenPicture", "Embedded", "Mark", "NotAPicture", "embed", "read"]

# The terms of the IPTC's list that say a model made at least a part.
AI_TERMS = frozenset({"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"})


class _Container(Protocol):
    def find(self, stream: BinaryIO) -> Found: ...

    def plan(self, stream: BinaryIO, mark: Mark) -> list[Edit] | None: ...


_CONTAINERS: Mapping[str, _Container] = {"png": png, "jpeg": jpeg, "webp": webp}


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a picture file says about how it was made."""

    format: str
    ai_mark: str | None = None
    model: str | None = None
    prompt: str | None = None
    parameters: str | None = None
    c2pa: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)


def embed(source: BinaryIO, target: Writable, mark: Mark) -> bool:
    """Copy `source`, which can seek, to `target` with the mark inside; False if C2PA forbids and it was only copied."""
    edits = _CONTAINERS[format_of(source)].plan(source, mark)
    splice(source, target, edits or ())
    return edits is not None


def read(stream: BinaryIO) -> Embedded:
    """What the file says, in our words or in those of others."""
    format = format_of(stream)
    found = _CONTAINERS[format].find(stream)
    said = properties(found.xmp) if found.xmp else {}
    term = said.get(f"{IPTC} DigitalSourceType", "").strip().rpartition("/")[2]
    return Embedded(
        format=format,
        ai_mark=term if term in AI_TERMS else None,
        model=said.get(f"{IPTC} AISystemUsed") or None,
        prompt=said.get(f"{IPTC} AIPromptInformation") or said.get(f"{DC} description") or None,
        parameters=found.parameters,
        c2pa=found.c2pa,
        extra=_unpack(said.get(f"{UNI} made", "")),
    )


def _unpack(text: str) -> Mapping[str, object]:
    try:
        made = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return made if isinstance(made, dict) else {}
