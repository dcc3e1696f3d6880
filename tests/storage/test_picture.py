"""Pictures are told apart, measured, and proved whole; what is too large is never opened."""

import io
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.storage import pictures
from tests.storage.pictures import FORMATS, KINDS, decoded, make, marked, png_chunk, png_chunks
from uni_cli.storage.picture import BrokenPicture, NotAPicture, Picture, TooLarge, convert, dimensions, sniff, verify


def saved(format: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 3)).save(out, format=format)
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (saved("png"), "image/png"),
        (saved("jpeg"), "image/jpeg"),
        (saved("webp"), "image/webp"),
        (saved("gif"), "image/gif"),
        (saved("bmp"), "image/bmp"),
        (saved("tiff"), "image/tiff"),
        (b"\0\0\0\x20ftypavif\0\0\0\0mif1avif", "image/avif"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif", "image/avif"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", None),
        (b"RIFF\x24\0\0\0WAVEfmt ", None),
        (b"<!DOCTYPE html>", None),
        (b"BM is no bitmap", None),
        (b"\xff\xd8", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_type(head: bytes, expected: str | None) -> None:
    assert sniff(head[:32]) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_measured_and_proved_whole(kind: str, tmp_path: Path) -> None:
    format = KINDS[kind][0]
    data = make(kind)
    (tmp_path / "picture").write_bytes(data)
    assert dimensions(io.BytesIO(data)) == (format, 37, 23)
    assert verify(tmp_path / "picture") == Picture(format, 37, 23)
    assert verify(io.BytesIO(marked(data))) == Picture(format, 37, 23)


@pytest.mark.parametrize(
    "kind", ["png", "png of 1 bit", "jpeg", "jpeg progressive with restarts", "webp", "webp lossless"]
)
def test_a_picture_cut_short_is_broken(kind: str) -> None:
    data = make(kind)
    for length in range(12, len(data), 7):
        with pytest.raises(BrokenPicture):
            verify(io.BytesIO(data[:length]))


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (5, 5), (8, 9), (300, 200)])
@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA"])
def test_pngs_of_any_size_are_whole(size: tuple[int, int], mode: str) -> None:
    out = io.BytesIO()
    Image.effect_noise(size, 50).convert(mode).save(out, "png")
    assert verify(out) == Picture("png", *size)


def interlaced(width: int, height: int, rows: bytes) -> bytes:
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\1"
    chunks = png_chunk(b"IHDR", head) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("size", "passes"),  # columns and rows of each pass that is not empty
    [
        ((3, 3), [(1, 1), (1, 1), (2, 1), (1, 2), (3, 1)]),
        ((5, 3), [(1, 1), (1, 1), (1, 1), (3, 1), (2, 2), (5, 1)]),
        ((3, 5), [(1, 1), (1, 1), (1, 2), (2, 1), (1, 3), (3, 2)]),
        ((8, 8), [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)]),
    ],
)
def test_an_interlaced_png_is_counted_by_its_passes(size: tuple[int, int], passes: list[tuple[int, int]]) -> None:
    rows = b"".join(b"\0" * (1 + columns) * height for columns, height in passes)
    data = interlaced(*size, rows)
    assert decoded(data)[1] == size
    assert verify(io.BytesIO(data)) == Picture("png", *size)
    with pytest.raises(BrokenPicture, match="incomplete"):
        verify(io.BytesIO(interlaced(*size, rows[:-1])))


def test_a_wrong_bit_outside_the_pixels_is_found_too() -> None:
    data = make("png")
    text = bytearray(png_chunk(b"tEXt", b"Title\0of a van"))
    text[-6] ^= 4
    with pytest.raises(BrokenPicture, match="tEXt"):
        verify(io.BytesIO(data[:33] + bytes(text) + data[33:]))


def test_a_png_whose_pixels_are_incomplete_is_broken_though_its_sums_agree() -> None:
    (_, head), (_, pixels), _ = png_chunks(make("png"))
    for wrong, words in (
        (pixels[: len(pixels) // 2], "incomplete"),
        (b"\x78\x9cnonsense", "unpacked"),
        (b"", "incomplete"),
    ):
        data = png_chunk(b"IHDR", head) + png_chunk(b"IDAT", wrong) + png_chunk(b"IEND", b"")
        with pytest.raises(BrokenPicture, match=words):
            verify(io.BytesIO(b"\x89PNG\r\n\x1a\n" + data))


def test_a_picture_that_was_delivered_is_unpacked_at_its_beginning_only() -> None:
    """Its sums agree, so it is what the service made; one that never was a picture is still found."""
    noise = random.Random(3).randbytes(300 * (1 + 3 * 400))
    head = (400).to_bytes(4, "big") + (300).to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    packed = zlib.compress(b"".join(b"\0" + noise[n * 1201 + 1 : (n + 1) * 1201] for n in range(300)))

    def file(pixels: bytes) -> io.BytesIO:
        parts = png_chunk(b"IHDR", head) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")
        return io.BytesIO(b"\x89PNG\r\n\x1a\n" + parts)

    assert verify(file(packed[:-2000]), every_pixel=False) == Picture("png", 400, 300)
    with pytest.raises(BrokenPicture, match="incomplete"):
        verify(file(packed[:-2000]))
    with pytest.raises(BrokenPicture, match="incomplete"):
        verify(file(packed[:2000]), every_pixel=False)
    with pytest.raises(BrokenPicture, match="unpacked"):
        verify(file(b"nonsense" * 1000), every_pixel=False)


def test_a_single_wrong_bit_in_a_png_is_found() -> None:
    data = make("png")
    for at in range(8, len(data), 41):
        wrong = data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
        with pytest.raises(BrokenPicture):
            verify(io.BytesIO(wrong))


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_pixels_that_are_no_pixels_are_broken(kind: str) -> None:
    data = bytearray(make(kind, size=(200, 200)))
    if kind == "jpeg":
        start = data.index(b"\xff\xc4") + 4  # the table without which no pixel can be read
        data[start : start + 17] = b"\0" + b"\xfe" * 16
    else:
        data[20:] = bytes(data[20:30]) + b"\xff" * (len(data) - 30)
    with pytest.raises(BrokenPicture, match="decoded"):
        verify(io.BytesIO(bytes(data)))


def test_a_bomb_is_refused_from_its_header() -> None:
    head = (20_000).to_bytes(4, "big") * 2 + b"\x08\2\0\0\0"
    data = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")
    for act in (verify, lambda stream: convert(stream, "jpeg")):
        with pytest.raises(TooLarge, match="20000x20000 pixels"):
            act(io.BytesIO(data))


def test_a_picture_within_our_limit_brings_no_warning_of_the_decoder() -> None:
    data = bytearray(saved("jpeg"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = (10_000).to_bytes(2, "big") * 2
    assert verify(io.BytesIO(bytes(data))) == Picture("jpeg", 10_000, 10_000)


def test_too_many_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.write(make("png"))
        file.truncate((256 << 20) + 1)
    with pytest.raises(TooLarge, match="268435457 bytes"):
        verify(path)


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "not a picture"), (b"hello", "not a picture"), (saved("gif"), "image/gif")]
)
def test_what_is_no_picture_of_ours_is_said_to_be_none(data: bytes, words: str) -> None:
    with pytest.raises(NotAPicture, match=words):
        verify(io.BytesIO(data))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", FORMATS)
def test_every_kind_becomes_every_format(kind: str, format: str) -> None:
    made = convert(io.BytesIO(make(kind)), format, quality=90)
    assert verify(io.BytesIO(made)) == Picture(format, 37, 23)


def test_converting_without_loss_keeps_every_pixel_and_the_profile(tmp_path: Path) -> None:
    (tmp_path / "a.webp").write_bytes(make("webp lossless transparent"))
    assert decoded(convert(tmp_path / "a.webp", "png")) == decoded(make("webp lossless transparent"))
    with Image.open(io.BytesIO(convert(io.BytesIO(make("png with a profile")), "webp"))) as image:
        assert len(image.info["icc_profile"]) > 100


def test_what_is_transparent_turns_white_where_it_has_to() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(out, "png")
    with Image.open(io.BytesIO(convert(out, "jpeg", quality=95))) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


def test_quality_changes_the_size() -> None:
    data = make("png", size=(200, 100))
    assert len(convert(io.BytesIO(data), "jpeg", 30)) < len(convert(io.BytesIO(data), "jpeg", 95))


@settings(max_examples=100, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=4),
)
def test_a_damaged_picture_is_accepted_or_refused_in_our_words(kind: str, changes: list[tuple[float, bytes]]) -> None:
    data = bytearray(pictures.make(kind))
    for place, new in changes:
        at = int(place * (len(data) - len(new)))
        data[at : at + len(new)] = new
    try:
        found = verify(io.BytesIO(bytes(data)))
    except (BrokenPicture, NotAPicture, TooLarge):
        return
    assert found.format == KINDS[kind][0]
