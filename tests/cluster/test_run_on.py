"""`uni recipes run --on dask`: workers that are processes, services on a socket, and deaths in the middle."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import s3
from tests.cluster.stand import ROOT, Stand, standing
from tests.front import Result, environment, uni
from uni_cli.cluster import opening, watch
from uni_cli.cluster.far import FarEngine
from uni_cli.emulator import create_app, env_lines
from uni_cli.emulator.server import running
from uni_cli.emulator.state import Emulator
from uni_cli.ledger import schema
from uni_cli.models import Job

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to send to a worker")
LATENCY = 0.8


@dataclass(frozen=True)
class Site:
    """Two workers, and the books of the services that they talk to."""

    stand: Stand
    emulator: Emulator
    names: dict[str, str]

    @property
    def on(self) -> str:
        return f"dask://{self.stand.address}"

    @property
    def accepted(self) -> int:
        return len(self.emulator.jobs.all)

    @property
    def billed(self) -> int:
        now = self.emulator.now()
        return sum(job.charged(now) > 0 for job in self.emulator.jobs.all)

    def has_taken(self, count: int) -> bool:
        """So many jobs, and everybody knows of them."""
        jobs = self.emulator.jobs.all
        return len(jobs) == count and self.emulator.now() - jobs[-1].accepted_at > LATENCY / 3

    def at_once(self) -> int:
        """The most jobs that ran at one moment."""
        jobs = self.emulator.jobs.all
        return max(sum(o.accepted_at <= job.accepted_at < o.ready_at for o in jobs) for job in jobs)


@pytest.fixture(scope="module")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    app = create_app(fast=True, limits=False, latency=LATENCY)
    with running(app) as url, s3.serving() as store:
        names = {**environment(env_lines(url)), **store}
        own = {**names, "UNI_STATE_DIR": str(tmp_path_factory.mktemp("workers")), "UNI_CONFIG": os.devnull}
        without = {name: value for name, value in own.items() if "SEGMIND" not in name or "KEY" not in name}
        with standing(2, without) as stand:
            yield Site(stand, app.state.emulator, names)


@pytest.fixture
def site(grounds: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    for name, value in grounds.names.items():
        monkeypatch.setenv(name, value)
    grounds.emulator.reset()
    grounds.stand.recover()
    return grounds


def put(count: int, service: str = "luma", more: str = "") -> None:
    Path("recipes").mkdir(exist_ok=True)
    Path("recipes/a.yaml").write_text(
        f"prompt: a fox\nprovider: {service}\naspect: 1:3\nrows: rows.csv\n{more}", encoding="utf-8"
    )
    Path("recipes/rows.csv").write_text("id\n" + "".join(f"fox-{n}\n" for n in range(count)), encoding="utf-8")


def pictures() -> list[str]:
    return sorted(path.name for path in Path("recipes/out/a").glob("*") if path.suffix != ".json")


def meanwhile(condition: Callable[[], bool], act: Callable[[], object]) -> threading.Thread:
    """Do something as soon as a condition holds."""

    def wait() -> None:
        for _ in range(1000):
            if condition():
                act()
                return
            time.sleep(0.02)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def run(site: Site, *more: str) -> Result:
    return uni("recipes", "run", "a", "--on", site.on, *more)


def client(site: Site, state: str, recipes: Path, *more: str) -> subprocess.Popen[bytes]:
    """The same in a process with a ledger of its own."""
    return subprocess.Popen(
        (sys.executable, "-m", "uni_cli", "recipes", "run", str(recipes), "--on", site.on, *more),
        env={**os.environ, "UNI_STATE_DIR": str(Path(state).absolute()), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_workers_send_and_collect_with_keys_of_their_own(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    put(6)
    monkeypatch.setenv("UNI_LUMA__API_KEY", "luma-api-wrong")  # whoever sends with this one is refused
    result = run(site)

    assert result.code == 0, result.err
    assert result.lines == [f"recipes/out/a/fox-{n}.png" for n in range(6)]
    assert pictures() == [f"fox-{n}.png" for n in range(6)]
    assert (site.accepted, site.billed) == (6, 6)
    assert "luma-api" not in result.out + result.err
    again = run(site)
    assert (again.code, again.lines, site.accepted) == (0, [], 6)


def test_the_way_to_a_picture_is_in_the_ledger_before_a_worker_is_asked_to_collect_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(6)
    collected, known = FarEngine._collected, list[bool]()

    async def watched(self: FarEngine, job: Job, *, resumed: bool) -> Job:
        db = sqlite3.connect(Path(os.environ["UNI_STATE_DIR"], schema.FILE))
        known.extend(row[0] is not None for row in db.execute("SELECT remote_id FROM jobs WHERE id = ?", (job.id,)))
        db.close()
        return await collected(self, job, resumed=resumed)

    monkeypatch.setattr(FarEngine, "_collected", watched)

    assert run(site).code == 0
    assert known == [True] * 6


def test_a_worker_killed_while_it_collects_loses_nothing(site: Site) -> None:
    put(6)
    killer = meanwhile(lambda: site.has_taken(6), site.stand.kill_one)
    result = run(site)
    killer.join()

    assert result.code == 0, result.err
    assert pictures() == [f"fox-{n}.png" for n in range(6)]
    assert (site.accepted, site.billed) == (6, 6)


@pytest.mark.parametrize("service", ["luma", "gmicloud"])
def test_a_worker_killed_while_it_sends_pays_nothing_twice(site: Site, service: str) -> None:
    """Luma's answer comes late and Luma has no way to ask again; GMI Cloud answers when the picture is there."""
    put(6, service)
    if service == "luma":
        site.emulator.faults.replace([f"luma:submit:slow={LATENCY}"])
    killer = meanwhile(lambda: site.accepted >= 4, site.stand.kill_one)
    result = run(site)
    killer.join()

    in_doubt = [job for job in uni("status", "--all", "--json").json["jobs"] if job["state"] == "in_doubt"]
    assert site.accepted <= 6
    assert site.billed == len(pictures()) + len(in_doubt)
    assert len(pictures()) + len(in_doubt) == 6
    if service == "gmicloud":
        assert (result.code, in_doubt) == (0, []), result.err
    else:
        assert (result.code, bool(in_doubt)) == (8, True), result.err
        assert "the worker that was sending it is gone" in result.err
    site.emulator.faults.replace([])
    assert run(site).code == result.code
    assert site.accepted == 6


@pytest.mark.parametrize("failures", ["0", "3"])
def test_what_no_worker_can_collect_the_run_collects_itself(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: str
) -> None:
    """One cluster gives a task up with its first worker, the other waits for a worker that never comes."""
    put(2)
    monkeypatch.setattr(watch, "LOOK", 0.1)
    monkeypatch.setattr(watch, "ALONE", 0.3)
    names = {"UNI_STATE_DIR": str(tmp_path / "own"), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": failures}
    with standing(1, names) as stand:
        frail = Site(stand, site.emulator, site.names)
        killer = meanwhile(lambda: frail.has_taken(2), stand.kill_one)
        result = run(frail)
        killer.join()
    assert result.code == 0, result.err
    assert pictures() == ["fox-0.png", "fox-1.png"]
    assert site.accepted == 2


def test_the_limit_of_a_service_holds_across_workers_and_across_runs(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNI_LUMA__CONCURRENCY", "2")
    runs = []
    for name in ("first", "second"):
        Path(name).mkdir()
        path = Path(name, "a.yaml")
        path.write_text("prompt: a fox\nprovider: luma\naspect: 1:3\nseeds: {from: 1, count: 3}\n", encoding="utf-8")
        runs.append(client(site, f"{name}-state", path))
    assert [one.wait(60) for one in runs] == [0, 0]
    assert site.accepted == 6
    assert site.at_once() == 2


def test_a_run_that_is_killed_is_collected_by_the_next(site: Site) -> None:
    put(4)
    process = client(site, os.environ["UNI_STATE_DIR"], Path("recipes/a.yaml"))
    meanwhile(lambda: site.has_taken(4), process.kill).join()
    process.wait(20)

    result = uni("status", "--wait", "--timeout", "10")
    assert (site.accepted, site.billed) == (4, 4)
    states = [job["state"] for job in uni("status", "--all", "--json").json["jobs"]]
    assert result.code in (0, 8), result.err
    # A worker whose run was killed may just find out that its picture is placed already, and takes its draft away.
    for _ in range(500):
        if not any(name.startswith(".") for name in pictures()):
            break
        time.sleep(0.02)
    assert len(pictures()) == states.count("saved")
    assert states.count("saved") + states.count("in_doubt") == 4


def test_pictures_go_to_s3_from_every_worker_and_none_twice(site: Site) -> None:
    put(6)
    with s3.emptied() as bucket:
        killer = meanwhile(lambda: site.billed >= 2, site.stand.kill_one)
        result = run(site, "-o", "s3://pictures/{item}.{ext}")
        killer.join()
        found = s3.names(bucket)
    assert result.code == 0, result.err
    assert found == sorted(f"pictures/fox-{n}.png{suffix}" for n in range(6) for suffix in ("", ".json"))
    assert result.lines == [f"s3://pictures/fox-{n}.png" for n in range(6)]
    assert site.accepted == 6


def test_a_key_that_the_workers_lack_is_told_before_anything_is_sent(site: Site) -> None:
    put(2, "segmind")
    result = run(site)
    assert (result.code, site.accepted) == (4, 0)
    assert "no key for segmind: set UNI_SEGMIND__API_KEY there" in result.err


def test_another_address_at_the_workers_is_told_before_anything_is_sent(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(2)
    monkeypatch.setenv("UNI_LUMA__BASE_URL", "http://127.0.0.1:9/luma")
    result = run(site)
    assert (result.code, site.accepted) == (2, 0)
    assert "UNI_LUMA__BASE_URL" in result.err


def test_overwriting_is_refused_because_workers_do_not_know_of_each_other(site: Site) -> None:
    put(2, more="overwrite: true\n")
    result = run(site)
    assert (result.code, site.accepted) == (2, 0)
    assert "overwrite" in result.err


def test_a_cluster_that_is_not_there_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    put(2, "local")
    monkeypatch.setattr(opening, "CONNECT_SECONDS", 0.5)
    result = uni("recipes", "run", "a", "--on", "dask://127.0.0.1:9")
    assert (result.code, pictures()) == (7, [])
    assert "dask://127.0.0.1:9" in result.err


@pytest.mark.parametrize("on", ["ray", "dask://", "dask://host", "tcp://127.0.0.1:8786", ""])
def test_what_is_no_cluster_is_refused(on: str) -> None:
    put(2, "local")
    assert uni("recipes", "run", "a", "--on", on).code == 2


def test_without_the_extra_the_line_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    put(2, "local")
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = uni("recipes", "run", "a", "--on", "dask")
    assert result.code == 2
    assert "pip install 'uni-image[dask]'" in result.err


def test_dask_alone_starts_a_cluster_on_this_machine(site: Site) -> None:
    put(3)
    command = (sys.executable, "-m", "uni_cli", "recipes", "run", "a", "--on", "dask", "-q")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"recipes/out/a/fox-{n}.png" for n in range(3)]
    assert site.accepted == 3
