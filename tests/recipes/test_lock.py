"""The lock: one line an item, sorted, the same each time, made for merging."""

from __future__ import annotations

import difflib
import json
import threading
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front import uni
from tests.recipes.kitchen import put, statuses
from uni_cli.recipes import lock
from uni_cli.recipes.lock import Keeper, Lock

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ENTRIES = st.fixed_dictionaries(
    {"fingerprint": WORDS, "path": WORDS, "sha256": WORDS, "seed": st.none() | st.integers(), "created": WORDS}
)


@QUIET
@given(st.dictionaries(WORDS, ENTRIES, max_size=6))
def test_a_lock_comes_back_as_it_was_written(items: dict[str, lock.Entry]) -> None:
    path = Path("a.lock.json")
    lock.write(path, Lock("a", items))
    assert lock.read(path, "a") == Lock("a", items)
    assert lock.text(lock.read(path, "a")) == path.read_text("utf-8")


@QUIET
@given(st.dictionaries(WORDS, ENTRIES, min_size=2, max_size=6), ENTRIES, st.data())
def test_a_changed_item_changes_its_own_line_only(
    items: dict[str, lock.Entry], entry: lock.Entry, data: st.DataObject
) -> None:
    item = data.draw(st.sampled_from(sorted(items)))
    before = lock.text(Lock("a", items)).split("\n")
    after = lock.text(Lock("a", {**items, item: {**entry, "job": "new"}})).split("\n")
    changed = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert len(changed) == 2
    assert all(line[2:].lstrip().startswith(json.dumps(item, ensure_ascii=False)) for line in changed)


def test_the_text_is_literally_this() -> None:
    items: dict[str, lock.Entry] = {"b": {"path": "out/b.png"}, "a": {"path": "out/ä.png"}}
    assert lock.text(Lock("sky", items)) == (
        '{\n  "schema": "uni.lock/1",\n  "recipe": "sky",\n  "items": {\n'
        '    "a": {"path": "out/ä.png"},\n    "b": {"path": "out/b.png"}\n  }\n}\n'
    )
    assert lock.text(Lock("sky")) == '{\n  "schema": "uni.lock/1",\n  "recipe": "sky",\n  "items": {}\n}\n'


def test_a_lock_with_the_marks_of_a_merge_says_so_at_its_line() -> None:
    put("a.yaml", "prompt: x\n")
    put("a.lock.json", '{\n  "schema": "uni.lock/1",\n<<<<<<< ours\n  "items": {}\n}\n')
    result = uni("recipes", "check", "--json")
    message = result.json["error"]["message"]
    assert (result.code, message) == (
        2, "a.lock.json:3:1: the lock holds an unfinished merge: keep the lines of both sides",
    )  # fmt: skip


def test_a_lock_that_is_none_is_refused() -> None:
    put("a.yaml", "prompt: x\n")
    for text in (
        "[]",
        "{}",
        '{"schema": "uni.lock/1"}',
        '{"schema": "uni.lock/1", "items": {"a": 1}}',
        "\xff",
        "[" * 9999,
    ):
        put("a.lock.json", text)
        assert uni("recipes", "check").code == 2


def test_writers_side_by_side_lose_nothing_of_each_other() -> None:
    path, guard = Path("a.lock.json").absolute(), Path("guard").absolute()

    def write(part: int) -> None:
        keeper = Keeper(path, "a", guard)
        for number in range(10):
            keeper.change(f"{part}-{number}", {"path": f"{part}-{number}.png"})
            keeper.flush()

    threads = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lock.read(path, "a").items) == 40


def test_merge_writes_the_newer_of_two_entries_into_the_first_lock() -> None:
    def entry(path: str, created: str) -> lock.Entry:
        return {"fingerprint": "f", "path": path, "sha256": path, "created": created}

    old, new = entry("old.png", "2026-11-20T09:00:00Z"), entry("new.png", "2026-11-21T09:00:00Z")
    lock.write(Path("a.lock.json"), Lock("sky", {"x": old, "y": new}))
    lock.write(Path("b.lock.json"), Lock("sky", {"x": new, "y": old, "z": old}))
    assert uni("recipes", "merge", "a.lock.json", "b.lock.json").code == 0
    assert lock.read(Path("a.lock.json"), "sky").items == {"x": new, "y": new, "z": old}
    assert uni("recipes", "merge", "c.lock.json", "a.lock.json").lines == ["c.lock.json"]
    assert Path("c.lock.json").read_bytes() == Path("a.lock.json").read_bytes()
    lock.write(Path("d.lock.json"), Lock("sea", {}))
    assert uni("recipes", "merge", "a.lock.json", "d.lock.json").code == 2
    assert uni("recipes", "merge", "a.lock.json", "nowhere.lock.json").code == 2


@QUIET
@given(st.lists(st.dictionaries(st.sampled_from("abc"), ENTRIES), min_size=2, max_size=3))
def test_locks_merge_to_the_same_in_any_order(parts: list[dict[str, lock.Entry]]) -> None:
    forwards, backwards = Lock("a"), Lock("a")
    for part in parts:
        forwards = lock.merged(forwards, Lock("a", part))
    for part in reversed(parts):
        backwards = lock.merged(backwards, Lock("a", part))
    ranks = {(i, e["created"], e["sha256"]) for i, e in forwards.items.items()}
    assert ranks == {(i, e["created"], e["sha256"]) for i, e in backwards.items.items()}


def test_check_covers_a_lock_whose_recipe_is_gone() -> None:
    put("b.yaml", "prompt: x\n")
    lock.write(Path("recipes/a.lock.json"), Lock("a", {"one": {"path": "out/one.png"}}))
    assert statuses() == {"b": "missing", "one": "orphaned"}
