"""`--shard I/N`: every item in one shard, chains whole, and the locks of all shards make the whole one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front import Services, uni
from tests.recipes.kitchen import ids, lock, put, run, statuses

QUIET = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUIET
@given(st.integers(1, 30), st.integers(1, 8), st.booleans())
def test_shards_are_a_partition(count: int, shards: int, chain: bool) -> None:
    steps = "steps: [{id: a}, {id: b, edit: a, prompt: more}]\n" if chain else ""
    put("a.yaml", f"prompt: x\nprovider: local\nseeds: {{from: 1, count: {count}}}\n{steps}")
    parts = [ids("a", "--shard", f"{number}/{shards}") for number in range(1, shards + 1)]
    assert sorted(item for part in parts for item in part) == sorted(ids("a"))
    assert parts == [ids("a", "--shard", f"{number}/{shards}") for number in range(1, shards + 1)]
    homes = [{item.split("/")[0] for item in part} for part in parts]
    assert sum(len(home) for home in homes) == count
    assert max(len(home) for home in homes) - min(len(home) for home in homes) <= 1


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "1/0", "-1/3"])
def test_a_shard_that_is_none_is_an_error(text: str) -> None:
    put("a.yaml", "prompt: x\n")
    assert uni("recipes", "run", "a", "--dry-run", f"--shard={text}").code == 2


def test_locks_of_shards_merge_to_the_whole(services: Services) -> None:
    put("a.yaml", "prompt: x\nprovider: runware\nseeds: [1, 2, 3]\n")
    for shard in ("1/2", "2/2"):
        assert run("a", "--shard", shard).code == 0
        Path(f"shard-{shard[0]}").mkdir()
        shutil.move("recipes/a.lock.json", f"shard-{shard[0]}/a.lock.json")
    merged = uni("recipes", "merge", "recipes/a.lock.json", "shard-1/a.lock.json", "shard-2/a.lock.json")
    assert merged.code == 0
    assert sorted(lock("a")) == ["1", "2", "3"]
    assert set(statuses().values()) == {"ok"}
    assert services.billed("runware") == 3
