"""Everything that changes a picture changes its fingerprint, and nothing else does."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front import uni
from tests.recipes.kitchen import picture, put

BASE = {
    "prompt": '"a {{ x }}"', "vars": "{x: boat}", "model": "uni-1", "aspect": "1:1", "style": "auto", "seed": "7",
    "format": "png", "quality": "80", "references": "[{image: refs/a.png, role: palette, borrow: the teal}]",
    "provider": "local",
}  # fmt: skip
CHANGES = {
    "prompt": '"a large {{ x }}"', "vars": "{x: ship}", "model": "uni-1-max", "aspect": "2:1", "style": "manga",
    "seed": "8", "format": "webp", "quality": "81", "provider": "runware",
    "references": "[{image: refs/a.png, role: style, borrow: the teal}]",
}  # fmt: skip


def fingerprint(keys: dict[str, str]) -> str:
    put("f.yaml", "".join(f"{key}: {value}\n" for key, value in keys.items()))
    shown = uni("recipes", "show", "f", "--json")
    assert shown.code == 0, shown.err
    found: str = shown.json["recipes"][0]["items"][0]["fingerprint"]
    return found


@pytest.fixture(autouse=True)
def _pictures() -> None:
    picture("refs/a.png", "teal")
    picture("refs/b.png", "red")


@pytest.mark.parametrize("key", sorted(CHANGES))
def test_a_changed_value_changes_it(key: str) -> None:
    assert fingerprint(BASE) != fingerprint({**BASE, key: CHANGES[key]})


@pytest.mark.parametrize(
    "more",
    [
        {"search": "true"}, {"safety": "fast"}, {"set": "{settings.x: 1}"}, {"convert": "true"},
        {"references": "[{image: refs/b.png, role: palette, borrow: the teal}]"},
        {"references": "[{image: refs/a.png, role: palette, borrow: the sand}]"},
        {"references": "[{image: refs/a.png, role: palette, borrow: the teal}, refs/b.png]"},
        {"source": "refs/b.png"}, {"source": "refs/b.png", "keep": "the van"},
    ],
)  # fmt: skip
def test_an_added_value_changes_it(more: dict[str, str]) -> None:
    assert fingerprint(BASE) != fingerprint({**BASE, **more})


def test_keys_in_another_order_comments_and_quotes_change_nothing() -> None:
    first = fingerprint(BASE)
    assert fingerprint(dict(reversed(BASE.items()))) == first
    assert fingerprint({**BASE, "aspect": '"1:1"   # a comment', "seed": "007"}) == first
    assert fingerprint({**BASE, "prompt": "|\n  a {{ x }}\n\n"}) == first
    assert fingerprint({**BASE, "description": "words", "output": "else/{item}.png", "timeout": "9"}) == first
    assert fingerprint({**BASE, "vars": "{x: boat, unused: 1}"}) == first
    assert fingerprint({**BASE, "webhook": "https://example.test/hook"}) == first


def test_a_moved_file_and_a_moved_folder_change_nothing() -> None:
    first = fingerprint(BASE)
    Path("recipes/refs/a.png").rename("recipes/refs/c.png")
    assert fingerprint({**BASE, "references": BASE["references"].replace("a.png", "c.png")}) == first
    Path("recipes").rename("art")
    shown = uni("recipes", "show", "art/f.yaml", "--json").json
    assert shown["recipes"][0]["items"][0]["fingerprint"] == first


def test_automatic_and_unsaid_are_the_same_service() -> None:
    bare = {key: value for key, value in BASE.items() if key != "provider"}
    assert fingerprint(bare) == fingerprint({**BASE, "provider": "auto"})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.sampled_from(["", "\r"]), st.booleans())
def test_it_is_the_same_however_the_file_is_laid_out(chance: random.Random, end: str, mark: bool) -> None:
    keys: list[tuple[str, Any]] = list(BASE.items())
    first = fingerprint(BASE)
    chance.shuffle(keys)
    lines = [f"{key}:{' ' * chance.randint(1, 4)}{value}{chance.choice(['', '  # note'])}" for key, value in keys]
    gaps = [line + "\n" * chance.randint(0, 2) for line in lines]
    text = f"{end}\n".join("\n".join(gaps).split("\n"))
    put("f.yaml", (b"\xef\xbb\xbf" if mark else b"") + text.encode())
    assert uni("recipes", "show", "f", "--json").json["recipes"][0]["items"][0]["fingerprint"] == first
