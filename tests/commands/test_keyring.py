"""Keys in a real keyring: login stores there, logout removes there, the environment wins, CI never asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.front import Services

pytest.importorskip("keyring", reason="the extra `keyring` is not installed")

KEY = "luma-api-of-the-keyring"
BACKEND = "tests.commands.keyring_file.FileKeyring"


@dataclass(frozen=True)
class Ring:
    file: Path

    @property
    def held(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.file.read_text()) if self.file.exists() else {}
        return found

    @property
    def calls(self) -> list[str]:
        log = self.file.with_suffix(".calls")
        return log.read_text().split() if log.exists() else []

    def uni(self, *args: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """A process of its own, with this keyring as the system's."""
        environ = {name: value for name, value in os.environ.items() if name not in ("CI", "LUMA_AGENTS_API_KEY")}
        environ.pop("UNI_LUMA__API_KEY", None)
        root = str(Path(__file__).parents[2])
        ring = {"PYTHON_KEYRING_BACKEND": BACKEND, "UNI_TEST_KEYRING": str(self.file), "PYTHONPATH": root}
        command = [sys.executable, "-m", "uni_cli", *args]
        return subprocess.run(
            command, input=stdin, env={**environ, **ring, **env}, capture_output=True, text=True, timeout=60
        )


@pytest.fixture
def ring(services: Services, tmp_path: Path) -> Ring:
    return Ring(tmp_path / "ring.json")


def key_file() -> Path:
    return Path(os.environ["UNI_CONFIG"]).parent / "keys.json"


def test_login_keeps_the_key_in_the_keyring_and_nowhere_else(ring: Ring) -> None:
    login = ring.uni("providers", "login", "luma", stdin=KEY)
    shown = ring.uni("config", "show")
    made = ring.uni("generate", "a fox", "-p", "luma", "-o", "fox.png")

    assert (login.returncode, made.returncode) == (0, 0), login.stderr + made.stderr
    assert "kept in the system keyring" in login.stderr
    assert ring.held == {"uni-image/luma": KEY}
    assert KEY not in key_file().read_text()
    assert f"luma.api_key\t…{KEY[-4:]}\tsystem keyring" in shown.stdout.splitlines()
    assert KEY not in login.stderr + shown.stdout + made.stderr


def test_logout_removes_it_there(ring: Ring) -> None:
    ring.uni("providers", "login", "luma", stdin=KEY)

    logout = ring.uni("providers", "logout", "luma")

    assert logout.returncode == 0, logout.stderr
    assert ring.held == {}
    assert ring.uni("generate", "a fox", "-p", "luma").returncode == 4


def test_the_environment_wins_and_the_keyring_is_not_even_asked(ring: Ring) -> None:
    ring.uni("providers", "login", "luma", stdin=KEY)
    before = ring.calls

    shown = ring.uni("config", "show", UNI_LUMA__API_KEY="luma-api-of-the-environment")

    assert "luma.api_key\t…ment\tenvironment, UNI_LUMA__API_KEY" in shown.stdout.splitlines()
    assert ring.calls == before


def test_a_service_that_never_logged_in_does_not_open_the_keyring(ring: Ring) -> None:
    assert ring.uni("generate", "a fox", "-p", "luma").returncode == 4
    assert ring.calls == []


def test_in_ci_no_keyring_is_touched(ring: Ring) -> None:
    ring.uni("providers", "login", "luma", stdin=KEY)
    before = ring.calls

    made = ring.uni("generate", "a fox", "-p", "luma", CI="true")
    left = ring.uni("providers", "logout", "luma", CI="true")
    login = ring.uni("providers", "login", "luma", stdin="luma-api-for-ci", CI="true")

    assert made.returncode == 4
    assert left.returncode == 2
    assert "not touched in CI" in left.stderr
    assert login.returncode == 0
    assert "luma-api-for-ci" in key_file().read_text()
    assert (ring.calls, ring.held) == (before, {"uni-image/luma": KEY})


def test_a_key_that_stays_in_a_locked_keyring_is_not_called_removed(ring: Ring) -> None:
    ring.uni("providers", "login", "luma", stdin=KEY)

    logout = ring.uni("providers", "logout", "luma", UNI_TEST_KEYRING_LOCKED="1")

    assert logout.returncode == 2
    assert "could not be removed" in logout.stderr
    assert "is removed" not in logout.stderr
    assert ring.held == {"uni-image/luma": KEY}
    assert ring.uni("providers", "logout", "luma").returncode == 0
    assert ring.held == {}


def test_a_keyring_without_a_real_backend_leaves_the_key_to_the_private_file(ring: Ring) -> None:
    login = ring.uni("providers", "login", "luma", stdin=KEY, PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")

    assert login.returncode == 0
    assert str(key_file()) in login.stderr
    assert KEY in key_file().read_text()
