"""When two values are the same: `1` and `true` are not, though Python thinks so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from uni_cli.recipes.tree import resolve


def same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def among(value: Any, values: Iterable[Any]) -> bool:
    return any(same(value, other) for other in values)


def means(text: str, value: Any) -> bool:
    """Does `--var NAME=text` mean this value? It may be spelled as in the file."""
    return text == str(value) or (not isinstance(value, str) and same(resolve(text), value))


def spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
