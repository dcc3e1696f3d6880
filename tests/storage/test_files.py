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
    free_name,
    is_writable,
    publish,
    write_atomic,
    write_private,
)

posix_only = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions and signals")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def put(path: Path, data: bytes, *, overwrite: bool = False, taken: set[Path] | None = None) -> Path:
    """A picture with a sidecar that says which picture it belongs to."""
    with Draft(path.parent) as draft:
        draft.write(data)
        companions = {".json": lambda name: f"about {name.name}".encode()}
        return publish(draft, path, overwrite=overwrite, companions=companions, taken=taken)


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


def test_a_draft_counts_and_hashes_what_is_written(tmp_path: Path) -> None:
    with Draft(tmp_path / "new" / "folder") as draft:
        assert draft.write(b"one ") == 4
        with draft.open() as early:
            assert early.read() == b"one "
        draft.write(b"two")
        assert draft.bytes == 7
        assert draft.sha256 == hashlib.sha256(b"one two").hexdigest()
        assert draft.path.name.startswith(".uni-")
        assert draft.path.name.endswith(".part")
    assert names(tmp_path / "new" / "folder") == []


def test_a_picture_and_its_sidecar_are_published_together(tmp_path: Path, links: None) -> None:
    assert put(tmp_path / "a.png", b"pixels") == tmp_path / "a.png"
    assert names(tmp_path) == ["a.png", "a.png.json"]
    assert (tmp_path / "a.png").read_bytes() == b"pixels"
    assert (tmp_path / "a.png.json").read_bytes() == b"about a.png"


def test_a_picture_that_can_be_seen_has_its_sidecar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    link = os.link

    def watch(source: Path, target: Path) -> None:
        link(source, target)
        seen.append([name for name in names(tmp_path) if not name.startswith(".uni-")])

    monkeypatch.setattr(os, "link", watch)
    put(tmp_path / "a.png", b"pixels")
    assert seen == [["a.png.json"], ["a.png", "a.png.json"]]


def test_a_taken_name_is_never_overwritten(tmp_path: Path, links: None) -> None:
    put(tmp_path / "a.png", b"first")
    assert put(tmp_path / "a.png", b"second") == tmp_path / "a-1.png"
    assert put(tmp_path / "a.png", b"third") == tmp_path / "a-2.png"
    assert [(tmp_path / name).read_bytes() for name in ("a.png", "a-1.png", "a-2.png")] == [
        b"first",
        b"second",
        b"third",
    ]
    assert (tmp_path / "a-2.png.json").read_bytes() == b"about a-2.png"


def test_a_name_whose_sidecar_is_taken_is_not_used(tmp_path: Path, links: None) -> None:
    (tmp_path / "a.png.json").write_bytes(b"of somebody else")
    assert put(tmp_path / "a.png", b"pixels") == tmp_path / "a-1.png"
    assert names(tmp_path) == ["a-1.png", "a-1.png.json", "a.png.json"]
    assert (tmp_path / "a.png.json").read_bytes() == b"of somebody else"


@posix_only
def test_a_dangling_link_is_a_taken_name(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "elsewhere.png")
    assert put(tmp_path / "a.png", b"pixels") == tmp_path / "a-1.png"
    assert not (tmp_path / "elsewhere.png").exists()


def test_a_picture_that_comes_first_takes_back_the_sidecar_of_the_slower_one(tmp_path: Path, links: None) -> None:
    def make(name: Path) -> bytes:
        if name.name == "a.png":
            name.write_bytes(b"of a faster process")
        return name.name.encode()

    with Draft(tmp_path) as draft:
        draft.write(b"pixels")
        assert publish(draft, tmp_path / "a.png", companions={".json": make}) == tmp_path / "a-1.png"
        assert names(tmp_path) == ["a-1.png", "a-1.png.json", "a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"of a faster process"


def test_overwrite_replaces_both_files(tmp_path: Path, links: None) -> None:
    put(tmp_path / "a.png", b"old")
    (tmp_path / "a.png.json").write_bytes(b"old")
    assert put(tmp_path / "a.png", b"new", overwrite=True) == tmp_path / "a.png"
    assert names(tmp_path) == ["a.png", "a.png.json"]
    assert (tmp_path / "a.png").read_bytes() == b"new"
    assert (tmp_path / "a.png.json").read_bytes() == b"about a.png"


def test_pictures_of_one_run_never_overwrite_each_other(tmp_path: Path) -> None:
    for old in ("a.png", "a-1.png"):
        (tmp_path / old).write_bytes(b"of an earlier run")
    run: set[Path] = set()
    made = [put(tmp_path / name, name.encode(), overwrite=True, taken=run).name for name in ("a.png", "A.PNG", "a.png")]
    assert made == ["a.png", "A-1.PNG", "a-2.png"]
    assert run == {tmp_path / "a.png", tmp_path / "A-1.PNG", tmp_path / "a-2.png"}
    assert (tmp_path / "a.png").read_bytes() == b"a.png"


def test_threads_of_one_run_never_overwrite_each_other(tmp_path: Path) -> None:
    run: set[Path] = set()
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        put(tmp_path / "a.png", str(number).encode(), overwrite=True, taken=run)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.read_bytes() for path in tmp_path.glob("*.png")) == [str(number).encode() for number in range(8)]


def test_a_failed_overwrite_brings_the_old_files_back(tmp_path: Path) -> None:
    (tmp_path / "a.png.json").write_bytes(b"old sidecar")
    (tmp_path / "a.png").write_bytes(b"old")

    def vanish(name: Path) -> bytes:
        draft.path.unlink()
        return b"new sidecar"

    with Draft(tmp_path) as draft:
        draft.write(b"new")
        with pytest.raises(FileNotFoundError):
            publish(draft, tmp_path / "a.png", overwrite=True, companions={".json": vanish})
    assert names(tmp_path) == ["a.png", "a.png.json"]
    assert (tmp_path / "a.png.json").read_bytes() == b"old sidecar"
    assert (tmp_path / "a.png").read_bytes() == b"old"


def test_a_folder_is_not_overwritten(tmp_path: Path, links: None) -> None:
    (tmp_path / "a.png").mkdir()
    (tmp_path / "a.png.json").write_bytes(b"old sidecar")
    with pytest.raises(IsADirectoryError):
        put(tmp_path / "a.png", b"pixels", overwrite=True)
    assert names(tmp_path) == ["a.png", "a.png.json"]
    assert (tmp_path / "a.png.json").read_bytes() == b"old sidecar"
    assert put(tmp_path / "a.png", b"pixels") == tmp_path / "a-1.png"


def test_a_sidecar_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def fail(name: Path) -> bytes:
        raise RuntimeError(name.name)

    run: set[Path] = set()
    with Draft(tmp_path) as draft, pytest.raises(RuntimeError, match=r"a\.png"):
        publish(draft, tmp_path / "a.png", companions={".json": fail}, taken=run)
    assert names(tmp_path) == []
    assert run == set()


def test_a_folder_is_proved_writable_and_left_empty(tmp_path: Path) -> None:
    is_writable(tmp_path / "a" / "b")
    assert names(tmp_path / "a" / "b") == []
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError):
        is_writable(tmp_path / "file" / "folder")


@posix_only
def test_a_published_file_has_ordinary_permissions_and_a_private_one_has_not(tmp_path: Path) -> None:
    with umask(0o022):
        put(tmp_path / "a.png", b"pixels")
        write_private(tmp_path / "key", b"secret")
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@posix_only
def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    with umask(0), Draft(tmp_path, mode=0o600) as draft:
        assert stat.S_IMODE(draft.path.stat().st_mode) == 0o600


def test_an_atomic_write_replaces_or_refuses(tmp_path: Path, links: None) -> None:
    write_atomic(tmp_path / "a", b"one")
    write_atomic(tmp_path / "a", b"two")
    with pytest.raises(FileExistsError):
        write_atomic(tmp_path / "a", b"three", overwrite=False)
    write_atomic(tmp_path / "b", b"four", overwrite=False)
    assert names(tmp_path) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() == b"two"


def test_the_free_name_is_the_one_that_publish_gives(tmp_path: Path) -> None:
    put(tmp_path / "a.png", b"pixels")
    (tmp_path / "a-1.png.json").write_bytes(b"")
    free = free_name(tmp_path / "a.png", companions=[".json"], taken=[tmp_path / "a-2.png"])
    assert free == tmp_path / "a-3.png"
    assert free_name(tmp_path / "a.png") == tmp_path / "a-1.png"
    assert put(tmp_path / "a.png", b"pixels", taken={tmp_path / "a-2.png"}) == free


@posix_only
def test_a_link_out_of_the_folder_is_outside(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    assert contained(folder / "a" / "b.png", folder)
    assert not contained(folder / "out" / "b.png", folder)
    assert not contained(folder / ".." / "b.png", folder)
    assert not contained(tmp_path / "inside", folder)
    assert not contained(folder, folder)
