"""Metadata that other programs left in a picture is read, kept, or replaced where it is ours to say."""

import io

import pytest

from tests.storage.pictures import FORMATS, jpeg_segment, make, marked, packets, rdf, with_xmp
from uni_cli.storage.embed import Embedded, read


def said(data: bytes) -> Embedded:
    return read(io.BytesIO(data))


@pytest.mark.parametrize("format", FORMATS)
def test_what_others_said_stays(format: str) -> None:
    packet = rdf(
        '<rdf:Description rdf:about="" xmp:Rating="5" xmp:CreatorTool="Other"><dc:title>Theirs &amp; only</dc:title>'
        "<dc:description>an old caption</dc:description><i:DigitalSourceType/></rdf:Description>"
    )
    after = marked(with_xmp(format, packet))
    (merged,) = packets(after)
    assert b'xmp:Rating="5"' in merged
    assert b"<dc:title>Theirs &amp; only</dc:title>" in merged
    assert b"Other" not in merged
    assert b"an old caption" not in merged
    assert merged.count(b"DigitalSourceType>") == 2
    assert said(after).prompt == "a red van, in rain"
    assert said(after).ai_mark == "trainedAlgorithmicMedia"
    assert marked(after) == after


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "packet",
    [
        b"not xml",
        rdf("<rdf:Description>"),
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + rdf('<rdf:Description xmp:Rating="5"/>'),
        rdf('<rdf:Description xmp:Rating="5"/>').decode().encode("utf-16"),
        b'<?xml version="1.0" encoding="latin-1"?>'
        + rdf('<rdf:Description xmp:Label="é"/>').decode().encode("latin-1"),
        rdf('<rdf:Description rdf:about=""/>'),
        b"",
    ],
)
def test_a_packet_nobody_can_read_is_replaced(format: str, packet: bytes) -> None:
    data = with_xmp(format, packet)
    assert said(data) == Embedded(format=format)
    assert packets(marked(data)) == packets(marked(make(format)))


def test_further_jpeg_packets_go_with_the_one_that_named_them() -> None:
    extension = jpeg_segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(50))
    data = with_xmp("jpeg", b"not xml")
    assert extension not in marked(data[:2] + extension + data[2:])
    named = with_xmp("jpeg", rdf('<rdf:Description xmlns:n="urn:n" n:HasExtendedXMP="0"/>'))
    assert extension in marked(named[:2] + extension + named[2:])


def test_the_ai_mark_of_others_is_read_in_either_spelling() -> None:
    url = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
    attribute = rdf(f'<rdf:Description i:DigitalSourceType="{url}" i:AISystemUsed="other"/>')
    resource = rdf(f'<rdf:Description><i:DigitalSourceType rdf:resource="{url}"/></rdf:Description>')
    assert said(with_xmp("png", attribute)).ai_mark == "compositeSynthetic"
    assert said(with_xmp("png", attribute)).model == "other"
    assert said(with_xmp("jpeg", resource)).ai_mark == "compositeSynthetic"
    camera = rdf(f'<rdf:Description i:DigitalSourceType="{url.replace("compositeSynthetic", "digitalCapture")}"/>')
    assert said(with_xmp("webp", camera)).ai_mark is None


def test_of_captions_in_many_languages_the_default_is_read() -> None:
    items = '<rdf:li xml:lang="de">Wagen</rdf:li><rdf:li xml:lang="x-default">van</rdf:li>'
    body = f"<rdf:Description><dc:description><rdf:Alt>{items}</rdf:Alt></dc:description></rdf:Description>"
    assert said(with_xmp("png", rdf(body))).prompt == "van"
