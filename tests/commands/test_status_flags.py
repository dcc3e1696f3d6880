"""No flag of `status` is dropped silently, and what nobody told is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.front import Services, uni


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--spend", "--state", "saved"), "--state has no effect with --spend"),
        (("--wait", "--state", "saved"), "--state has no effect with --wait"),
        (("--wait", "--since", "7d"), "--since has no effect with --wait"),
        (("--forget", "7f3a9c21", "--all"), "--all has no effect with --forget"),
        (("7f3a9c21", "--spend"), "a JOB has no effect with --spend"),
        (("--timeout", "5"), "--timeout has no effect without --wait or --recover"),
        (("--wait", "--timeout", "-5"), "--timeout -5"),
        (("--watch", "--json"), "--watch shows a table again and again"),
    ],
)
def test_a_flag_without_effect_is_an_error(flags: tuple[str, ...], said: str) -> None:
    result = uni("status", *flags)

    assert result.code == 2
    assert said in result.err


def test_a_charge_that_nobody_told_is_unknown(services: Services) -> None:
    uni("generate", "a fox", "-p", "luma", "-o", "luma.png")
    uni("generate", "a fox", "-p", "runware", "-o", "runware.png")

    spent = uni("status", "--spend", "--json").json

    rows = {row["provider"]: (row["estimate_usd"], row["cost_usd"]) for row in spent["rows"]}
    assert rows == {"luma": ("0.0404", None), "runware": ("0.0404", "0.0404")}
    assert (spent["estimate_usd"], spent["cost_usd"]) == ("0.0808", "0.0404")
    assert "?" in uni("status", "--spend").out


def test_watching_ends_when_nothing_is_open(services: Services) -> None:
    uni("generate", "a fox", "-p", "luma", "-o", "luma.png")

    result = uni("status", "--watch")

    assert (result.code, len(result.lines)) == (0, 1)


def test_a_refused_run_leaves_no_folder_behind() -> None:
    result = uni("generate", "a fox", "-o", "new/{provider}/fox.png", "-p", "luma")

    assert result.code == 4
    assert list(Path().iterdir()) == []


def test_a_folder_is_made_when_a_picture_lands(services: Services) -> None:
    assert uni("generate", "a fox", "-p", "luma", "-o", "new/{provider}/fox.png").code == 0
    assert Path("new/luma/fox.png").exists()


def test_stdout_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_OUTPUT", "-")

    result = uni("generate", "a fox", "--dry-run")

    assert result.code == 2
    assert "only -o can be" in result.err


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("7", "7d is 7 days"),
        ("", "is not a time span"),
        ("-1d", "is not a time span"),
        ("1.5h", "For example 30m, 12h, 7d, 2w"),
        ("yesterday", "is not a time span"),
        ("2026-11-31", "there is no such day or hour"),
        ("9999999d", "is not a time span"),
        ("2026-11-20T10:00:00+99:00", "there is no such day or hour"),
    ],
)
def test_an_odd_span_is_told_with_a_good_one(since: str, said: str) -> None:
    result = uni("status", "--since", since)

    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_an_empty_table_says_why(services: Services) -> None:
    assert "No jobs yet" in uni("status", "--since", "0s").err
    uni("generate", "a fox", "-p", "luma", "-o", "fox.png")

    nothing = [uni("status", *flags) for flags in (("--since", "0s"), ("--state", "failed", "--since", "2099-01-01"))]

    assert [(one.code, one.out) for one in nothing] == [(0, "")] * 2
    assert "No job was made since 0s: `uni status --all` shows every job." in nothing[0].err
    assert "No job is failed since 2099-01-01" in nothing[1].err
    assert uni("status", "--since", "0s", "--json").json["jobs"] == []


def test_a_moment_of_the_documents_is_a_beginning(services: Services) -> None:
    uni("generate", "a fox", "-p", "luma", "-o", "fox.png")
    (job,) = uni("status", "--json").json["jobs"]

    assert uni("status", "--since", job["created"], "--json").json["jobs"] == [job]
    assert uni("status", "--since", "999999w", "--json").json["jobs"] == [job]
    assert uni("status", "--since", "0001-01-01", "--json").json["jobs"] == [job]


def test_a_table_that_is_cut_says_so(services: Services) -> None:
    uni("generate", "a fox", "-p", "luma", "-n", "20", "-o", "{n}.png")
    whole = uni("status")
    uni("generate", "a fox", "-p", "luma", "-o", "fox.png")
    cut, every = uni("status"), uni("status", "--all")

    assert [len(one.lines) for one in (whole, cut, every)] == [20, 20, 21]
    assert ["the newest 20" in one.err for one in (whole, cut, every)] == [False, True, False]
