"""Is this file a picture, which one, how large, and is all of it there?"""

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from uni_cli.storage import jpeg, png, webp
from uni_cli.storage.stream import BrokenPicture, measure

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

__all__ = ["BrokenPicture", "NotAPicture", "Picture", "TooLarge", "convert", "dimensions", "sniff", "verify"]

MAX_PIXELS = 120_000_000
MAX_BYTES = 256 << 20

_FORMATS = {"image/png": "png", "image/jpeg": "jpeg", "image/webp": "webp"}
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


class NotAPicture(ValueError):
    """The file is not a picture of a kind we read."""


class TooLarge(ValueError):
    """The picture has more bytes or pixels than we are ready to open."""


@dataclass(frozen=True, slots=True)
class Picture:
    format: str
    width: int
    height: int


def sniff(head: bytes) -> str | None:
    """The media type that a file's first bytes (32 are enough) tell."""
    if head.startswith(png.SIGNATURE):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if head.startswith((b"II*\0", b"MM\0*")):
        return "image/tiff"
    return _sniff_boxes(head)


def format_of(stream: BinaryIO) -> str:
    """`png`, `jpeg` or `webp`; anything else is `NotAPicture`."""
    stream.seek(0)
    kind = sniff(stream.read(32))
    if kind in _FORMATS:
        return _FORMATS[kind]
    what = f"a picture of the type {kind}, which is not supported" if kind else "not a picture"
    raise NotAPicture(f"The file is {what}.")


def dimensions(stream: BinaryIO) -> tuple[str, int, int]:
    """Format, width and height from the header alone."""
    format = format_of(stream)
    if format == "png":
        header = png.header(stream)
        return format, header.width, header.height
    width, height = jpeg.dimensions(stream) if format == "jpeg" else webp.dimensions(stream)
    return format, width, height


def verify(source: Path | BinaryIO, *, every_pixel: bool = True) -> Picture:
    """Raise unless the whole picture is there and can be decoded.

    A PNG's checksums prove that it is what was sent. Without `every_pixel` that and the first of them are enough: to
    unpack a large one takes longer than all else that is done with it.
    """
    with _opened(source) as stream:
        picture = _admit(stream)
        if picture.format == "png":
            png.check(stream, every_pixel=every_pixel)
        else:
            _CHECKS[picture.format](stream)
            with _decoder(stream, picture.format) as image:
                image.draft("RGB", (image.width // 8, image.height // 8))
                _load(image)
        return picture


def convert(source: Path | BinaryIO, format: str, quality: int | None = None) -> bytes:
    """The picture encoded anew as `png`, `jpeg` or `webp`."""
    with _opened(source) as stream:
        picture = _admit(stream)
        with _decoder(stream, picture.format) as image:
            _load(image)
            return _encode(image, format, quality)


def resized(source: BinaryIO, *, side: int, format: str, quality: int | None = None) -> bytes:
    """The picture, which may be a GIF, encoded anew with no side longer than `side`."""
    with _any_decoder(source) as image:
        image.draft(None, (side, side))
        _load(image)
        return _encode(_shrunk(image, side), format, quality)


def is_transparent(source: BinaryIO) -> bool:
    with _any_decoder(source) as image:
        return bool(image.has_transparency_data)


def _any_decoder(stream: BinaryIO) -> "ImageFile":
    stream.seek(0)
    return _decoder(stream, "gif" if sniff(stream.read(32)) == "image/gif" else _admit(stream).format)


def _shrunk(image: "Image", side: int) -> "Image":
    """By a whole factor first, which is quick, then exactly."""
    from PIL.Image import Resampling

    longest = max(image.size)
    if longest <= side:
        return image
    size = (max(1, image.width * side // longest), max(1, image.height * side // longest))
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB") if image.mode == "P" else image
    return plain.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _sniff_boxes(head: bytes) -> str | None:
    if head[4:8] != b"ftyp":
        return None
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(len(head), 32), 4))}
    if brands & {b"avif", b"avis"}:
        return "image/avif"
    return "image/heic" if brands & _HEIC_BRANDS else None


@contextlib.contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    else:
        yield source


def _admit(stream: BinaryIO) -> Picture:
    """Refuse from the header what would be too much to decode."""
    size = measure(stream)
    if size > MAX_BYTES:
        raise TooLarge(f"The picture has {size} bytes; {MAX_BYTES} are the limit.")
    picture = Picture(*dimensions(stream))
    if picture.width * picture.height > MAX_PIXELS:
        raise TooLarge(f"The picture has {picture.width}x{picture.height} pixels; {MAX_PIXELS} are the limit.")
    return picture


def _decoder(stream: BinaryIO, format: str) -> "ImageFile":
    """Pillow's own reader for the format: no other is tried, and the limit on pixels is ours."""
    from PIL.GifImagePlugin import GifImageFile
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile
    from PIL.WebPImagePlugin import WebPImageFile

    readers: Mapping[str, Callable[[BinaryIO], ImageFile]]
    readers = {"png": PngImageFile, "jpeg": JpegImageFile, "webp": WebPImageFile, "gif": GifImageFile}
    stream.seek(0)
    try:
        return readers[format](stream)
    except Exception as error:  # a damaged file makes Pillow raise nearly anything
        raise BrokenPicture(f"The {format.upper()} cannot be decoded.") from error


def _load(image: "ImageFile") -> None:
    try:
        image.load()
    except Exception as error:
        raise BrokenPicture("The picture's pixels cannot be decoded.") from error


def _encode(image: "Image", format: str, quality: int | None) -> bytes:
    from PIL import Image

    profile = image.info.get("icc_profile") if image.mode not in {"CMYK", "YCCK"} else None
    pixels: Image.Image = image
    if format == "jpeg" and image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        pixels = Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    elif format == "jpeg" or image.mode == "CMYK":
        pixels = image if image.mode in {"L", "RGB"} else image.convert("RGB")
    out = io.BytesIO()
    options = {} if format == "png" or quality is None else {"quality": quality}
    pixels.save(out, format=format.upper(), icc_profile=profile, exif=image.info.get("exif", b""), **options)
    return out.getvalue()


_CHECKS: Mapping[str, Callable[[BinaryIO], None]] = {"jpeg": jpeg.check, "webp": webp.check}
