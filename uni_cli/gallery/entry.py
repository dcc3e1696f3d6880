"""What the page is told about each picture."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from uni_cli.gallery.collect import Problem
from uni_cli.gallery.exhibit import Exhibit, mapping, text
from uni_cli.gallery.thumbs import key, thumbnails

# A sidecar with a huge body must not weigh down the page.
STORY_LIMIT = 64 * 1024
HEAVY = ("sent", "service_said", "request", "references")


def entries(
    exhibits: Sequence[Exhibit],
    folder: Path,
    *,
    known: Mapping[tuple[str, str], str] | None = None,
    link: Callable[[str], str] | None = None,
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """What a page in `folder` tells of each picture; those whose pixels cannot be read are problems."""
    names = {one.path: name_of(one.path, folder) for one in exhibits}
    thumbs, problems = thumbnails(exhibits, known or {}, names)
    linked = link or link_of
    told = [
        entry(one, name=names[one.path], link=linked(names[one.path]), thumb=thumbs[one.path])
        for one in exhibits
        if one.path in thumbs
    ]
    return told, problems


def name_of(path: Path, folder: Path) -> str:
    """The path as it is from `folder`, in slashes; absolute where there is no way from there."""
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:  # another drive
        return path.absolute().as_posix()


def id_of(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def link_of(name: str) -> str:
    """A URL relative to the page. Every part is quoted, so no name can be read as a scheme or a query."""
    if Path(name).is_absolute():
        return Path(name).as_uri()
    return "/".join(quote(part.encode("utf-8", "surrogateescape"), safe="") for part in name.split("/"))


def command_of(name: str, *, windows: bool = os.name == "nt") -> str | None:
    """What makes the picture again, as it is typed in the page's folder; None where it cannot be typed."""
    if not name.isprintable():
        return None
    path = f"./{name}" if name.startswith("-") else name
    if not windows:
        return f"uni generate --from {shlex.quote(path)}"
    plain = all(char.isalnum() or char in "._-/:\\" for char in path)
    return f"uni generate --from {path}" if plain else f'uni generate --from "{path}"'


def entry(exhibit: Exhibit, *, name: str, link: str, thumb: str) -> dict[str, Any]:
    return {
        "id": id_of(name),
        "key": key(exhibit),
        "name": name,
        "link": link,
        "thumb": thumb,
        "width": exhibit.width,
        "height": exhibit.height,
        "prompt": exhibit.prompt,
        "provider": exhibit.word("provider"),
        "model": exhibit.word("model"),
        "operation": exhibit.word("operation"),
        "seed": None if exhibit.seed is None else str(exhibit.seed),  # 2**63 is beyond a script's numbers
        "recipe": exhibit.word("recipe"),
        "item": exhibit.word("item"),
        "vars": exhibit.variables,
        "job": exhibit.word("job"),
        "saved": exhibit.saved,
        "cost": _cost(exhibit),
        "command": command_of(name),
        "story": _story(exhibit.made),
    }


def _cost(exhibit: Exhibit) -> str:
    cost = mapping(exhibit.made.get("cost"))
    charged, estimate = text(cost.get("charged_usd")), text(cost.get("estimate_usd"))
    if not (charged or estimate).strip("0.") and (charged or estimate):
        return "free"
    return f"${charged}" if charged else f"about ${estimate}" if estimate else ""


def _story(made: Mapping[str, Any]) -> str:
    """The sidecar as it reads."""
    told = dict(made)
    for heavy in (None, *HEAVY):
        if heavy in told:
            told[heavy] = "… too long to be shown here"
        shown = json.dumps(told, ensure_ascii=False, indent=2, default=str)
        if len(shown) <= STORY_LIMIT:
            return shown
    return shown[:STORY_LIMIT] + "\n… the rest is in the file"
