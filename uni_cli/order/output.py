"""Where a picture goes and in which format, settled before anything is sent."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from uni_cli.errors import NOTHING_SENT, BadOutput, BadSettings, Usage
from uni_cli.folders import expanded
from uni_cli.models import Request, Target
from uni_cli.order.request import format_of
from uni_cli.order.wishes import Wishes
from uni_cli.providers.base import Capabilities
from uni_cli.storage import files, naming, urls

STDOUT = "-"
# Somebody who names one of these wants that kind of file, not `name.gif.png`.
OTHER_PICTURES = frozenset({".avif", ".bmp", ".gif", ".heic", ".heif", ".jxl", ".pdf", ".svg", ".tif", ".tiff"})


@dataclass(frozen=True, slots=True)
class Destination:
    """The output as asked: a template, the folder it is relative to, and the format its name or -f asks for."""

    template: str
    folder: Path
    wanted: str | None = None
    by_suffix: bool = False


def settle(
    wishes: Wishes, *, default: str | None, folder: Path, stdout_folder: Path, fields: Mapping[str, str] | None = None
) -> Destination:
    """Check the template and what its suffix says against -f."""
    if default == STDOUT and not wishes.output:
        raise BadSettings("The setting `output` is -, which only -o can be", hint="Name a template or a folder there.")
    template = wishes.output or default or naming.DEFAULT
    if template == STDOUT:
        template, folder = naming.DEFAULT, stdout_folder
    try:
        template = _folder_or_name(urls.as_folder(template), folder)
        if urls.is_url(template):
            urls.check_url(template)
        naming.check(template, fields=naming.FIELDS | set(fields or {}))
    except naming.TemplateError as error:
        raise BadOutput(str(error).rstrip(".")) from error
    by_name = naming.suffix_format(template)
    wanted = format_of("--format", wishes.format)
    if wanted and by_name and wanted != by_name:
        raise BadOutput(f"-o {template} says {by_name}, and --format says {wanted}", hint=f"Give one. {NOTHING_SENT}")
    if wishes.convert and not (wanted or by_name):
        raise Usage("--convert needs a format", hint=f"Say -f png, jpeg or webp. {NOTHING_SENT}")
    return Destination(template, folder, wanted or by_name, by_suffix=by_name is not None and wanted is None)


def says_format(template: str | None) -> bool:
    return template is not None and naming.suffix_format(template) is not None


def _folder_or_name(template: str, folder: Path) -> str:
    """A folder that is there is one without its `/` too; a picture of another kind cannot be made."""
    suffix = Path(template).suffix.lower()
    if suffix in OTHER_PICTURES:
        raise BadOutput(
            f"-o {template}: no service makes {suffix[1:]} pictures", hint=f"png, jpg or webp. {NOTHING_SENT}"
        )
    with suppress(OSError, ValueError):
        if not urls.is_url(template) and "{" not in template and Path(folder, expanded(template)).is_dir():
            return f"{template.rstrip('/')}/"
    return template


def check_writable(destination: Destination, fields: Mapping[str, object]) -> None:
    """A folder that cannot be written is found before anything is sent."""
    if urls.is_url(destination.template):
        _check_store(destination)
        return
    # A name that is not there yet: what the fields become is made when a picture lands, and no earlier.
    sample = {**dict.fromkeys(naming.FIELDS, secrets.token_hex(8)), **fields, "ext": "png"}
    folder = Path(destination.folder, naming.fill(destination.template, sample)).parent
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise BadOutput(f"{folder} is not a folder, so no picture can be written below it")
    try:
        files.is_writable(folder)
        files.sweep(folder)
    except OSError as error:
        raise BadOutput(f"The folder {folder} cannot be written: {error.strerror or error}") from error


def _check_store(destination: Destination) -> None:
    from uni_cli.storage.remote import Store

    base, rest = urls.split(destination.template)
    try:
        Store(base, rest, destination.folder).probe()
    except OSError as error:
        raise BadOutput(f"{destination.template} cannot be written: {error.strerror or error}") from error


def fit_format(
    request: Request, able: Capabilities, destination: Destination, *, convert: bool
) -> tuple[Request, str | None]:
    """The request as this service can take it, and what has to be converted afterwards."""
    wanted = destination.wanted
    if wanted in able.formats:
        return replace(request, format=wanted), None
    if wanted and convert:
        return replace(request, format=able.default_format), wanted
    if wanted and not able.formats and destination.by_suffix:
        return replace(request, format=None), None
    return replace(request, format=wanted or able.default_format), None


def format_warning(name: str, able: Capabilities, destination: Destination, *, convert: bool) -> str | None:
    if destination.by_suffix and not able.formats and not convert:
        return f"{name} decides the format itself: the file gets its true suffix (--convert re-encodes)"
    return None


def target(destination: Destination, wishes: Wishes, *, n: int, convert: str | None, **more: Any) -> Target:
    return Target(
        template=destination.template,
        folder=str(destination.folder),
        n=n,
        overwrite=wishes.overwrite,
        convert=convert,
        quality=wishes.quality,
        embed=not wishes.no_embed,
        prompt_embed=not wishes.no_prompt_embed,
        **more,
    )
