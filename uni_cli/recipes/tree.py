"""YAML 1.2 as plain values, with the place of each. Data only, and bounded in bytes, depth and size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from uni_cli.recipes.spots import Keys, Spot

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
MAX_VALUES = 100_000

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]{1,30}(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_KNOWN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map"))


@dataclass(slots=True)
class Node:
    """`weight` counts the values below, each alias in full: that is how large the data becomes."""

    spot: Spot
    value: Any = None
    weight: int = 1
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """One document: its plain value and the place of every value and of every key in it."""

    value: Any
    spots: dict[Keys, Spot] = field(default_factory=dict)


def read(path: Path, shown: str) -> list[Tree]:
    """The documents of a file. Raises BadRecipe with the place of what is wrong."""
    start = Spot(path, shown)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise start.error(f"the file cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise start.error(f"the file has more than {MAX_BYTES >> 20} MB; a recipe is smaller")
    return parse(_decoded(data, start), start)


def _decoded(data: bytes, start: Spot) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise Spot(start.file, start.shown, line, column).error("the file is not UTF-8 text") from error


def parse(text: str, start: Spot) -> list[Tree]:
    nodes = _Builder(start).documents(text)
    return [_tree(node) for node in nodes]


class _Builder:
    def __init__(self, start: Spot) -> None:
        self._start = start
        self._anchors: dict[str, Node] = {}

    def documents(self, text: str) -> list[Node]:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        events = iter(YAML(typ="safe", pure=True).parse(text))
        found: list[Node] = []
        try:
            for event in events:
                if type(event).__name__ == "DocumentStartEvent":
                    self._anchors = {}
                    found.append(self._node(next(events), events, 0))
        except MarkedYAMLError as error:
            at_its_begin, message = _in_words(str(error.problem or error.context), str(error.context))
            mark = (error.context_mark if at_its_begin else None) or error.problem_mark or error.context_mark
            raise self._at(mark).error(message) from error
        except YAMLError as error:
            raise self._unreadable(text, error) from error
        except (RecursionError, ValueError) as error:
            raise self._start.error("the YAML cannot be read") from error
        return found

    def _at(self, mark: Any) -> Spot:
        if mark is None:
            return self._start
        return Spot(self._start.file, self._start.shown, mark.line + 1, mark.column + 1, mark.line + 1)

    def _unreadable(self, text: str, error: Exception) -> Exception:
        position = getattr(error, "position", 0)
        before = text[: position if isinstance(position, int) else 0]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        spot = Spot(self._start.file, self._start.shown, line, column)
        return spot.error("a character that YAML does not allow stands here")

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        spot = self._at(event.start_mark)
        if depth > MAX_DEPTH:
            raise spot.error(f"the values are nested more than {MAX_DEPTH} deep")
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._alias(event.anchor, spot)
        tag = str(event.tag) if event.tag is not None else None
        if tag not in (None, "!") and tag not in _KNOWN_TAGS:
            raise spot.error("a recipe holds plain data: tags like this one are not read")
        node = Node(spot)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        if kind == "ScalarEvent":
            self._scalar(node, event, tag)
        elif kind == "SequenceStartEvent":
            self._sequence(node, events, depth)
        else:
            self._mapping(node, events, depth)
        node.closed = True
        return node

    def _alias(self, name: str, spot: Spot) -> Node:
        node = self._anchors.get(name)
        if node is None:
            raise spot.error(f"there is no anchor &{name}")
        if not node.closed:
            raise spot.error(f"*{name} stands inside of itself")
        return node

    def _scalar(self, node: Node, event: Any, tag: str | None) -> None:
        if event.style in ("|", ">"):
            node.spot = Spot(node.spot.file, node.spot.shown, node.spot.line, node.spot.column, node.spot.line + 1)
        is_text = event.style is not None or (tag is not None and tag.endswith(":str"))
        node.value = event.value if is_text else resolve(event.value)
        if isinstance(node.value, float) and not isfinite(node.value):
            raise node.spot.error(f"{event.value} is too large for a number: quote it if it is text")

    def _sequence(self, node: Node, events: Iterator[Any], depth: int) -> None:
        node.value = []
        for event in events:
            if type(event).__name__ == "SequenceEndEvent":
                return
            self._add(node, self._node(event, events, depth + 1))

    def _mapping(self, node: Node, events: Iterator[Any], depth: int) -> None:
        node.value = {}
        for event in events:
            if type(event).__name__ == "MappingEndEvent":
                return
            key = self._node(event, events, depth + 1)
            name = _key(event, key)
            if name in node.value:
                raise key.spot.error(f"the key `{name}` stands here twice")
            value = self._node(next(events), events, depth + 1)
            node.weight += 1 + value.weight
            self._check_weight(node, value)
            node.value[name] = (key.spot, value)

    def _add(self, node: Node, value: Node) -> None:
        node.weight += value.weight
        self._check_weight(node, value)
        node.value.append(value)

    def _check_weight(self, node: Node, value: Node) -> None:
        if node.weight > MAX_VALUES:
            raise value.spot.error(f"the file grows to more than {MAX_VALUES} values")


def _key(event: Any, key: Node) -> str:
    text = getattr(event, "value", None)
    if not isinstance(text, str):
        raise key.spot.error("a key must be plain text; text that begins with { stands in quotes")
    if text == "<<":
        raise key.spot.error("`<<` is not YAML 1.2: use `extends`, or write the keys out")
    return text


def resolve(text: str) -> Any:
    """A plain scalar by YAML 1.2's core schema; what is not certainly a number stays text."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _in_words(problem: str, context: str) -> tuple[bool, str]:
    """What is wrong, in words, and whether that is where the thing began and not where the parser gave up."""
    if "'\\t'" in problem:
        return False, "a tab cannot indent or begin a value: use spaces"
    if "end of stream" in problem and "quoted scalar" in context:
        return True, "the quote that opens here is not closed"
    if "flow sequence" in context or "flow mapping" in context:
        opened, closed = ("[", "]") if "sequence" in context else ("{", "}")
        return True, f"the `{opened}` that opens here is not closed by a `{closed}`, or a comma is missing in it"
    if context in ("while scanning an alias", "while scanning an anchor"):
        return True, "text that begins with * or & stands in quotes"
    if found := re.search(r"found character ('.*') that cannot start", problem):
        return False, f"text that begins with {found[1]} stands in quotes"
    if "mapping values are not allowed" in problem:
        return False, "a key cannot stand here: indent it like its neighbours, or quote a text that holds `: `"
    if "could not find expected ':'" in problem:
        return False, "a key has no `:` after it: give it a value, or indent a text like the lines above it"
    if "found '<scalar>'" in problem:
        return False, "something stands here after a value: quote the whole text, and double a ' inside of it"
    if "expected <block end>" in problem:
        return False, "this is indented less or more than its neighbours"
    return False, problem.replace("<stream end>", "the end of the file")


def _tree(node: Node) -> Tree:
    spots: dict[Keys, Spot] = {}
    return Tree(_plain(node, (), spots), spots)


def _plain(node: Node, keys: Keys, spots: dict[Keys, Spot]) -> Any:
    spots.setdefault(keys, node.spot)
    if isinstance(node.value, list):
        return [_plain(child, (*keys, number), spots) for number, child in enumerate(node.value)]
    if isinstance(node.value, dict):
        plain: dict[str, Any] = {}
        for name, (spot, child) in node.value.items():
            spots[(*keys, name, "")] = spot  # where the key itself stands
            plain[name] = _plain(child, (*keys, name), spots)
        return plain
    return node.value
