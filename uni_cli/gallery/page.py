"""One HTML file that needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from uni_cli import __version__

GENERATOR = "uni gallery"
MARK = f'<meta name="generator" content="{GENERATOR}'
SCRIPTS = ("gallery-grid.js", "gallery-view.js", "gallery-compare.js", "gallery-live.js")

_OPEN = '<script type="application/json" id="pictures">'
_CLOSE = "</script>"
_SLOT = re.compile(r"\{\{(\w+)\}\}")


def render(entries: Sequence[Mapping[str, Any]], *, title: str, live: int | None = None) -> str:
    """The whole page. `live` is the number of the newest event of a page that is served."""
    style, script = _asset("gallery.css"), "\n".join(_asset(name) for name in SCRIPTS)
    slots = {
        "policy": html.escape(policy(style, script, live=live is not None)),
        "generator": f"{GENERATOR} {__version__}",
        "title": html.escape(_whole(title)),
        "live": "" if live is None else f' data-live="{live}"',
        "style": style,
        "pictures": as_script_data(list(entries)),
        "script": script,
    }
    # In one pass, so that nothing inside a prompt is ever taken for a slot.
    return _SLOT.sub(lambda found: slots[found.group(1)], _asset("gallery.html"))


def policy(style: str, script: str, *, live: bool) -> str:
    """Nothing from anywhere: only this very script and style, pictures inside the page or beside it."""
    rules = [
        "default-src 'none'",
        f"script-src '{_digest(script)}'",
        f"style-src '{_digest(style)}'",
        # `file:` is for pages opened from a disk, whose own origin browsers see differently; no website can load it.
        "img-src data: 'self' file:",
        "connect-src 'self'" if live else "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    return "; ".join(rules)


def as_script_data(value: object) -> str:
    """JSON that no HTML parser can end early: only ASCII, and no character that means something there."""
    shown = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return shown.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def is_ours(path: Path) -> bool:
    """Was this file written by us, so that it may be written again?"""
    with path.open("rb") as stream:
        return MARK.encode() in stream.read(4096)


def thumbnails_in(path: Path) -> dict[tuple[str, str], str]:
    """The thumbnails of an earlier page, by name and key: a page that is written again makes only the new ones."""
    try:
        text = path.read_text("utf-8")
        start = text.index(_OPEN) + len(_OPEN)
        entries = json.loads(text[start : text.index(_CLOSE, start)])
        known = {(one["name"], one["key"]): one["thumb"] for one in entries}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return {names: thumb for names, thumb in known.items() if _is_thumbnail(thumb)}


def _is_thumbnail(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(r"data:image/(webp|jpeg);base64,[A-Za-z0-9+/=]+", text) is not None


def _asset(name: str) -> str:
    return files("uni_cli").joinpath("data", name).read_text("utf-8").rstrip("\n")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _whole(text: str) -> str:
    """A folder's name may hold bytes that are no text."""
    return text.encode("utf-8", "replace").decode("utf-8")
