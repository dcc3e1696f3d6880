"""A proxy of the environment stands between us and the services, and never between us and this machine."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from tests.front import Services, uni

ASKED: list[str] = []


class Refusing(socketserver.StreamRequestHandler):
    """Takes note of whom it should reach, and reaches nobody."""

    def handle(self) -> None:
        ASKED.append(self.rfile.readline().decode().strip())
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as server:
        ASKED.clear()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name in ("HTTPS_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://user:a-secret@127.0.0.1:{server.server_address[1]}")
        for name in ("https_proxy", "http_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield ASKED
        server.shutdown()


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_LUMA__API_KEY", "a-key-for-nothing")


def test_a_proxy_that_refuses_leaves_no_doubt(asked: list[str], key: None) -> None:
    result = uni("generate", "a fox", "-p", "luma", "--timeout", "2", "--json")

    assert result.code == 7, result.err
    assert (result.json["images"], result.json["pending"]) == ([], [])
    assert asked
    assert set(asked) == {"CONNECT agents.lumalabs.ai:443 HTTP/1.1"}
    assert "a-secret" not in result.err + result.out


def test_a_proxy_that_cannot_be_used_is_told(key: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "carrier-pigeon://user:a-secret@127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    result = uni("generate", "a fox", "-p", "luma", "--timeout", "2")

    assert result.code == 7
    assert "the proxy of the environment cannot be used" in result.err
    assert "a-secret" not in result.err


def test_this_machine_needs_no_proxy(services: Services, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert uni("generate", "a fox", "-p", "luma").code == 0
    assert asked == []
    monkeypatch.setenv("NO_PROXY", "*")  # for the question to the emulator
    assert services.billed("luma") == 1
