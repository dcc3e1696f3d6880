"""Rows of a CSV or JSONL file, one at a time, each with its place."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import IO, Any

from uni_cli.recipes.load import Recipe, beside, inside
from uni_cli.recipes.spots import Spot

MAX_LINE = 1 << 20
MAX_CELL = 100_000

CELLS = "The first row names the columns, and text with a comma or a quote stands in quotes. Nothing was sent."
BYTES = "Save the file as UTF-8. Nothing was sent."
LINES = 'Each line is an object of its own, for example {"id": "fox", "colour": "red"}. Nothing was sent.'

Row = tuple[Mapping[str, Any], Spot]


def read(recipe: Recipe) -> Iterator[Row]:
    """Memory does not grow with the number of rows."""
    name = recipe.data.rows or ""
    spot = recipe.spot("rows")
    path = inside(name, spot.file.parent, spot, what="file of rows")
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".tsv", ".jsonl", ".ndjson"):
        raise spot.error(f"{name!r} is neither .csv nor .jsonl")
    start = beside(spot, name)
    empty = True
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = _csv(stream, start, suffix) if suffix in (".csv", ".tsv") else _jsonl(stream, start)
            for row in lines:
                empty = False
                yield row
    except UnicodeDecodeError as error:
        raise _at(start, _line_of_other_bytes(path)).error("the line is not UTF-8 text", hint=BYTES) from error
    except OSError as error:
        raise start.error(f"the file cannot be read: {error.strerror}") from error
    if empty:
        raise start.error("the file has no rows")


def _line_of_other_bytes(path: Path) -> int:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1


def _at(start: Spot, line: int) -> Spot:
    return Spot(start.file, start.shown, max(line, 1), 1, max(line, 1))


def _bounded(stream: IO[str], start: Spot) -> Iterator[str]:
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise _at(start, number).error(f"the line is longer than {MAX_LINE} characters")
        if "\0" in line:
            raise _at(start, number).error("the line holds a NUL character")
        yield line


def _csv(stream: IO[str], start: Spot, suffix: str) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(_bounded(stream, start), delimiter="\t" if suffix == ".tsv" else ",", strict=True)
    names: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            spot, line = _at(start, line), reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _names(cells, spot)
            elif len(cells) != len(names):
                cells_ = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
                raise spot.error(f"the row has {cells_}, and there are {len(names)} columns", hint=CELLS)
            else:
                yield dict(zip(names, cells, strict=True)), spot
    except csv.Error as error:
        if "end of data" in str(error):
            raise _at(start, line).error("a quote that opens in this row is not closed", hint=CELLS) from error
        raise _at(start, reader.line_num).error(f"the row cannot be read: {error}", hint=CELLS) from error


def _names(cells: list[str], spot: Spot) -> list[str]:
    names = [re.sub(r"\W+", "_", cell.strip()).strip("_") for cell in cells]
    for number, name in enumerate(names):
        if not name.isidentifier():
            raise spot.error(f"column {number + 1} has no name that a variable can have: {cells[number]!r}")
        if name in names[:number]:
            raise spot.error(f"two columns are called `{name}`")
    return names


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"`{next(name for name in names if names.count(name) > 1)}` is there twice")
    return found


def _jsonl(stream: IO[str], start: Spot) -> Iterator[Row]:
    for number, line in enumerate(_bounded(stream, start), 1):
        if not line.strip():
            continue
        spot = _at(start, number)
        try:
            row = json.loads(line, object_pairs_hook=_once_each, parse_constant=_no_constant, parse_float=_finite)
        except json.JSONDecodeError as error:
            said = f"{error.msg[:1].lower()}{error.msg[1:]}"
            raise replace(spot, column=error.colno).error(f"the line is not JSON: {said}", hint=LINES) from error
        except (ValueError, RecursionError) as error:
            raise spot.error(f"the line is not JSON: {error}", hint=LINES) from error
        if not isinstance(row, dict) or not row:
            raise spot.error("the line is not an object with names and values", hint=LINES)
        for name, value in row.items():
            if not name.isidentifier():
                raise spot.error(f"{name!r} cannot name a variable: letters, digits and _ only", hint=LINES)
            if isinstance(value, dict):
                message = f"`{name}` holds an object: a variable is text, a number, true, false or a list"
                raise spot.error(message, hint=LINES)
        yield row, spot


def _no_constant(name: str) -> None:
    raise ValueError(f"there is no number {name}")


def _finite(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError(f"{text} is too large for a number")
    return number
