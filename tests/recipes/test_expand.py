"""From a recipe to its items: ids, matrices, seeds, rows, variables, layers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front import uni
from tests.recipes.kitchen import complaint, ids, plan, prompts, put

QUIET = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_axes_name_the_items_in_the_order_of_the_file_and_the_seed_comes_last() -> None:
    put("a.yaml", """
        prompt: "{{ city }} {{ time }}"
        seeds: {from: 1, count: 2}
        matrix:
          city: [São Paulo, Kyoto]
          time: [dawn, dusk]
          exclude: [{city: Kyoto, time: dawn}]
    """)  # fmt: skip
    assert ids("a") == [
        "sao-paulo-dawn-1", "sao-paulo-dawn-2", "sao-paulo-dusk-1", "sao-paulo-dusk-2", "kyoto-dusk-1", "kyoto-dusk-2",
    ]  # fmt: skip


def test_a_sweep_of_seeds_alone_is_named_by_its_seeds() -> None:
    put("a.yaml", "prompt: x\nseeds: [3, 14, 15]\n")
    assert ids("a") == ["3", "14", "15"]
    assert [item["body"]["seed"] for item in plan("a", "-p", "local")] == [3, 14, 15]


def test_a_count_without_seeds_numbers_the_items_and_with_a_seed_counts_up_from_it() -> None:
    put("a.yaml", "prompt: x\ncount: 3\n")
    put("b.yaml", "prompt: x\ncount: 3\nseed: 7\n")
    assert ids("a") == ["1", "2", "3"]
    assert ids("b") == ["7", "8", "9"]


def test_one_item_without_axes_has_the_name_of_the_recipe() -> None:
    put("the-file.yaml", "prompt: x\n")
    put("b.yaml", "recipe: Großer Hafen\nprompt: x\n")
    assert ids("the-file") == ["the-file"]
    assert ids("recipes/b.yaml") == ["grosser-hafen"]


def test_an_axis_of_settings_sets_them() -> None:
    put("a.yaml", "prompt: x\nmatrix: {aspect: ['3:1', 1:1], model: [uni-1, uni-1-max], provider: [luma, runware]}\n")
    items = plan("a")
    assert [(i["item"], i["provider"], i["price_usd"]) for i in items][:4] == [
        ("3-1-uni-1-luma", "luma", "0.0404"),
        ("3-1-uni-1-runware", "runware", "0.0404"),
        ("3-1-uni-1-max-luma", "luma", "0.1000"),
        ("3-1-uni-1-max-runware", "runware", "0.1000"),
    ]
    assert (items[0]["body"]["aspect_ratio"], items[1]["body"][0]["width"]) == ("3:1", 3360)


def test_include_adds_combinations_and_variables() -> None:
    put("a.yaml", """
        prompt: "{{ city }} {{ time }} {{ note }}"
        vars: {note: none}
        matrix:
          city: [Lisbon, Kyoto]
          time: [dawn, dusk]
          exclude: [{city: Kyoto}]
          include:
            - {city: Lisbon, time: dusk, note: lamps}
            - {city: Oslo, time: noon, note: snow}
            - {city: Kyoto, time: dawn}
    """)  # fmt: skip
    assert prompts("a") == {
        "lisbon-dawn": "Lisbon dawn none",
        "lisbon-dusk": "Lisbon dusk lamps",
        "oslo-noon": "Oslo noon snow",
        "kyoto-dawn": "Kyoto dawn none",
    }


def test_values_of_one_slug_get_ids_of_their_own() -> None:
    put("a.yaml", "prompt: '{{ city }}'\nmatrix: {city: [Sao, São, SAO]}\n")
    assert ids("a") == ["sao", "sao-2", "sao-3"]


def test_a_var_on_an_axis_narrows_it_and_another_one_sets_it() -> None:
    put("a.yaml", "prompt: '{{ city }} {{ n + 1 }}'\nvars: {n: 1}\nmatrix: {city: [Lisbon, Kyoto]}\n")
    assert prompts("a", "--var", "city=Kyoto", "--var", "n=4") == {"kyoto": "Kyoto 5"}
    wrong = uni("recipes", "run", "a", "--dry-run", "--var", "city=Kyto", "--json")
    assert (wrong.code, wrong.json["error"]["message"]) == (
        2, "--var city=Kyto: the axis has no such value (did you mean `Kyoto`?)",
    )  # fmt: skip
    assert uni("recipes", "run", "a", "--dry-run", "--var", "n=many").code == 2
    assert uni("recipes", "run", "a", "--dry-run", "--var", "m=1").code == 2
    assert uni("recipes", "run", "a", "--dry-run", "--var", "n").code == 2


def test_typed_variables_hold_their_type_and_their_choices() -> None:
    put("a.yaml", """
        prompt: "{% if snow %}snow{% else %}sun{% endif %} {{ count * 2 }} {{ names | join(' and ') }} {{ mood }}"
        vars:
          snow: {type: boolean, default: false}
          count: {type: integer, default: 2}
          names: [Ada, Bo]
          mood: {choices: [calm, wild], default: calm}
    """)  # fmt: skip
    assert prompts("a") == {"a": "sun 4 Ada and Bo calm"}
    said = ("--var", "snow=true", "--var", "count=5", "--var", "names=Cy", "--var", "mood=wild")
    assert prompts("a", *said) == {"a": "snow 10 Cy wild"}
    wrong = uni("recipes", "run", "a", "--dry-run", "--var", "mood=wlid")
    assert "it is one of calm, wild (did you mean `wild`?)" in wrong.err


def test_rows_of_a_table_are_items_and_columns_are_variables() -> None:
    put("rows.csv", '﻿name,id,aspect,seed\nMug,m-1,1:1,5\n"Cup, red",m-2,,\nMug,m-1,3:2,\n')
    put("a.yaml", "prompt: '{{ name }}'\nrows: rows.csv\naspect: 2:1\n")
    items = plan("a", "-p", "local")
    assert [(i["item"], i["body"]["prompt"], i["body"]["width"]) for i in items] == [
        ("m-1", "Mug", 2048), ("m-2", "Cup, red", 2912), ("m-1-2", "Mug", 2464),
    ]  # fmt: skip
    assert items[0]["body"]["seed"] == 5


def test_rows_without_an_id_column_are_named_by_their_first_and_may_be_crossed_with_a_matrix() -> None:
    put("rows.jsonl", '{"name": "Mug", "big": true}\n\n{"name": "Cup", "big": false}\n')
    put("a.yaml", "prompt: '{{ name }} {{ time }} {{ big }}'\nrows: rows.jsonl\nmatrix: {time: [dawn, dusk]}\n")
    assert prompts("a") == {
        "mug-dawn": "Mug dawn true", "mug-dusk": "Mug dusk true",
        "cup-dawn": "Cup dawn false", "cup-dusk": "Cup dusk false",
    }  # fmt: skip


def test_several_recipes_stand_in_one_file() -> None:
    put("two.yaml", "recipe: one\nprompt: first\n---\nrecipe: other\nprompt: second\n")
    assert ids("two") == ["one", "other"]
    assert ids("other") == ["other"]
    assert prompts("recipes/two.yaml") == {"one": "first", "other": "second"}


def test_a_recipe_extends_another_and_a_folder_has_defaults() -> None:
    put("recipes.yaml", "model: uni-1-max\naspect: 3:1\nvars: {tone: calm, place: sea}\n")
    put("base.yaml", "recipe: base\nbrief: {subject: a boat, light: dusk}\naspect: 1:1\nvars: {place: lake}\n")
    put("a.yaml", "extends: base.yaml\nbrief: {subject: '{{ tone }} {{ place }}'}\nformat: jpeg\n")
    put("b.yaml", "extends: base\nprompt: 'only {{ place }}'\nvars: {place: river}\n")
    body = plan("a", "-p", "luma")[0]["body"]
    assert body["prompt"] == "calm lake.\nLight: dusk."
    assert (body["aspect_ratio"], body["model"], body["output_format"]) == ("1:1", "uni-1-max", "jpeg")
    assert prompts("b") == {"b": "only river"}


def test_defaults_may_stand_under_a_key_and_hold_no_recipe() -> None:
    put("recipes.yaml", "defaults:\n  aspect: 3:1\n")
    put("a.yaml", "prompt: x\n")
    assert plan("a", "-p", "luma")[0]["body"]["aspect_ratio"] == "3:1"
    put("recipes.yaml", "defaults:\n  aspect: 3:1\n  steps: [{id: a}]\n")
    assert complaint("a.yaml", "prompt: x\n").startswith("recipes/recipes.yaml:3:3: `steps` belongs to one recipe")


def test_a_brief_becomes_the_text_that_show_prints() -> None:
    put("street.yaml", """
        brief:
          subject: a narrow market street with one red van
          setting: old town
          light: overcast noon.
          keep: [the van, the sky]
    """)  # fmt: skip
    text = (
        "A narrow market street with one red van.\nSetting: old town.\nLight: overcast noon.\n"
        "Keep the van and the sky unchanged."
    )
    assert text in uni("recipes", "show", "street").out
    shown = uni("recipes", "show", "street", "--json").json
    assert shown["recipes"][0]["items"][0]["prompt"] == text


def test_a_prompt_may_stand_in_a_file_of_its_own() -> None:
    put("words/a.txt", "﻿from a file, {{ city }}\r\n")
    put("a.yaml", "prompt-file: words/a.txt\nvars: {city: Oslo}\n")
    assert prompts("a") == {"a": "from a file, Oslo"}


@QUIET
@given(
    st.dictionaries(
        st.sampled_from(["city", "time", "mood"]),
        st.lists(st.sampled_from(["A", "b", "é", "7", "x y"]), min_size=1, max_size=4, unique=True),
        min_size=1,
    ),
    st.integers(0, 3),
)
def test_expansion_is_complete_unique_and_the_same_each_time(axes: dict[str, list[str]], seeds: int) -> None:
    lines = [f"{name}: {json.dumps(values, ensure_ascii=False)}" for name, values in axes.items()]
    text = " ".join(f"{name}={{{{ {name} }}}}" for name in axes)
    swept = f"seeds: {{from: 1, count: {seeds}}}\n" if seeds else ""
    put("p.yaml", f"prompt: '{text}'\n{swept}matrix:\n  " + "\n  ".join(lines) + "\n")
    first, second = plan("p", "-p", "local"), plan("p", "-p", "local")
    count = max(1, seeds)
    for values in axes.values():
        count *= len(values)
    said = {(item["body"]["prompt"], item["body"]["seed"] if seeds else None) for item in first}
    assert len(first) == len({item["item"] for item in first}) == len(said) == count
    assert [item["item"] for item in first] == [item["item"] for item in second]


def test_a_recipe_in_another_folder_is_named_by_its_file() -> None:
    Path("art").mkdir()
    Path("art/a.yaml").write_text("prompt: x\n", "utf-8")
    assert ids("art/a.yaml") == ids("art") == ["a"]
    assert uni("recipes", "run", "art/b.yaml", "--dry-run").code == 2
    assert uni("recipes", "run", "skylne", "--dry-run").code == 2


def test_a_var_leaves_combinations_out_and_renames_none() -> None:
    put("c.yaml", "prompt: 'a view of {{ city }}'\nprovider: local\nmatrix: {city: [Sao Paulo, São Paulo]}\n")
    assert prompts("c", "--var", "city=São Paulo") == {"sao-paulo-2": "a view of São Paulo"}
    put("e.yaml", "prompt: x\nmatrix: {a: [red-hot, red], b: [van, hot-van]}\n")
    assert ids("e", "--var", "a=red") == ["red-van", "red-hot-van-2"]
    put("rows.csv", "name\nSao\nSão\n")
    put("r.yaml", "prompt: '{{ name }}'\nrows: rows.csv\n")
    assert prompts("r", "--var", "name=São") == {"sao-2": "São"}


def test_a_var_on_a_column_that_no_row_has_is_an_error() -> None:
    put("rows.csv", "name,kind\nMug,big\nCup,small\n")
    put("r.yaml", "prompt: '{{ name }}'\nrows: rows.csv\n")
    wrong = uni("recipes", "run", "r", "--dry-run", "--var", "name=Mugg", "--json")
    assert (wrong.code, wrong.json["error"]["message"]) == (
        2, "--var name=Mugg: no row has this value (did you mean `Mug`?)",
    )  # fmt: skip
    assert uni("recipes", "run", "r", "--dry-run", "--var", "name=Mug", "--var", "kind=small").code == 2


def test_a_var_is_matched_by_the_spelling_of_yaml() -> None:
    put("a.yaml", "prompt: '{{ x }}'\nmatrix: {x: [1, true, 1e3, 0.5, '007']}\n")
    assert ids("a") == ["1", "true", "1000-0", "0-5", "007"]
    for said, item in {"1": "1", "true": "true", "True": "true", "1e3": "1000-0", "1000.0": "1000-0",
                       "0.50": "0-5", ".5": "0-5", "007": "007"}.items():  # fmt: skip
        assert ids("a", "--var", f"x={said}") == [item], said
    assert prompts("a", "--var", "x=true") == {"true": "true"}
    put("rows.jsonl", '{"name": "Mug", "on": true}\n{"name": "Cup", "on": false}\n')
    put("r.yaml", "prompt: '{{ name }} {{ on }}'\nrows: rows.jsonl\n")
    assert prompts("r", "--var", "on=true") == {"mug": "Mug true"}


@pytest.mark.parametrize("values", ["[1, true, true]", "[0, 0]", "[1, 1.0]"])
def test_a_value_of_an_axis_that_repeats_is_an_error(values: str) -> None:
    assert "twice" in complaint("a.yaml", f"prompt: x\nmatrix: {{x: {values}}}\n")
