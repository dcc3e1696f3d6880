"""Pictures for finished jobs: painted by the sketch, or a cheap one of the right size."""

import asyncio
import io
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from PIL import Image

SIZES = {
    "3:1": (3360, 1248),
    "2:1": (2912, 1440),
    "16:9": (2784, 1504),
    "3:2": (2464, 1696),
    "1:1": (2048, 2048),
    "2:3": (1696, 2464),
    "9:16": (1504, 2784),
    "1:2": (1440, 2912),
    "1:3": (1248, 3360),
}
ASPECTS = tuple(SIZES)
ROLES = re.compile(r"IMAGE(\d) as an? ([A-Z]+) reference")
MIMES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


@dataclass(frozen=True, slots=True)
class Painting:
    """Everything that decides a picture; equal values give equal bytes."""

    prompt: str
    seed: int
    size: tuple[int, int]
    format: str = "png"
    quality: int = 90
    style: str = "auto"
    source: bytes | None = None
    references: tuple[bytes, ...] = ()

    @property
    def mime(self) -> str:
        return MIMES[self.format]


def nearest_size(size: tuple[int, int]) -> tuple[int, int]:
    """The listed pair whose shape is nearest to this one."""
    shape = size[0] / size[1]
    return min(SIZES.values(), key=lambda pair: max(pair[0] / pair[1] / shape, shape * pair[1] / pair[0]))


def seed_of(text: str) -> int:
    """A number that looks like the seeds a service returns, the same for the same text."""
    return int.from_bytes(sha256(text.encode()).digest()[:4]) % 2_147_483_647


async def render(painting: Painting, *, fast: bool) -> bytes:
    """The picture's bytes; painting happens in a thread, so that polls are answered meanwhile."""
    return await asyncio.to_thread(_cheap if fast else _painted, painting)


@lru_cache(maxsize=8)
def _painted(painting: Painting) -> bytes:
    from uni_cli.sketch import Lent, encode, paint, retouch

    roles = {int(number): role.lower() for number, role in ROLES.findall(painting.prompt)}
    references = [Lent(open_image(data), roles.get(index)) for index, data in enumerate(painting.references, 1)]
    if painting.source is None:
        image = paint(painting.prompt, painting.seed, painting.size, style=painting.style, references=references)
    else:
        image = retouch(open_image(painting.source), painting.prompt, painting.seed, references=references)
    if image.size != painting.size:
        image = image.resize(painting.size)
    return encode(image, painting.format, painting.quality)


def _cheap(painting: Painting) -> bytes:
    digest = sha256(f"{painting.prompt}\n{painting.seed}".encode()).digest()
    return _plain(painting.size, painting.format, (digest[0], digest[1], digest[2]))


@lru_cache(maxsize=64)
def _plain(size: tuple[int, int], file_format: str, colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, colour)
    if file_format == "png":
        image.save(out, "PNG", compress_level=1)
    else:
        image.save(out, file_format.upper(), quality=60, method=0)
    return out.getvalue()


def open_image(data: bytes) -> Image.Image:
    """Decode one of our checked inputs."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image.convert("RGB")
