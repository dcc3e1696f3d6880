"""Small pictures with sidecars, written the way `uni` writes them."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from uni_cli.storage import embed


def picture(
    path: Path,
    *,
    prompt: str = "a paper lighthouse at dawn",
    provider: str = "luma",
    seed: int | None = None,
    colour: str = "navy",
    size: tuple[int, int] = (96, 64),
    saved: str = "2026-03-01T10:00:00Z",
    more: Mapping[str, Any] | None = None,
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    story = {
        "schema": "uni.sidecar/1",
        "uni": "0.1.0",
        "provider": provider,
        "model": "uni-1",
        "operation": "generate",
        "prompt": prompt,
        "seed": {"requested": seed, "sent": seed is not None, "returned": seed},
        "request": {"operation": "generate", "prompt": prompt, "model": "uni-1"},
        "job": "7f3a9c21",
        "cost": {"estimate_usd": "0.0404", "charged_usd": None},
        "times": {"saved": saved},
        "image": {"file": path.name},
        **(more or {}),
    }
    path.with_name(path.name + ".json").write_text(json.dumps(story, ensure_ascii=False), "utf-8")
    return path


def picture_without_sidecar(path: Path, *, prompt: str, provider: str) -> Path:
    plain, marked = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(plain, "PNG")
    extra = {"provider": provider, "job": "0a1b2c3d", "seed": {"returned": 5, "sent": True}, "request": {}}
    embed.embed(plain, marked, embed.Mark(edited=False, model="uni-1", prompt=prompt, software="uni", extra=extra))
    path.write_bytes(marked.getvalue())
    return path


def wall(folder: Path) -> Path:
    """Six pictures that differ in all that can be filtered."""
    picture(
        folder / "one.png",
        prompt="a red van",
        provider="luma",
        seed=7,
        colour="firebrick",
        saved="2026-03-06T10:00:00Z",
    )
    picture(
        folder / "two.png", prompt="a blue van", provider="runware", seed=8, colour="navy", saved="2026-03-05T10:00:00Z"
    )
    picture(folder / "three.png", prompt="Café in the rain", provider="runware", seed=7, saved="2026-03-04T10:00:00Z")
    postcards = {"recipe": "postcards", "item": "lisbon", "vars": {"city": "Lisbon"}}
    picture(folder / "four.png", prompt="a tram in Lisbon", seed=9, saved="2026-03-03T10:00:00Z", more=postcards)
    picture(
        folder / "sub" / "it's five.png", prompt="a tower", seed=2**62 + 1, size=(32, 96), saved="2026-03-02T10:00:00Z"
    )
    picture(
        folder / "six.png",
        prompt="</script><img src=x onerror=alert(1)>\u2028 \u202eevil",
        provider="local",
        size=(96, 32),
    )
    return folder
