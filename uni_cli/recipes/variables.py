"""Variables: their types and defaults, and what `--var K=V` says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from uni_cli.errors import Usage
from uni_cli.recipes import tree
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.spots import Spot, near

TYPES = ("text", "integer", "number", "boolean", "list")
KEYS = ("type", "default", "choices", "description")
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    type: str
    default: Any = _NOTHING
    choices: tuple[Any, ...] = ()
    spot: Spot = field(kw_only=True)

    @property
    def has_default(self) -> bool:
        return self.default is not _NOTHING

    def convert(self, value: Any, spot: Spot | None) -> Any:
        """A value of this variable's type, from text where it comes from text. `spot` is None for the command line."""
        made = _converted(self.type, value)
        if made is _NOTHING:
            raise _said(spot, f"`{self.name}` is {_a(self.type)}, and {value!r} is not")
        if self.choices and made not in self.choices:
            known = [str(choice) for choice in self.choices]
            message = f"`{self.name}` cannot be {value!r}: it is one of {', '.join(known)}{near(str(value), known)}"
            raise _said(spot, message)
        return made


def _said(spot: Spot | None, message: str) -> Exception:
    return spot.error(message) if spot else Usage(f"--var: {message}", hint="Nothing was sent.")


def _a(kind: str) -> str:
    return {"integer": "a whole number", "number": "a number", "boolean": "true or false", "list": "a list"}.get(
        kind, "text"
    )


def _converted(kind: str, value: Any) -> Any:
    try:
        match kind:
            case "integer" if not isinstance(value, bool) and (not isinstance(value, float) or value.is_integer()):
                return int(value)
            case "number" if not isinstance(value, bool):
                number = value if isinstance(value, int | float) else float(value)
                return number if isfinite(number) else _NOTHING
            case "boolean":
                return value if isinstance(value, bool) else {"true": True, "false": False}[str(value).lower()]
            case "text" if not isinstance(value, list | dict):
                return str(value).lower() if isinstance(value, bool) else str(value)
            case "list":
                return value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]
    except (ValueError, KeyError, TypeError):
        pass
    return _NOTHING


def declared(recipe: Recipe) -> dict[str, Variable]:
    """The recipe's variables. A plain value declares its type as well."""
    return {name: _variable(recipe, name, value) for name, value in (recipe.data.vars or {}).items()}


def _variable(recipe: Recipe, name: str, value: Any) -> Variable:
    spot = recipe.spot("vars", name)
    if not name.isidentifier():
        raise spot.error(f"{name!r} cannot name a variable: letters, digits and _ only")
    if not isinstance(value, dict):
        return Variable(name, _type_of(value), _NOTHING if value is None else value, spot=spot)
    for key in value:
        if key not in KEYS:
            raise recipe.spot("vars", name, key).error(f"a variable has no key `{key}`{near(key, KEYS)}")
    default = value.get("default")
    kind = value.get("type", "text" if default is None else _type_of(default))
    if kind not in TYPES:
        message = f"{kind!r} is not one of {' '.join(TYPES)}{near(str(kind), TYPES)}"
        raise recipe.spot("vars", name, "type").error(message)
    choices = value.get("choices") or ()
    if not isinstance(choices, list | tuple):
        raise recipe.spot("vars", name, "choices").error("`choices` must be a list")
    bare = Variable(name, kind, spot=spot)
    fitting = tuple(bare.convert(choice, recipe.spot("vars", name, "choices")) for choice in choices)
    whole = Variable(name, kind, choices=fitting, spot=spot)
    if default is None:
        return whole
    return Variable(name, kind, whole.convert(default, recipe.spot("vars", name, "default")), fitting, spot=spot)


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number", list: "list"}.get(type(value), "text")


def parse(texts: tuple[str, ...]) -> dict[str, str]:
    """`--var K=V`, repeatable."""
    said: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise Usage(f"--var {text!r} is not NAME=VALUE", hint="For example --var city=Porto. Nothing was sent.")
        said[name.strip()] = value
    return said


def shown(value: Any) -> str:
    """A value as YAML spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def same(one: Any, other: Any) -> bool:
    """true is not 1, and false is not 0."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def stands_for(text: str, value: Any) -> bool:
    """Whether `--var` means this value of an axis or a row: as it is shown, or in another spelling of YAML."""
    if isinstance(value, str):
        return text == value
    return text in (shown(value), str(value)) or same(tree.resolve(text), value)


def check_known(said: Mapping[str, str], known: set[str]) -> None:
    for name in said:
        if name not in known:
            hint = f"There are {', '.join(sorted(known))}. Nothing was sent." if known else "It has no variables."
            raise Usage(f"--var {name}: the recipe has no such variable{near(name, known)}", hint=hint)
