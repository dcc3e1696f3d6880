"""Files that are cut short, damaged or lying are refused, quickly and in little memory."""

import io
import os
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.pictures import FORMATS, KINDS, MARK, jpeg_segment, make, marked, png_chunk, webp_chunk
from uni_cli.storage.embed import BrokenPicture, Embedded, NotAPicture, embed, read
from uni_cli.storage.stream import BLOCK, Edit, splice


def said(data: bytes) -> Embedded:
    return read(io.BytesIO(data))


@contextmanager
def memory_below(limit: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_cut_short_anywhere_is_refused(format: str) -> None:
    data = make(format)
    for length in range(12, len(data)):
        with pytest.raises(BrokenPicture):
            embed(io.BytesIO(data[:length]), io.BytesIO(), MARK)


def test_a_last_chunk_that_promises_more_is_refused() -> None:
    with pytest.raises(BrokenPicture):
        embed(io.BytesIO(make("png")[:-12] + b"\0\0\0\1IEND\xaeB`\x82"), io.BytesIO(), MARK)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_in_endless_parts_is_refused(format: str) -> None:
    parts = {"png": png_chunk(b"noTe", b""), "jpeg": b"\xff\xfe\0\2", "webp": webp_chunk(b"note", b"")}[
        format
    ] * 100_001
    data = make(format)
    place = {"png": 33, "jpeg": 2, "webp": 12}[format]
    data = data[:place] + parts + data[place:]
    if format == "webp":
        data = data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]
    with pytest.raises(BrokenPicture, match="too many parts"):
        embed(io.BytesIO(data), io.BytesIO(), MARK)


def test_a_file_that_shrinks_while_it_is_copied_is_refused() -> None:
    with pytest.raises(BrokenPicture, match="cut short"):
        splice(io.BytesIO(b"abc"), io.BytesIO(), [Edit(5, 6, b"x")])


@pytest.mark.parametrize("pixels", [510, 511, 512, 511 + BLOCK, 512 + BLOCK, 513 + BLOCK])
def test_a_jpeg_may_end_between_two_blocks(pixels: int) -> None:
    data = b"\xff\xd8" + jpeg_segment(0xDA, b"\1\1\0\0\x3f\0") + bytes(pixels) + b"\xff\xd9"
    assert said(marked(data)).extra == MARK.extra


def test_what_is_no_picture_is_refused() -> None:
    for data in (b"", b"hello", b"GIF89a" + bytes(20)):
        with pytest.raises(NotAPicture):
            embed(io.BytesIO(data), io.BytesIO(), MARK)


@settings(max_examples=100, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=4),
)
def test_a_damaged_file_is_refused_or_marked_and_never_anything_else(
    kind: str, changes: list[tuple[float, bytes]]
) -> None:
    data = bytearray(marked(make(kind)))
    for place, new in changes:
        at = int(place * (len(data) - len(new)))
        data[at : at + len(new)] = new
    out = io.BytesIO()
    try:
        done = embed(io.BytesIO(bytes(data)), out, MARK)
    except (BrokenPicture, NotAPicture):
        return
    assert not done or said(out.getvalue()).extra == MARK.extra


def test_a_declared_size_is_not_believed() -> None:
    huge = b"\x89PNG\r\n\x1a\n" + (0x7FFFFFFF).to_bytes(4, "big") + b"IHDR" + bytes(30)
    riff = b"RIFF\xf0\xff\xff\xffWEBPVP8 \xf0\xff\xff\xff" + bytes(30)
    for data in (huge, riff):
        with memory_below(200_000), pytest.raises(BrokenPicture):
            embed(io.BytesIO(data), io.BytesIO(), MARK)


def test_a_large_picture_is_marked_in_little_memory(tmp_path: Path) -> None:
    data = make("png")
    source, target = tmp_path / "large.png", tmp_path / "marked.png"
    noise = os.urandom(1 << 20)
    with source.open("wb") as file:
        file.write(data[:33])
        for _ in range(20):
            file.write(png_chunk(b"IDAT", noise))
        file.write(data[-12:])
    with memory_below(2_000_000), source.open("rb") as read_from, target.open("wb") as write_to:
        assert embed(read_from, write_to, MARK)
    assert target.stat().st_size > 20 << 20
