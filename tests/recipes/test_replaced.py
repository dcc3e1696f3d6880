"""A remade picture whose file has another name now: the old file goes once the new one and the lock are on the disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front import Services, uni
from tests.recipes.kitchen import die, lock, plan, put, run, statuses

OUT = Path("recipes/out/a")


def recipe(prompt: str, *lines: str, format: str = "png") -> None:
    put("a.yaml", "\n".join([f"prompt: {prompt}", "provider: runware", "aspect: 1:3", f"format: {format}", *lines]))


def found() -> list[str]:
    return sorted(path.name for path in OUT.iterdir())


def settled(*, billed: int, services: Services) -> Path:
    """The one picture, which lock, folder and recipe agree about."""
    entries = list(lock("a").values())
    assert len(entries) == 1
    path = Path("recipes", entries[0]["path"])
    assert found() == [path.name, f"{path.name}.json"]
    assert (uni("recipes", "check").code, services.billed()) == (0, billed)
    assert list(Path(str(Path.cwd().parent), "state", "locks").glob("*.json")) == []
    return path


def test_another_format_replaces_the_old_file_and_its_sidecar(services: Services) -> None:
    recipe("a pier")
    assert run("a").code == 0
    recipe("a pier", format="webp")

    result = run("a")

    assert (result.code, result.lines) == (0, ["recipes/out/a/a.webp"])
    assert "removed recipes/out/a/a.png: recipes/out/a/a.webp takes its place" in result.err
    assert settled(billed=2, services=services).name == "a.webp"


@pytest.mark.parametrize("field", ["{job}", "{seed}"])
@pytest.mark.parametrize("more", [[], ["--force"]])
def test_a_name_that_each_job_makes_anew_leaves_no_older_file(services: Services, field: str, more: list[str]) -> None:
    output = f"output: out/a/{field}.{{ext}}"
    recipe("a pier", output)
    assert run("a").code == 0
    before = settled(billed=1, services=services)
    if not more:
        recipe("a pier at night", output)

    assert run("a", *more).code == 0

    assert settled(billed=2, services=services) != before


def test_a_file_that_was_altered_by_hand_stays_and_that_is_told(services: Services) -> None:
    recipe("a pier")
    assert run("a").code == 0
    (OUT / "a.png").write_bytes(b"mine")
    recipe("a pier", format="webp")

    result = run("a", "--force")

    assert result.code == 0
    assert "recipes/out/a/a.png stays although out/a/a.webp takes its place: it was altered by hand" in result.err
    assert (OUT / "a.png").read_bytes() == b"mine"
    assert found() == ["a.png", "a.png.json", "a.webp", "a.webp.json"]
    assert uni("recipes", "check").code == 0


def test_a_file_that_another_item_has_too_stays(services: Services) -> None:
    recipe("'{{ c }}'", "matrix: {c: [x, y]}")
    assert run("a").code == 0
    whole = json.loads(Path("recipes/a.lock.json").read_text())
    whole["items"]["y"] = {**whole["items"]["y"], "path": "out/a/x.png", "sha256": whole["items"]["x"]["sha256"]}
    Path("recipes/a.lock.json").write_text(json.dumps(whole))
    recipe("'{{ c }}'", "matrix: {c: [x, y]}", format="webp")

    assert run("a", "--only", "x").code == 0

    assert "x.png" in found()
    assert statuses() == {"x": "ok", "y": "stale"}


def test_a_picture_outside_of_the_recipes_folder_stays(services: Services) -> None:
    assert uni("generate", "a pier", "-p", "runware", "-o", "pier.png").code == 0
    assert uni("recipes", "save", "a", "--from", "pier.png").code == 0
    text = Path("recipes/a.yaml").read_text()
    Path("recipes/a.yaml").write_text(text.replace("a pier", "a pier at night"))

    result = run("a")

    assert (result.code, "it lies outside of the recipe's folder" in result.err) == (0, True)
    assert Path("pier.png").is_file()
    assert uni("recipes", "check").code == 0


@pytest.mark.parametrize("more", [[], ["--force"]])
def test_what_status_collected_replaces_the_old_file_with_the_next_run(
    start_services: Callable[..., Services], more: list[str]
) -> None:
    services = start_services(latency=0.5)
    output = "output: out/a/{job}.{ext}"
    recipe("a pier", output)
    assert run("a").code == 0
    before = settled(billed=1, services=services)
    if not more:
        recipe("a pier at night", output)
    assert run("a", *more, "--timeout", "0.2").code == 8
    assert uni("status", "--wait").code == 0
    assert before.is_file()
    assert statuses() == {"a": "ok" if more else "stale"}
    assert plan("a") == []

    result = run("a", "--max-cost", "0")

    assert (result.code, len(result.lines)) == (0, 1)
    assert settled(billed=2, services=services) != before
    assert "Nothing to do" in run("a").err


def test_a_forced_picture_that_is_on_its_way_is_collected_by_the_next_run(
    start_services: Callable[..., Services],
) -> None:
    services = start_services(latency=0.5)
    recipe("a pier", "output: out/a/{job}.{ext}")
    assert run("a").code == 0
    before = settled(billed=1, services=services)
    assert run("a", "--force", "--timeout", "0.2").code == 8

    assert run("a", "--max-cost", "0").code == 0

    assert settled(billed=2, services=services) != before


def test_an_old_lock_that_is_brought_back_is_believed(services: Services) -> None:
    """Somebody likes the old picture better: no later run takes the new one up again."""
    recipe("a pier", "output: out/a/{job}.{ext}")
    assert run("a").code == 0
    kept = {path: path.read_bytes() for path in [Path("recipes/a.lock.json"), *OUT.iterdir()]}
    assert run("a", "--force").code == 0
    for path, data in kept.items():
        path.write_bytes(data)

    assert "Nothing to do" in run("a").err

    assert all(path.read_bytes() == data for path, data in kept.items())


DEATHS = [
    ("os.rename", "a.lock.json"),  # the new picture is there, the lock names the old one
    ("os.remove", "a.png"),  # the lock names the new one, both files are there
    ("os.remove", "a.png.json"),  # the old picture is gone, its sidecar is there
]


@pytest.mark.parametrize(("event", "end"), DEATHS)
def test_whoever_dies_at_it_leaves_a_true_lock_and_the_next_run_ends_it(
    services: Services, event: str, end: str
) -> None:
    recipe("a pier")
    assert run("a").code == 0
    recipe("a pier", format="webp")

    assert die(event, end, 1, "recipes", "run", "a")

    named = Path("recipes", lock("a")["a"]["path"])
    assert named.is_file()
    assert statuses() == {"a": "stale" if named.suffix == ".png" else "ok"}
    assert run("a", "--max-cost", "0").code == 0
    assert settled(billed=2, services=services).name == "a.webp"


def test_a_death_and_a_change_leave_no_file_of_either(services: Services) -> None:
    recipe("a pier")
    assert run("a").code == 0
    recipe("a pier", format="webp")
    assert die("os.remove", "a.png", 1, "recipes", "run", "a")
    recipe("a pier", format="jpeg")

    assert run("a").code == 0

    assert settled(billed=3, services=services).name == "a.jpg"
