"""`uni gallery`: pictures and how they were made, as a page, a contact sheet or a live page."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from uni_cli.commands import page
from uni_cli.commands.options import OUTPUT, WHERE, argument, command, option
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

EPILOG = page.examples(
    "uni gallery out/ -o out/index.html", "uni gallery recipes/out --sheet sweep.png", "uni gallery --watch"
)


OWN = {
    "paths": argument("Folders or pictures; without any, this folder.", "[PATH]..."),
    "output": option("--output", "-o", help="Where the page goes; gallery.html.", panel=WHERE, metavar="FILE"),
    "sheet": option("--sheet", help="A contact sheet: png, jpeg or webp.", panel=WHERE, metavar="FILE"),
    "overwrite": option("--overwrite", help="Replace a file of that name.", panel=WHERE),
    "watch": option("--watch", help="Serve a page that grows, until Ctrl-C.", panel=OUTPUT),
}


@dataclass(frozen=True, slots=True)
class GalleryFlags:
    paths: tuple[str, ...] = ()
    output: str | None = None
    sheet: str | None = None
    overwrite: bool = False
    watch: bool = False


@dataclass(frozen=True, slots=True)
class Exhibition:
    """What is shown, and the files that it is written to."""

    paths: tuple[Path, ...]
    page: Path | None
    sheet: Path | None
    overwrite: bool


def gallery(context: Context, flags: GalleryFlags) -> int:
    """Show pictures and how they were made: a page, a contact sheet, or a live page."""
    paths = tuple(expanded(text) for text in flags.paths or (".",))
    if flags.watch:
        if flags.output or flags.sheet:
            raise Usage("--watch writes no file", hint="Leave -o and --sheet out, or run the command a second time.")
        return _watch(context, paths)
    for said in (*flags.paths, flags.output, flags.sheet):
        if said in ("", "-"):
            raise Usage(f"{said!r} names no file", hint="A page is a file: -o out.html. Nothing was written.")
    output = flags.output or (None if flags.sheet else DEFAULT)
    wanted = Exhibition(
        paths=paths,
        page=expanded(output) if output else None,
        sheet=expanded(flags.sheet) if flags.sheet else None,
        overwrite=flags.overwrite,
    )
    return _show(context, wanted)


def _show(context: Context, wanted: Exhibition) -> int:
    for path in (wanted.page, wanted.sheet):
        if path:
            _check_place(path, replaceable=path is wanted.page, overwrite=wanted.overwrite)
    format = _sheet_format(wanted.sheet) if wanted.sheet else "png"
    found = Collector(wanted.paths).look()
    for problem in found.problems:
        _warn(context, problem)
    if not found.exhibits:
        raise Usage(_nothing(wanted.paths), hint='`uni generate "a paper lighthouse at dawn"` makes one.')
    problems = list(found.problems)
    if wanted.page:
        problems += _write_page(context, wanted, found, wanted.page)
    if wanted.sheet:
        problems += _write_sheet(context, wanted, found, wanted.sheet, format=format)
    _tell(context, found, wanted.page, wanted.sheet, problems=problems)
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


def _write_page(context: Context, wanted: Exhibition, found: Found, target: Path) -> list[Problem]:
    known = html.thumbnails_in(target) if target.exists() else {}
    if len(found.exhibits) - len(known) > MANY:
        context.console.note(f"Reading {len(found.exhibits)} pictures ...")
    told, problems = entries(found.exhibits, target.parent, known=known)
    _write(target, html.render(told, title=title_of(wanted.paths)).encode(), overwrite=target.exists())
    for problem in problems:
        _warn(context, problem)
    return problems


def _write_sheet(context: Context, wanted: Exhibition, found: Found, target: Path, *, format: str) -> list[Problem]:
    from uni_cli.gallery.sheet import draw

    data, problems = draw(found.exhibits, title=title_of(wanted.paths), format=format)
    _write(target, data, overwrite=wanted.overwrite)
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


def _watch(context: Context, paths: tuple[Path, ...]) -> int:
    """Ends with 0: Ctrl-C or SIGTERM is the only end it has, and nothing is cut short by it."""
    from uni_cli.gallery.watch import INTERVAL, Wall, Watch

    wall = Wall(Collector(paths), Path.cwd(), title=title_of(paths))
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


app.command(cls=page.Page, epilog=EPILOG)(command(GalleryFlags, gallery, arguments=("paths",), flags=OWN))
