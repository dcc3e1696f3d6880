"""Everything that changes a picture, in one hash. A comment, a reordered key or a moved folder changes nothing."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from uni_cli import codec
from uni_cli.models import Request

# Where the result goes does not change it.
DELIVERY = ("webhook", "upload_to", "ttl")
PREFIX = "sha256:"


def of(request: Request, **more: Any) -> str:
    """`more` is what is not in the request: the service asked for, a number in a series, how the file is made."""
    values = {name: value for name, value in codec.identity(request).items() if name not in DELIVERY}
    # What is empty is left out, so that a key which a later version adds does not make every picture stale.
    text = json.dumps(_full({**values, **more}), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()


def _full(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {}, False)}
