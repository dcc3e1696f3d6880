"""A setting that is spelt wrong is told of where a user looks, and never silently dropped there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.front import Services, uni


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("UNI_MAXCOST", "UNI_MAX_COST"),
        ("UNI_LUMA_API_KEY", "UNI_LUMA__API_KEY"),
        ("UNI_BUDGET_DAYLY", "UNI_BUDGET_DAILY"),
        ("UNI_SEGMENT__API_KEY", "UNI_SEGMIND__API_KEY"),
        # Windows knows no small letters there.
        ("UNI_PROVDER" if sys.platform == "win32" else "uni_provder", "UNI_PROVIDER"),
    ],
)
def test_the_nearest_right_name_is_told(name: str, instead: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "3")

    shown = uni("config", "show")
    document = uni("config", "show", "--json").json

    told = f"warning: {name} is set, and nothing reads it. Did you mean {instead}?"
    assert (shown.code, shown.err.splitlines()) == (0, [told])
    assert document["unread"] == [{"name": name, "instead": instead}]
    assert told in uni("providers", "check", "local").err
    assert uni("config", "show", "--quiet").err == ""


def test_a_name_like_no_other_is_told_without_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_ZZZZ", "3")

    assert uni("config", "show").err == "warning: UNI_ZZZZ is set, and nothing reads it.\n"


def test_right_names_in_any_case_and_empty_ones_are_no_news(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("uni_luma__concurrency", "2")
    monkeypatch.setenv("UNI_RUNWARE", '{"rate": 7}')
    monkeypatch.setenv("UNI_MAXCOST", "")

    shown = uni("config", "show")

    assert shown.err == ""
    assert "luma.concurrency\t2\tenvironment, uni_luma__concurrency".lower() in [line.lower() for line in shown.lines]
    assert "runware.rate\t7\tenvironment, UNI_RUNWARE" in shown.lines
    assert "runware.seed\tfalse\tdefault" in shown.lines


@pytest.mark.parametrize("command", [("config", "show"), ("generate", "a fox", "--dry-run")])
def test_a_wrong_member_of_a_service_is_an_error_with_the_right_name(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNI_LUMA__APIKEY", "luma-api-misplaced")

    result = uni(*command)

    assert result.code == 2
    assert "UNI_LUMA__APIKEY is no setting. Did you mean UNI_LUMA__API_KEY?" in result.err
    assert "misplaced" not in result.err


@pytest.mark.parametrize(
    ("name", "instead"),
    [("LUMA_API_KEY", "LUMA_AGENTS_API_KEY"), ("LUMAAI_API_KEY", "LUMA_AGENTS_API_KEY"),
     ("GMICLOUD_API_KEY", "GMI_API_KEY"), ("GMI_CLOUD_API_KEY", "GMI_API_KEY"), ("RUNWARE_KEY", "RUNWARE_API_KEY")],
)  # fmt: skip
def test_a_key_under_a_name_that_is_not_the_services_own(
    name: str, instead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "a-key-of-somebody")

    told = uni("config", "show").err

    assert told == f"warning: {name} is set, and nothing reads it. Did you mean {instead}?\n"
    monkeypatch.setenv(instead, "the-right-key")
    assert uni("config", "show").err == ""


def test_login_tells_of_it_too(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("UNI_LUMA_API_KEY", "luma-api-x")

    login = uni("providers", "login", "luma", stdin=b"luma-api-good")

    assert login.code == 0
    assert "Did you mean UNI_LUMA__API_KEY?" in login.err


def test_nobody_else_pays_for_the_look() -> None:
    run = "main(['generate', 'a fox', '--dry-run', '-q'])"
    look = f"import sys; from uni_cli.cli import main; {run}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60)

    assert "uni_cli.settings" in done.stdout.split()
    assert "uni_cli.commands.misspelt" not in done.stdout.split()
