"""Closed doors: no test sees the network, a real home, a real key or another test's ledger."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

# Before anything imports them: their assertions explain themselves only then.
pytest.register_assert_rewrite("tests.workbench", "tests.contract", "tests.contract_habits", "tests.contract_troubles")

from tests.front import Services, environment  # noqa: E402  (after the line above)

KEYS = ("LUMA_", "RUNWARE_", "GMI_", "SEGMIND_", "UNI_")
PLACES = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")


# A privilege that no package brings: the only reason for which a test may be skipped where every tool is compulsory.
EXPECTED = ("may mount a file system", "lets nobody mount a file system")


class TriedToLeave(AssertionError):
    """A test wanted to talk to another machine."""


@pytest.fixture(autouse=True)
def closed_doors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(KEYS) and not name.startswith("UNI_TEST_"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    for name in ("HOME", "USERPROFILE", *PLACES):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("UNI_CONFIG", str(home / "config.toml"))
    monkeypatch.setenv("UNI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    _keep_inside(monkeypatch)


def _keep_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
            raise TriedToLeave(f"a test connects to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """All four services, fast, on loopback."""
    with ExitStack() as stack:
        yield _start(stack, monkeypatch, latency=0.05)


@pytest.fixture
def start_services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Services]]:
    """The same with options of `create_app`."""
    with ExitStack() as stack:
        yield lambda **options: _start(stack, monkeypatch, **options)


def _start(stack: ExitStack, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Services:
    from uni_cli.emulator import create_app, env_lines
    from uni_cli.emulator.server import running

    url = stack.enter_context(running(create_app(**{"fast": True, "limits": False, **options})))
    for name, value in environment(env_lines(url)).items():
        monkeypatch.setenv(name, value)
    return Services(url)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where every tool is compulsory, a skipped test is a failed one: a green run must have run."""
    if os.environ.get("UNI_TEST_REQUIRE") != "all":
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not reporter:
        return
    skipped = [r for r in reporter.stats.get("skipped", []) if not any(words in str(r.longrepr) for words in EXPECTED)]
    if skipped:
        reporter.write_line(f"{len(skipped)} tests were skipped, and nothing may be skipped here", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
