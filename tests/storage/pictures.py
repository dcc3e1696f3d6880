"""Small pictures of every kind that the containers know, and foreign things to put in them."""

import io
import random
import zlib
from typing import Any

from PIL import Image, ImageCms

from uni_cli.storage.embed import Mark, embed

FORMATS = ["png", "jpeg", "webp"]

KINDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "png": ("png", "RGB", {}),
    "png palette": ("png", "P", {}),
    "png transparent": ("png", "RGBA", {}),
    "png of 16 bits": ("png", "I;16", {}),
    "png of 1 bit": ("png", "1", {}),
    "png with a profile": ("png", "RGB", {"icc_profile": True, "dpi": (300, 300)}),
    "jpeg": ("jpeg", "RGB", {}),
    "jpeg grey": ("jpeg", "L", {}),
    "jpeg of four inks": ("jpeg", "CMYK", {}),
    "jpeg progressive with restarts": ("jpeg", "RGB", {"progressive": True, "restart_marker_blocks": 2}),
    "jpeg with exif and a profile": ("jpeg", "RGB", {"exif": True, "icc_profile": True}),
    "webp": ("webp", "RGB", {}),
    "webp transparent": ("webp", "RGBA", {}),
    "webp lossless": ("webp", "RGB", {"lossless": True}),
    "webp lossless transparent": ("webp", "RGBA", {"lossless": True}),
    "webp with exif and a profile": ("webp", "RGB", {"exif": True, "icc_profile": True}),
}

MARK = Mark(
    edited=False,
    model="uni-1",
    prompt="a red van, in rain",
    software="uni 0.1.0",
    extra={"seed": 42, "provider": "local", "job": "7f3a9c21", "request": {"aspect": "16:9"}},
)

NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
)


def make(kind: str, *, size: tuple[int, int] = (37, 23)) -> bytes:
    format, mode, wishes = KINDS[kind]
    noise = random.Random(7).randbytes(size[0] * size[1] * 4)
    image = Image.frombytes("RGBA", size, noise)
    image = image.convert("I").convert(mode) if mode == "I;16" else image if mode == "RGBA" else image.convert(mode)
    options = dict(wishes)
    if "icc_profile" in wishes:
        options["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if "exif" in wishes:
        exif = Image.Exif()
        exif[0x010E] = "of somebody else"
        options["exif"] = exif.tobytes()
    out = io.BytesIO()
    image.save(out, format=format, **options)
    return out.getvalue()


def marked(data: bytes, mark: Mark = MARK) -> bytes:
    out = io.BytesIO()
    assert embed(io.BytesIO(data), out, mark)
    return out.getvalue()


def decoded(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(io.BytesIO(data)) as image:
        return image.mode, image.size, image.tobytes()


def rdf(body: str) -> bytes:
    """A packet of another program."""
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {NAMESPACES}>{body}</rdf:RDF></x:xmpmeta>'.encode()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def webp_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 12
    while at < len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    assert int.from_bytes(data[4:8], "little") == len(data) - 8 == at - 8
    return found


def webp_chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)


def jpeg_segments(data: bytes) -> list[tuple[int, bytes]]:
    """Everything before the pixels; then the pixels with all that follows, as marker 0."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((data[at + 1], data[at + 4 : end]))
        at = end
    return [*found, (0, data[at:])]


def jpeg_segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (2 + len(body)).to_bytes(2, "big") + body


def with_xmp(format: str, packet: bytes) -> bytes:
    """A picture that another program has described."""
    data = make(format)
    if format == "png":
        chunk = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet))
        return data[:-12] + chunk + data[-12:]
    if format == "jpeg":
        return data[:2] + jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet) + data[2:]
    width, height = (side.to_bytes(3, "little") for side in (36, 22))
    body = b"WEBP" + webp_chunk(b"VP8X", b"\4\0\0\0" + width + height) + data[12:] + webp_chunk(b"XMP ", packet)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def packets(data: bytes) -> list[bytes]:
    """Every XMP packet in the file."""
    if data.startswith(b"\x89PNG"):
        texts = [body for kind, body in png_chunks(data) if kind == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\0")]
        return [body.partition(b"\0")[2][4:] for body in texts]
    if data.startswith(b"RIFF"):
        return [body for kind, body in webp_chunks(data) if kind == b"XMP "]
    start = b"http://ns.adobe.com/xap/1.0/\0"
    return [body[len(start) :] for kind, body in jpeg_segments(data) if kind == 0xE1 and body.startswith(start)]
