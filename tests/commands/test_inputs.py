"""Input pictures that a service would refuse are made to fit, and that is said; all others go out as they are."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import urllib.request
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image

from tests.front import Services, uni

LIMIT = 8000
UPLOAD_ABOVE = 4 * 2**20


def scene(name: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    Image.new(mode, size, "teal").save(name)
    return Path(name).read_bytes()


def asked(services: Services) -> list[dict[str, Any]]:
    """The paid requests as the services got them."""
    with urllib.request.urlopen(f"{services.url}/_emulator/jobs", timeout=10) as answer:
        return [row["request"] for row in json.load(answer)]


def opened(data: str) -> Image.Image:
    return Image.open(BytesIO(base64.b64decode(data)))


def sidecar(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"{name}.json").read_text())
    return found


def test_a_picture_with_too_long_a_side_is_sent_smaller_and_everybody_is_told(services: Services) -> None:
    wide = scene("wide.png", (LIMIT + 400, 42))

    result = uni("edit", "wide.png", "at night", "-p", "luma", "-o", "night.png")

    assert result.code == 0, result.err
    assert "warning: luma does not take inputs above 8000 pixels a side (wide.png): it is sent smaller" in result.err
    (request,) = asked(services)
    sent = base64.b64decode(request["source"]["data"])
    assert opened(request["source"]["data"]).size == (LIMIT, 40)
    source = sidecar("night.png")["source"]
    assert source["sha256"] == hashlib.sha256(wide).hexdigest()
    assert source["sent_as"] == {
        "sha256": hashlib.sha256(sent).hexdigest(),
        "media_type": "image/png",
        "width": LIMIT,
        "height": 40,
    }


def test_with_strict_it_is_an_error_and_nothing_is_sent(services: Services) -> None:
    scene("wide.png", (LIMIT + 1, 10))

    result = uni("edit", "wide.png", "at night", "-p", "luma", "--strict")

    assert result.code == 2
    assert asked(services) == []


def test_a_picture_within_the_limits_is_sent_byte_for_byte(services: Services) -> None:
    data = scene("fine.png", (LIMIT, 10))

    result = uni("edit", "fine.png", "at night", "-p", "luma", "-o", "night.png")

    assert (result.code, "does not take" in result.err) == (0, False)
    (request,) = asked(services)
    assert base64.b64decode(request["source"]["data"]) == data
    assert "sent_as" not in sidecar("night.png")["source"]


@pytest.mark.parametrize(
    ("name", "mode", "media_type"),
    [("a.webp", "RGB", "image/jpeg"), ("b.webp", "RGBA", "image/png"), ("c.gif", "P", "image/png")],
)
def test_a_format_that_a_service_does_not_read_is_encoded_anew(
    services: Services, name: str, mode: str, media_type: str
) -> None:
    if mode == "RGBA":
        Image.new(mode, (64, 48), (0, 128, 128, 90)).save(name, lossless=True)
    else:
        scene(name, (64, 48), mode)

    result = uni("edit", name, "at night", "-p", "gmicloud", "-o", "night.png", "--convert")

    assert result.code == 0, result.err
    assert "it is sent encoded anew" in result.err
    assert services.billed("gmicloud") == 1
    assert sidecar("night.png")["source"]["sent_as"]["media_type"] == media_type


def test_the_same_picture_can_be_made_again_elsewhere_with_the_file_of_the_user(services: Services) -> None:
    data = scene("fox.webp", (64, 48))
    assert uni("edit", "fox.webp", "at night", "-p", "gmicloud", "-o", "night.png", "--convert").code == 0

    result = uni("edit", "--from", "night.png", "-p", "runware", "-o", "again.png")

    assert result.code == 0, result.err
    assert "encoded anew" not in result.err
    sent = asked(services)[1]["inputs"]["seedImage"]
    assert sent == f"data:image/webp;base64,{base64.b64encode(data).decode()}"


def test_nine_references_go_up_once_for_all_pictures_of_a_run(services: Services) -> None:
    dice = Random(7)
    names = [f"{n}.png" for n in range(9)]
    for name in names:
        Image.frombytes("RGB", (1200, 1200), dice.randbytes(3 * 1200 * 1200)).save(name, compress_level=0)
        assert Path(name).stat().st_size > UPLOAD_ABOVE

    references = [word for name in names for word in ("-r", name)]
    result = uni("generate", "a fox", "-p", "luma", "-n", "3", *references)

    assert result.code == 0, result.err
    bodies = asked(services)
    assert len({reference["file_id"] for body in bodies for reference in body["image_ref"]}) == 9
    headers = {"authorization": f"Bearer {os.environ['UNI_LUMA__API_KEY']}"}
    listed = urllib.request.Request(f"{services.url}/luma/v1/files?limit=100", headers=headers)
    with urllib.request.urlopen(listed, timeout=10) as answer:
        assert len(json.load(answer)["data"]) == 9
