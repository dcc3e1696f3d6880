"""`uni inspect`: how a picture was made, and whether file and sidecar still agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uni_cli.commands import page
from uni_cli.commands.options import command
from uni_cli.context import Context
from uni_cli.errors import Disagrees, Usage
from uni_cli.folders import expanded
from uni_cli.storage import embed, picture, places, sidecar

app = page.app()

EPILOG = page.examples("uni inspect a-paper-lighthouse-7f3a9c21.png", "uni inspect hero.png --json")


KINDS = "PNG, JPEG and WebP can be looked into."
NOT_OURS = "Somebody else made it, or it was made with --no-embed and its sidecar is lost."
LOST = "What it says itself is shown. Put its sidecar back beside it to compare the two."


@dataclass(frozen=True, slots=True)
class InspectFlags:
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    path: str
    problems: tuple[str, ...]
    ai_mark: bool
    c2pa: bool
    made: Mapping[str, Any] | None
    # Is there a file where its sidecar would be?
    beside: bool


def inspect(context: Context, asked: InspectFlags) -> int:
    """How a picture was made, and whether file and sidecar still agree."""
    found = examine(asked.picture)
    match = not found.problems
    if context.console.as_json:
        context.console.document(
            {
                "schema": "uni.inspect/1",
                "path": found.path,
                "match": match,
                "problems": list(found.problems),
                "ai_mark": found.ai_mark,
                "c2pa": found.c2pa,
                "made": found.made,
            }
        )
    else:
        _tell(context, found)
    if match:
        return 0
    why = _why(found)
    context.console.fail(why)
    return why.exit


def _why(found: Findings) -> Disagrees:
    """Only what has a sidecar can have been changed since."""
    if found.made is None:
        return Disagrees(f"{found.path} carries nothing of uni: {found.problems[0]}", hint=NOT_OURS)
    if found.beside:
        return Disagrees(f"{found.path} does not agree with its sidecar: {found.problems[0]}")
    return Disagrees(f"{found.path} has no sidecar to agree with: {found.problems[0]}", hint=LOST)


def examine(name: str) -> Findings:
    if not name:
        raise Usage("`uni inspect` needs a picture", hint="`uni inspect PICTURE`")
    path = expanded(name)
    if path.suffix == sidecar.SUFFIX and path.with_suffix("").suffix and path.exists():
        path = path.with_suffix("")
    if path.is_dir():
        raise Usage(f"{name} is a folder, not a picture", hint="Check the path.")
    if not path.is_file():
        raise Usage(f"There is no picture {name!r}", hint="Check the path.")
    beside = sidecar.path_of(path)
    inside, trouble = _look_inside(name, path, may_be_damaged=beside.exists())
    made, problems = _read_sidecar(beside) if beside.exists() else (None, [])
    if made is not None:
        problems.extend(_differences(path, made))
        if inside and inside.prompt is not None and _printed(inside.prompt) != _printed(made.get("prompt")):
            problems.append("the sidecar's prompt is not the one inside the picture")
    elif inside and inside.extra:
        made = _from_inside(inside.prompt, inside.extra)
    if not beside.exists():
        problems.append(f"there is no sidecar {beside.name}")
    if made is None:
        problems.append("nothing of uni is inside")
    if trouble and trouble not in problems:
        problems.append(trouble)
    mark, c2pa = bool(inside and inside.ai_mark), bool(inside and inside.c2pa)
    return Findings(name, tuple(problems), mark, c2pa, made, beside.exists())


def _look_inside(name: str, path: Path, *, may_be_damaged: bool) -> tuple[embed.Embedded | None, str | None]:
    """With a sidecar beside it, a file that is no picture any more is a finding and not a mistake of the user."""
    try:
        with path.open("rb") as stream:
            return embed.read(stream), None
    except OSError as error:
        raise Usage(f"{name} cannot be read: {error.strerror}", hint="Check its permissions.") from error
    except ValueError as error:
        why = str(error).rstrip(".")
        if may_be_damaged:
            return None, f"the file is damaged: {why}"
        raise Usage(f"{name} is not a picture that can be read: {why}", hint=KINDS) from error


def _from_inside(prompt: str | None, extra: Mapping[str, Any]) -> dict[str, Any]:
    """What the picture itself says, in the sidecar's words."""
    request = _inner(extra, "request")
    said = {name: request[name] for name in ("model", "operation") if name in request}
    seed = {"requested": request.get("seed"), **_inner(extra, "seed")}
    return {"prompt": prompt, **said, **extra, "seed": seed}


def _read_sidecar(beside: Path) -> tuple[dict[str, Any] | None, list[str]]:
    try:
        return sidecar.read(beside), []
    except (OSError, ValueError) as error:
        return None, [f"the sidecar {beside.name} cannot be read: {error}"]


def _differences(path: Path, made: Mapping[str, Any]) -> list[str]:
    said = made.get("image")
    if not isinstance(said, Mapping):
        return ["the sidecar does not describe a picture"]
    size = path.stat().st_size
    problems = []
    if said.get("file") != path.name:
        problems.append(f"the sidecar names the file {said.get('file')}")
    if said.get("bytes") != size:
        problems.append(f"the file has {size} bytes, the sidecar says {said.get('bytes')}")
    if said.get("sha256") != places.digest(str(path)):
        problems.append("the file is not the one that was saved: its hash differs")
    problems.extend(_other_pixels(path, said))
    return problems


def _printed(text: object) -> str:
    """Without what XML cannot hold."""
    return "".join(c for c in str(text) if c.isprintable())


def _other_pixels(path: Path, said: Mapping[str, Any]) -> list[str]:
    try:
        with path.open("rb") as stream:
            format, width, height = picture.dimensions(stream)
    except ValueError as error:
        return [f"the file is damaged: {str(error).rstrip('.')}"]
    if (said.get("width"), said.get("height")) != (width, height):
        return [f"the picture has {width}x{height} pixels, the sidecar says {said.get('width')}x{said.get('height')}"]
    if said.get("format") != format:
        return [f"the file is a {format}, the sidecar says {said.get('format')}"]
    return []


def _tell(context: Context, found: Findings) -> None:
    console, made = context.console, found.made or {}
    console.pair("picture", found.path)
    seeds, image, cost, times = (_inner(made, name) for name in ("seed", "image", "cost", "times"))
    values = {
        "prompt": made.get("prompt"),
        "service": " ".join(str(made[k]) for k in ("provider", "model", "operation") if made.get(k)) or None,
        "seed": next((v for v in (seeds.get("returned"), seeds.get("requested")) if v is not None), None),
        "pixels": f"{image.get('width')}x{image.get('height')} {image.get('format')}" if image else None,
        "job": made.get("job"),
        "remote id": made.get("remote_id"),
        "recipe": " ".join(str(made[k]) for k in ("recipe", "item") if made.get(k)) or None,
        "cost": _money(cost),
        "saved": times.get("saved"),
    }
    for name, value in values.items():
        if value is not None:
            console.pair(name, str(value))
    for reference in made.get("references") or ():
        console.pair("reference", f"{reference.get('role') or 'no role'}: {reference.get('source')}")
    console.pair("AI mark", "yes" if found.ai_mark else "no")
    console.pair("C2PA", "yes" if found.c2pa else "no")
    comparable = found.beside and found.made is not None
    console.pair("agrees", ("no" if found.problems else "yes") if comparable else "nothing to compare with")
    for problem in found.problems:
        console.pair("problem", problem)


def _money(cost: Mapping[str, Any]) -> str | None:
    if cost.get("charged_usd") is not None:
        return f"${cost['charged_usd']}"
    return None if cost.get("estimate_usd") is None else f"about ${cost['estimate_usd']}"


def _inner(made: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A member that should hold members; a sidecar may have been written by anybody."""
    value = made.get(name)
    return value if isinstance(value, Mapping) else {}


app.command(cls=page.Page, epilog=EPILOG)(command(InspectFlags, inspect, arguments=("picture",)))
