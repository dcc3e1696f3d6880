"""Files appear whole, under names of their own, and leave nothing behind when they fail."""

import contextlib
import errno
import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from uni_cli.storage.files import (
    Draft,
    contained,
    is_writable,
    publish,
    write_atomic,
    write_private,
)

posix_only = pytest.mark.skipif(os.name == "nt", reason="chmod and signals do on Windows not what these need")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def put(path: Path, data: bytes, *, overwrite: bool = False, taken: set[str] | None = None) -> Path:
    """A picture with a sidecar that says which picture it belongs to."""
    with Draft(path.parent) as draft:
        draft.write(data)
        companions = {".json": lambda name: f"about {name.name}".encode()}
        return publish(draft, path, overwrite=overwrite, companions=companions, taken=taken)


def test_a_finished_draft_takes_nothing_more(tmp_path: Path) -> None:
    with Draft(tmp_path) as draft:
        draft.write(b"all of it")
        draft.finish(sync=False)
        with pytest.raises(ValueError, match="finished"):
            draft.write(b"more")


def test_what_a_full_disk_did_not_take_is_not_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, calls = os.write, list[int]()

    def half(handle: int, data: bytes) -> int:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data[:3])

    monkeypatch.setattr(os, "write", half)
    with Draft(tmp_path) as draft:
        draft.write(b"one ")
        draft.write(b"two")
        with pytest.raises(OSError, match="space"):
            draft.finish(sync=False)
        draft.finish(sync=False)
        assert draft.path.read_bytes() == b"one two"


@pytest.fixture(params=["links", "no links"])
def links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """File systems of both kinds; on the second the system answers as FAT does."""
    if request.param == "no links":

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)


@contextlib.contextmanager
def umask(mask: int) -> Iterator[None]:
    old = os.umask(mask)
    try:
        yield
    finally:
        os.umask(old)


def test_a_draft_counts_and_hashes_what_is_written(place: Path) -> None:
    with Draft(place / "new" / "folder") as draft:
        assert draft.write(b"one ") == 4
        with draft.open() as early:
            assert early.read() == b"one "
        draft.write(b"two")
        assert draft.bytes == 7
        assert draft.sha256 == hashlib.sha256(b"one two").hexdigest()
        assert draft.path.name.startswith(".uni-")
        assert draft.path.name.endswith(".part")
    assert names(place / "new" / "folder") == []


def test_a_picture_and_its_sidecar_are_published_together(place: Path, links: None) -> None:
    assert put(place / "a.png", b"pixels") == place / "a.png"
    assert names(place) == ["a.png", "a.png.json"]
    assert (place / "a.png").read_bytes() == b"pixels"
    assert (place / "a.png.json").read_bytes() == b"about a.png"


def test_a_picture_that_can_be_seen_has_its_sidecar(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    link = os.link

    def watch(source: Path, target: Path) -> None:
        link(source, target)
        seen.append([name for name in names(place) if not name.startswith(".uni-")])

    monkeypatch.setattr(os, "link", watch)
    put(place / "a.png", b"pixels")
    assert seen == [["a.png.json"], ["a.png", "a.png.json"]]


def test_a_taken_name_is_never_overwritten(place: Path, links: None) -> None:
    put(place / "a.png", b"first")
    assert put(place / "a.png", b"second") == place / "a-1.png"
    assert put(place / "a.png", b"third") == place / "a-2.png"
    assert [(place / name).read_bytes() for name in ("a.png", "a-1.png", "a-2.png")] == [
        b"first",
        b"second",
        b"third",
    ]
    assert (place / "a-2.png.json").read_bytes() == b"about a-2.png"


def test_a_name_whose_sidecar_is_taken_is_not_used(place: Path, links: None) -> None:
    (place / "a.png.json").write_bytes(b"of somebody else")
    assert put(place / "a.png", b"pixels") == place / "a-1.png"
    assert names(place) == ["a-1.png", "a-1.png.json", "a.png.json"]
    assert (place / "a.png.json").read_bytes() == b"of somebody else"


@posix_only
def test_a_dangling_link_is_a_taken_name(place: Path) -> None:
    (place / "a.png").symlink_to(place / "elsewhere.png")
    assert put(place / "a.png", b"pixels") == place / "a-1.png"
    assert not (place / "elsewhere.png").exists()


def test_a_picture_that_comes_first_takes_back_the_sidecar_of_the_slower_one(place: Path, links: None) -> None:
    def make(name: Path) -> bytes:
        if name.name == "a.png":
            name.write_bytes(b"of a faster process")
        return name.name.encode()

    with Draft(place) as draft:
        draft.write(b"pixels")
        assert publish(draft, place / "a.png", companions={".json": make}) == place / "a-1.png"
        assert names(place) == ["a-1.png", "a-1.png.json", "a.png"]
    assert (place / "a.png").read_bytes() == b"of a faster process"


def test_overwrite_replaces_both_files(place: Path, links: None) -> None:
    put(place / "a.png", b"old")
    (place / "a.png.json").write_bytes(b"old")
    assert put(place / "a.png", b"new", overwrite=True) == place / "a.png"
    assert names(place) == ["a.png", "a.png.json"]
    assert (place / "a.png").read_bytes() == b"new"
    assert (place / "a.png.json").read_bytes() == b"about a.png"


def test_pictures_of_one_run_never_overwrite_each_other(place: Path) -> None:
    for old in ("a.png", "a-1.png"):
        (place / old).write_bytes(b"of an earlier run")
    run: set[str] = set()
    made = [put(place / name, name.encode(), overwrite=True, taken=run).name for name in ("a.png", "A.PNG", "a.png")]
    assert made == ["a.png", "A-1.PNG", "a-2.png"]
    assert run == {str(place / name) for name in ("a.png", "a-1.png", "a-2.png")}
    assert (place / "a.png").read_bytes() == b"a.png"


def test_threads_of_one_run_never_overwrite_each_other(place: Path) -> None:
    run: set[str] = set()
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        put(place / "a.png", str(number).encode(), overwrite=True, taken=run)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.read_bytes() for path in place.glob("*.png")) == [str(number).encode() for number in range(8)]


def test_a_failed_overwrite_brings_the_old_files_back(place: Path) -> None:
    (place / "a.png.json").write_bytes(b"old sidecar")
    (place / "a.png").write_bytes(b"old")

    def vanish(name: Path) -> bytes:
        draft.path.unlink()
        return b"new sidecar"

    with Draft(place) as draft:
        draft.write(b"new")
        with pytest.raises(FileNotFoundError):
            publish(draft, place / "a.png", overwrite=True, companions={".json": vanish})
    assert names(place) == ["a.png", "a.png.json"]
    assert (place / "a.png.json").read_bytes() == b"old sidecar"
    assert (place / "a.png").read_bytes() == b"old"


def test_a_folder_is_not_overwritten(place: Path, links: None) -> None:
    (place / "a.png").mkdir()
    (place / "a.png.json").write_bytes(b"old sidecar")
    with pytest.raises(IsADirectoryError):
        put(place / "a.png", b"pixels", overwrite=True)
    assert names(place) == ["a.png", "a.png.json"]
    assert (place / "a.png.json").read_bytes() == b"old sidecar"
    assert put(place / "a.png", b"pixels") == place / "a-1.png"


def test_a_sidecar_that_cannot_be_made_leaves_nothing(place: Path) -> None:
    def fail(name: Path) -> bytes:
        raise RuntimeError(name.name)

    run: set[str] = set()
    with Draft(place) as draft, pytest.raises(RuntimeError, match=r"a\.png"):
        publish(draft, place / "a.png", companions={".json": fail}, taken=run)
    assert names(place) == []
    assert run == set()


def test_a_folder_is_proved_writable_and_left_empty(place: Path) -> None:
    is_writable(place / "a" / "b")
    assert names(place / "a" / "b") == []
    (place / "file").write_bytes(b"")
    with pytest.raises(OSError):
        is_writable(place / "file" / "folder")


@posix_only
def test_a_published_file_has_ordinary_permissions_and_a_private_one_has_not(place: Path) -> None:
    with umask(0o022):
        put(place / "a.png", b"pixels")
        write_private(place / "key", b"secret")
    assert stat.S_IMODE((place / "a.png").stat().st_mode) == 0o644
    assert stat.S_IMODE((place / "key").stat().st_mode) == 0o600


@posix_only
def test_a_private_file_is_private_from_its_first_byte(place: Path) -> None:
    with umask(0), Draft(place, mode=0o600) as draft:
        assert stat.S_IMODE(draft.path.stat().st_mode) == 0o600


def test_an_atomic_write_replaces_or_refuses(place: Path, links: None) -> None:
    write_atomic(place / "a", b"one")
    write_atomic(place / "a", b"two")
    with pytest.raises(FileExistsError):
        write_atomic(place / "a", b"three", overwrite=False)
    write_atomic(place / "b", b"four", overwrite=False)
    assert names(place) == ["a", "b"]
    assert (place / "a").read_bytes() == b"two"


@posix_only
def test_a_link_out_of_the_folder_is_outside(place: Path) -> None:
    folder = place / "in"
    folder.mkdir()
    (folder / "out").symlink_to(place)
    assert contained(folder / "a" / "b.png", folder)
    assert not contained(folder / "out" / "b.png", folder)
    assert not contained(folder / ".." / "b.png", folder)
    assert not contained(place / "inside", folder)
    assert not contained(folder, folder)
