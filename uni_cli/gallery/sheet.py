"""A contact sheet: pictures laid out with labels, as a grid or as a table with named rows and columns."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uni_cli import __version__
from uni_cli.errors import Usage
from uni_cli.gallery.collect import Problem
from uni_cli.gallery.exhibit import Exhibit
from uni_cli.gallery.lettering import write
from uni_cli.gallery.thumbs import shrink
from uni_cli.storage import embed

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

MOST = 2000
MAX_PIXELS = 60_000_000
TILES = (480, 400, 320, 256, 192, 144, 112, 96)
PAPER, INK, SOFT, MAT = "#f7f6f3", "#1c1b19", "#64615b", "#eceae5"

Axes = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where each picture goes. `rows` and `columns` are named only in a table."""

    title: str
    cells: Mapping[tuple[int, int], Exhibit]
    labels: Mapping[tuple[int, int], str]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    named: bool
    shape: float


@dataclass(frozen=True, slots=True)
class Telling:
    """What differs among the pictures, and so belongs into their labels."""

    variables: tuple[str, ...]
    prompts: bool
    seeds: bool


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything in pixels."""

    tile: int
    height: int
    gap: int
    font: int
    left: int
    top: int
    label: int

    @property
    def margin(self) -> int:
        return self.gap * 2

    def corner(self, row: int, column: int) -> tuple[int, int]:
        x = self.margin + self.left + column * (self.tile + self.gap)
        return x, self.margin + self.top + row * (self.height + self.label + self.gap)

    def size(self, rows: int, columns: int) -> tuple[int, int]:
        x, y = self.corner(rows, columns)
        return x - self.gap + self.margin, y - self.gap + self.margin


def draw(exhibits: Sequence[Exhibit], *, title: str, format: str = "png") -> tuple[bytes, list[Problem]]:
    """The sheet's bytes, and the pictures that could not be put on it."""
    from PIL import Image, ImageDraw

    if len(exhibits) > MOST:
        raise Usage(f"{len(exhibits)} pictures are too many for one sheet ({MOST})", hint="Name a smaller folder.")
    plan = arrange(exhibits, title=title)
    measures = measure(plan)
    sheet = Image.new("RGB", measures.size(len(plan.rows), len(plan.columns)), PAPER)
    pen = ImageDraw.Draw(sheet)
    _write_heads(pen, plan, measures, sheet.width)
    problems = []
    for (row, column), exhibit in plan.cells.items():
        problem = _place(sheet, pen, exhibit, measures.corner(row, column), measures)
        if problem:
            problems.append(problem)
        if measures.label:
            x, y = measures.corner(row, column)
            label = plan.labels[row, column]
            at = (x, y + measures.height + measures.font * 0.45)
            write(pen, at, label, size=measures.font, width=measures.tile, fill=SOFT, anchor="la")
    return _encode(sheet, format), problems


def arrange(exhibits: Sequence[Exhibit], *, title: str) -> Plan:
    """A table where two things vary and every place is taken once, else a grid in a sensible order."""
    # As they were sent: pictures that are made at the same time are saved in any order.
    ordered = sorted(exhibits, key=lambda one: (one.sent, one.path.as_posix()))
    axes = find_axes(ordered)
    if axes:
        return _table(ordered, axes, title)
    tells = Telling(
        tuple(_values(ordered)), len({one.prompt for one in ordered}) > 1, len({one.seed for one in ordered}) > 1
    )
    if tells.seeds and not tells.prompts and not tells.variables:
        ordered.sort(key=lambda one: (one.seed is None, one.seed or 0))
    columns = max(1, min(len(ordered), math.ceil(math.sqrt(len(ordered) * 1.15))))
    places = [divmod(n, columns) for n in range(len(ordered))]
    cells = dict(zip(places, ordered, strict=True))
    labels = {place: _label(one, tells) for place, one in cells.items()}
    rows = ("",) * math.ceil(len(ordered) / columns)
    return Plan(title, cells, labels, rows, ("",) * columns, False, _shape(ordered))


def find_axes(exhibits: Sequence[Exhibit]) -> Axes | None:
    """The two variables of a matrix (rows first), or one variable and the seed."""
    names = list(_values(exhibits))
    if len(names) == 1:
        names.append(SEED)
    if len(names) != 2:
        return None
    rows, columns = names
    places = [(_value(one, rows), _value(one, columns)) for one in exhibits]
    width, height = len({column for _, column in places}), len({row for row, _ in places})
    is_table = len(set(places)) == len(places) and all(all(place) for place in places)
    # A column for every picture, as random seeds would give, is no table.
    return (rows, columns) if is_table and width > 1 and len(places) * 2 > width * height else None


SEED = "seed\0"  # not a name that a variable can have
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


def measure(plan: Plan) -> Measures:
    """The largest tiles that keep the sheet in bounds."""
    for tile in TILES:
        font = max(11, round(tile / 19))
        measures = Measures(
            tile=tile,
            height=round(tile / plan.shape),
            gap=max(8, tile // 24),
            font=font,
            left=font * 8 if plan.named else 0,
            top=round(font * (4.4 if plan.named else 2.6)),
            label=0 if plan.named else round(font * 1.9),
        )
        width, height = measures.size(len(plan.rows), len(plan.columns))
        if width * height <= MAX_PIXELS:
            return measures
    raise Usage(f"The sheet would be {width}x{height} pixels", hint="Name a smaller folder.")


def _table(ordered: Sequence[Exhibit], axes: Axes, title: str) -> Plan:
    down, across = axes
    rows = list(dict.fromkeys(_value(one, down) for one in ordered))
    columns = list(dict.fromkeys(_value(one, across) for one in ordered))
    for values in (rows, columns):
        if all(_NUMBER.fullmatch(value) for value in values):
            values.sort(key=float)
    cells = {(rows.index(_value(one, down)), columns.index(_value(one, across))): one for one in ordered}
    named = f"{title}: {down} by {across.rstrip(chr(0))}"
    heads = tuple(f"seed {value}" for value in columns) if across == SEED else tuple(columns)
    return Plan(named, cells, {}, tuple(rows), heads, True, _shape(ordered))


def _values(exhibits: Sequence[Exhibit]) -> dict[str, set[str]]:
    """The variables that are not the same everywhere, in the recipe's order."""
    names = dict.fromkeys(name for one in exhibits for name in one.variables)
    values = {name: {one.variables.get(name, "") for one in exhibits} for name in names}
    return {name: found for name, found in values.items() if len(found) > 1}


def _value(exhibit: Exhibit, axis: str) -> str:
    if axis == SEED:
        return "" if exhibit.seed is None else str(exhibit.seed)
    return exhibit.variables.get(axis, "")


def _label(exhibit: Exhibit, tells: Telling) -> str:
    """What tells this picture from its neighbours."""
    parts = [value for name in tells.variables if (value := exhibit.variables.get(name))]
    if not parts and tells.prompts and exhibit.prompt:
        parts.append(exhibit.prompt)
    if tells.seeds and exhibit.seed is not None:
        parts.insert(0 if tells.prompts and not tells.variables else len(parts), f"seed {exhibit.seed}")
    return " · ".join(parts) or exhibit.word("item") or exhibit.path.name


def _shape(exhibits: Sequence[Exhibit]) -> float:
    """The tiles take the usual picture's shape."""
    shapes = sorted(one.width / max(one.height, 1) for one in exhibits)
    return min(3.0, max(1 / 3, shapes[len(shapes) // 2])) if shapes else 1.0


def _write_heads(pen: ImageDraw, plan: Plan, measures: Measures, width: int) -> None:
    margin, font = measures.margin, measures.font
    write(pen, (margin, margin), plan.title, size=round(font * 1.35), width=width - 2 * margin, fill=INK, anchor="la")
    if not plan.named:
        return
    for column, head in enumerate(plan.columns):
        x, y = measures.corner(0, column)
        at = (x + measures.tile / 2, y - font * 0.6)
        write(pen, at, head, size=font, width=measures.tile, fill=INK, anchor="ms")
    for row, head in enumerate(plan.rows):
        x, y = measures.corner(row, 0)
        at = (x - measures.gap, y + measures.height / 2)
        write(pen, at, head, size=font, width=measures.left - measures.gap, fill=INK, anchor="rm")


def _place(sheet: Image, pen: ImageDraw, exhibit: Exhibit, at: tuple[int, int], measures: Measures) -> Problem | None:
    x, y = at
    try:
        small = shrink(exhibit, (measures.tile, measures.height))
    except (OSError, ValueError) as error:
        pen.rectangle((x, y, x + measures.tile - 1, y + measures.height - 1), fill=MAT)
        return Problem(exhibit.path, str(error))
    place = (x + (measures.tile - small.width) // 2, y + (measures.height - small.height) // 2)
    sheet.paste(small, place, small if small.mode == "RGBA" else None)
    return None


def _encode(sheet: Image, format: str) -> bytes:
    """With the mark that says it shows pictures by a model."""
    plain, marked = io.BytesIO(), io.BytesIO()
    if format == "png":
        sheet.save(plain, "PNG", optimize=False)
    else:
        sheet.save(plain, format.upper(), quality=90)
    embed.embed(plain, marked, embed.Mark(edited=True, model=None, prompt=None, software=f"uni {__version__}"))
    return marked.getvalue()
