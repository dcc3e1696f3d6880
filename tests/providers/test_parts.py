"""What several providers share."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.providers.test_luma import STAND
from tests.workbench import at_work, dry, edit, link, picture, text
from uni_cli.errors import Unsupported
from uni_cli.models import Reference
from uni_cli.providers.base import Capabilities, Gone, Unclear
from uni_cli.providers.fit import lacks
from uni_cli.providers.inputs import is_local
from uni_cli.providers.parts import Uploads, is_id, merge, remote_of, tailor
from uni_cli.settings import Service

ABLE = Capabilities(
    title="Some", models={"uni-1": "x"}, input_bytes=2 * 2**20, input_side=100, input_types=("image/png",)
)
FINE = Reference("cat.png", path="cat.png", media_type="image/png", bytes=1000, width=100, height=100)


def test_raw_fields_go_over_the_body_and_dots_reach_inside() -> None:
    body = {"a": 1, "settings": {"style": "auto", "speed": 2}}
    assert merge(body, {"a": 2, "b": [3], "settings.style": "manga", "new.deep.field": None}) == {
        "a": 2,
        "b": [3],
        "settings": {"style": "manga", "speed": 2},
        "new": {"deep": {"field": None}},
    }


def test_merging_leaves_what_it_was_given_alone() -> None:
    body = {"settings": {"style": "auto"}}
    merge(body, {"settings.style": "manga"})
    assert body == {"settings": {"style": "auto"}}


def test_a_raw_field_cannot_reach_inside_a_text() -> None:
    with pytest.raises(Unsupported, match=r"--set prompt\.size: `prompt` holds no fields"):
        merge({"prompt": "A cat"}, {"prompt.size": 1})


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (replace(FINE, media_type="image/bmp"), "image/bmp pictures as input (cat.png)"),
        (replace(FINE, bytes=2 * 2**20 + 1), "inputs above 2 MB (cat.png)"),
        (replace(FINE, height=101), "inputs above 100 pixels a side (cat.png)"),
    ],
)
def test_an_input_that_the_service_would_refuse_is_mended_where_its_bytes_are_here_and_refused_else(
    reference: Reference, words: str
) -> None:
    assert lacks(ABLE, edit(FINE)) == []
    (lack,) = lacks(ABLE, edit(replace(reference, path=None)))
    assert (words in lack.text, lack.fatal) == (True, True)
    (mended,) = lacks(ABLE, edit(reference))
    assert (words in mended.text, mended.fatal) == (True, False)


@pytest.mark.parametrize("bad", ["", "a/b", "..", "a?b", "a b", "a\nb", "a\\b", "x" * 201, None, 7])
def test_what_could_leave_its_place_in_a_path_is_no_id(bad: object) -> None:
    assert is_id("5f0d3c1e-7a52-4d0b-9b57-0c1a8e2f4411")
    assert not is_id(bad)


def test_a_job_whose_id_is_none_is_never_asked_for() -> None:
    job = at_work(dry(STAND), text(), remote_id="../files")
    with pytest.raises(Gone, match="no id at luma"):
        remote_of(job)


def test_the_settings_change_what_an_account_can_do() -> None:
    able = tailor(ABLE, Service(seed=True, concurrency=3, rate=7))
    assert (able.seed, able.concurrency, able.rate) == (True, 3, 7)
    assert tailor(ABLE, Service()) == ABLE


def test_equal_files_go_up_once_even_at_the_same_time(tmp_path: Path) -> None:
    one, same, other = picture(tmp_path), picture(tmp_path, "copy.png"), picture(tmp_path, "sky.png", colour="navy")
    sent: list[str] = []

    async def upload(reference: Reference) -> Reference:
        sent.append(reference.source)
        await asyncio.sleep(0.01)
        return replace(reference, url=f"https://files.example.com/{reference.sha256}")

    request = edit(one, references=(same, link(), other))
    ready = asyncio.run(Uploads(upload).hand_over(request, is_local))
    assert sorted(sent) == ["scene.png", "sky.png"]
    assert [(item.source, item.url) for item in ready.inputs] == [
        ("scene.png", f"https://files.example.com/{one.sha256}"),
        ("copy.png", f"https://files.example.com/{one.sha256}"),
        (link().source, link().url),
        ("sky.png", f"https://files.example.com/{other.sha256}"),
    ]
    assert not any(is_local(item) for item in ready.inputs)


def test_an_upload_that_failed_is_tried_again_by_the_next_who_asks(tmp_path: Path) -> None:
    tries: list[str] = []

    async def upload(reference: Reference) -> Reference:
        tries.append(reference.source)
        if len(tries) == 1:
            raise Unclear("The host sleeps")
        return replace(reference, url="https://files.example.com/1")

    async def story() -> str | None:
        uploads, request = Uploads(upload), edit(picture(tmp_path))
        with pytest.raises(Unclear):
            await uploads.hand_over(request, is_local)
        return (await uploads.hand_over(request, is_local)).inputs[0].url

    assert asyncio.run(story()) == "https://files.example.com/1"
