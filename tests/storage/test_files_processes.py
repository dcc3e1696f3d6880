"""Names are claimed between processes, and a process that dies leaves nothing half done."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from uni_cli.storage.files import sweep

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals and limits as these need")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


CROWD = """
import sys
from pathlib import Path
from uni_cli.storage.files import Draft, publish
folder, who = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(15):
    with Draft(folder) as draft:
        draft.write(f"{who} {number}".encode())
        sidecar = {".json": lambda name: f"{who} {number} {name.name}".encode()}
        made = publish(draft, folder / "a.png", companions=sidecar)
    print(made.name)
"""


def test_processes_that_want_one_name_all_get_their_own(place: Path) -> None:
    command = [sys.executable, "-c", CROWD, str(place)]
    crowd = [
        subprocess.Popen([*command, who], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for who in "abc"
    ]
    for process in crowd:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    made = [name for process in crowd for name in process.communicate("go\n")[0].split()]
    assert all(process.returncode == 0 for process in crowd)
    assert len(set(made)) == 45
    assert names(place) == sorted([*made, *(f"{name}.json" for name in made)])
    contents = {path.read_text() for path in place.glob("*.png")}
    assert contents == {f"{who} {number}" for who in "abc" for number in range(15)}
    assert all((place / f"{name}.json").read_text() == f"{(place / name).read_text()} {name}" for name in made)


@posix_only
def test_a_killed_process_leaves_only_a_draft_and_a_day_later_not_even_that(place: Path) -> None:
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom uni_cli.storage.files import Draft\n"
        "draft = Draft(Path(sys.argv[1]))\ndraft.write(b'half')\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(place)], check=False).returncode == -9
    (left,) = names(place)
    assert left.startswith(".uni-")
    assert sweep(place) == 0
    yesterday = time.time() - 25 * 60 * 60
    os.utime(place / left, (yesterday, yesterday))
    (place / "mine.part").write_bytes(b"")
    os.utime(place / "mine.part", (yesterday, yesterday))
    assert sweep(place) == 1
    assert names(place) == ["mine.part"]
    assert sweep(place / "absent") == 0


@posix_only
def test_a_disk_that_is_full_leaves_nothing(place: Path) -> None:
    script = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom uni_cli.storage.files import write_atomic\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    write_atomic(Path(sys.argv[1]), bytes(5000))\nexcept OSError as error:\n    print(error.errno)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(place / "a")], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == str(errno.EFBIG)
    assert names(place) == []


DYING = """
import os, signal, sys
from pathlib import Path
from uni_cli.storage.files import Draft, publish
folder, last, overwrite = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "overwrite"
steps = 0
def count(event, arguments):
    global steps
    if event in ("open", "os.link", "os.rename", "os.remove") and str(folder) in str(arguments):
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
with Draft(folder) as draft:
    draft.write(b"new")
    sidecar = {".json": lambda name: b"new of " + name.name.encode()}
    publish(draft, folder / "a.png", overwrite=overwrite, companions=sidecar)
"""


def die_at(step: int, folder: Path, mode: str) -> bool:
    """Publish in a process that is killed before it touches the disk for the `step`-th time."""
    done = subprocess.run([sys.executable, "-c", DYING, str(folder), str(step), mode], check=False)
    assert done.returncode in (0, -9)
    return done.returncode != 0


@posix_only
def test_whenever_a_process_is_killed_a_picture_is_whole_or_not_there(place: Path) -> None:
    seen, step = set(), 1
    while True:
        folder = place / str(step)
        died = die_at(step, folder, "keep")
        made = tuple(name for name in (names(folder) if folder.exists() else ()) if not name.startswith(".uni-"))
        assert made in {(), ("a.png.json",), ("a.png", "a.png.json")}
        assert all((folder / name).read_bytes() in (b"new", b"new of a.png") for name in made)
        seen.add(made)
        if not died:
            break
        step += 1
    assert len(seen) == 3
    assert names(folder) == ["a.png", "a.png.json"]


@posix_only
def test_whenever_a_process_is_killed_an_old_picture_is_whole_or_replaced(place: Path) -> None:
    seen, step = set(), 1
    while True:
        folder = place / str(step)
        folder.mkdir()
        (folder / "a.png").write_bytes(b"old")
        (folder / "a.png.json").write_bytes(b"old of a.png")
        died = die_at(step, folder, "overwrite")
        contents = (folder / "a.png").read_bytes(), (folder / "a.png.json").read_bytes()
        assert contents[0] in (b"old", b"new")
        assert contents[1] in (b"old of a.png", b"new of a.png")
        seen.add(contents[0])
        if not died:
            break
        step += 1
    assert seen == {b"old", b"new"}
    assert names(folder) == ["a.png", "a.png.json"]
