"""Input images: checked as the services check them; nothing is ever fetched from the network."""

import base64
import binascii
import io
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from uni_cli.emulator.files import PREFIX
from uni_cli.emulator.wire import Call

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_BYTES = 52_428_800
MAX_SIDE = 8000
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class BadImage(Exception):
    """An input that is no picture; `reason` is a word the services translate."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Input:
    """An accepted input image; bytes and size are unknown for pictures on the public network."""

    name: str
    data: bytes | None = None
    size: tuple[int, int] | None = None


def decode_base64(text: str) -> bytes:
    """Strict base64, as one line or several."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BadImage("base64") from None


def decode_data_uri(text: str) -> bytes:
    """The bytes of `data:image/png;base64,…`."""
    head, comma, body = text.partition(",")
    if not comma or not head.endswith(";base64"):
        raise BadImage("base64")
    return decode_base64(body)


def inspect(data: bytes, name: str, *, formats: tuple[str, ...] = FORMATS) -> Input:
    """Decode a picture far enough to trust it."""
    if len(data) > MAX_BYTES:
        raise BadImage("large")
    try:
        with Image.open(io.BytesIO(data)) as image:
            size, file_format = image.size, image.format
            if max(size) > MAX_SIDE:
                raise BadImage("large")
            image.load()
    except UnidentifiedImageError:
        raise BadImage("not-image") from None
    except Image.DecompressionBombError:
        raise BadImage("large") from None
    except (OSError, SyntaxError, ValueError):
        raise BadImage("corrupt") from None
    if file_format not in formats:
        raise BadImage("format")
    return Input(name, data, size)


async def open_url(call: Call, url: str) -> Input:
    """The picture behind a URL: ours are read, public ones are taken on trust."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadImage("unreachable") from None
    if is_ours(call, url):
        stored = call.emulator.files.find(url, call.now)
        if stored is None:
            raise BadImage("missing")
        return inspect(await stored.read(fast=call.emulator.fast), url)
    if parts.scheme != "https" or not parts.hostname or is_private(parts.hostname):
        raise BadImage("unreachable")
    if "missing" in parts.path:
        raise BadImage("missing")
    if parts.path.endswith((".html", ".htm", ".txt", ".pdf")):
        raise BadImage("not-image")
    return Input(url)


def is_ours(call: Call, url: str) -> bool:
    """Whether a URL points at this emulator's own files."""
    parts = urlsplit(url)
    known = {urlsplit(call.base).netloc, urlsplit(call.emulator.url).netloc}
    return parts.path.startswith(f"{PREFIX}/") and (parts.netloc in known or parts.hostname in LOOPBACK)


def is_private(host: str) -> bool:
    """Hosts that a service on the public network cannot reach."""
    if host == "localhost" or host.endswith((".local", ".localhost", ".internal")):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
