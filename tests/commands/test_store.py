"""`-o` with the URL of a store: the promises of a folder, held by S3 and by memory."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tests import s3
from tests.front import Services, uni
from tests.s3 import names
from uni_cli.storage import sidecar
from uni_cli.storage.files import Draft
from uni_cli.storage.remote import Store

ROOT = Path(__file__).parents[2]
FOX = ("generate", "a fox", "-p", "luma", "-a", "1:3")


@pytest.fixture(scope="module")
def s3_names() -> Iterator[dict[str, str]]:
    with s3.serving() as found:
        yield found


@pytest.fixture
def bucket(s3_names: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in s3_names.items():
        monkeypatch.setenv(name, value)
    with s3.emptied() as fs:
        yield fs


@pytest.fixture
def memory() -> Iterator[MemoryFileSystem]:
    fs = MemoryFileSystem()
    fs.store.clear()
    yield fs
    fs.store.clear()


def test_a_picture_and_its_sidecar_go_to_s3_and_the_url_is_told_as_asked(services: Services, bucket: Any) -> None:
    result = uni(*FOX, "-o", "s3://pictures/{provider}/{slug}.{ext}", "--json")

    assert result.code == 0, result.err
    image = result.json["images"][0]
    assert image["path"] == "s3://pictures/luma/a-fox.png"
    assert image["sidecar"] == "s3://pictures/luma/a-fox.png.json"
    assert names(bucket) == ["pictures/luma/a-fox.png", "pictures/luma/a-fox.png.json"]
    data = bucket.cat_file("pictures/luma/a-fox.png")
    assert hashlib.sha256(data).hexdigest() == image["sha256"]
    said = json.loads(bucket.cat_file("pictures/luma/a-fox.png.json"))
    assert (said["image"]["file"], said["image"]["sha256"], said["job"]) == ("a-fox.png", image["sha256"], image["job"])
    assert uni("status", "--json").json["jobs"][0]["path"] == "s3://pictures/luma/a-fox.png"


def test_a_name_that_is_taken_is_numbered_and_nothing_is_overwritten(services: Services, bucket: Any) -> None:
    bucket.pipe_file("pictures/fox.png", b"mine")
    bucket.pipe_file("pictures/fox-1.png.json", b"also mine")
    results = [uni(*FOX, "-o", "s3://pictures/fox.png") for _ in range(2)]

    assert [result.lines for result in results] == [["s3://pictures/fox-2.png"], ["s3://pictures/fox-3.png"]]
    assert bucket.cat_file("pictures/fox.png") == b"mine"
    assert bucket.cat_file("pictures/fox-1.png.json") == b"also mine"
    assert len(names(bucket)) == 6


def test_overwrite_replaces_what_is_there(services: Services, memory: MemoryFileSystem) -> None:
    memory.pipe_file("/album/fox.png", b"old")
    assert uni(*FOX, "-o", "memory://album/fox.png", "--overwrite").lines == ["memory://album/fox.png"]
    assert memory.cat_file("/album/fox.png")[:4] == b"\x89PNG"
    assert names(memory, "/album") == ["/album/fox.png", "/album/fox.png.json"]


def test_pictures_of_one_run_have_names_of_their_own(services: Services, memory: MemoryFileSystem) -> None:
    result = uni(*FOX, "-n", "3", "-o", "memory://album/fox.png", "--overwrite")
    assert set(result.lines) == {f"memory://album/{name}.png" for name in ("fox", "fox-1", "fox-2")}


def test_a_folder_of_a_store_gets_the_default_name(services: Services, memory: MemoryFileSystem) -> None:
    result = uni(*FOX, "-o", "memory://album/2026/", "--json")
    job = result.json["images"][0]["job"]
    assert result.json["images"][0]["path"] == f"memory://album/2026/a-fox-{job}.png"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("memory://album/../fox.png", "'..'"),
        ("memory://{slug}/fox.png", "literal"),
        ("{slug}://album/fox.png", "literal"),
        ("s3://key:secret@album/fox.png", "password"),
        ("https://example.com/fox.png", "https://"),
        ("simplecache::s3://album/fox.png", "simplecache"),
        ("s3://album/fox.png?token=abc", "no ?"),
        ("memory://album/{fox}.png", "{fox}"),
        ("nowhere-at-all://album/fox.png", "nowhere-at-all"),
        ("s3://", "no bucket"),
        ("memory://album/fox.gif", "gif"),
    ],
)
def test_a_url_that_cannot_hold_pictures_is_refused_before_anything_is_sent(
    services: Services, template: str, why: str
) -> None:
    result = uni(*FOX, "-o", template)
    assert (result.code, services.billed()) == (2, 0), result.err
    assert why in result.err
    assert "secret" not in result.err.replace(template, "")


def test_a_bucket_that_cannot_be_written_is_found_before_anything_is_sent(services: Services, bucket: Any) -> None:
    result = uni(*FOX, "-o", "s3://no-such-bucket/{slug}.{ext}")
    assert (result.code, services.billed()) == (2, 0)
    assert "s3://no-such-bucket" in result.err


def test_a_dry_run_touches_no_store(services: Services) -> None:
    assert uni(*FOX, "-o", "s3://no-such-bucket/{slug}.{ext}", "--dry-run").code == 0


def test_the_probe_leaves_nothing_behind(bucket: Any, tmp_path: Path) -> None:
    Store("s3://pictures", "deep/{slug}/{n}.{ext}", tmp_path).probe()
    assert names(bucket) == []


def test_a_put_that_fails_ends_with_9_and_is_delivered_later(
    services: Services, memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("the quota of this store is used up")

    with monkeypatch.context() as broken:
        broken.setattr(MemoryFileSystem, "put_file", refuse)
        result = uni(*FOX, "-o", "memory://album/fox.png")
    assert (result.code, services.billed()) == (9, 1)
    assert "the quota of this store is used up" in result.err
    kept = list(Path(os.environ["UNI_STATE_DIR"], "kept").iterdir())
    assert [path.read_bytes()[:4] for path in kept] == [b"\x89PNG"]

    later = uni("status", "--wait")
    assert (later.code, later.lines) == (0, ["memory://album/fox.png"])
    assert services.billed() == 1
    assert names(memory, "/album") == ["/album/fox.png", "/album/fox.png.json"]


def test_a_put_whose_answer_got_lost_is_not_repeated_under_another_name(
    services: Services, memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = MemoryFileSystem.put_file

    def forgetful(self: MemoryFileSystem, *args: Any, **options: Any) -> None:
        whole(self, *args, **options)
        raise TimeoutError("no answer from the store")

    with monkeypatch.context() as broken:
        broken.setattr(MemoryFileSystem, "put_file", forgetful)
        assert uni(*FOX, "-o", "memory://album/fox.png").code == 9
    assert uni("status", "--wait").lines == ["memory://album/fox.png"]
    assert names(memory, "/album") == ["/album/fox.png", "/album/fox.png.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to send to oneself")
@pytest.mark.parametrize("moment", ["picture-not-recorded", "picture-not-placed", "picture-not-put"])
def test_a_kill_around_the_placing_makes_no_duplicate(services: Services, bucket: Any, moment: str) -> None:
    command = [sys.executable, "-m", "tests.engine.mortal", moment, *FOX, "-o", "s3://pictures/fox.png"]
    dead = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert dead.returncode == -signal.SIGKILL, dead.stderr

    result = uni("status", "--wait")
    assert (result.code, result.lines) == (0, ["s3://pictures/fox.png"])
    assert services.billed() == 1
    assert names(bucket) == ["pictures/fox.png", "pictures/fox.png.json"]


def place(store: Store, job: str) -> str:
    """Publish the bytes of its id as the picture of a job."""
    said = sidecar.as_bytes({"schema": sidecar.SCHEMA, "job": job})
    name = store.name({"ext": "png"}, "png")
    with Draft(store.outgoing) as draft:
        draft.write(job.encode())
        return store.where(store.publish(draft, name, job=job, beside=lambda _: said, overwrite=False, taken=set()))


@pytest.mark.parametrize("step", ["pipe_file", "put_file"])
def test_who_comes_in_between_the_look_and_the_put_overwrites_nothing(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    taken = f"pictures/fox.png{'.json' if step == 'pipe_file' else ''}"
    real, store, strangers = getattr(bucket, step), Store("s3://pictures", "fox.{ext}", tmp_path), [taken]

    def late(*args: Any, **options: Any) -> None:
        if strangers:
            bucket.pipe_file(strangers.pop(), b"mine")
        real(*args, **options)

    monkeypatch.setattr(bucket, step, late)
    assert place(store, "aaaaaaaa") == "s3://pictures/fox-1.png"
    assert bucket.cat_file(taken) == b"mine"
    assert len(names(bucket)) == 3


def test_half_a_picture_of_a_broken_upload_is_made_whole(memory: MemoryFileSystem, tmp_path: Path) -> None:
    memory.pipe_file("/album/fox.png", b"aaaa")
    memory.pipe_file("/album/fox.png.json", sidecar.as_bytes({"schema": sidecar.SCHEMA, "job": "aaaaaaaa"}))
    assert place(Store("memory://album", "fox.{ext}", tmp_path), "aaaaaaaa") == "memory://album/fox.png"
    assert memory.cat_file("/album/fox.png") == b"aaaaaaaa"


def test_a_picture_in_a_store_can_be_edited_by_its_job(services: Services, memory: MemoryFileSystem) -> None:
    made = uni(*FOX, "-o", "memory://album/fox.png", "--json").json["images"][0]
    result = uni("edit", made["job"], "make it night", "-p", "luma", "-o", "memory://album/night.png")
    assert (result.code, result.lines) == (0, ["memory://album/night.png"]), result.err


def test_once_finds_the_picture_in_the_store(services: Services, memory: MemoryFileSystem) -> None:
    asked = (*FOX, "-o", "memory://album/fox.png", "--once", "key")
    assert uni(*asked).lines == uni(*asked).lines == ["memory://album/fox.png"]
    memory.rm_file("/album/fox.png")
    assert uni(*asked).lines == ["memory://album/fox.png"]
    assert memory.exists("/album/fox.png")
    assert services.billed() == 1


def test_a_file_url_is_the_path_itself(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "album" / "fox.png"
    assert uni(*FOX, "-o", path.as_uri()).lines == [str(path)]
    assert path.is_file()


def test_without_the_extra_the_line_that_installs_it_is_told(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    result = uni(*FOX, "-o", "s3://pictures/fox.png")
    assert (result.code, services.billed()) == (2, 0)
    assert "usage.missing_extra" in result.err
    assert "pip install 'uni-image[cloud]'" in result.err
