"""Values against the schema: what is wrong, in words, at its place, with the nearest right key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from uni_cli.errors import BadRecipe
from uni_cli.recipes import schema
from uni_cli.recipes.schema import Part
from uni_cli.recipes.spots import Keys, Spot, near

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

    if not all(isinstance(item, str) for item in items):
        raise spot_of(spots, base).error("`set` must be a list of KEY=VALUE, or keys and values")
    try:
        return raw_fields(tuple(items))
    except Usage as error:
        raise spot_of(spots, base).error(error.message) from error


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
        message = f"{shown} {_TYPES.get(kind) or _worded(kind, said)}"
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
    return f"`{names[-1]}`" if names else "this"


def _unknown(cls: type[Part], keys: Keys, name: str) -> str:
    if name in schema.OF_THE_RUN:
        return f"`{name}` is no key of a recipe: {schema.OF_THE_RUN[name]}"
    here: type[Part] = cls
    for key in keys[:-1]:
        here = PARTS.get(str(key), here)
    return f"there is no key `{name}`{near(name, schema.keys_of(here))}"


def _worded(kind: str, said: Mapping[str, Any]) -> str:
    context: Mapping[str, Any] = said.get("ctx", {})
    given = said.get("input")
    shown = repr(given) if len(repr(given)) <= 60 else f"{repr(given)[:57]}…"
    if kind == "literal_error":
        expected = re.findall(r"'([^']+)'", str(context.get("expected", "")))
        return f"{shown} is not one of {' '.join(expected)}{near(str(given), expected)}"
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        return f"{shown}: {str(said['msg'])[0].lower()}{str(said['msg'])[1:]}"
    if kind == "string_pattern_mismatch":
        return f"{shown} cannot stand here"
    if kind in ("too_long", "too_short", "string_too_long"):
        return f"does not hold: {str(said['msg'])[0].lower()}{str(said['msg'])[1:]}"
    return f"does not hold: {said['msg']}"
