import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.gallery.pieces import picture
from uni_cli.gallery.collect import Collector
from uni_cli.gallery.entry import id_of
from uni_cli.gallery.watch import Wall, Watch


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    picture(tmp_path / "a.png", prompt="a red van")
    wall = Wall(Collector([tmp_path]), tmp_path, title="out")
    wall.look()
    watch = Watch(wall)
    watch.start()
    yield watch
    watch.close()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Message
    body: bytes


@contextmanager
def asking(watch: Watch, path: str, *, method: str, headers: Mapping[str, str]) -> Iterator[http.client.HTTPResponse]:
    url = urlsplit(watch.url)
    connection = http.client.HTTPConnection(url.netloc, timeout=10)
    connection.putrequest(method, path if path.startswith("/") else url.path + path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    with closing(connection), connection.getresponse() as answer:
        yield answer


def ask(watch: Watch, path: str = "", *, method: str = "GET", host: str | None = None) -> Answer:
    with asking(watch, path, method=method, headers={} if host is None else {"Host": host}) as answer:
        return Answer(answer.status, answer.headers, answer.read())


def event_of(events: http.client.HTTPResponse) -> tuple[str, list[Any]]:
    """The next event that says something."""
    kind = ""
    while True:
        line = events.readline().decode().rstrip("\n")
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        if line.startswith("data: "):
            return kind, json.loads(line.removeprefix("data: "))


def test_the_page_and_its_pictures_are_served(watch: Watch, tmp_path: Path) -> None:
    page = ask(watch)
    text = page.body.decode()
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "a red van" in text
    assert "connect-src &#x27;self&#x27;" in text
    whole = ask(watch, f"pictures/{id_of('a.png')}")
    assert (whole.status, whole.headers["Content-Type"]) == (200, "image/png")
    assert whole.body == (tmp_path / "a.png").read_bytes()


def test_nothing_is_kept_framed_sniffed_or_lent_to_other_sites(watch: Watch) -> None:
    headers = ask(watch).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Access-Control-Allow-Origin"] is None


def test_it_listens_on_loopback_only(watch: Watch) -> None:
    assert urlsplit(watch.url).hostname == "127.0.0.1"
    with socket.socket() as other:
        other.settimeout(2)
        with pytest.raises(OSError):
            other.connect(("127.0.0.2", urlsplit(watch.url).port or 0))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "evil.example:80", "", "127.0.0.1:1"])
def test_a_name_that_was_bent_to_this_machine_sees_nothing(watch: Watch, host: str) -> None:
    answer = ask(watch, host=host)
    assert answer.status == 403
    assert b"red van" not in answer.body


def test_localhost_is_a_name_of_this_machine(watch: Watch) -> None:
    assert ask(watch, host=f"localhost:{urlsplit(watch.url).port}").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/token/",
        "pictures/../../../../etc/passwd",
        "pictures/%2e%2e%2fsecret.txt",
        "pictures/a.png",
        "pictures/0000000000000000",
        "pictures/",
        "../secret.txt",
        "//etc/passwd",
        "a.png",
    ],
)
def test_no_path_leads_anywhere_else(watch: Watch, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    answer = ask(watch, path)
    assert answer.status == 404
    assert b"secret" not in answer.body


def test_a_picture_that_became_something_else_is_not_served(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("root:x:0:0")
    assert ask(watch, f"pictures/{id_of('a.png')}").status == 404
    (tmp_path / "a.png").unlink()
    assert ask(watch, f"pictures/{id_of('a.png')}").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_can_only_be_read(watch: Watch, method: str) -> None:
    assert ask(watch, method=method).status == 501


def test_head_has_no_body(watch: Watch) -> None:
    answer = ask(watch, method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


def test_pictures_are_told_of_as_they_land_change_and_go(watch: Watch, tmp_path: Path) -> None:
    with asking(watch, "events?since=1", method="GET", headers={}) as events:
        _follow(watch, tmp_path, events)


def _follow(watch: Watch, tmp_path: Path, events: http.client.HTTPResponse) -> None:
    picture(tmp_path / "b.png", prompt="a blue van")
    watch.wall.look()
    kind, told = event_of(events)
    assert (kind, [one["prompt"] for one in told]) == ("pictures", ["a blue van"])
    picture(tmp_path / "b.png", prompt="a green van", colour="green")
    watch.wall.look()
    kind, told = event_of(events)
    assert (kind, [(one["id"], one["prompt"]) for one in told]) == ("pictures", [(id_of("b.png"), "a green van")])
    (tmp_path / "b.png").unlink()
    watch.wall.look()
    assert event_of(events) == ("gone", [id_of("b.png")])


def test_a_browser_that_comes_back_hears_what_it_missed(watch: Watch, tmp_path: Path) -> None:
    picture(tmp_path / "b.png", prompt="a blue van")
    watch.wall.look()
    with asking(watch, "events?since=0", method="GET", headers={"Last-Event-ID": "1"}) as events:
        kind, told = event_of(events)
    assert (kind, [one["prompt"] for one in told]) == ("pictures", ["a blue van"])


def test_a_half_written_picture_is_a_problem_once_and_shown_when_it_is_whole(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    whole = path.read_bytes()
    path.write_bytes(whole[:50])
    wall = Wall(Collector([tmp_path]), tmp_path, title="out")
    assert [problem.path for problem in wall.look()] == [path]
    assert wall.look() == []
    path.write_bytes(whole)
    assert wall.look() == []
    assert wall.size == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to a single process")
def test_the_command_prints_its_address_and_ends_with_0_on_ctrl_c(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", prompt="a red van")
    command = [sys.executable, "-m", "uni_cli", "gallery", "--watch"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = urlsplit(process.stdout.readline().strip())
        with closing(http.client.HTTPConnection(url.netloc, timeout=10)) as connection:
            connection.request("GET", url.path)
            assert "a red van" in connection.getresponse().read().decode()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
    assert [one.name for one in tmp_path.glob("*.html")] == []
