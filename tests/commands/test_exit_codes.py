"""Every error of the registry, raised through the front door where that is possible, with its code and its exit."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front import Result, Services, uni
from uni_cli.errors import REGISTRY

MAKE = ("generate", "a fox", "-p", "gmicloud", "-o", "fox.{ext}", "--json")


def refused(services: Services, monkeypatch: pytest.MonkeyPatch, *faults: str, timeout: str = "20") -> Result:
    services.break_with(*faults)
    return uni(*MAKE, "--timeout", timeout)


def with_ledger(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def damaged(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    uni(*MAKE)
    Path("../state/ledger.sqlite3").write_bytes(b"no database at all" * 100)
    return uni("status", "--json")


def newer(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    uni(*MAKE)
    with_ledger(Path("../state/ledger.sqlite3"), "PRAGMA user_version = 9999")
    return uni("status", "--json")


def forgotten(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    services.break_with("luma:submit:cut-after:1")
    job = uni("generate", "a fox", "-p", "luma", "--no-wait", "--json").json["pending"][0]["job"]
    assert uni("status", "--forget", job).code == 0
    return uni("status", job, "--wait", "--json")


def conflict(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    uni(*MAKE, "--once", "k")
    return uni("generate", "a hen", *MAKE[2:], "--once", "k")


def over_budget(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("UNI_BUDGET_DAILY", "0.01")
    return uni(*MAKE)


def large(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("UNI_GMICLOUD__PRICE", "11")
    return uni(*MAKE)


def wrong_key(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("UNI_GMICLOUD__API_KEY", "a-wrong-key")
    return uni(*MAKE)


def no_key(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    for name in ("UNI_GMICLOUD__API_KEY", "GMI_API_KEY"):
        monkeypatch.delenv(name)
    return uni(*MAKE)


def broke(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("UNI_GMICLOUD__API_KEY", "a-broke-key")
    return uni(*MAKE)


def dead(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("UNI_GMICLOUD__BASE_URL", "http://127.0.0.1:1")
    return uni(*MAKE, "--timeout", "0.2")


def settings(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("UNI_TIMEOUT", "soon")
    return uni(*MAKE)


def blocked(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    Path("a-fox.png").mkdir()
    return uni("generate", "a fox", "-p", "gmicloud", "-o", "{slug}.png", "--overwrite", "--convert", "--json")


def elsewhere(services: Services, monkeypatch: pytest.MonkeyPatch) -> Result:
    uni("generate", "a fox", "-p", "gmicloud", "--no-wait")
    monkeypatch.setenv("UNI_GMICLOUD__BASE_URL", "http://127.0.0.1:1")
    return uni("status", "--wait", "--json")


CASES: dict[str, Callable[[Services, pytest.MonkeyPatch], Result]] = {
    "usage.invalid": lambda s, m: uni("generate", "x", "--nosuch", "--json"),
    "usage.prompt": lambda s, m: uni("generate", "", "--json"),
    "usage.reference": lambda s, m: uni("generate", "x", "-r", "missing.png", "--json"),
    "usage.output": lambda s, m: uni("generate", "x", "-o", "../x", "--json"),
    "usage.unsupported_option": lambda s, m: uni("generate", "x", "-p", "luma", "--ttl", "60", "--json"),
    "usage.once_conflict": conflict,
    "usage.unknown_job": lambda s, m: uni("status", "deadbeef", "--json"),
    "usage.settings": settings,
    "key.missing": no_key,
    "key.refused": wrong_key,
    "provider.failed": lambda s, m: refused(s, m, "gmicloud:submit:failed:1"),
    "provider.rejected": lambda s, m: refused(s, m, "gmicloud:submit:400:1"),
    "provider.unavailable": lambda s, m: refused(s, m, "gmicloud:submit:404:1"),
    "provider.moderated": lambda s, m: refused(s, m, "gmicloud:submit:moderated:1"),
    "provider.no_funds": broke,
    "provider.unreachable": dead,
    "provider.rate_limited": lambda s, m: refused(s, m, "gmicloud:submit:429", timeout="0.2"),
    "budget.max_cost": lambda s, m: uni(*MAKE, "--max-cost", "0.01"),
    "budget.needs_max_cost": large,
    "budget.exceeded": over_budget,
    "ledger.forgotten": forgotten,
    "ledger.elsewhere": elsewhere,
    "ledger.damaged": damaged,
    "ledger.newer": newer,
    "output.not_written": blocked,
}
# Not an `error` or a failure of a document that one command can bring about in process; where each is tested instead.
ELSEWHERE = {
    "usage.missing_extra": "tests of the emulator's command",
    "ledger.pending": "tests of the engine",
    "ledger.in_doubt": "tests of the engine",
    "ledger.never_sent": "tests of the engine",
    "run.partial": "test_documents.py, as an exit code",
    "inspect.mismatch": "test_looking.py, on stderr",
    "interrupted": "test_processes.py",
    "internal.error": "below",
}


@pytest.mark.parametrize("code", CASES)
def test_a_code_can_be_raised(code: str, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    result = CASES[code](services, monkeypatch)

    document = result.json
    told = [document["error"]] if document["error"] else document["failures"]
    assert [entry["code"] for entry in told] == [code]
    assert result.code == REGISTRY[code].exit
    assert all(entry["message"] and entry["hint"] for entry in told)
    assert f"[{code}]" in result.err
    assert "Traceback" not in result.err


def test_no_code_is_left_out() -> None:
    missing = {code for code in REGISTRY if not code.startswith(("recipe", "plan"))} - set(CASES) - set(ELSEWHERE)

    assert missing == set()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with a provider of its own, in which a division by zero waits."""
    info = tmp_path / "site" / "other-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[uni_cli.providers]\nother = other_provider:Other\n")
    (tmp_path / "site" / "other_provider.py").write_text(
        "from uni_cli.providers.local import Local\n"
        "class Other(Local):\n"
        "    name = 'other'\n"
        "    def price(self, request):\n"
        "        if request.prompt == 'zero':\n"
        "            1 / 0\n"
        "        if request.prompt.startswith('quote'):\n"
        "            raise RuntimeError(request.prompt)\n"
        "        return super().price(request)\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path / "site"), str(Path(__file__).parents[2]))))


def process(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "uni_cli", *args), capture_output=True, text=True, check=False, timeout=60
    )


def test_a_fault_of_a_program_is_one_sentence_and_a_report(package: None, tmp_path: Path) -> None:
    result = process("generate", "zero", "-p", "other", "--json")

    assert (result.returncode, json.loads(result.stdout)["error"]["code"]) == (1, "internal.error")
    assert "Traceback" not in result.stderr
    (report,) = (tmp_path / "state" / "reports").iterdir()
    assert str(report) in result.stderr
    assert "ZeroDivisionError" in report.read_text("utf-8")


def test_a_report_holds_no_secret_and_a_second_one_does_not_replace_it(
    package: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNWARE_API_KEY", "a-key-that-nobody-sees")
    monkeypatch.setenv("UNI_LUMA__API_KEY", "another-that-nobody-sees")
    said = "quote a-key-that-nobody-sees https://example.org/hook?token=hidden another-that-nobody-sees"

    runs = [process("generate", said, "-p", "other") for _ in range(3)]

    reports = list((tmp_path / "state" / "reports").iterdir())
    assert len(reports) == 3
    for text in (*(run.stderr for run in runs), *(report.read_text("utf-8") for report in reports)):
        assert not re.search("nobody-sees|hidden", text)
    assert "https://example.org/hook?***" in reports[0].read_text("utf-8")


def test_a_provider_of_another_package_has_its_place(package: None) -> None:
    plan = process("generate", "fog", "-p", "other", "--dry-run", "--json")
    table = process("providers")

    assert json.loads(plan.stdout)["items"][0]["provider"] == "other"
    assert table.stdout.splitlines()[-1].startswith("other\t")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let a ledger be overwritten while it is open")
def test_a_damaged_ledger_is_left_as_it_is(services: Services) -> None:
    uni(*MAKE)
    path = Path("../state/ledger.sqlite3")
    junk = b"no database at all" * 100
    path.write_bytes(junk)

    made, listed = uni(*MAKE), uni("status")

    assert (made.code, listed.code) == (1, 1)
    assert path.read_bytes() == junk
    assert services.billed() == 1
