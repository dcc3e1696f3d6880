"""`uni recipes run -o URL`: pictures in a store, the lock beside the recipe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tests.front import Services, uni
from tests.recipes.kitchen import lock, put, run, statuses

CITIES = "prompt: '{{ city }} skyline'\nprovider: luma\naspect: 1:3\nmatrix: {city: [Lisbon, Kyoto]}\n"
CHAIN = """
aspect: 1:3
provider: luma
steps:
  - id: day
    prompt: a street by day
  - id: night
    edit: day
    prompt: make it night
"""


@pytest.fixture
def memory() -> Iterator[MemoryFileSystem]:
    fs = MemoryFileSystem()
    fs.store.clear()
    yield fs
    fs.store.clear()


def test_pictures_go_to_the_store_and_the_lock_knows_where(services: Services, memory: MemoryFileSystem) -> None:
    put("a.yaml", CITIES)
    result = run("a", "-o", "memory://album/{recipe}/{city}.{ext}", "--json")

    assert result.code == 0, result.err
    assert [image["path"] for image in result.json["images"]] == [
        "memory://album/a/lisbon.png",
        "memory://album/a/kyoto.png",
    ]
    assert lock("a")["kyoto"]["path"] == "memory://album/a/kyoto.png"
    assert json.loads(memory.cat_file("/album/a/kyoto.png.json"))["item"] == "kyoto"
    assert statuses() == {"lisbon": "ok", "kyoto": "ok"}


def test_a_second_run_makes_only_what_has_changed(services: Services, memory: MemoryFileSystem) -> None:
    put("a.yaml", CITIES)
    run("a", "-o", "memory://album/")
    assert run("a").code == run("a", "-o", "memory://album/").code == 0
    assert services.billed() == 2

    put("a.yaml", CITIES.replace("Kyoto", "Oslo"))
    result = run("a", "-o", "memory://album/")
    assert (result.code, result.lines) == (0, ["memory://album/a/oslo.png"])
    assert services.billed() == 3


def test_a_changed_picture_takes_the_place_of_the_one_that_was_made(
    services: Services, memory: MemoryFileSystem
) -> None:
    put("a.yaml", CITIES)
    run("a", "-o", "memory://album/")
    put("a.yaml", CITIES.replace("skyline", "temple"))
    memory.pipe_file("/album/a/kyoto.png", b"altered by hand")
    result = run("a", "-o", "memory://album/")
    assert sorted(result.lines) == ["memory://album/a/kyoto-1.png", "memory://album/a/lisbon.png"]
    assert memory.cat_file("/album/a/kyoto.png") == b"altered by hand"


def test_a_lost_lock_is_written_again_from_ledger_and_store(services: Services, memory: MemoryFileSystem) -> None:
    path = put("a.yaml", CITIES)
    run("a", "-o", "memory://album/")
    path.with_name("a.lock.json").unlink()
    assert run("a", "-o", "memory://album/").code == 0
    assert (services.billed(), statuses()) == (2, {"lisbon": "ok", "kyoto": "ok"})


def test_a_step_uses_the_picture_in_the_store(services: Services, memory: MemoryFileSystem) -> None:
    put("street.yaml", CHAIN)
    result = run("street", "-o", "memory://album/")
    assert result.code == 0, result.err
    assert len(result.lines) == services.billed() == 2


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ("album/", "not a URL"),
        ("memory://album/{item}.png", "says a format"),
        ("memory://album/../x/", ".."),
        ("memory://album/{nothing}.{ext}", "{nothing}"),
    ],
)
def test_what_cannot_hold_the_pictures_is_told_before_anything_is_sent(
    services: Services, output: str, why: str
) -> None:
    put("a.yaml", CITIES)
    result = uni("recipes", "run", "a", "-o", output)
    assert (result.code, services.billed()) == (2, 0)
    assert why in result.err


def test_a_store_that_cannot_be_written_is_found_before_anything_is_sent(
    services: Services, memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read only")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", refuse)
    put("a.yaml", CITIES)
    result = run("a", "-o", "memory://album/")
    assert (result.code, services.billed()) == (2, 0)
    assert "read only" in result.err


def test_nothing_is_removed_for_a_store_or_from_one_and_that_is_told(
    services: Services, memory: MemoryFileSystem
) -> None:
    put("a.yaml", "prompt: a pier\nprovider: luma\naspect: 1:3\n")
    assert run("a").code == 0

    moved = run("a", "--force", "-o", "memory://album/{job}.{ext}")
    assert (moved.code, Path("recipes/out/a/a.png").is_file()) == (0, True)
    assert "recipes/out/a/a.png stays although memory://album/" in moved.err

    again = run("a", "--force", "-o", "memory://album/{job}.{ext}")
    assert (again.code, len(memory.glob("/album/*.png"))) == (0, 2)
    assert f"{moved.lines[0]} stays although {again.lines[0]} takes its place" in again.err
