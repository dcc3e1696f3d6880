"""What was bought once is taken up, however the recipe is named, whoever collected it, and whatever the cap."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front import Services, uni
from tests.recipes.kitchen import ids, lock, plan, put, run, statuses

RECIPE = "prompt: '{}'\nprovider: luma\n"


def test_a_recipe_is_the_same_by_any_path(services: Services) -> None:
    put("a.yaml", RECIPE.format("a pier at night"))
    services.break_with("luma:submit:cut-after:1")
    assert run("recipes/a.yaml").code == 8
    Path("elsewhere").mkdir()
    Path("elsewhere", "link").symlink_to(Path.cwd())

    assert run(str(Path("elsewhere", "link", "recipes", "a.yaml"))).code == 8
    os.chdir("elsewhere")
    assert run("../recipes/a.yaml").code == 8
    assert services.billed() == 1


def test_a_folder_and_a_file_may_be_spelt_in_two_ways(services: Services) -> None:
    put("a.yaml", RECIPE.format("a pier"))
    run("a")
    again = f"../{Path.cwd().name}/recipes/a.yaml"
    assert statuses(again, "recipes") == {"a": "ok"}


@pytest.mark.parametrize("more", [[], ["--force"]])
def test_a_remake_that_status_collected_was_altered_by_no_hand(
    start_services: Callable[..., Services], more: list[str]
) -> None:
    services = start_services(latency=0.5)
    put("a.yaml", RECIPE.format("a pier"))
    assert run("a").code == 0
    if not more:
        put("a.yaml", RECIPE.format("a pier at night"))
    late = run("a", *more, "--timeout", "0.2")
    assert late.code == 8
    assert f"`uni recipes run {' '.join(['a', *more])}`" in late.err
    assert uni("status", "--wait").code == 0

    assert statuses() == {"a": "stale"}
    assert run("a", "--max-cost", "0").code == 0
    assert statuses() == {"a": "ok"}
    assert (services.billed(), len(list(Path("recipes/out/a").glob("*.png")))) == (2, 1)

    Path("recipes/out/a/a.png").write_bytes(b"retouched")
    assert statuses() == {"a": "altered"}


def test_what_is_bought_already_costs_nothing_and_is_not_listed(services: Services) -> None:
    put("a.yaml", "prompt: a pier\nprovider: luma\nseeds: [1, 2]\n")
    run("a")
    Path("recipes/a.lock.json").unlink()

    assert plan("a") == []
    shown = run("a", "--dry-run")
    assert "0 pictures, total $0.0000" in shown.out
    assert "only to be taken up: 2" in shown.err
    assert run("a", "--max-cost", "0.01").code == 0
    assert (sorted(lock("a")), services.billed()) == (["1", "2"], 2)


def test_nothing_is_pruned_where_the_run_is_refused(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.yaml", "prompt: '{{ c }}'\nprovider: luma\nmatrix: {c: [x]}\n")
    run("a")
    put("a.yaml", "prompt: '{{ c }}'\nprovider: luma\nmatrix: {c: [y]}\n")
    monkeypatch.setenv("UNI_BUDGET_DAILY", "0.05")
    assert run("a", "--prune").code == 6
    assert (Path("recipes/out/a/x.png").exists(), sorted(lock("a"))) == (True, ["x"])

    monkeypatch.setenv("UNI_BUDGET_DAILY", "1")
    assert run("a", "--prune").code == 0
    assert (Path("recipes/out/a/x.png").exists(), sorted(lock("a"))) == (False, ["y"])


def test_an_empty_name_runs_nothing() -> None:
    put("a.yaml", "prompt: x\n")
    for verb in ("run", "check"):
        assert uni("recipes", verb, "").code == 2
        assert uni("recipes", verb, "a", "").code == 2


def test_a_folder_that_is_called_like_a_recipe_does_not_hide_it() -> None:
    put("skyline.yaml", "prompt: x\n")
    Path("skyline").mkdir()
    assert ids("skyline") == ["skyline"]
    assert uni("recipes", "check", "skyline").code == 10
    assert uni("recipes", "run", "skyline/", "--dry-run").out.startswith("0 pictures")


# --- ids -----------------------------------------------------------------------------------------------------------

LONG = "a very long value of an axis that goes on and on until nobody reads it {}"


def test_a_long_id_keeps_its_seed_and_names_its_file() -> None:
    texts = "\n".join(f"  {axis}: ['{LONG.format(axis)}']" for axis in "abc")
    put("a.yaml", f"prompt: x\nprovider: local\nsize: 2048x2048\nmatrix:\n{texts}\nseeds: [7, 9]\n")
    both = ids("a")
    assert [one.rsplit("-", 1)[1] for one in both] == ["7", "9"]
    put("b.yaml", f"prompt: x\nprovider: local\nsize: 2048x2048\nmatrix:\n{texts}\nseeds: [9]\n")
    assert ids("b") == both[1:]
    assert all(len(one) <= 120 for one in both)

    assert run("b").code == 0
    assert [entry["path"] for entry in lock("b").values()] == [f"out/b/{both[1]}.png"]


def test_pin_drops_nothing_of_another_combination_with_the_same_slug(services: Services) -> None:
    put("a.yaml", "prompt: '{{ c }}'\nprovider: luma\nmatrix: {c: [A, a, B]}\nseeds: [1, 2]\n")
    assert uni("recipes", "pin", "a", "a-1").code == 0
    assert sorted(item for item, entry in lock("a").items() if entry.get("dropped")) == ["a-2"]


def test_n_counts_within_a_sweep() -> None:
    put("a.yaml", "prompt: '{{ c }}'\nprovider: local\nmatrix: {c: [x, y]}\nseeds: [5, 6]\noutput: '{c}-{n}.png'\n")
    assert run("a").code == 0
    assert sorted(path.name for path in Path("recipes").glob("*.png")) == ["x-1.png", "x-2.png", "y-1.png", "y-2.png"]


def test_a_lock_whose_recipe_is_gone_is_pruned_with_its_folder(services: Services) -> None:
    put("a.yaml", RECIPE.format("a pier"))
    put("b.yaml", RECIPE.format("a boat"))
    assert run("recipes/").code == 0
    Path("recipes/b.yaml").unlink()
    assert statuses() == {"a": "ok", "b": "orphaned"}
    Path("recipes/out/b/b.png").write_bytes(b"mine")

    assert run("a", "--prune").code == 0
    assert Path("recipes/b.lock.json").exists()
    result = run("recipes/", "--prune")
    assert (result.code, "removed recipes/b.lock.json" in result.err, "so it stays" in result.err) == (0, True, True)
    assert statuses() == {"a": "ok"}
    assert Path("recipes/out/b/b.png").read_bytes() == b"mine"
    assert services.billed() == 2
