"""Settings: environment over file over default, and what is wrong with them is told by name."""

from __future__ import annotations

import os
import stat
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.front import Services, uni
from uni_cli import folders, keys, settings
from uni_cli.errors import BadSettings


def write(text: str) -> Path:
    path = Path(os.environ["UNI_CONFIG"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return path


def test_the_defaults() -> None:
    found = settings.load()

    assert (found.provider, found.output, found.max_cost, found.timeout, found.jobs) == (None, None, None, 900, 4)
    assert {name: found.base_url(name) for name in settings.SERVICES} == {
        "luma": "https://agents.lumalabs.ai/v1",
        "runware": "https://api.runware.ai/v1",
        "gmicloud": "https://console.gmicloud.ai",
        "segmind": "https://api.segmind.com",
    }
    assert found.segmind.history_url == "https://api.spotprod.segmind.com"
    assert found.segmind.upload_url == "https://workflows-api.segmind.com"


def test_environment_stands_above_file_and_file_above_default(monkeypatch: pytest.MonkeyPatch) -> None:
    write('provider = "luma"\ntimeout = 60\n[luma]\nconcurrency = 3\nprice = 0.05\n')
    monkeypatch.setenv("UNI_PROVIDER", "runware")
    monkeypatch.setenv("UNI_LUMA__CONCURRENCY", "7")

    found = settings.load()

    assert (found.provider, found.timeout) == ("runware", 60)
    assert (found.luma.concurrency, found.luma.price) == (7, Decimal("0.05"))


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    write('provider = "luma"\n')
    monkeypatch.setenv("UNI_PROVIDER", "")
    monkeypatch.setenv("UNI_MAX_COST", "")

    found = settings.load()

    assert (found.provider, found.max_cost) == ("luma", None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UNI_TIMEOUT", "soon"),
        ("UNI_TIMEOUT", "-1"),
        ("UNI_TIMEOUT", "nan"),
        ("UNI_MAX_COST", "-1"),
        ("UNI_MAX_COST", "nan"),
        ("UNI_MAX_COST", "much"),
        ("UNI_BUDGET_DAILY", "-0.01"),
        ("UNI_JOBS", "0"),
        ("UNI_LUMA__CONCURRENCY", "0"),
        ("UNI_LUMA__CONCURENCY", "3"),
        ("UNI_SEGMIND__PRICE", "free"),
        ("UNI_LUMA", "x"),
    ],
)
def test_a_variable_that_does_not_hold_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(BadSettings) as caught:
        settings.load()

    assert name in caught.value.message or name.partition("__")[0].lower().removeprefix("uni_") in caught.value.message
    assert "pydantic" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("provder = 'luma'", "Did you mean `provider`?"),
        ("[luma]\nkey = 'x'", "unknown key `luma.key`"),
        ("[segmind]\nhistory = 'x'", "Did you mean `segmind.history_url`?"),
        ("nonsense", "cannot be read"),
        ("timeout = 'soon'", "timeout"),
        ("jobs = 0", "jobs"),
        ("luma = 4", "luma"),
    ],
)
def test_a_file_that_does_not_hold_is_told(text: str, told: str) -> None:
    path = write(text)

    with pytest.raises(BadSettings) as caught:
        settings.load()

    assert told in caught.value.message
    assert str(path) in caught.value.message


def test_a_file_that_is_no_text_is_told() -> None:
    write("").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadSettings, match="cannot be read"):
        settings.load()


def test_the_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("UNI_STATE_DIR")
    write(f'state_dir = "{(tmp_path / "mine").as_posix()}"\n')

    assert folders.state_dir() == tmp_path / "mine"
    monkeypatch.setenv("UNI_STATE_DIR", "here")
    assert folders.state_dir() == Path.cwd() / "here"


# --- keys --------------------------------------------------------------------------------------------------------


def found(name: str) -> tuple[str, str] | None:
    key = keys.find(name, settings.load())
    return (key.value.get_secret_value(), key.origin) if key else None


def test_our_own_name_stands_above_the_service_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"luma": "LUMA_AGENTS_API_KEY", "runware": "RUNWARE_API_KEY", "gmicloud": "GMI_API_KEY",
             "segmind": "SEGMIND_API_KEY"}  # fmt: skip
    for service, name in names.items():
        assert found(service) is None
        monkeypatch.setenv(name, f"theirs-{service}")
        assert found(service) == (f"theirs-{service}", f"environment, {name}")
        ours = f"UNI_{service.upper()}__API_KEY"
        monkeypatch.setenv(ours, f" ours-{service}\n")
        assert found(service) == (f"ours-{service}", f"environment, {ours}")


def test_a_key_never_shows_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_LUMA__API_KEY", "luma-api-secret")
    loaded = settings.load()

    assert "luma-api-secret" not in repr(loaded) + str(loaded) + repr(keys.find("luma", loaded))


@pytest.mark.skipif(sys.platform == "win32", reason="chmod keeps nobody from a file or folder on Windows")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_with_a_key_must_be_private(mode: int) -> None:
    path = write("[runware]\napi_key = 'in-the-file'\n")
    assert found("runware") == ("in-the-file", f"file, {path}")
    path.chmod(mode)

    with pytest.raises(BadSettings) as caught:
        found("runware")

    assert f"chmod 600 {path}" in (caught.value.hint or "")
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("key", ["clé", "one two", "two\nlines", "x" * 4097])
def test_a_key_that_cannot_be_sent_is_told_before_anything_is_sent(
    services: Services, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("UNI_LUMA__API_KEY", key)

    result = uni("generate", "a fox", "-p", "luma", "--json")

    assert (result.code, result.json["error"]["code"]) == (2, "usage.settings")
    assert key not in result.err + result.out
    assert services.stats()["luma"]["requests"] == 0


@pytest.mark.parametrize("url", ["https://luma.example:70000/v1", "https://luma.example:x/v1", "https:///v1"])
def test_a_base_url_without_a_host_or_with_an_impossible_port_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("UNI_LUMA__API_KEY", "key")
    monkeypatch.setenv("UNI_LUMA__BASE_URL", url)

    result = uni("generate", "a fox", "-p", "luma", "--json")

    assert (result.code, result.json["error"]["code"]) == (2, "usage.settings")


def test_a_blank_key_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_LUMA__API_KEY", " ")

    result = uni("generate", "a fox", "-p", "luma", "--json")

    assert (result.code, result.json["error"]["code"]) == (4, "key.missing")


@pytest.mark.parametrize(("name", "value"), [("uni_luma__api_key", "key"), ("UNI_LUMA", '{"api_key": "key"}')])
def test_a_key_from_the_environment_under_another_name_needs_no_file(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    result = uni("providers", "list", "--json")

    (luma,) = [one for one in result.json["providers"] if one["provider"] == "luma"]
    assert (result.code, luma["key_from"]) == (0, "environment")
