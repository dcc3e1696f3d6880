"""`uni gallery`: pictures and how they were made, as a page, a contact sheet or a live page."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from uni_cli.commands import page
from uni_cli.commands.options import FLAGS, OUTPUT, WHERE, Showing, open_context
from uni_cli.context import Context
from uni_cli.errors import BadOutput, Usage
from uni_cli.folders import expanded
from uni_cli.gallery import page as html
from uni_cli.gallery.collect import Collector, Found, Problem
from uni_cli.gallery.entry import entries
from uni_cli.storage import files, naming

app = page.app()

DEFAULT = "gallery.html"
MANY = 60

EPILOG = """Examples:
  uni gallery out/ -o out/index.html
  uni gallery recipes/out --sheet sweep.png
  uni gallery --watch"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryFlags:
    paths: tuple[Path, ...]
    output: Path | None
    sheet: Path | None
    watch: bool
    overwrite: bool


@app.command(cls=page.Page, epilog=EPILOG)
def gallery(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Folders or pictures; without any, this folder.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where the page goes; gallery.html.", rich_help_panel=WHERE
        ),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar="FILE", help="A contact sheet: png, jpeg or webp.", rich_help_panel=WHERE),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file of that name.", rich_help_panel=WHERE)
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Serve a page that grows, until Ctrl-C.", rich_help_panel=OUTPUT)
    ] = False,
    as_json: Annotated[bool, FLAGS["as_json"]] = False,
    quiet: Annotated[bool, FLAGS["quiet"]] = False,
    verbose: Annotated[bool, FLAGS["verbose"]] = False,
    plain: Annotated[bool, FLAGS["plain"]] = False,
) -> int:
    """Show pictures and how they were made: a page, a contact sheet, or a live page."""
    context = open_context(Showing(as_json=as_json, quiet=quiet, verbose=verbose, plain=plain))
    asked = GalleryFlags(
        paths=tuple(expanded(text) for text in paths or ["."]),
        output=expanded(output) if output else None,
        sheet=expanded(sheet) if sheet else None,
        watch=watch,
        overwrite=overwrite,
    )
    try:
        return show(context, asked)
    finally:
        context.close()


def show(context: Context, asked: GalleryFlags) -> int:
    if asked.watch:
        if asked.output or asked.sheet:
            raise Usage("--watch writes no file", hint="Leave -o and --sheet out, or run the command a second time.")
        return _watch(context, asked)
    target = asked.output or (None if asked.sheet else Path(DEFAULT))
    for path in (target, asked.sheet):
        if path:
            _check_place(path, replaceable=path is target, overwrite=asked.overwrite)
    format = _sheet_format(asked.sheet) if asked.sheet else "png"
    found = Collector(asked.paths).look()
    for problem in found.problems:
        _warn(context, problem)
    if not found.exhibits:
        raise Usage(_nothing(asked.paths), hint='`uni generate "a paper lighthouse at dawn"` makes one.')
    problems = list(found.problems)
    if target:
        problems += _write_page(context, asked, found, target)
    if asked.sheet:
        problems += _write_sheet(context, asked, found, asked.sheet, format=format)
    _tell(context, found, target, asked.sheet, problems=problems)
    return 0


# --- files -----------------------------------------------------------------------------------------------------


def _check_place(path: Path, *, replaceable: bool, overwrite: bool) -> None:
    """Found out before any work: whether the file may be written. A page of ours may be replaced by its newer self."""
    if path.is_dir():
        raise BadOutput(f"{path} is a folder", hint=f"Name a file in it: {path / DEFAULT}")
    try:
        if path.exists() and not overwrite and not (replaceable and html.is_ours(path)):
            raise BadOutput(f"{path} is there already", hint="Choose another name, or give --overwrite.")
        files.is_writable(path.parent)
    except OSError as error:
        raise BadOutput(f"{path} cannot be written: {error.strerror or error}", hint="Choose another place.") from error


def _sheet_format(path: Path) -> str:
    format = naming.suffix_format(path.name)
    if format is None:
        raise BadOutput(f"--sheet {path} is not a PNG, JPEG or WebP name", hint="For example --sheet sheet.png")
    return format


def _write_page(context: Context, asked: GalleryFlags, found: Found, target: Path) -> list[Problem]:
    known = html.thumbnails_in(target) if target.exists() else {}
    if len(found.exhibits) - len(known) > MANY:
        context.console.note(f"Reading {len(found.exhibits)} pictures ...")
    told, problems = entries(found.exhibits, target.parent, known=known)
    _write(target, html.render(told, title=title_of(asked.paths)).encode(), overwrite=target.exists())
    for problem in problems:
        _warn(context, problem)
    return problems


def _write_sheet(context: Context, asked: GalleryFlags, found: Found, target: Path, *, format: str) -> list[Problem]:
    from uni_cli.gallery.sheet import draw

    data, problems = draw(found.exhibits, title=title_of(asked.paths), format=format)
    _write(target, data, overwrite=asked.overwrite)
    for problem in problems:
        _warn(context, problem)
    return problems


def _write(path: Path, data: bytes, *, overwrite: bool) -> None:
    try:
        files.write_atomic(path, data, overwrite=overwrite)
    except OSError as error:
        raise BadOutput(f"{path} cannot be written: {error.strerror or error}", hint="Choose another place.") from error


def title_of(paths: Sequence[Path]) -> str:
    """The folder's name, which is what people call what is in it."""
    only = paths[0] if len(paths) == 1 else Path()
    folder = only if only.is_dir() else only.parent
    return folder.resolve().name or "Pictures"


# --- a live page -----------------------------------------------------------------------------------------------


def _watch(context: Context, asked: GalleryFlags) -> int:
    """Ends with 0: Ctrl-C is the only end it has, and nothing is cut short by it."""
    from uni_cli.gallery.watch import INTERVAL, Wall, Watch

    wall = Wall(Collector(asked.paths), Path.cwd(), title=title_of(asked.paths))
    watch = Watch(wall)
    try:
        for problem in wall.look():
            _warn(context, problem)
        watch.start()
        if context.console.as_json:
            context.console.document(_document(wall.size, url=watch.url))
        else:
            context.console.line(watch.url)
        context.console.note("Open it in a browser. New pictures appear as they land; Ctrl-C ends it.")
        pause = threading.Event()
        while not pause.wait(INTERVAL):
            for problem in wall.look():
                _warn(context, problem)
    except KeyboardInterrupt:
        pass
    finally:
        watch.close()
    return 0


# --- words -----------------------------------------------------------------------------------------------------


def _nothing(paths: Sequence[Path]) -> str:
    where = "this folder" if paths == (Path(),) else ", ".join(str(path) for path in paths)
    return f"There is no picture in {where} that says how it was made"


def _warn(context: Context, problem: Problem) -> None:
    context.console.warn(f"{problem.path} is left out: {problem.reason}")


def _tell(
    context: Context, found: Found, target: Path | None, sheet: Path | None, *, problems: Sequence[Problem]
) -> None:
    if context.console.as_json:
        left_out = {problem.path for problem in problems}
        shown = sum(one.path not in left_out for one in found.exhibits)
        context.console.document(_document(shown, page=target, sheet=sheet, problems=problems))
        return
    for path in (target, sheet):
        if path:
            context.console.line(str(path))


def _document(
    pictures: int,
    *,
    page: Path | None = None,
    sheet: Path | None = None,
    url: str | None = None,
    problems: Sequence[Problem] = (),
) -> dict[str, object]:
    return {
        "schema": "uni.gallery/1",
        "page": str(page) if page else None,
        "sheet": str(sheet) if sheet else None,
        "url": url,
        "pictures": pictures,
        "left_out": [{"path": str(problem.path), "reason": problem.reason} for problem in problems],
    }
