"""Values to JSON and back, for the ledger and the sidecar; and the text forms of time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from uni_cli.models import Asset, Operation, Reference, Request, Role, Saved, SentAs, Target, members_of

_JSON = frozenset({str, int, float, bool, type(None)})
# Shorter text is never taken for an inline picture.
INLINE_MINIMUM = 256
PICTURE_HEADS = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM", b"II*", b"MM\0*")


def plain(value: Any) -> Any:
    """A value made of JSON's own types; a picture's bytes are left out, an empty member too."""
    kind: type = type(value)
    if kind in _JSON:
        return value
    if members := members_of(kind):
        pairs = zip(members.names, members.read(value), strict=True)
        return {
            name: v if type(v) in _JSON else plain(v) for name, v in pairs if v is not None and type(v) is not bytes
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    # The usual kinds first: to ask whether a value is a Mapping takes longer than all else here.
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (dict, Mapping)):
        return {str(k): v if type(v) in _JSON else plain(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(v) for v in value]
    return value


# Made once: `json.dumps` makes one at each call that does not want its defaults.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dumps(value: Any) -> str:
    return _encode(plain(value))


def request_from(data: Mapping[str, Any]) -> Request:
    """The inverse of `plain`; members that a newer version wrote are passed over."""
    known = _known(Request, data)
    known["operation"] = Operation(known.get("operation", "generate"))
    known["size"] = tuple(known["size"]) if known.get("size") else None
    known["source"] = reference_from(known["source"]) if known.get("source") else None
    known["references"] = tuple(reference_from(r) for r in known.get("references", ()))
    known["keep"] = tuple(known.get("keep", ()))
    return Request(**known)


def reference_from(data: Mapping[str, Any]) -> Reference:
    known = _known(Reference, data)
    known["role"] = Role(known["role"]) if known.get("role") else None
    known["sent_as"] = SentAs(**_known(SentAs, known["sent_as"])) if known.get("sent_as") else None
    return Reference(**known)


def target_from(data: Mapping[str, Any]) -> Target:
    return Target(**_known(Target, data))


def assets_from(data: Sequence[Mapping[str, Any]]) -> tuple[Asset, ...]:
    """Only links survive: the bytes of an unsaved picture are asked for again."""
    return tuple(Asset(**_known(Asset, item)) for item in data if item.get("url"))


def saved_from(data: Mapping[str, Any]) -> Saved:
    return Saved(**_known(Saved, data))


def _known(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    known = members_of(cls)
    return {key: value for key, value in data.items() if known and key in known.names}


def identity(request: Request) -> Any:
    """What makes two requests the same: inputs count by their hash, not by where they lie."""

    def input_identity(reference: Mapping[str, Any]) -> dict[str, Any]:
        if not reference.get("sha256"):
            return dict(reference)
        return {name: reference[name] for name in ("sha256", "role", "borrow") if name in reference}

    values: dict[str, Any] = plain(request)
    if "source" in values:
        values["source"] = input_identity(values["source"])
    values["references"] = [input_identity(r) for r in values.get("references", ())]
    return values


def without_pictures(body: Any) -> Any:
    """A body as it may be kept or shown: every inline picture replaced by its hash."""
    if isinstance(body, str):
        return _hashed(body) if len(body) >= INLINE_MINIMUM else body
    if type(body) in _JSON:
        return body
    if isinstance(body, (dict, Mapping)):
        return {key: without_pictures(value) for key, value in body.items()}
    if isinstance(body, (list, tuple)):
        return [without_pictures(value) for value in body]
    return body


@lru_cache(maxsize=16)
def _hashed(text: str) -> str:
    encoded = text.split(",", 1)[1] if text.startswith("data:") and "," in text else text
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return text
    # A long word of a prompt can be valid base64 by chance; a picture begins as pictures do.
    if not text.startswith("data:") and not data.startswith(PICTURE_HEADS):
        return text
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def moment(seconds: float | None) -> str | None:
    """RFC 3339, UTC, whole seconds."""
    return None if seconds is None else _second(int(seconds))


@lru_cache(maxsize=64)
def _second(whole: int) -> str:
    """Much of what a run notes down happens in the same second."""
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
