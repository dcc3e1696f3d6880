"""`pin`, `save`, `new` and `--save-recipe`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front import Services, uni
from tests.recipes.kitchen import ids, lock, picture, plan, put, run, statuses
from uni_cli.models import Operation, Request
from uni_cli.recipes import saving
from uni_cli.recipes.saving import Said

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FRESH = ("taskUUID",)


def settled(body: Any) -> Any:
    """A body without its fresh ids, and with the hash of each inline picture."""
    from uni_cli import codec

    body = codec.without_pictures(body)
    if isinstance(body, list):
        return [{key: value for key, value in task.items() if key not in FRESH} for task in body]
    return body


# --- pin -----------------------------------------------------------------------------------------------------------


def test_pin_keeps_one_of_a_sweep_and_drops_the_others(services: Services) -> None:
    put("a.yaml", "prompt: '{{ c }}'\nprovider: runware\nmatrix: {c: [x, y]}\nseeds: [1, 2, 3]\n")
    run("a", "--only", "x-*", "--jobs", "9")
    assert uni("recipes", "pin", "a", "x-2").code == 0
    assert {item for item, entry in lock("a").items() if entry.get("dropped")} == {"x-1", "x-3"}
    assert lock("a")["x-1"]["path"] == "out/a/x-1.png"
    assert ids("a") == ["y-1", "y-2", "y-3"]
    assert ids("a", "--force") == ["x-2", "y-1", "y-2", "y-3"]
    assert sorted(statuses()) == ["x-2", "y-1", "y-2", "y-3"]
    put("a.yaml", "prompt: 'new {{ c }}'\nprovider: runware\nmatrix: {c: [x]}\nseeds: [1, 2, 3]\n")
    assert ids("a") == ["x-2"]
    assert uni("recipes", "pin", "a", "x-3").code == 0
    assert ids("a") == ["x-3"]


def test_a_pinned_sweep_is_in_order_when_its_picture_is(services: Services) -> None:
    put("a.yaml", "prompt: x\nprovider: runware\nseeds: [1, 2]\n")
    assert uni("recipes", "pin", "a", "2").code == 0
    run("a")
    assert (sorted(lock("a")), uni("recipes", "check").code, services.billed()) == (["1", "2"], 0, 1)


def test_pin_needs_an_item_of_a_sweep() -> None:
    put("a.yaml", "prompt: x\nmatrix: {c: [y, z]}\n")
    assert uni("recipes", "pin", "a", "y").code == 2
    assert uni("recipes", "pin", "a", "nothing").code == 2


# --- save ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["luma", "runware", "gmicloud", "segmind"])
def test_a_picture_becomes_a_recipe_that_sends_the_identical_body(services: Services, service: str) -> None:
    prompt = 'a "red" van {{ not a variable }} {% nor this\nsecond line: 100% #fine — “ok” 🚐'
    options = ["-a", "3:2"] if service != "segmind" else []
    made = uni("generate", prompt, "-p", service, *options, "--json")
    assert made.code == 0, made.err
    image = made.json["images"][0]
    assert uni("recipes", "save", "van", "--from", image["path"]).lines == ["recipes/van.yaml"]
    assert statuses() == {"van": "ok"}
    assert run("van").lines == []
    sent = json.loads(Path(image["sidecar"]).read_text("utf-8"))["sent"]
    assert settled(plan("van", "--force")[0]["body"]) == settled(sent)
    assert services.billed() == 1


@pytest.mark.parametrize("form", ["picture", "sidecar", "job"])
def test_an_edit_with_references_becomes_a_recipe_from_any_of_its_names(services: Services, form: str) -> None:
    picture("../photo.png", "red")
    picture("../hair.png", "teal")
    made = uni(
        "edit", "photo.png", "make it night", "--keep", "the van", "-r", "palette=hair.png", "-p", "luma", "--json"
    )  # fmt: skip
    image = made.json["images"][0]
    source = {"picture": image["path"], "sidecar": image["sidecar"], "job": image["job"]}[form]
    assert uni("recipes", "save", "night", "--from", source).code == 0
    Path("photo.png").unlink()
    assert statuses() == {"night": "ok"}
    sent = json.loads(Path(image["sidecar"]).read_text("utf-8"))["sent"]
    assert settled(plan("night", "--force")[0]["body"]) == settled(sent)
    assert lock("night")["night"]["path"] == f"../{image['path']}"


def test_save_never_writes_over_a_recipe_and_takes_plain_names_only() -> None:
    put("a.yaml", "prompt: mine\n")
    picture("../p.png")
    assert uni("recipes", "save", "a", "--from", "p.png").code == 2
    assert uni("recipes", "new", "a").code == 2
    assert Path("recipes/a.yaml").read_text() == "prompt: mine\n"
    for name in ("../up", "/abs", "a/b", "", ".hidden"):
        assert uni("recipes", "new", name).code == 2
    assert uni("recipes", "save", "b").code == 2
    assert uni("recipes", "save", "b", "--from", "p.png").code == 2
    assert not Path("recipes/b.yaml").exists()


def test_no_recipe_is_written_where_the_defaults_of_its_folder_stand(services: Services) -> None:
    made = uni("generate", "a fox", "-p", "local", "-o", "fox.png")
    assert made.code == 0
    for args in (
        ("recipes", "new", "recipes"),
        ("recipes", "new", "Recipes"),
        ("recipes", "save", "recipes", "--from", "fox.png"),
        ("generate", "x", "-p", "local", "--save-recipe", "recipes.yml"),
        ("generate", "x", "-p", "local", "--save-recipe", "art/recipes.yaml", "--dry-run"),
    ):
        refused = uni(*args)
        assert (refused.code, refused.out) == (2, ""), args
        assert "holds the defaults of its folder" in refused.err
    assert sorted(path.name for path in Path().iterdir()) == ["fox.png", "fox.png.json"]


def test_new_starts_a_recipe_that_runs_and_names_its_schema() -> None:
    assert uni("recipes", "new", "sky line").lines == ["recipes/sky-line.yaml"]
    first = Path("recipes/sky-line.yaml").read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=uni-recipe.schema.json"
    assert json.loads(Path("recipes/uni-recipe.schema.json").read_text("utf-8")) == uni("recipes", "schema").json
    assert ids("sky-line") == ["sky-line"]


def test_save_recipe_writes_what_generate_and_edit_were_asked() -> None:
    picture("../photo.png", "red")
    asked = uni(
        "edit", "photo.png", "make it night", "--keep", "the van", "-p", "local", "--seed", "4", "-n", "2",
        "--set", "x.y=[1]", "-o", "pics/{seed}.webp", "--save-recipe", "night.yaml", "--dry-run", "--json",
    )  # fmt: skip
    assert asked.code == 0, asked.err
    items = plan("night.yaml")
    assert [item["item"] for item in items] == ["4", "5"]
    assert [item["body"] for item in items] == [item["body"] for item in asked.json["items"]]
    again = uni("generate", "x", "-p", "local", "--save-recipe", "night.yaml", "--dry-run")
    assert again.code == 2


def test_save_recipe_keeps_the_service_of_the_picture_that_it_starts_from() -> None:
    assert uni("generate", "from me", "-p", "local", "--seed", "7", "-o", "base.png").code == 0
    asked = uni("generate", "--from", "base.png", "--save-recipe", "rec.yaml", "--dry-run", "--json")
    assert [item["body"] for item in plan("rec.yaml")] == [item["body"] for item in asked.json["items"]]
    assert "provider: local" in Path("rec.yaml").read_text("utf-8")


def test_save_recipe_keeps_how_it_was_asked_for_too(services: Services) -> None:
    asked = uni(
        "generate", "x", "-p", "runware", "--strict", "--no-advice", "--max-cost", "$0.5", "--timeout", "90.5",
        "--preview", "--save-recipe", "r.yaml", "--dry-run",
    )  # fmt: skip
    assert (asked.code, "not taken over" in asked.err) == (0, False)
    text = Path("r.yaml").read_text("utf-8")
    for line in ("strict: true", "no-advice: true", 'max-cost: "0.5"', "timeout: 90.5", "preview: true"):
        assert f"\n{line}\n" in text
    assert "hint:" not in uni("recipes", "check", "r.yaml").err

    Path("r.yaml").write_text(text.replace('"0.5"', '"0.01"'))
    assert (run("r.yaml").code, services.billed()) == (6, 0)
    Path("r.yaml").write_text(text + "seed: 7\n")
    assert (run("r.yaml").code, services.billed()) == (2, 0)
    Path("r.yaml").write_text(text.replace("90.5", "0.001"))
    assert "The time was over before this was sent" in run("r.yaml").err


def test_save_recipe_tells_in_one_line_what_a_recipe_cannot_hold() -> None:
    asked = uni(
        "generate", "x", "-p", "local", "--once", "k", "--no-wait", "--timeout", "0", "--save-recipe", "r.yaml",
        "--dry-run",
    )  # fmt: skip
    (told,) = [line for line in asked.err.splitlines() if "is not taken over" in line]
    assert told.startswith("warning: --once is not taken over: the lock already sees to it")
    assert "; --no-wait is not taken over: `uni recipes run` waits" in told
    assert "; --timeout 0 is not taken over" in told
    assert plan("r.yaml")[0]["provider"] == "local"


def test_save_recipe_tells_that_a_place_elsewhere_is_left_out() -> None:
    place = str(Path("pics").absolute() / "x.png")
    asked = uni("generate", "x", "-p", "local", "-o", place, "--save-recipe", "r.yaml", "--dry-run")
    assert f"-o {place} is not taken over: a recipe's pictures stay in its folder" in asked.err
    assert "output" not in Path("r.yaml").read_text("utf-8")
    assert "taken over" not in uni("generate", "x", "-p", "local", "--save-recipe", "s.yaml", "--dry-run").err


@QUIET
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80).filter(lambda text: bool(text.strip()))
)
def test_any_prompt_survives_being_written_and_read(prompt: str) -> None:
    prompt = prompt.strip().replace("\r\n", "\n").replace("\r", "\n")
    put("p.yaml", saving.text("p", Request(Operation.GENERATE, prompt), Said(provider="local"), {}))
    assert plan("p")[0]["body"]["prompt"] == prompt
