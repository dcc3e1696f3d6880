"""A signal while Python still loads: an exit code, a word and the document all the same, and nothing was begun."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send to another process")

# The signal comes in the moment in which a module is looked for.
TRIPWIRE = """
import os, sys

class Tripwire:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), {number})

sys.meta_path.insert(0, Tripwire())
sys.argv = ["uni", "generate", "a fox", "-p", "luma", "--json"]
from uni_cli.__main__ import run
run()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(
    "name", ["typer", "typer._adapters", "uni_cli.commands.generate", "uni_cli.order.service", "uni_cli.engine"]
)
def test_a_signal_that_comes_early_is_answered(name: str, number: signal.Signals, code: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "UNI_LUMA__API_KEY": "a-key-for-nothing"}
    script = TRIPWIRE.format(name=name, number=int(number))
    done = subprocess.run((sys.executable, "-c", script), env=environment, capture_output=True, text=True, timeout=60)

    assert done.returncode == code, done.stderr
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["exit"]) == ("interrupted", code)
    assert "[interrupted]" in done.stderr


def test_a_signal_that_the_caller_has_switched_off_stays_off() -> None:
    """Shells do so for a job in the background: Ctrl-C is not for it."""
    script = TRIPWIRE.format(name="uni_cli.order.service", number=int(signal.SIGINT))
    script = f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n{script}".replace('"luma"', '"local"')
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run((sys.executable, "-c", script), env=environment, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
