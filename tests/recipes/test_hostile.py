"""Files that mean no good, or were written in a hurry: a clear error with a place, exit 2, nothing sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.front import uni
from tests.recipes.kitchen import complaint, picture, plan, prompts, put

PLACED = re.compile(r"recipes/[\w.-]+:\d+:\d+: .")

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "grows to more than 100000 values"),
        ("prompt: " + "[" * 100 + "]" * 100, "more than 40 deep"),
        ("prompt: x\nvars: &v\n  a: *v\n", "*v stands inside of itself"),
        ("prompt: *nowhere\n", "there is no anchor &nowhere"),
        ("prompt: x\naspect: 16:9\nprompt: y\n", "the key `prompt` stands here twice"),
        ("prompt: x\nvars:\n\ta: 1\n", "a tab cannot indent"),
        ("prompt: !!python/object/apply:os.system [ls]\n", "tags like this one are not read"),
        ("prompt: 'open\n", "the quote that opens here is not closed"),
        ("prompt: [a\n", "the `[` that opens here is not closed"),
        ("{a: b}: c\n", "a key must be plain text"),
        ("<<: {a: b}\nprompt: x\n", "is not YAML 1.2"),
        (b"prompt: caf\xe9\n", "not UTF-8"),
        (b"prompt: a\x00b\n", "a character that YAML does not allow"),
        ("prompt: " + "x" * (10 * 2**20), "the file has more than 1 MB"),
        ("", "there is no recipe in this file"),
        ("just words\n", "a recipe holds keys and values"),
        ("- a\n- b\n", "a recipe holds keys and values"),
        ("prompt: " + "x" * 6001, "6000 are the most"),
        ("prompt: '{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}'", "10000 times"),
        ("prompt: '{{ x * 10**9 }}'\nvars: {x: a}", "`pow` is not for recipes"),
        ("prompt: '{{ x * 999999999 }}'\nvars: {x: a}", "moderate numbers"),
        ("prompt: '{% set a = 1 %}x'", "`{% set %}` is not for recipes"),
        ("prompt: '{% include \"/etc/passwd\" %}'", "`include` is not for recipes"),
        ("prompt: \"{{ ''.__class__.__mro__ }}\"", "unsafe"),
        ("prompt: '{% for a in b recursive %}{{ loop(b) }}{% endfor %}'", "is not for recipes"),
        ("prompt: x\noutput: ../up.png", "may not contain '..'"),
        ("prompt: x\noutput: a/../../up.png", "may not contain '..'"),
        ("prompt: x\noutput: /tmp/up.png", "is absolute"),
        ("prompt: x\noutput: 'C:\\up.png'", "is absolute"),
        ("prompt: x\noutput: ~/up.png", "is absolute"),
        ("prompt: x\noutput: '-'", "go to files"),
        ("prompt: x\nreferences: [/etc/passwd]", "is absolute"),
        ("prompt: x\nreferences: ['C:\\secret.png']", "is absolute"),
        ("prompt: x\nreferences: [~/secret.png]", "is absolute"),
        ("prompt: x\nreferences: [../secret.png]", "leaves the recipe's folder"),
        ("prompt: x\nreferences: ['{{ p }}']\nvars: {p: ../secret.png}", "leaves the recipe's folder"),
        ("prompt: x\nsource: refs/../../secret.png", "leaves the recipe's folder"),
        ("prompt: x\nsource: http://example.test/a.png", "is not an https URL"),
        ("prompt: x\nsource: file:///etc/passwd", "is not an https URL"),
        ("prompt-file: ../secret.txt", "leaves the recipe's folder"),
        ("extends: ../base.yaml\nprompt: x", "leaves the recipe's folder"),
        ("prompt: x\nrows: ../rows.csv", "leaves the recipe's folder"),
        ("recipe: ../../up\nprompt: x", "cannot stand here"),
        ("recipe: a/b\nprompt: x", "cannot stand here"),
        ("prompt: x\nsteps: [{id: ../../up}]", "cannot stand here"),
        ("prompt: x\nmatrix: {" + ", ".join(f"a{n}: {list(range(99))}" for n in range(5)) + "}", "combinations"),
        ("prompt: x\noutput: s3://bucket/a.png", "is a URL"),
    ],
)  # fmt: skip
def test_a_hostile_recipe_is_refused_at_its_place(text: str | bytes, said: str) -> None:
    message = complaint("bad.yaml", text)
    assert PLACED.match(message), message
    assert said in message


def test_an_error_names_line_and_column() -> None:
    assert complaint("a.yaml", "prompt: x\n\naspct: 16:9\n").startswith("recipes/a.yaml:3:1: ")
    assert complaint("b.yaml", "prompt: x\naspect: 16:8\n").startswith("recipes/b.yaml:2:9: ")
    assert complaint("c.yaml", "prompt: |\n  one\n  two {{ citi }}\nvars: {city: x}\n") == (
        "recipes/c.yaml:3:10: there is no variable `citi` (did you mean `city`?)"
    )
    assert complaint("d.yaml", "steps:\n  - id: a\n    prompt: x\n    modle: uni-1\n").startswith(
        "recipes/d.yaml:4:5: "
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("aspct: 1:1\nprompt: x", "there is no key `aspct` (did you mean `aspect`?)"),
        ("prompt: x\naspect: 4:3", "'4:3' is not one of 3:1 2:1 16:9 3:2 1:1 2:3 9:16 1:2 1:3"),
        ("prompt: x\nmodel: uni-2", "(did you mean `uni-1`?)"),
        ("prompt: x\nbrief: {subject: y}", "`prompt` and `brief` were both given"),
        ("prompt: x\ndry-run: true", "say it on the command line"),
        ("prompt: x\nmatrix: {aspects: [1:1]}", "did you mean `aspect`?"),
        ("prompt: x\nmatrix: {aspect: [4:3]}", "'4:3' is not one of"),
        ("prompt: x\nmatrix: {city: []}", "has no values"),
        ("prompt: x\nmatrix: {city: [a, a]}", "has 'a' twice"),
        ("prompt: x\nmatrix: {city: [a], exclude: [{town: a}]}", "there is no axis `town`"),
        ("prompt: x\nseed: 1\nseeds: [2]", "`seed` and `seeds` were both given"),
        ("prompt: x\nseeds: {from: 1, cuont: 2}", "there is no key `cuont` (did you mean `count`?)"),
        ("prompt: x\nsteps: [{id: a, edit: b, prompt: y}]", "there is no step `b`"),
        ("prompt: x\nsteps: [{id: a, edit: b, prompt: y}, {id: b}]", "step `b` comes later"),
        ("prompt: x\nsteps: [{id: a}, {id: a}]", "two steps are called `a`"),
        ("prompt: x\nsteps: [{id: a}, {id: b, edit: a}]", "needs a `prompt`"),
        ("prompt: x\nsteps: [{edit: a}]", "`id` is missing here"),
        ("prompt: x\nreferences: [{step: a}]", "only a step can use the picture of a step"),
        ("prompt: x\nreferences: [{role: style}]", "either an `image` or a `step`"),
        ("prompt: x\nreferences: [{image: a.png, role: hero}]", "'hero' is not one of"),
        ("prompt: x\nkeep: [the van]", "`keep` says what an edit must not change"),
        ("prompt: x\nextends: nothing-of-that-name", "there is no recipe `nothing-of-that-name`"),
        ("prompt: x\nextends: bad.yaml", "leads in a circle"),
        ("prompt: x\nrows: missing.csv", "there is no file of rows 'missing.csv'"),
        ("prompt: '{{ a }}'\nvars: {a: {type: integer, default: many}}", "is a whole number, and 'many' is not"),
        ("prompt: '{{ a }}'\nvars: {a: {kind: text}}", "a variable has no key `kind`"),
        ("prompt: '{{ a }}'\nvars: {a: {type: text}}", "the variable `a` has no value"),
        ("prompt: x\nmatrix: {c: [a], include: [{seed: 1}]}\nseeds: [3]", "`seeds` and an axis `seed`"),
        ("prompt: x\nseeds: {from: 9223372036854775807, count: 2}", "bad.yaml:2:8: `seeds` go beyond"),
        ("prompt: x\n---\nprompt: y", "two recipes of this file are called `bad`"),
        ("prompt: x\nvars: {x: 1e999}", "1e999 is too large for a number: quote it if it is text"),
        ("prompt: x\nset: {x: -1e999}", "bad.yaml:2:10: -1e999 is too large for a number"),
        ("prompt: x\nset: ['x=1e999']", "a number that is too large for JSON"),
        ("prompt: x\nvars: {x: {type: number, default: nan}}", "is a number, and 'nan' is not"),
    ],
)
def test_a_mistake_is_named_with_what_was_meant(text: str, said: str) -> None:
    message = complaint("bad.yaml", text)
    assert PLACED.match(message), message
    assert said in message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("prompt: x\nprovider: lumma\n", "2:11"),
        ("prompt: x\nmatrix:\n  provider: [local, lumma]\n", "3:21"),
        ("prompt: x\nprovider: gmicloud\nformat: webp\n", "3:9"),
        ("prompt: x\nprovider: luma\nstrict: true\nseed: 5\n", "4:7"),
        ("prompt: x\nsteps:\n  - id: a\n    provider: lumma\n", "4:15"),
    ],
)
def test_what_no_service_can_do_is_named_where_it_stands(text: str, place: str) -> None:
    put("a.yaml", text)
    result = uni("recipes", "run", "a", "--dry-run", "--json")
    assert (result.code, result.json["error"]["message"].split(": ")[0]) == (2, f"recipes/a.yaml:{place}")


WRONG = ["[]", "{}", "{a: 1}", "[1, [2]]", "true", "-1", "1.5", "null"]
KEYS = [
    "recipe", "description", "extends", "prompt", "prompt-file", "brief", "provider", "model", "aspect", "size",
    "references", "source", "from", "keep", "style", "search", "seed", "seeds", "count", "format", "quality", "convert",
    "safety", "webhook", "upload-to", "ttl", "set", "output", "overwrite", "no-embed", "strict", "vars", "matrix",
    "rows", "max-cost", "timeout", "steps",
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_value_of_the_wrong_type_never_ends_in_a_fault_of_ours(key: str) -> None:
    for value in WRONG:
        base = "" if key in ("prompt", "prompt-file", "brief") else "prompt: x\n"
        put("odd.yaml", f"{base}{key}: {value}\n")
        result = uni("recipes", "run", "recipes/odd.yaml", "--dry-run", "-p", "local", "--json")
        code = None if result.code == 0 else result.json["error"]["code"]
        assert (result.code, code) in ((0, None), (2, "recipes.invalid"), (2, "usage.unsupported_option")), (
            key,
            value,
            result.err,
        )


def test_a_link_does_not_lead_a_reference_out_of_the_folder() -> None:
    outside = Path("secret.png")
    picture("refs/own.png").replace(outside)
    Path("recipes/refs/link.png").symlink_to(outside.absolute())
    assert "leads out of the recipe's folder" in complaint("a.yaml", "prompt: x\nreferences: [refs/link.png]")


def test_a_link_does_not_lead_a_picture_out_of_the_folder() -> None:
    Path("elsewhere").mkdir()
    Path("recipes").mkdir()
    Path("recipes/out").symlink_to(Path("elsewhere").absolute())
    assert "leads out of the recipe's folder" in complaint("a.yaml", "prompt: x\noutput: out/a.png")


def test_an_unquoted_aspect_a_byte_order_mark_and_windows_lines_simply_work() -> None:
    put("win.yaml", b"\xef\xbb\xbfprompt: |\r\n  one\r\n  two\r\naspect: 16:9\r\nsize: 2784x1504\r\n")
    body = plan("win", "-p", "local")[0]["body"]
    assert (body["prompt"], body["width"], body["height"]) == ("one\ntwo", 2784, 1504)


def test_old_readings_of_yaml_do_not_apply() -> None:
    put(
        "norway.yaml",
        "prompt: '{{ country }} {{ time }} {{ answer }}'\nvars: {country: NO, time: 12:30:45, answer: yes}\n",
    )
    assert prompts("norway") == {"norway": "NO 12:30:45 yes"}


def test_braces_in_values_are_not_read_as_templates() -> None:
    put("t.yaml", "prompt: 'a {{ x }}'\nvars: {x: '{{ 7*7 }}'}\n")
    assert prompts("t") == {"t": "a {{ 7*7 }}"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("id,name\na\n", "recipes/rows.csv:2:1: the row has 1 cell, and there are 2 columns"),
        ("id,id\na,b\n", "two columns are called `id`"),
        ("id,\na,b\n", "column 2 has no name"),
        ("id,name\n", "the file has no rows"),
        ('id,name\na,"open\n', "a quote that opens in this row is not closed"),
        ("id,name\n,b\n", "the row has no id"),
        ("id,aspect\na,4:3\n", "recipes/rows.csv:2:1: `aspect` '4:3' is not one of"),
        ("id,name\na," + "x" * 200_000 + "\n", "the row cannot be read"),
    ],
)
def test_a_bad_row_is_refused_at_its_line(rows: str, said: str) -> None:
    put("rows.csv", rows)
    assert said in complaint("a.yaml", "prompt: '{{ id }}'\nrows: rows.csv\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": ', "the line is not JSON"),
        ('{"id": 1, "x": NaN}', "the line is not JSON: there is no number NaN"),
        ('{"id": 1, "x": [-Infinity]}', "the line is not JSON: there is no number -Infinity"),
        ('{"id": 1, "x": 1e999}', "the line is not JSON: 1e999 is too large for a number"),
    ],
)
def test_a_bad_line_of_json_is_refused_at_its_line(line: str, said: str) -> None:
    put("rows.jsonl", f'{{"id": "a"}}\n{line}\n')
    message = complaint("a.yaml", "prompt: '{{ id }}'\nrows: rows.jsonl\n")
    assert message.startswith("recipes/rows.jsonl:2:1: ")
    assert said in message


def test_a_var_that_is_no_finite_number_is_refused() -> None:
    put("a.yaml", "prompt: '{{ x }}'\nvars: {x: 0.5}\n")
    for said in ("nan", "inf", "-Infinity", "1e999"):
        assert uni("recipes", "run", "a", "--dry-run", "--var", f"x={said}").code == 2
