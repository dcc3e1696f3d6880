"""A folder as a place of pictures, where two processes may collect one and the same job."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from uni_cli.storage import naming, places, sidecar, urls
from uni_cli.storage.files import Draft
from uni_cli.storage.places import Folder

JOB = "7f3a9c21"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    return folder


def place(folder: Path, data: bytes = b"a fox", job: str = JOB) -> str:
    """Publish some bytes as the picture of a job; the name it got."""
    target = Folder("fox.{ext}", folder)
    said = sidecar.as_bytes({"schema": sidecar.SCHEMA, "job": job})
    with Draft(folder) as draft:
        draft.write(data)
        name = target.name({"ext": "png"}, "png")
        return target.publish(draft, name, job=job, beside=lambda _: said, overwrite=False, taken=set()).name


def claim(folder: Path, job: str = JOB) -> None:
    (folder / "fox.png.json").write_bytes(sidecar.as_bytes({"schema": sidecar.SCHEMA, "job": job}))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_job_that_two_collect_at_once_has_one_picture(album: Path) -> None:
    """The other one has claimed the name, and its picture comes a moment later: nobody ever sees a second one."""
    claim(album)
    found: list[str] = []
    second = threading.Thread(target=lambda: found.append(place(album)))
    second.start()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        assert not list(album.glob("fox-1*"))
        time.sleep(0.002)
    (album / "fox.png").write_bytes(b"a fox")
    second.join()

    assert found == ["fox.png"]
    assert names(album) == ["fox.png", "fox.png.json"]


def test_a_picture_that_was_altered_since_is_not_taken_for_the_one_that_comes(album: Path) -> None:
    claim(album)
    (album / "fox.png").write_bytes(b"a fox with a hat")
    assert place(album) == "fox-1.png"
    assert names(album) == ["fox-1.png", "fox-1.png.json", "fox.png", "fox.png.json"]


def test_the_same_bytes_of_another_job_are_another_picture(album: Path) -> None:
    assert [place(album, job=job) for job in ("aaaaaaaa", "bbbbbbbb")] == ["fox.png", "fox-1.png"]


def test_a_claim_whose_picture_never_comes_is_not_waited_for_long(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "TURN", 0.001)
    claim(album)
    assert place(album) == "fox-1.png"


def test_only_a_claim_whose_picture_does_not_come_is_forsaken(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "TURN", 0.001)
    place(album)
    Folder("fox.{ext}", album).forsake(Path("fox.png.json"))
    assert names(album) == ["fox.png", "fox.png.json"]
    (album / "fox.png").unlink()
    Folder("fox.{ext}", album).forsake(Path("fox.png.json"))
    assert names(album) == []


@pytest.mark.parametrize(
    ("url", "base", "rest"),
    [
        ("s3://album/{slug}.{ext}", "s3://album", "{slug}.{ext}"),
        ("S3://album", "s3://album", ""),
        ("gs://album/", "gs://album", ""),
        ("abfs://box@account.dfs.core.windows.net/a/b", "abfs://box@account.dfs.core.windows.net", "a/b"),
        ("memory:///album/x", "memory://", "album/x"),
    ],
)
def test_a_url_is_a_bucket_and_a_template(url: str, base: str, rest: str) -> None:
    assert urls.is_url(url)
    assert urls.split(url) == (base, rest)
    urls.check_url(f"{url.rstrip('/')}/x")


@pytest.mark.parametrize("text", ["out/fox.png", "C:\\out\\fox.png", "c:/out/{slug}", "~/x", "a:b/c", "//share/x", ""])
def test_a_path_is_no_url(text: str) -> None:
    assert not urls.is_url(text)


def test_a_file_url_becomes_its_path(tmp_path: Path) -> None:
    assert urls.as_folder((tmp_path / "a b.png").as_uri()) == str(tmp_path / "a b.png")
    with pytest.raises(naming.TemplateError, match="another machine"):
        urls.as_folder("file://elsewhere/x.png")
