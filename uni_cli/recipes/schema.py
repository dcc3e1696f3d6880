"""What a recipe may hold, as types; the published JSON Schema is made from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from uni_cli.models import ASPECTS, MAX_SEED, PROMPT_LIMIT, Role

Aspect = Literal["3:1", "2:1", "16:9", "3:2", "1:1", "2:3", "9:16", "1:2", "1:3"]
Words = Annotated[str, Field(min_length=1)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
# A text that names something: letters, digits, blanks, hyphens; never a path.
NAME = r"^[^\W_][\w -]*$"
Name = Annotated[str, Field(max_length=80, pattern=NAME)]
SCHEMA_ID = "uni.recipe/1"


def _hyphened(name: str) -> str:
    return name.strip("_").replace("_", "-")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=_hyphened)


class Ref(Part):
    """An input picture: a file, a link, or the picture of an earlier step."""

    image: Words | None = Field(default=None, description="A file beside the recipe, an https URL or a job id.")
    step: Words | None = Field(default=None, description="The id of an earlier step.")
    role: Literal[tuple(str(role) for role in Role)] | None = None  # type: ignore[valid-type]
    borrow: Words | None = Field(default=None, description="What to take from it, in words.")


class Brief(Part):
    """A scene in parts, compiled to the text of the prompt."""

    subject: Words | None = None
    setting: Words | None = None
    light: Words | None = None
    style: Words | None = None
    composition: Words | None = None
    change: Words | None = None
    keep: list[Words] | None = None


class SeedRange(Part):
    from_: Seed = Field(default=1)
    count: Annotated[int, Field(ge=1, le=10_000)]


class Settings(Part):
    """What `generate` and `edit` take, under the same names."""

    prompt: Words | None = Field(default=None, description=f"A jinja2 template; up to {PROMPT_LIMIT} characters.")
    prompt_file: Words | None = Field(default=None, description="Read the prompt from a file beside the recipe.")
    brief: Brief | None = None
    provider: Words | None = Field(default=None, description="luma runware gmicloud segmind local auto, or a list.")
    model: Literal["uni-1", "uni-1-max"] | None = None
    aspect: Aspect | None = None
    size: Annotated[str, Field(pattern=r"^[0-9]{1,5}[xX×][0-9]{1,5}$")] | None = None
    references: list[Ref] | None = Field(default=None, max_length=9)
    source: Words | None = Field(default=None, description="The picture to change; makes the recipe an edit.")
    from_: Words | None = Field(default=None, description="Start from what an earlier picture was made with.")
    keep: list[Words] | None = Field(default=None, description="What an edit must not change.")
    style: Literal["auto", "manga"] | None = None
    search: bool | None = None
    seed: Seed | None = None
    format: Literal["png", "jpeg", "jpg", "webp"] | None = None
    quality: Annotated[int, Field(ge=20, le=99)] | None = None
    convert: bool | None = None
    safety: Literal["none", "fast"] | None = None
    webhook: Words | None = None
    upload_to: Words | None = None
    ttl: Annotated[int, Field(ge=60, le=10**9)] | None = None
    set: dict[str, Any] | None = Field(default=None, description="Raw fields of the service's body.")
    output: Words | None = Field(default=None, description="A name template, relative to the recipe's folder.")
    overwrite: bool | None = None
    no_embed: bool | None = None
    no_prompt_embed: bool | None = None
    no_advice: bool | None = None
    preview: bool | None = None
    strict: bool | None = None


class Step(Settings):
    """One picture of a chain. It may use the pictures of the steps before it."""

    id: Name
    edit: Words | None = Field(default=None, description="The step whose picture this one changes.")


class Recipe(Settings):
    recipe: Name | None = Field(default=None, description="Default: the file's name.")
    description: str | None = None
    extends: Words | None = Field(default=None, description="Another recipe to start from: a file or a name.")
    vars: dict[str, Any] | None = Field(default=None, description="Variables of the templates, with their defaults.")
    matrix: dict[str, list[Any]] | None = Field(
        default=None, description="Every combination; include adds some, exclude leaves some out."
    )
    rows: Words | None = Field(default=None, description="A CSV or JSONL file: an item per row.")
    seeds: list[Seed] | SeedRange | None = None
    count: Annotated[int, Field(ge=1, le=20)] | None = None
    max_cost: Annotated[str, Field(pattern=r"^\$?[0-9]+(\.[0-9]+)?$")] | None = None
    timeout: Annotated[float, Field(gt=0)] | None = None
    steps: Annotated[list[Step], Field(min_length=1, max_length=200)] | None = None


# Flags of the command line that say how to run, not what a picture is.
OF_THE_RUN = {
    "once": "the lock already sees to it that nothing is bought twice",
    "no-wait": "`uni recipes run` waits; what it leaves is collected by the next run",
    "dry-run": "say it on the command line: `uni recipes run NAME --dry-run`",
    "save-recipe": "this is a recipe already",
    "json": "say it on the command line",
    "quiet": "say it on the command line",
    "verbose": "say it on the command line",
    "plain": "say it on the command line",
}


def keys_of(part: type[Part]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in part.model_fields.items())


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a recipe file's document."""
    made = Recipe.model_json_schema(by_alias=True)
    parts = made["$defs"]
    scalar: list[dict[str, Any]] = [{"type": kind} for kind in ("string", "number", "boolean")]
    for part in (made, parts["Step"]):
        properties = part["properties"]
        one = {"type": "string", "minLength": 1, "description": "[ROLE=]IMAGE"}
        properties["references"]["anyOf"][0]["items"] = {"anyOf": [{"$ref": "#/$defs/Ref"}, one]}
        properties["references"]["anyOf"].append(one)
        properties["ref"] = {**properties["references"], "description": "The same as references."}
        properties["image"] = {**properties["source"], "description": "The same as source."}
        properties["keep"]["anyOf"].append({"type": "string", "minLength": 1})
        properties["set"]["anyOf"].append({"type": "array", "items": {"type": "string"}})
    parts["Brief"]["properties"]["keep"]["anyOf"].append({"type": "string", "minLength": 1})
    made["properties"]["max-cost"]["anyOf"].append({"type": "number", "minimum": 0})
    for part in (made, parts["Step"]):
        properties = part["properties"]
        for name in [name for name in properties if "-" in name]:
            spelt = name.replace("-", "_")
            properties[spelt] = {**properties[name], "description": f"The same as {name}."}
    made["properties"]["vars"]["anyOf"][0]["additionalProperties"] = {
        "anyOf": [*scalar, {"type": "null"}, {"type": "array"}, _variable(scalar)]
    }
    made["properties"]["matrix"]["anyOf"][0] = _matrix(scalar)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **made, "title": "A recipe"}


def _variable(scalar: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "type": {"enum": ["text", "integer", "number", "boolean", "list"]},
            "default": {"anyOf": [*scalar, {"type": "array"}]},
            "choices": {"type": "array", "items": {"anyOf": scalar}},
            "description": {"type": "string"},
        },
    }


def _matrix(scalar: list[dict[str, Any]]) -> dict[str, Any]:
    combinations = {"type": "array", "items": {"type": "object", "additionalProperties": {"anyOf": scalar}}}
    return {
        "type": "object",
        "properties": {
            "include": combinations,
            "exclude": combinations,
            "aspect": {"type": "array", "items": {"enum": list(ASPECTS)}},
        },
        "additionalProperties": {"type": "array", "items": {"anyOf": scalar}},
    }
