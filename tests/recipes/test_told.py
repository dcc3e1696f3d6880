"""Wrong recipes: each is told at the very place that is wrong, with what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.front import uni
from tests.recipes.kitchen import complaint, picture, put

ROWS = {
    "json.jsonl": '{"a": 1}\n{"a": 2,}\n',
    "less.jsonl": '{"id": "x", "colour": "red"}\n{"id": "y"}\n',
    "open.csv": 'a,b\n1,2\n3,"4\n5,6\n',
    "short.csv": "a,b\n1,2\n3\n",
    "seed.csv": "a,seed\nx,1\ny,two\n",
}

VALUES = [
    ("prompt: 7", "1:9", '`prompt` must be text: quote it, "7"'),
    ("prompt: x\nrecipe: 2024", "2:9", '`recipe` must be text: quote it, "2024"'),
    ("prompt: x\nseeds: five", "2:8", "`seeds` must be a list of seeds, or {from: 1, count: 4}"),
    ("prompt: x\nseeds: [1, two]", "2:12", "entry 2 of `seeds` must be a whole number, and is 'two'"),
    ("prompt: x\nseed: -4", "2:7", "`seed` must be at least 0, and is -4"),
    ("prompt: x\nquality: 150", "2:10", "`quality` must be at most 99, and is 150"),
    ("prompt: x\ntimeout: 0", "2:10", "`timeout` must be above 0, and is 0"),
    ("prompt: x\nstrict: yes", "2:9", "`strict` must be true or false, and is 'yes'"),
    ("prompt: x\nsize: big", "2:7", "pixels stand there as WIDTHxHEIGHT"),
    ("prompt: x\nsize: 2048", "2:7", "pixels stand there as WIDTHxHEIGHT"),
    ("prompt: x\nmax-cost: cheap", "2:11", "US dollars stand there, for example 0.50"),
    ("prompt: x\nrecipe: a/b", "2:9", "a name has letters, digits, blanks, - and _"),
    ("prompt: x\nmatrix: {city: Lisbon}", "2:16", "`city` must be a list: [Lisbon]"),
    ("prompt: x\nreferences: [7]", "2:14", "entry 1 of `references` must hold keys and values, for example {image: "),
    (f"prompt: x\nreferences: [{', '.join(['p.png'] * 10)}]", "2:13", "has 10 entries, and 9 are the most"),
    ("prompt: x\nsteps: [day]", "2:9", "entry 1 of `steps` must hold keys and values, for example {id: day}"),
    ("prompt: x\nsteps:\n  - id: a\n    references: [{step: a}]", "4:18", "step `a` uses itself"),
    ("prompt: x\nset: [a=1, model]", "2:12", "`set` 'model' is not KEY=VALUE"),
    ("prompt: x\nconvert: true", "2:10", "`convert` needs a format"),
    ("prompt: x\nfrom: deadbeef", "2:7", "`from` deadbeef: there is no such picture"),
]

TEMPLATES = [
    ("prompt: |\n  a\n  b {{ citty }}\nvars: {city: x}", "3:8", "no variable `citty` (did you mean `city`?)"),
    ("prompt: >\n  a\n  b\n  {{ nope }}", "4:6", "there is no variable `nope`"),
    ('prompt: "a\n  b {{ nope }}"', "2:8", "there is no variable `nope`"),
    ("brief:\n  subject: a van\n  light: '{{ nope }}'", "3:14", "there is no variable `nope`"),
    ("brief:\n  subject: |\n    a\n    {{ nope }}", "4:8", "there is no variable `nope`"),
    ("brief:\n  subject: a\n  keep:\n    - b\n    - '{{ nope }}'", "5:11", "there is no variable `nope`"),
    ("brief:\n  subject: a\n  keep:\n    - b\n    - '{{ 1 | uper }}'", "5:7", "there is no filter `uper`"),
    ("prompt: x\nreferences:\n  - image: p.png\n    borrow: '{{ nope }}'", "4:17", "there is no variable `nope`"),
    ("prompt: '{{ c.name }}'\nvars: {c: x}", "1:15", "there is no `name` here: the variable is text"),
    ("prompt: '{{ c | uper }}'\nvars: {c: x}", "1:9", "there is no filter `uper` (did you mean `upper`?)"),
    ("prompt: a {{ c\nvars: {c: x}", "1:9", "a `{{` or `{%` is not closed"),
    ("prompt: |\n  {% if c %}\n  a\nvars: {c: x}", "2:1", "`{% if %}` is not closed: `{% endif %}` is missing"),
    ("prompt: |\n  a\n  {% set x = 1 %}", "3:1", "`{% set %}` is not for recipes"),
    ("prompt: \"{{ n + 'a' }}\"\nvars: {n: 1}", "1:9", "`~` joins text with anything"),
    ("prompt: '{{ d }}'\nmatrix: {c: [a], include: [{c: a, d: 1}, {c: b}]}", "1:13", "no variable `d`, for the item b"),
]

YAML = [
    ('prompt: "a\naspect: 1:1', "1:9", "the quote that opens here is not closed"),
    ("prompt: x\nseeds: [1, 2\naspect: 1:1", "2:8", "the `[` that opens here is not closed"),
    ("prompt: x\nsteps:\n  - id: a\n - id: b", "4:2", "this is indented less or more than its neighbours"),
    ("prompt: a van: red", "1:14", "quote a text that holds `: `"),
    ("prompt: x\naspect\nformat: png", "3:1", "a key has no `:` after it"),
    ("prompt: @x", "1:9", "text that begins with '@' stands in quotes"),
    ("prompt: x\nkeep: [*]", "2:8", "text that begins with * or & stands in quotes"),
    ("prompt: 'it's'", "1:13", "double a ' inside of it"),
]


@pytest.fixture(autouse=True)
def _beside() -> None:
    picture("p.png")
    for name, text in ROWS.items():
        put(name, text)


@pytest.mark.parametrize(("text", "place", "words"), [*VALUES, *TEMPLATES, *YAML])
def test_what_is_wrong_is_told_at_its_place(text: str, place: str, words: str) -> None:
    told = complaint("a.yaml", f"{text}\n")
    assert (told.split(" ")[0], words in told) == (f"recipes/a.yaml:{place}:", True), told


@pytest.mark.parametrize(
    ("rows", "place", "words", "hint"),
    [
        ("json.jsonl", "json.jsonl:2:9", "expecting property name", "Each line is an object of its own"),
        ("less.jsonl", "a.yaml:1:13", "`colour`, for the row recipes/less.jsonl:2", "The variables here: id."),
        ("open.csv", "open.csv:3:1", "a quote that opens in this row is not closed", "stands in quotes"),
        ("short.csv", "short.csv:3:1", "the row has 1 cell, and there are 2 columns", "stands in quotes"),
        ("seed.csv", "seed.csv:3:1", "`seed` must be a whole number, and is 'two'", "Nothing was sent."),
        ("bytes.csv", "bytes.csv:3:1", "the line is not UTF-8 text", "Save the file as UTF-8."),
    ],
)
def test_a_bad_row_is_told_with_a_way_out(rows: str, place: str, words: str, hint: str) -> None:
    put("bytes.csv", "a,b\nx,1\nä,2\n".encode("latin-1"))
    name = "colour" if rows == "less.jsonl" else "a"
    put("a.yaml", f"prompt: '{{{{ {name} }}}}'\nrows: {rows}\n")
    result = uni("recipes", "check", "recipes/a.yaml", "--json")
    error = result.json["error"]
    assert result.code == 2
    assert (error["message"].split(" ")[0], words in error["message"]) == (f"recipes/{place}:", True), error
    assert hint in error["hint"]


def test_a_template_in_a_file_is_told_by_the_way_to_that_file() -> None:
    put("p.txt", "one\ntwo {{ nope }}\n")
    assert complaint("a.yaml", "prompt-file: p.txt\n").startswith("recipes/p.txt:2:8: there is no variable `nope`")
    put("p.txt", b"\xff")
    assert complaint("a.yaml", "prompt-file: p.txt\n").startswith("recipes/p.txt:1:1: the prompt file is not UTF-8")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("provider: luma\nset: {model: y}", "3:6", "`set` model: uni sets this field itself"),
        (
            "provider: segmind\nreferences: p.png",
            "3:13",
            "segmind does not have references, only a source: use `source`",
        ),
        ("provider: local\nupload-to: https://x.example/y", "3:12", "local does not have uploads"),
        ("provider: gmicloud\nformat: png", "3:9", "the service decides (`convert` re-encodes)"),
        ("provider: local\nsize: 100x100", "3:7", "local does not have the size 100x100"),
    ],
)
def test_what_a_service_lacks_is_told_at_its_key_and_in_the_words_of_a_recipe(
    text: str, place: str, words: str
) -> None:
    put("a.yaml", f"prompt: x\n{text}\n")
    result = uni("recipes", "run", "recipes/a.yaml", "--dry-run", "--json")
    error = result.json["error"]
    assert (result.code, error["code"]) == (2, "usage.unsupported_option")
    assert error["message"].startswith(f"recipes/a.yaml:{place}: a: ")
    assert words in error["message"]
    assert "--" not in json.dumps(error)
    assert not Path("recipes/a.lock.json").exists()
