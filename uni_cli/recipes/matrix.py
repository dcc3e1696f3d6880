"""Axes and their combinations, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from uni_cli.errors import Usage
from uni_cli.recipes import schema, shape
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.spots import Spot, near
from uni_cli.recipes.variables import same, shown, stands_for

# Axes and columns of these names are settings; all others are variables.
SETTINGS = ("aspect", "style", "provider", "model", "seed", "format", "size")
RESERVED = ("include", "exclude")
MAX_ITEMS = 1_000_000

Combination = Mapping[str, Any]


class Matrix:
    """The axes of a recipe, narrowed by `--var`."""

    def __init__(self, recipe: Recipe, said: Mapping[str, str]) -> None:
        self._recipe = recipe
        data = recipe.data.matrix or {}
        self.axes: dict[str, list[Any]] = {name: list(values) for name, values in data.items() if name not in RESERVED}
        self._include = self._combinations("include")
        self._exclude = self._combinations("exclude")
        self._check_axes()
        self._narrow = {name: value for name, value in said.items() if name in self.names}
        self._check_narrow()

    @property
    def names(self) -> set[str]:
        return {*self.axes, *(name for combination in self._include for name in combination)}

    def _combinations(self, key: str) -> list[dict[str, Any]]:
        found = (self._recipe.data.matrix or {}).get(key, [])
        for number, one in enumerate(found):
            spot = self._recipe.spot("matrix", key, number)
            if not isinstance(one, dict) or not one:
                raise spot.error(f"each entry of `{key}` holds axes and values")
            for name, value in one.items():
                inner = self._recipe.spot("matrix", key, number, name)
                _check_value(name, value, inner)
                if key == "exclude" and name not in self.axes:
                    raise inner.error(f"there is no axis `{name}`{near(name, self.axes)}")
                if key == "exclude" and not any(same(value, other) for other in self.axes[name]):
                    known = [shown(other) for other in self.axes[name]]
                    raise inner.error(f"the axis `{name}` has no {shown(value)!r}{near(shown(value), known)}")
        return found

    def _check_axes(self) -> None:
        plurals = {f"{name}s": name for name in SETTINGS}
        for name, values in self.axes.items():
            spot = self._recipe.spot("matrix", name)
            if name in plurals:
                raise spot.error(f"there is no axis `{name}` (did you mean `{plurals[name]}`?)")
            if not name.isidentifier():
                raise spot.error(f"{name!r} cannot name a variable: letters, digits and _ only")
            if not values:
                raise spot.error(f"the axis `{name}` has no values")
            for number, value in enumerate(values):
                _check_value(name, value, self._recipe.spot("matrix", name, number))
                if any(same(value, other) for other in values[:number]):
                    told = repr(value) if isinstance(value, str) else shown(value)
                    raise self._recipe.spot("matrix", name, number).error(f"the axis `{name}` has {told} twice")
        if prod(len(values) for values in self.axes.values()) > MAX_ITEMS:
            raise self._recipe.spot("matrix").error(f"the matrix has more than {MAX_ITEMS} combinations")

    def _check_narrow(self) -> None:
        for name, wanted in self._narrow.items():
            values = [*self.axes.get(name, ()), *(one[name] for one in self._include if name in one)]
            if not any(stands_for(wanted, value) for value in values):
                known = [shown(value) for value in values]
                hint = f"There are {', '.join(known[:20])}. Nothing was sent."
                raise Usage(f"--var {name}={wanted}: the axis has no such value{near(wanted, known)}", hint=hint)

    def wants(self, combination: Combination) -> bool:
        """Whether `--var` leaves it in. Those that it leaves out are counted all the same, so that ids stay."""
        return all(
            name in combination and stands_for(wanted, combination[name]) for name, wanted in self._narrow.items()
        )

    def __iter__(self) -> Iterator[Combination]:
        """In the order of the file; with no axes there is one, the empty one."""
        if self.axes or not self._include:
            for values in product(*self.axes.values()):
                base = dict(zip(self.axes, values, strict=True))
                if not self._is_excluded(base):
                    yield self._extended(base)
        for added in self._include:
            if self._is_new(added):
                yield {**{name: added[name] for name in self.axes if name in added}, **added}

    def _is_excluded(self, base: Combination) -> bool:
        return any(all(same(base.get(name), value) for name, value in one.items()) for one in self._exclude)

    def _extended(self, base: dict[str, Any]) -> dict[str, Any]:
        """An entry of `include` that agrees with a combination adds its other variables to it."""
        for added in self._include:
            if not self._is_new(added) and all(same(base[name], added[name]) for name in self.axes if name in added):
                base = {**base, **added}
        return base

    def _is_new(self, added: Combination) -> bool:
        if not self.axes:
            return True
        own = {name: value for name, value in added.items() if name in self.axes}
        if not all(any(same(value, one) for one in self.axes[name]) for name, value in own.items()):
            return True
        return len(own) == len(self.axes) and self._is_excluded(own)


def _check_value(name: str, value: Any, spot: Spot) -> None:
    if value is None or isinstance(value, list | dict):
        raise spot.error(f"a value of `{name}` is text, a number, true or false")
    check_setting(name, value, spot)


def check_setting(name: str, value: Any, spot: Spot) -> None:
    if name in SETTINGS:
        shape.validate(schema.Settings, {name: value}, {(): spot, (name,): spot})
