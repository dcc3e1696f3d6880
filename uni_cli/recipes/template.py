"""Templates of prompts: a small, strict part of jinja2 that always ends and never grows beyond its bounds."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any

from uni_cli.errors import BadRecipe
from uni_cli.recipes.spots import Spot, near
from uni_cli.recipes.variables import shown

if TYPE_CHECKING:
    from jinja2 import Environment, Template, UndefinedError

MAX_TEXT = 50_000
MAX_TURNS = 10_000
MAX_NUMBER = 10**18
FILTERS = frozenset(
    "abs capitalize default d first float int join last length list lower map max min reject replace reverse round "
    "select sort string sum title trim truncate unique upper wordcount".split()
)
# `set`, macros, imports and calls are left out: with them a short template could grow without end.
TAGS = ("if", "elif", "else", "endif", "for", "endfor")
# What is left out, as it is written.
WRITTEN = {"assign": "{% set %}", "assignblock": "{% set %}", "call": "name()", "callblock": "{% call %}"}
NODES = frozenset(
    "Template Output TemplateData Name Const Filter Test Compare Operand And Or Not CondExpr If For Getattr Getitem "
    "Slice Concat Add Sub Mul Div FloorDiv Mod Neg Pos Tuple List Call Keyword Dict Pair".split()
)


class TooMuch(Exception):
    """The template grows beyond its bounds."""


class _Budget:
    """Turns of all loops of one rendering together."""

    turns = 0

    def loop(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.turns += 1
            if self.turns > MAX_TURNS:
                raise TooMuch(f"the loops turn more than {MAX_TURNS} times")
            yield item


_budget = _Budget()


def render(text: str, values: Mapping[str, Any], spot: Spot) -> str:
    """The text with its variables; BadRecipe names the line of what is wrong."""
    if "{" not in text:
        return text
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError

    try:
        template = _compiled(text)
        _budget.turns = 0
        return _bounded(template.generate(dict(values)))
    except TemplateSyntaxError as error:
        raise spot.inside(error.lineno).error(f"the template cannot be read: {_unread(error.message)}") from error
    except UndefinedError as error:
        raise _missing(error, values, spot) from error
    except (TemplateError, TooMuch, ArithmeticError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise spot.inside(_line_of(error)).error(f"the template cannot be filled: {_first_line(str(error))}") from error


def _bounded(pieces: Iterator[str]) -> str:
    out: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_TEXT:
            raise TooMuch(f"the text grows beyond {MAX_TEXT} characters")
        out.append(piece)
    return "".join(out)


def _unread(text: str | None) -> str:
    """The parser's own words, where they are about the text and not about the parser."""
    said = _first_line(text)
    if said.startswith("unexpected end of template, expected"):
        return "a `{{` or `{%` is not closed"
    if found := re.search(r"^Unexpected end of template.* is '(\w+)'$", said):
        return f"`{{% {found[1]} %}}` is not closed: `{{% end{found[1]} %}}` is missing"
    if found := re.match(r"Encountered unknown tag '(\w+)'", said):
        return f"there is no tag `{{% {found[1]} %}}`{near(found[1], TAGS)}"
    if found := re.match(r"No filter named '(\w+)'", said):
        return f"there is no filter `{found[1]}`{near(found[1], FILTERS)}"
    return said


def _first_line(text: str | None) -> str:
    return (text or "it is not understood").splitlines()[0].rstrip(".")


def _missing(error: UndefinedError, values: Mapping[str, Any], spot: Spot) -> BadRecipe:
    message, place = str(error.message), spot.inside(_line_of(error))
    parts = message.split("'")
    if found := re.fullmatch(r"'(\w+) object' has no attribute '(\w+)'", message):
        kind = {"str": "text", "int": "a number", "float": "a number", "bool": "true or false", "list": "a list"}.get(
            found[1], "a value"
        )
        said = f"there is no `{found[2]}` here: the variable is {kind} and has no parts"
        return place.at(rf"\.(?P<here>{re.escape(found[2])}\b)").error(said)
    if not message.endswith("is undefined") or len(parts) != 3:
        return place.error(_first_line(message))
    name = parts[1]
    known = (
        f"The variables here: {', '.join(sorted(values))}."
        if values
        else "The recipe has none: declare it under `vars`."
    )
    said = f"there is no variable `{name}`{near(name, values)}"
    return place.at(rf"\{{[{{%][^}}]*?(?P<here>\b{re.escape(name)}\b)").error(said, hint=f"{known} Nothing was sent.")


def _line_of(error: BaseException) -> int:
    """Jinja puts the template's own lines into the traceback."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return int(lines[-1] or 1) if lines else 1


@cache
def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            _check_operands(operator, left, right)
            return super().call_binop(context, operator, left, right)

    made = Sandbox(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, cache_size=0, finalize=shown
    )
    made.filters = {name: _limited(made.filters[name]) for name in sorted(FILTERS)}
    made.filters |= {"replace": _replace, "join": _join}
    made.filters["_loop"] = _budget.loop
    made.globals = {"range": _range}
    return made


def _range(*numbers: int) -> range:
    found = range(*numbers)
    if len(found) > MAX_TURNS:
        raise TooMuch(f"range() goes beyond {MAX_TURNS}")
    return found


def _check_operands(operator: str, left: Any, right: Any) -> None:
    texts = isinstance(left, str) + isinstance(right, str)
    if texts == 2 and operator == "+" and len(left) + len(right) <= MAX_TEXT:
        return
    numbers = all(isinstance(value, int | float) and abs(value) <= MAX_NUMBER for value in (left, right))
    if not numbers:
        if texts and operator == "+":
            raise TooMuch(f"`{operator}` works on numbers here: `~` joins text with anything")
        raise TooMuch(f"`{operator}` works on moderate numbers here")


def _limited(filter: Callable[..., Any]) -> Callable[..., Any]:
    """The same filter; it does not take in or give out more than a prompt could ever need."""

    @wraps(filter)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        for value in args:
            if isinstance(value, str | list | tuple) and len(value) > MAX_TEXT:
                raise TooMuch(f"a filter was given more than {MAX_TEXT} characters")
        return filter(*args, **kwargs)

    return bounded


def _replace(text: Any, old: str, new: str) -> str:
    whole = str(text)
    if len(whole) + whole.count(str(old)) * len(str(new)) > MAX_TEXT:
        raise TooMuch(f"the text grows beyond {MAX_TEXT} characters")
    return whole.replace(str(old), str(new))


def _join(items: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
    texts = [shown(item if attribute is None else item[attribute]) for item in items]
    if sum(map(len, texts)) + len(texts) * len(str(between)) > MAX_TEXT:
        raise TooMuch(f"the text grows beyond {MAX_TEXT} characters")
    return str(between).join(texts)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Template:
    from jinja2 import TemplateSyntaxError, nodes

    environment = _environment()
    tree = environment.parse(text)
    for node in [tree, *tree.find_all(nodes.Node)]:
        kind = type(node).__name__
        allowed = kind in NODES and not (kind == "Call" and getattr(node, "node", None).__class__ is not nodes.Name)
        if allowed and isinstance(node, nodes.Call):
            allowed = isinstance(node.node, nodes.Name) and node.node.name == "range"
        if isinstance(node, nodes.For):
            allowed = not node.recursive
            node.iter = nodes.Filter(node.iter, "_loop", [], [], None, None, lineno=node.lineno)
        if not allowed:
            word = WRITTEN.get(kind.lower(), kind.lower())
            raise TemplateSyntaxError(f"`{word}` is not for recipes", node.lineno)
    return environment.template_class.from_code(
        environment, environment.compile(tree, filename="<template>"), environment.make_globals(None)
    )
