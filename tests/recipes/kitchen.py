"""Recipes for tests: written in a line, run through the front door."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

from PIL import Image

from tests.front import Result, uni


def put(name: str, text: str | bytes) -> Path:
    """A file below ./recipes/; text is dedented."""
    path = Path("recipes", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return path


def picture(name: str, colour: str = "teal") -> Path:
    path = Path("recipes", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (48, 32), colour).save(path)
    return path


def plan(*args: str) -> list[dict[str, Any]]:
    """The items of `uni recipes run … --dry-run --json`."""
    result = uni("recipes", "run", *args, "--dry-run", "--json")
    assert result.code == 0, result.err
    assert result.json["schema"] == "uni.plan/1"
    items: list[dict[str, Any]] = result.json["items"]
    return items


def ids(*args: str) -> list[str]:
    return [item["item"] for item in plan(*args)]


def prompts(*args: str) -> dict[str, str]:
    """What each item says to Luma."""
    return {item["item"]: item["body"]["prompt"] for item in plan(*args, "-p", "luma")}


def lock(name: str) -> dict[str, dict[str, Any]]:
    items: dict[str, dict[str, Any]] = json.loads(Path("recipes", f"{name}.lock.json").read_text("utf-8"))["items"]
    return items


def statuses(*args: str) -> dict[str, str]:
    """What `uni recipes check` says of each item."""
    result = uni("recipes", "check", *args, "--json")
    assert result.code in (0, 10), result.err
    return {item["item"]: item["status"] for item in result.json["items"]}


def complaint(name: str, text: str | bytes) -> str:
    """The error about a recipe: exit 2, a stable code, nothing sent, nothing unforeseen."""
    put(name, text)
    result = uni("recipes", "run", f"recipes/{name}", "--dry-run", "--json")
    assert result.code == 2, (result.code, result.out, result.err)
    assert result.json["error"]["code"] == "recipes.invalid", result.json["error"]
    message: str = result.json["error"]["message"]
    return message


def run(*args: str) -> Result:
    return uni("recipes", "run", *args)


def start(*args: str) -> subprocess.Popen[str]:
    """`uni recipes run …` as a process of its own."""
    command = [sys.executable, "-m", "uni_cli", "recipes", "run", *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))


def until_queued(process: subprocess.Popen[str], count: int) -> None:
    """Read what the process says until so many jobs are accepted."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        count -= line.endswith(" queued\n")
        if not count:
            return
    raise AssertionError("".join(said))


DYING = """
import os, sys
event, end, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
def watch(name, args):
    global count
    if name == event and any(str(arg).endswith(end) for arg in args[:2]):
        count -= 1
        if not count:
            os._exit(9)
sys.argv = ["uni", *sys.argv[4:]]
from uni_cli.__main__ import run
sys.addaudithook(watch)
run()
"""


def die(event: str, end: str, count: int, *args: str) -> bool:
    """`uni ARGS` in a process that dies just before it does `event` (`os.remove`, `os.rename`) for the count-th time
    to a file whose path ends so. False: it did not come to that."""
    command = [sys.executable, "-c", DYING, event, end, str(count), *args]
    ended = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), timeout=120)
    assert ended.returncode in (0, 9), ended.stderr
    return ended.returncode == 9
