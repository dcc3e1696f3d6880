"""What a stranger with the format in hand ran into: ids that stay, values that differ, nothing dropped silently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.front import Result, Services, uni
from tests.recipes.kitchen import prompts

HEAD = "provider: local\naspect: 1:3\n"


def recipe(text: str, name: str = "c") -> str:
    Path("recipes").mkdir(exist_ok=True)
    path = Path("recipes", f"{name}.yaml")
    path.write_text(HEAD + text, encoding="utf-8")
    return str(path)


def ids(*args: str) -> list[str]:
    result = uni("recipes", "run", *args, "--dry-run", "--json")
    assert result.code == 0, result.err
    return [str(item["item"]) for item in result.json["items"]]


def refused(result: Result, *words: str) -> None:
    assert result.code == 2, result.err
    for word in words:
        assert word in result.err


def test_an_id_that_repeats_keeps_its_number_when_var_narrows_the_axis() -> None:
    path = recipe("prompt: a view of {{ city }}\nmatrix: {city: [Sao Paulo, São Paulo]}\n")
    assert uni("recipes", "run", path).code == 0
    before = {path: path.read_bytes() for path in Path("recipes/out").rglob("*.png")}

    result = uni("recipes", "run", path, "--var", "city=São Paulo")

    assert (result.code, "Nothing to do: 1 up to date" in result.err) == (0, True)
    assert {path: path.read_bytes() for path in Path("recipes/out").rglob("*.png")} == before
    assert uni("recipes", "check", path).code == 0


def test_rows_keep_their_numbers_too() -> None:
    recipe("prompt: '{{ name }} {{ kind }}'\nrows: r.csv\n")
    Path("recipes/r.csv").write_text("name,kind\nfox,red\nfox,blue\n")
    assert ids("recipes/c.yaml", "--var", "kind=blue") == ["fox-2"]


def test_one_and_true_are_two_values_of_an_axis() -> None:
    path = recipe("prompt: a {{ x }}\nmatrix: {x: [1, true, 1e3]}\n")
    assert len(ids(path)) == 3
    for text in ("true", "1", "1e3", "1000.0", "1000"):
        assert len(ids(path, "--var", f"x={text}")) == 1
    refused(uni("recipes", "run", path, "--var", "x=yes"), "no such value")


def test_a_var_that_no_row_has_is_an_error() -> None:
    path = recipe("prompt: a {{ name }}\nrows: r.jsonl\n")
    Path("recipes/r.jsonl").write_text('{"name": "fox", "on": true}\n{"name": "hen", "on": false}\n')
    refused(uni("recipes", "run", path, "--var", "name=nope"), "no row has this value")
    assert ids(path, "--var", "on=true") == ["fox"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("r.csv", "name,city\nfox,\nhen,Porto\nowl,Paris\n"),
        ("r.jsonl", '{"name": "fox"}\n{"name": "hen", "city": "Porto"}\n{"name": "owl", "city": "Paris"}\n'),
        ("n.jsonl", '{"name": "fox", "city": null}\n{"name": "hen", "city": "Porto"}\n{"name": "owl", "city": "Y"}\n'),
    ],
)
def test_a_var_takes_the_place_of_the_default_that_a_row_leaves(name: str, rows: str) -> None:
    """Every picture that is made has the value that the command line says, and no row is left out silently."""
    path = recipe(f"prompt: '{{{{ name }}}} in {{{{ city }}}}'\nvars: {{city: Lisbon}}\nrows: {name}\n")
    Path("recipes", name).write_text(rows)
    assert prompts(path)["fox"] == "fox in Lisbon"

    assert prompts(path, "--var", "city=Porto") == {"fox": "fox in Porto", "hen": "hen in Porto"}
    assert prompts(path, "--var", "city=Rome") == {"fox": "fox in Rome"}

    Path("recipes", name).write_text("".join(rows.splitlines(keepends=True)[-2:]))
    if name != "r.csv":
        refused(uni("recipes", "run", path, "--var", "city=Rome"), "--var city=Rome: no row has this value", "Porto")


def test_a_var_on_a_column_that_is_a_setting_holds_for_rows_that_leave_it() -> None:
    path = recipe("prompt: '{{ name }}'\nrows: r.csv\n")
    Path("recipes/r.csv").write_text("name,model,seed\nfox,,\nhen,uni-1,7\n")

    made = uni("recipes", "show", path, "--json", "--var", "model=uni-1-max", "--var", "seed=5")

    found = [(one["item"], one["request"]["model"], one["request"]["seed"]) for one in made.json["recipes"][0]["items"]]
    assert found == [("fox", "uni-1-max", 5)]
    refused(uni("recipes", "run", path, "--var", "model=uni-7"), "--var model=uni-7: `model` 'uni-7' is not one of")


def test_a_var_that_does_not_fit_is_told_as_the_command_lines() -> None:
    path = recipe("prompt: x {{ n }}\nvars: {n: 3}\nrows: r.csv\n")
    Path("recipes/r.csv").write_text("name,n\nfox,\n")
    refused(uni("recipes", "run", path, "--var", "n=two"), "--var: `n` is a whole number, and 'two' is not")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prompt: x\nmatrix: {seed: [1, 2]}\nseeds: [3]\n", "`seeds` and an axis `seed`"),
        ("prompt: x\nseeds: []\n", "no seed"),
        ("prompt: x\nseeds: [3, 4, 3]\n", "3 is there twice"),
        ("prompt: x\nrows: r.csv\nseeds: [3]\n", "`seed` is a column"),
        ("prompt: x\nrows: r.csv\nmatrix: {name: [a, b]}\n", "`name` is a column of the rows and an axis"),
        ("prompt: '{{ c }}'\nmatrix: {c: [a, b], exclude: [{c: A}]}\n", "did you mean `a`?"),
        ("prompt: x\nrows: r.jsonl\n", "`n` is there twice"),
        ("prompt: x\nrows: inf.jsonl\n", "too large for a number"),
        ("prompt: x\nrows: nan.jsonl\n", "there is no number NaN"),
    ],
)
def test_what_would_be_dropped_or_bought_twice_is_an_error_with_its_place(text: str, words: str) -> None:
    path = recipe(text)
    Path("recipes/r.csv").write_text("name,seed\nfox,1\n")
    Path("recipes/r.jsonl").write_text('{"n": 1, "n": 2}\n')
    Path("recipes/inf.jsonl").write_text('{"n": 1e999}\n')
    Path("recipes/nan.jsonl").write_text('{"n": NaN}\n')
    refused(uni("recipes", "run", path), words, "recipes/")


def test_no_number_is_infinite() -> None:
    refused(uni("generate", "x", "--set", "x=1e999", "--dry-run"), "too large for JSON")
    path = recipe("prompt: x {{ big }}\nvars: {big: 1e999}\n")
    refused(uni("recipes", "show", path, "--json"), "too large for a number")


def test_the_defaults_of_a_folder_are_not_overwritten_by_a_recipe() -> None:
    refused(uni("recipes", "new", "recipes"), "holds the defaults")
    refused(uni("generate", "x", "-p", "local", "--save-recipe", "Recipes.yaml"), "holds the defaults")
    assert not Path("recipes/recipes.yaml").exists()
    assert not Path("Recipes.yaml").exists()


def test_the_stricter_of_two_limits_holds(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_MAX_COST", "0.01")
    Path("recipes").mkdir()
    Path("recipes/m.yaml").write_text("prompt: x\nprovider: luma\nmax-cost: 30\n")

    assert uni("recipes", "run", "recipes/m.yaml").code == 6
    assert services.billed() == 0
    assert uni("recipes", "run", "recipes/m.yaml", "--max-cost", "1").code == 0


def test_a_recipe_from_a_sketch_stays_a_sketch(monkeypatch: pytest.MonkeyPatch) -> None:
    assert uni("generate", "a fox", "-p", "local", "--seed", "7", "-o", "fox.png").code == 0
    monkeypatch.setenv("UNI_LUMA__API_KEY", "a-key-for-nothing")

    assert uni("generate", "--from", "fox.png", "--save-recipe", "r.yaml", "--dry-run").code == 0

    assert "provider: local" in Path("r.yaml").read_text()


def test_an_output_elsewhere_is_not_dropped_silently(tmp_path: Path) -> None:
    output = str(tmp_path / "elsewhere.png")
    result = uni("generate", "a fox", "-p", "local", "-o", output, "--save-recipe", "r.yaml")
    assert (result.code, "is not taken over" in result.err) == (0, True)


def test_a_dry_run_tells_what_prune_would_drop() -> None:
    path = recipe("prompt: a {{ c }}\nmatrix: {c: [a, b]}\n")
    assert uni("recipes", "run", path).code == 0
    recipe("prompt: a {{ c }}\nmatrix: {c: [a]}\n")

    result = uni("recipes", "run", path, "--prune", "--dry-run")

    assert "--prune would drop b of c" in result.err
    assert "b" in json.loads(Path("recipes/c.lock.json").read_text())["items"]


def test_once_more_costs_nothing(services: Services) -> None:
    words = ("generate", "a fox", "-p", "luma", "--once", "key", "-o", "fox.png")
    assert uni(*words).code == 0

    again = uni(*words, "--max-cost", "0")

    assert (again.code, again.lines) == (0, ["fox.png"])
    assert uni("generate", "a hen", "-p", "luma", "--once", "other", "--max-cost", "0").code == 6
    assert services.billed("luma") == 1


def test_a_refused_key_is_told_with_its_code(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_LUMA__API_KEY", "a-wrong-key")
    result = uni("providers", "check", "luma")
    assert (result.code, "[key.refused]" in result.err, "uni providers login luma" in result.err) == (4, True, True)


def test_two_recipes_that_would_share_a_lock_are_refused_also_one_by_one() -> None:
    for name in ("a", "b"):
        recipe(f"recipe: n\nprompt: {name}\n", name)
    refused(uni("recipes", "run", "recipes/a.yaml"), "would share one lock")
    refused(uni("recipes", "check", "recipes/b.yaml"), "would share one lock")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("extends: bse.yaml\n", "did you mean `base.yaml`?"),
        ("extends: bse\n", "did you mean `base`?"),
        ("prompt: {{ city }}\n", "text that begins with { stands in quotes"),
    ],
)
def test_the_way_out_is_told(text: str, words: str) -> None:
    recipe("prompt: a base\n", "base")
    refused(uni("recipes", "run", recipe(text)), words)


def test_a_service_that_is_not_reached_is_told_with_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_LUMA__API_KEY", "a-key-for-nothing")
    monkeypatch.setenv("UNI_LUMA__BASE_URL", "http://127.0.0.1:9/v1")
    result = uni("providers", "check", "luma")
    assert (result.code, "[provider.unreachable]" in result.err) == (7, True)
