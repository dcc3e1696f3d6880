"""Metadata goes into every kind of picture and comes back, and no pixel changes."""

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.pictures import (
    FORMATS,
    KINDS,
    MARK,
    decoded,
    jpeg_segment,
    jpeg_segments,
    make,
    marked,
    packets,
    png_chunk,
    png_chunks,
    webp_chunk,
    webp_chunks,
)
from uni_cli.storage.embed import Embedded, Mark, embed, read
from uni_cli.storage.xmp import clean

PIXELS = {b"IDAT", b"VP8 ", b"VP8L", b"ALPH", 0}


def said(data: bytes) -> Embedded:
    return read(io.BytesIO(data))


def compressed(data: bytes) -> list[tuple[bytes | int, bytes]]:
    """The parts that hold pixels, as they lie in the file."""
    parts: list[tuple[bytes | int, bytes]]
    if data.startswith(b"\x89PNG"):
        parts = [*png_chunks(data)]
    else:
        parts = [*(webp_chunks(data) if data.startswith(b"RIFF") else jpeg_segments(data))]
    return [part for part in parts if part[0] in PIXELS]


def others(data: bytes) -> list[tuple[bytes | int, bytes]]:
    """The parts that hold neither pixels nor what we put in."""
    parts: list[tuple[bytes | int, bytes]]
    if data.startswith(b"\x89PNG"):
        parts = [part for part in png_chunks(data) if part[0] not in (b"iTXt", b"tEXt")]
    elif data.startswith(b"RIFF"):
        parts = [part for part in webp_chunks(data) if part[0] not in (b"XMP ", b"VP8X")]
    else:
        parts = [part for part in jpeg_segments(data) if not part[1].startswith(b"http://ns.adobe.com")]
    return [part for part in parts if part[0] not in PIXELS]


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_in_comes_out_and_nothing_else_changes(kind: str) -> None:
    before = make(kind)
    after = marked(before)
    found = said(after)
    assert (found.format, found.ai_mark, found.model) == (KINDS[kind][0], "trainedAlgorithmicMedia", "uni-1")
    assert found.prompt == "a red van, in rain"
    assert found.extra == {"seed": 42, "provider": "local", "job": "7f3a9c21", "request": {"aspect": "16:9"}}
    assert not found.c2pa
    assert decoded(after) == decoded(before)
    assert compressed(after) == compressed(before)
    assert others(after) == others(before)


@pytest.mark.parametrize("kind", KINDS)
def test_marking_again_changes_what_is_said_and_not_how_much(kind: str) -> None:
    once = marked(make(kind))
    assert marked(once) == once
    edited = Mark(edited=True, model="uni-1-max", prompt=None, software="uni 0.2.0")
    twice = marked(once, edited)
    assert len(packets(twice)) == 1
    found = said(twice)
    assert (found.ai_mark, found.model, found.prompt) == ("compositeWithTrainedAlgorithmicMedia", "uni-1-max", None)
    assert found.extra == {}
    assert b"red van" not in twice
    assert marked(twice) == once


@pytest.mark.parametrize("format", FORMATS)
def test_a_plain_picture_says_nothing(format: str) -> None:
    assert said(make(format)) == Embedded(format=format)


@settings(max_examples=60, deadline=None)
@given(
    format=st.sampled_from(FORMATS),
    prompt=st.text(min_size=1, max_size=300),
    extra=st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.none(), max_size=4),
)
def test_any_prompt_survives_in_any_format(format: str, prompt: str, extra: dict[str, object]) -> None:
    data = marked(make(format), Mark(edited=False, model=prompt, prompt=prompt, software=prompt, extra=extra))
    found = said(data)
    assert found.prompt == (clean(prompt) or None)
    assert found.model == (clean(prompt) or None)
    assert found.extra == extra
    assert len(packets(data)) == 1


def test_png_text_is_what_other_tools_read() -> None:
    expected = (
        "a red van, in rain\nSeed: 42, Model: uni-1, Size: 37x23, Provider: local, Job: 7f3a9c21, Version: uni 0.1.0"
    )
    data = marked(make("png"))
    assert (b"tEXt", b"parameters\0" + expected.encode()) in png_chunks(data)
    assert said(data).parameters == expected
    kinds = [kind for kind, _ in png_chunks(data)]
    assert kinds == [b"IHDR", b"iTXt", b"tEXt", b"IDAT", b"IEND"]


def test_png_text_beyond_latin_letters_is_unicode() -> None:
    data = marked(make("png"), Mark(edited=False, model="m", prompt="東京", software="uni"))
    assert said(data).parameters == "東京\nModel: m, Size: 37x23, Version: uni"
    assert [kind for kind, _ in png_chunks(data)].count(b"tEXt") == 0


def test_png_settings_quote_what_would_split_them() -> None:
    mark = Mark(
        edited=False, model='a, "b": c', prompt=None, software="uni", extra={"seed": {"requested": 1, "returned": 7}}
    )
    assert said(marked(make("png"), mark)).parameters == 'Seed: 7, Model: "a, \\"b\\": c", Size: 37x23, Version: uni'


def test_png_text_of_another_tool_gives_way_to_ours() -> None:
    data = make("png")
    old = png_chunk(b"zTXt", b"parameters\0\0" + b"x") + png_chunk(b"tEXt", b"Title\0kept")
    after = marked(data[:33] + old + data[33:])
    texts = [body for kind, body in png_chunks(after) if kind in (b"tEXt", b"zTXt")]
    assert [text.partition(b"\0")[0] for text in texts] == [b"Title", b"parameters"]


def test_jpeg_metadata_stands_behind_jfif_and_exif() -> None:
    first = jpeg_segments(marked(make("jpeg with exif and a profile")))[:4]
    assert [(kind, body[:4]) for kind, body in first] == [
        (0xE0, b"JFIF"),
        (0xE1, b"Exif"),
        (0xE1, b"http"),
        (0xE2, b"ICC_"),
    ]


def test_a_jpeg_packet_fills_its_segment_to_the_last_byte() -> None:
    def mark(length: int) -> bytes:
        return marked(make("jpeg"), Mark(edited=False, model=None, prompt="p" * length, software="uni"))

    room = 0xFFFF - 2 - len(jpeg_segments(mark(60_000))[1][1])
    assert said(mark(60_000 + room)).prompt == "p" * (60_000 + room)
    assert mark(60_000 + room)[20:24] == b"\xff\xe1\xff\xff"
    assert said(mark(60_001 + room)).prompt is None


@pytest.mark.parametrize("letter", ["a", "東", "🎉", "&", '"'])
def test_the_longest_prompt_fits_into_a_jpeg_with_all_that_makes_the_picture_again(letter: str) -> None:
    prompt = letter * 6000
    extra = {"seed": 42, "request": {"prompt": prompt}}
    found = said(marked(make("jpeg"), Mark(edited=False, model="uni-1", prompt=prompt, software="uni", extra=extra)))
    assert found.prompt == prompt
    assert found.extra == extra


def test_what_xml_cannot_hold_survives_in_json() -> None:
    extra = {"odd": '\0\x1f\ud800\ufffe\uffff\r\n <&> \\ "', "東": "🎉"}
    found = said(marked(make("webp"), Mark(edited=False, model=None, prompt=None, software="uni", extra=extra)))
    assert found.extra == extra


def test_line_ends_in_a_prompt_stay_what_they_were() -> None:
    for format in FORMATS:
        assert said(marked(make(format), Mark(edited=False, model=None, prompt="a\r\nb\rc\n", software=""))).prompt == (
            "a\r\nb\rc\n"
        )


def test_a_webp_of_one_pixel_is_marked() -> None:
    tiny = b"RIFF\x14\0\0\0WEBPVP8L\x08\0\0\0/\0\0\0\0\x88\x88\x08"  # the pixels are 8 bytes long
    after = marked(tiny)
    assert decoded(after) == decoded(tiny)
    assert webp_chunks(after)[0] == (b"VP8X", bytes([4, 0, 0, 0, 0, 0, 0, 0, 0, 0]))


def test_a_webp_that_ends_on_an_odd_byte_is_evened_out() -> None:
    data = make("webp")
    odd = data[8:] + webp_chunk(b"note", b"odd")[:-1]
    after = marked(b"RIFF" + len(odd).to_bytes(4, "little") + odd)
    assert [kind for kind, _ in webp_chunks(after)] == [b"VP8X", b"VP8 ", b"note", b"XMP "]
    assert decoded(after) == decoded(data)


@pytest.mark.parametrize(
    ("kind", "flags"),
    [
        ("webp", 0x04),
        ("webp transparent", 0x14),
        ("webp lossless", 0x04),
        ("webp lossless transparent", 0x14),
        ("webp with exif and a profile", 0x2C),
    ],
)
def test_webp_gets_the_header_that_announces_metadata(kind: str, flags: int) -> None:
    (first, header), *_, (last, _) = webp_chunks(marked(make(kind)))
    assert (first, last) == (b"VP8X", b"XMP ")
    assert header == bytes([flags, 0, 0, 0, 36, 0, 0, 22, 0, 0])


@pytest.mark.parametrize(
    ("length", "prompt_kept", "extra_kept", "caption_kept"),
    [
        (20_000, True, True, True),
        (40_000, True, True, False),
        (50_000, True, False, False),
        (70_000, False, False, False),
    ],
)
def test_jpeg_leaves_out_what_does_not_fit_and_the_prompt_last(
    length: int, prompt_kept: bool, extra_kept: bool, caption_kept: bool
) -> None:
    mark = Mark(edited=False, model="uni-1", prompt="p" * length, software="uni", extra={"x": "e" * 20_000})
    data = marked(make("jpeg"), mark)
    found = said(data)
    assert found.ai_mark == "trainedAlgorithmicMedia"
    assert found.prompt == ("p" * length if prompt_kept else None)
    assert bool(found.extra) == extra_kept
    assert (b"dc:description>" in packets(data)[0]) == caption_kept
    assert decoded(data) == decoded(make("jpeg"))


def with_c2pa(format: str) -> bytes:
    data = make(format)
    box = b"\0\0\0\x40jumb\0\0\0\x30jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9bq\3c2pa\0"
    if format == "png":
        return data[:33] + png_chunk(b"caBX", box) + data[33:]
    if format == "jpeg":
        return data[:2] + jpeg_segment(0xEB, b"JP\0\1\0\0\0\1" + box) + data[2:]
    body = data[8:] + webp_chunk(b"C2PA", box)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@pytest.mark.parametrize("format", FORMATS)
def test_a_signed_picture_is_left_untouched(format: str) -> None:
    data, out = with_c2pa(format), io.BytesIO()
    assert embed(io.BytesIO(data), out, MARK) is False
    assert out.getvalue() == data
    assert said(data) == Embedded(format=format, c2pa=True)


def test_jumbf_that_is_not_c2pa_is_no_signature() -> None:
    data = make("jpeg")
    data = data[:2] + jpeg_segment(0xEB, b"JP\0\1\0\0\0\1\0\0\0\x20jumb\0\0\0\x18jumdother") + data[2:]
    assert said(marked(data)).ai_mark == "trainedAlgorithmicMedia"


def test_numbers_that_are_not_plain_are_written_as_text() -> None:
    mark = Mark(edited=False, model=None, prompt=None, software="uni", extra={"path": Path("a/b"), "x": float("inf")})
    found = said(marked(make("webp"), mark))
    assert found.extra == {"path": "a/b" if os.name != "nt" else "a\\b", "x": float("inf")}
    assert found.model is None
    assert json.dumps(found.extra)
