"""Values against the schema: what is wrong, in words, at its place, with the nearest right key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from uni_cli.errors import BadRecipe
from uni_cli.recipes import schema
from uni_cli.recipes.schema import Part
from uni_cli.recipes.spots import Keys, Spot, as_keys, near

Shape = TypeVar("Shape", bound=Part)
Spots = Mapping[Keys, Spot]

PARTS: dict[str, type[Part]] = {
    "brief": schema.Brief,
    "references": schema.Ref,
    "steps": schema.Step,
    "seeds": schema.SeedRange,
}
_ROLE = re.compile(r"([A-Za-z]+)=(.+)", re.DOTALL)
_TYPES = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must hold keys and values",
    "model_type": "must hold keys and values",
    "model_attributes_type": "must hold keys and values",
    "string_too_short": "is empty",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("above", "gt"),
    "less_than": ("below", "lt"),
}
_NAMES = "a name has letters, digits, blanks, - and _, and begins with a letter or a digit"
_MEANT = {
    "size": "pixels stand there as WIDTHxHEIGHT, for example 2048x2048",
    "max-cost": "US dollars stand there, for example 0.50",
    "recipe": _NAMES,
    "id": _NAMES,
}
_ENTRIES = {
    "references": ", for example {image: refs/palette.png, role: palette}; or be text",
    "steps": ", for example {id: day}",
}
MOST_SHOWN = 60


def spot_of(spots: Spots, keys: Keys) -> Spot:
    """The place of a value, or of the nearest thing around it."""
    while keys and keys not in spots:
        keys = keys[:-1]
    return spots[keys]


def key_spot(spots: Spots, keys: Keys) -> Spot:
    return spots.get((*keys, ""), spot_of(spots, keys))


def tidy(raw: dict[str, Any], spots: dict[Keys, Spot]) -> dict[str, Any]:
    """Other spellings of the same thing: `upload_to`, `ref`, `image`, one text where a list may stand."""
    data = _settings(raw, spots, ())
    if isinstance(data.get("max-cost"), int | float) and not isinstance(data.get("max-cost"), bool):
        data["max-cost"] = f"{data['max-cost']}"
    if isinstance(data.get("steps"), list):
        data["steps"] = [
            _settings(step, spots, ("steps", n)) if isinstance(step, dict) else step
            for n, step in enumerate(data["steps"])
        ]
    return data


def _settings(raw: dict[str, Any], spots: dict[Keys, Spot], base: Keys) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, value in raw.items():
        name = {"ref": "references", "image": "source"}.get(key, key.replace("_", "-"))
        if name != key:
            if name in raw:
                raise key_spot(spots, (*base, key)).error(f"`{key}` and `{name}` say the same thing: give one")
            for keys in [k for k in spots if k[: len(base) + 1] == (*base, key)]:
                spots[(*base, name, *keys[len(base) + 1 :])] = spots[keys]
        data[name] = value
    if isinstance(data.get("keep"), str):
        data["keep"] = [data["keep"]]
    if isinstance(data.get("brief"), dict) and isinstance(data["brief"].get("keep"), str):
        data["brief"] = {**data["brief"], "keep": [data["brief"]["keep"]]}
    if isinstance(data.get("references"), str):
        data["references"] = [data["references"]]
    if isinstance(data.get("references"), list):
        data["references"] = [_reference(item) for item in data["references"]]
    if isinstance(data.get("set"), list):
        data["set"] = _raw_fields(data["set"], spots, (*base, "set"))
    return data


def _reference(item: Any) -> Any:
    if not isinstance(item, str):
        return item
    found = _ROLE.fullmatch(item)
    return {"role": found[1].lower(), "image": found[2]} if found else {"image": item}


def _raw_fields(items: list[Any], spots: Spots, base: Keys) -> dict[str, Any]:
    from uni_cli.errors import Usage
    from uni_cli.order.request import raw_fields

    fields: dict[str, Any] = {}
    for number, item in enumerate(items):
        spot = spot_of(spots, (*base, number))
        if not isinstance(item, str):
            raise spot.error("`set` must be a list of KEY=VALUE, or keys and values")
        try:
            fields |= raw_fields((item,))
        except Usage as error:
            hint = "For example [steps=5], or {steps: 5}. Nothing was sent."
            raise spot.error(as_keys(error.message), hint=hint) from error
    return fields


def validate(cls: type[Shape], data: Any, spots: Spots) -> Shape:
    """Raises BadRecipe for the first thing that is wrong, in the order of the file."""
    if not isinstance(data, dict):
        raise spot_of(spots, ()).error("a recipe holds keys and values")
    try:
        return cls.model_validate(data, by_alias=True)
    except ValidationError as error:
        said = error.errors(include_url=False)
        # Of a value that may have one of two forms, the form that was not meant complains as well.
        other = [one for one in said if one["type"] not in ("list_type", "model_type")]
        complaints = [_complaint(cls, one, data, spots) for one in other or said]
        complaints.sort(key=lambda pair: pair[0])
        raise complaints[0][1] from None


Order = tuple[bool, int, int]


def _complaint(cls: type[Part], said: Mapping[str, Any], data: Any, spots: Spots) -> tuple[Order, BadRecipe]:
    """What is missing comes last: often it is there and misspelt."""
    keys = _existing(said["loc"], data)
    kind, name = str(said["type"]), str(said["loc"][-1])
    shown = _shown(keys)
    if kind == "extra_forbidden":
        spot, message = key_spot(spots, keys), _unknown(cls, keys, name)
    elif kind == "missing":
        spot, message = spot_of(spots, keys), f"`{name}` is missing here"
    else:
        spot = spot_of(spots, keys)
        message = f"{shown} {_typed(kind, said, keys) or _worded(kind, said)}"
    return (kind == "missing", spot.line, spot.column), spot.error(message)


def _existing(loc: tuple[str | int, ...], data: Any) -> Keys:
    """Pydantic names the branches of a union too; only what is in the data leads to a place."""
    keys: list[str | int] = []
    here = data
    for part in loc:
        if isinstance(here, dict) and part in here:
            here = here[str(part)]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        keys.append(part)
    return tuple(keys)


def _shown(keys: Keys) -> str:
    names = [str(key) for key in keys if isinstance(key, str)]
    if not names:
        return "this"
    return f"entry {keys[-1] + 1} of `{names[-1]}`" if isinstance(keys[-1], int) else f"`{names[-1]}`"


def _unknown(cls: type[Part], keys: Keys, name: str) -> str:
    if name in schema.OF_THE_RUN:
        return f"`{name}` is no key of a recipe: {schema.OF_THE_RUN[name]}"
    here: type[Part] = cls
    for key in keys[:-1]:
        here = PARTS.get(str(key), here)
    return f"there is no key `{name}`{near(name, schema.keys_of(here))}"


def _typed(kind: str, said: Mapping[str, Any], keys: Keys) -> str | None:
    """What a value must be, and how this one would become it."""
    given, text = said.get("input"), _TYPES.get(kind)
    if kind in ("model_type", "model_attributes_type", "dict_type") and isinstance(keys[-1:] and keys[-1], int):
        return f"{text}{_ENTRIES.get(str(keys[-2]), '')}"
    if kind == "string_type" and keys[-1:] == ("size",):
        return f"must be text: {_MEANT['size']}"
    if kind == "list_type" and keys[-1:] == ("seeds",):
        return "must be a list of seeds, or {from: 1, count: 4}"
    if kind == "list_type" and isinstance(given, str | int | float) and len(str(given)) <= MOST_SHOWN:
        return f"{text}: [{_as_yaml(given)}]"
    if kind == "string_type" and isinstance(given, bool | int | float):
        return f'{text}: quote it, "{_as_yaml(given)}"'
    if kind in ("int_type", "float_type", "bool_type") and isinstance(given, str) and len(given) <= MOST_SHOWN:
        return f"{text}, and is {given!r}"
    return text


def _as_yaml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _worded(kind: str, said: Mapping[str, Any]) -> str:
    context: Mapping[str, Any] = said.get("ctx", {})
    given = said.get("input")
    shown = repr(given) if len(repr(given)) <= MOST_SHOWN else f"{repr(given)[: MOST_SHOWN - 3]}…"
    if kind == "literal_error":
        expected = re.findall(r"'([^']+)'", str(context.get("expected", "")))
        return f"{shown} is not one of {' '.join(expected)}{near(str(given), expected)}"
    if kind in _BOUNDS:
        return f"must be {_BOUNDS[kind][0]} {context[_BOUNDS[kind][1]]:.20g}, and is {shown}"
    if kind == "string_pattern_mismatch":
        meant = _MEANT.get(str(said["loc"][-1]))
        return f"{shown} cannot stand here{f': {meant}' if meant else ''}"
    if kind == "too_long":
        return f"has {context['actual_length']} entries, and {context['max_length']} are the most"
    if kind == "too_short":
        return "is empty"
    if kind == "string_too_long":
        return f"has {len(str(given))} characters, and {context['max_length']} are the most"
    return f"does not hold: {said['msg']}"
