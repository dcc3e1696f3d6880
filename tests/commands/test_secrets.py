"""A key is shown to its service alone: not in files, not in the ledger, not on any stream, not to a file host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front import Services, uni

KEYS = {
    "luma": "luma-api-SECRETLUMA0123456789",
    "runware": "SECRETRUNWARE0123456789",
    "gmicloud": "SECRETGMICLOUD0123456789",
    "segmind": "SECRETSEGMIND0123456789",
}
OWN_NAMES = ("LUMA_AGENTS_API_KEY", "RUNWARE_API_KEY", "GMI_API_KEY", "SEGMIND_API_KEY")


@pytest.fixture
def secret(services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    for name, key in KEYS.items():
        monkeypatch.setenv(f"UNI_{name.upper()}__API_KEY", key)
    for name in OWN_NAMES:
        monkeypatch.delenv(name)
    return services


def found_in(folder: Path) -> list[str]:
    """Files that hold a part of any key."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(part in path.read_bytes() for part in (b"SECRET", b"0123456789"))]


@pytest.mark.parametrize("provider", KEYS)
def test_no_key_is_left_anywhere(secret: Services, provider: str, drawn: Callable[..., Path], tmp_path: Path) -> None:
    drawn("in.png")
    commands = (
        ("generate", "a fox", "-p", provider, "-o", "fox.{ext}", "-v"),
        ("edit", "in.png", "make it night", "-p", provider, "-o", "-", "-v"),
        ("generate", "a fox", "-p", provider, "--dry-run", "--json"),
        ("providers", "check", provider, "-v"),
        ("providers", "show", provider, "--json"),
        ("config", "show", "-v"),
        ("config", "show", "--json"),
        ("status", "--json"),
    )

    results = [uni(*command) for command in commands]

    assert [result.code for result in results] == [0] * len(commands), [result.err for result in results]
    assert [
        command for command, result in zip(commands, results, strict=True) if "SECRET" in result.out + result.err
    ] == []
    assert all(b"SECRET" not in result.data for result in results)
    assert found_in(tmp_path) == []
    assert {name: int(stats["leaks"]) for name, stats in secret.stats().items()} == dict.fromkeys(KEYS, 0)


@pytest.mark.parametrize("provider", KEYS)
def test_a_refused_key_is_not_repeated(
    secret: Services, provider: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prefix = "luma-api-" if provider == "luma" else ""
    monkeypatch.setenv(f"UNI_{provider.upper()}__API_KEY", f"{prefix}wrong-SECRET0123456789")

    made = uni("generate", "a fox", "-p", provider, "-v", "--json")
    check = uni("providers", "check", provider, "-v")

    assert (made.code, check.code) == (4, 4), made.err
    assert made.json["failures"][0]["code"] == "key.refused"
    assert "SECRET" not in made.out + made.err + check.out + check.err
    assert found_in(tmp_path) == []


def test_config_shows_the_end_of_a_key_and_where_it_came_from(secret: Services) -> None:
    values = {entry["name"]: entry for entry in uni("config", "show", "--json").json["values"]}

    assert values["luma.api_key"]["value"] == "…6789"
    assert values["luma.api_key"]["origin"] == "environment, UNI_LUMA__API_KEY"


def test_a_short_key_is_not_shown_at_all(secret: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_RUNWARE__API_KEY", "tiny")

    shown = uni("config", "show")

    assert "tiny" not in shown.out


@pytest.mark.parametrize("base", ["http://example.org/v1", "ftp://127.0.0.1/v1", "https://[::1", "nonsense"])
def test_a_key_goes_over_https_or_to_this_machine(secret: Services, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_LUMA__BASE_URL", base)

    result = uni("generate", "a fox", "-p", "luma")

    assert (result.code, result.out) == (2, "")
    assert "[usage.settings]" in result.err
