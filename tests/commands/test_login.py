"""Keys go in without echo, are checked for free, and lie where only their owner can read them."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from tests.front import Services, uni


@pytest.fixture
def no_key(services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """The emulator, and no key anywhere."""
    for name in ("UNI_LUMA__API_KEY", "LUMA_AGENTS_API_KEY", "UNI_SEGMIND__API_KEY", "SEGMIND_API_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("CI", "true")
    return services


def test_a_key_is_checked_and_kept_in_a_private_file(no_key: Services) -> None:
    before = uni("generate", "a fox", "-p", "luma")
    login = uni("providers", "login", "luma", stdin=b"luma-api-from-stdin\n")
    after = uni("generate", "a fox", "-p", "luma", "-o", "fox.png")

    assert (before.code, login.code, after.code) == (4, 0, 0), after.err
    file = Path(os.environ["UNI_CONFIG"]).parent / "keys.json"
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "luma-api-from-stdin" not in login.out + login.err + after.out + after.err


def test_a_refused_key_is_not_stored(no_key: Services) -> None:
    result = uni("providers", "login", "luma", "--json", stdin=b"luma-api-wrong")

    assert result.code == 4
    assert result.json["error"]["code"] == "key.refused"
    assert not (Path(os.environ["UNI_CONFIG"]).parent / "keys.json").exists()


def test_a_key_that_cannot_be_checked_is_not_stored(no_key: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_LUMA__BASE_URL", "http://127.0.0.1:9/v1")

    result = uni("providers", "login", "luma", stdin=b"luma-api-good")

    assert result.code == 7
    assert "not stored" in result.err


def test_logout_removes_it_and_says_what_is_left(no_key: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    uni("providers", "login", "luma", stdin=b"luma-api-good")
    monkeypatch.setenv("LUMA_AGENTS_API_KEY", "luma-api-other")

    result = uni("providers", "logout", "luma")

    assert result.code == 0
    assert "LUMA_AGENTS_API_KEY is still set" in result.err
    monkeypatch.delenv("LUMA_AGENTS_API_KEY")
    assert uni("generate", "a fox", "-p", "luma").code == 4


def test_the_environment_stands_above_a_stored_key(no_key: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    uni("providers", "login", "segmind", stdin=b"SG_stored")
    monkeypatch.setenv("UNI_SEGMIND__API_KEY", "SG_environment_key")

    shown = uni("config", "show")

    (line,) = [line for line in shown.lines if line.startswith("segmind.api_key")]
    assert line == "segmind.api_key\t…_key\tenvironment, UNI_SEGMIND__API_KEY"


@pytest.mark.skipif(sys.platform == "win32", reason="a mode does not tell on Windows who can read a file")
def test_a_key_file_that_others_can_read_is_refused(no_key: Services) -> None:
    uni("providers", "login", "luma", stdin=b"luma-api-good")
    (Path(os.environ["UNI_CONFIG"]).parent / "keys.json").chmod(0o644)

    result = uni("generate", "a fox", "-p", "luma")

    assert result.code == 2
    assert "chmod 600" in result.err


@pytest.mark.parametrize("typed", [b"", b"two words", "schlüssel".encode()])
def test_what_cannot_be_a_key_is_refused(no_key: Services, typed: bytes) -> None:
    assert uni("providers", "login", "luma", stdin=typed).code in (2, 4)
