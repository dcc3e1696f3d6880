"""Small versions of pictures, as text that a page can carry."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from uni_cli.gallery.collect import Problem
from uni_cli.gallery.exhibit import Exhibit
from uni_cli.storage.picture import MAX_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

# Wide enough for a card on a dense screen and as a stand-in for a lost file; about 10 kB each.
LONGEST = 512
SHORTEST = 192
QUALITY = 72
PROFILE_LIMIT = 4096


def key(exhibit: Exhibit) -> str:
    """Names one state of one file: a thumbnail with this key need not be made again."""
    modified, size, _ = exhibit.stamp
    return f"{modified:x}-{size:x}-{exhibit.width}x{exhibit.height}"


def thumbnails(
    exhibits: Iterable[Exhibit], known: Mapping[tuple[str, str], str], name: Mapping[Path, str]
) -> tuple[dict[Path, str], list[Problem]]:
    """A data URI for each picture; `known` (by name and key) spares the work of an earlier page."""
    done: dict[Path, str] = {}
    todo: list[Exhibit] = []
    for one in exhibits:
        old = known.get((name[one.path], key(one)))
        if old is None:
            todo.append(one)
        else:
            done[one.path] = old
    problems: list[Problem] = []
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        for one, made in zip(todo, pool.map(_attempt, todo), strict=True):
            if isinstance(made, Problem):
                problems.append(made)
            else:
                done[one.path] = made
    return done, problems


def shrink(exhibit: Exhibit, box: tuple[int, int]) -> Image:
    """The picture's pixels, no larger than `box`. Raises OSError or ValueError where they cannot be had."""
    from PIL import Image
    from PIL.ImageFile import ImageFile
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile
    from PIL.WebPImagePlugin import WebPImageFile

    from uni_cli.storage.picture import dimensions

    readers: dict[str, type[ImageFile]] = {"png": PngImageFile, "jpeg": JpegImageFile, "webp": WebPImageFile}
    with exhibit.path.open("rb") as stream:
        format, width, height = dimensions(stream)
        if width * height > MAX_PIXELS:
            raise ValueError(f"it has {width}x{height} pixels, more than are opened here")
        stream.seek(0)
        try:
            with readers[format](stream) as source:
                source.draft("RGB", box)
                small: Image.Image = source
                if small.mode not in ("RGB", "RGBA"):
                    small = small.convert("RGBA" if small.has_transparency_data else "RGB")
                small.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
                small.load()
                return small if small is not source else small.copy()
        except (SyntaxError, IndexError, MemoryError) as error:  # what a damaged file makes a decoder raise
            raise ValueError("it cannot be decoded") from error


def _attempt(exhibit: Exhibit) -> str | Problem:
    try:
        return _data_uri(exhibit)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "it cannot be decoded"
        return Problem(exhibit.path, reason.rstrip("."))


def _data_uri(exhibit: Exhibit) -> str:
    from PIL import features

    short, long = sorted((exhibit.width, exhibit.height))
    # A banner of 3:1 would be a few pixels high if only its longest side counted.
    longest = max(LONGEST, min(LONGEST * 2, round(SHORTEST * long / max(short, 1))))
    image = shrink(exhibit, (longest, longest))
    profile = image.info.get("icc_profile") or b""
    format = "WEBP" if features.check("webp") else "JPEG"
    pixels = image if format == "WEBP" else image.convert("RGB")
    out = io.BytesIO()
    pixels.save(out, format, quality=QUALITY, icc_profile=profile if len(profile) <= PROFILE_LIMIT else b"")
    return f"data:image/{format.lower()};base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
