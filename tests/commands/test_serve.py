"""`uni serve` as a script uses it: started in the background, asked where it is, told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

import pytest

from tests.front import uni


@contextmanager
def serving() -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The process and the line that it prints. One that prints nothing is not waited for."""
    command = (sys.executable, "-m", "uni_cli", "serve", "--fast", "--json")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        impatient = Timer(30, child.kill)
        impatient.start()
        try:
            assert child.stdout is not None
            yield child, json.loads(child.stdout.readline())
        finally:
            impatient.cancel()
            child.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send to another process")
def test_a_script_reads_one_line_that_leads_to_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as (child, said):
        for name, value in said["env"].items():
            monkeypatch.setenv(name, value)
        made = uni("generate", "a fox", "-p", "luma", "-o", "fox.png")
        child.send_signal(signal.SIGTERM)
        rest, _ = child.communicate(timeout=30)

    assert sorted(said) == ["env", "schema", "url"]
    assert said["schema"] == "uni.serve/1"
    assert said["env"]["UNI_LUMA__BASE_URL"] == f"{said['url']}/luma/v1"
    assert (made.code, made.out) == (0, "fox.png\n"), made.err
    assert (child.returncode, rest) == (0, "")


@pytest.mark.parametrize(
    "flags", [("--print-env",), ("--port", "70000"), ("--latency", "nan"), ("--fault", "luma:nosuch:500")]
)
def test_an_emulator_that_does_not_begin_has_a_document_too(flags: tuple[str, ...]) -> None:
    result = uni("serve", "--json", *flags)

    assert (result.code, result.json["error"]["code"]) == (2, "usage.invalid")
    assert result.json["error"]["hint"]


@pytest.mark.skipif(os.name == "nt", reason="Windows lets two servers have one port")
def test_a_port_that_is_taken_is_told() -> None:
    with serving() as (_, said):
        port = said["url"].rpartition(":")[2]
        result = uni("serve", "--json", "--port", port)

    assert result.code == 2
    assert f"Port {port} cannot be used" in result.json["error"]["message"]
