"""Examples, each a folder: a recipe, the items it expands to, and what each service would be sent.

`python -m tests.recipes.test_examples` writes the expected files anew, to be read before they are kept.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.front import uni

HERE = Path(__file__).parent / "examples"
NAMES = sorted(path.name for path in HERE.iterdir() if path.is_dir())
SERVICES = ("local", "luma", "runware", "gmicloud", "segmind")


def lay_out(name: str) -> Path:
    """A copy of the example in the working folder, with the picture that it refers to."""
    folder = Path(name)
    shutil.copytree(HERE / name, folder, dirs_exist_ok=True)
    (folder / "refs").mkdir(exist_ok=True)
    Image.frombytes("RGB", (2, 1), bytes((0, 128, 128, 200, 80, 30))).save(folder / "refs/palette.png")
    return folder / f"{name}.yaml"


def expansion(name: str) -> list[dict[str, Any]]:
    shown = uni("recipes", "show", str(lay_out(name)), "--json")
    assert shown.code == 0, shown.err
    keys = ("item", "prompt", "vars")
    return [{key: item[key] for key in keys} for item in shown.json["recipes"][0]["items"]]


def bodies(name: str, service: str) -> Any:
    """The bodies by item; the message where the service cannot do it."""
    result = uni("recipes", "run", str(lay_out(name)), "-p", service, "--dry-run", "--json")
    if result.code:
        return {"error": result.json["error"]["code"], "message": result.json["error"]["message"]}
    return {item["item"]: _settled(item["body"]) for item in result.json["items"]}


def _settled(body: Any) -> Any:
    """Fresh ids are named, inline pictures are cut short."""
    if isinstance(body, dict):
        fresh = {"taskUUID": "FRESH"}
        return {key: fresh.get(key, _settled(value)) for key, value in body.items()}
    if isinstance(body, list):
        return [_settled(value) for value in body]
    return f"{body[:32]}…" if isinstance(body, str) and body.startswith(("data:image", "iVBOR")) else body


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_expands_as_expected(name: str) -> None:
    assert expansion(name) == json.loads((HERE / name / "items.json").read_text("utf-8"))


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("name", NAMES)
def test_each_service_would_be_sent_what_is_expected(name: str, service: str) -> None:
    found = bodies(name, service)
    if service == "local":
        _check_seeds(found)
    assert found == json.loads((HERE / name / f"{service}.json").read_text("utf-8"))


def _check_seeds(found: dict[str, Any]) -> None:
    """`local` picks a seed where none is asked for."""
    for body in found.values():
        assert isinstance(body["seed"], int)
        if body["seed"] > 100:
            body["seed"] = "PICKED"


def _write() -> None:
    for name in NAMES:
        text = json.dumps(expansion(name), ensure_ascii=False, indent=1)
        (HERE / name / "items.json").write_text(text + "\n", "utf-8")
        for service in SERVICES:
            found = bodies(name, service)
            if service == "local":
                _check_seeds(found)
            text = json.dumps(found, ensure_ascii=False, indent=1)
            (HERE / name / f"{service}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    _write()
