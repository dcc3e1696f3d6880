"""A second signal right after the first: the document still comes, whole and once, and names what is pending."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front import Services, uni

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send to another process")

# The first signal comes when the job is known to be queued, the second in the moment in which a function is entered
# or left: a real process, and always the same moment.
TRIPWIRE = """
import os, signal, sys

first, second, file, function, event = {first}, {second}, {file!r}, {function!r}, {event!r}
sent = []

def tripwire(frame, happened, _):
    code = frame.f_code
    if not sent and code.co_name == "hear" and getattr(frame.f_locals.get("job"), "state", "") == "queued":
        sent.append(first)
        os.kill(os.getpid(), first)
    elif len(sent) == 1 and happened == event and code.co_name == function and code.co_filename.endswith(file):
        sent.append(second)
        for _ in range({times}):
            os.kill(os.getpid(), second)

sys.setprofile(tripwire)
sys.argv = ["uni", "generate", "a fox", "-p", "luma", "-o", "fox.png", "--json"]
from uni_cli.__main__ import run
try:
    run()
finally:
    sys.setprofile(None)
    sys.stderr.write(f"signals sent: {{len(sent)}}")
"""
MOMENTS = [
    ("running.py", "_main", "return"),
    ("runners.py", "_cancel_all_tasks", "call"),
    ("runners.py", "close", "return"),
    ("running.py", "_catch_up", "call"),
    ("store.py", "get", "call"),
    ("running.py", "drive", "return"),
    ("running.py", "report", "call"),
    ("reports.py", "result", "call"),
    ("console.py", "document", "call"),
    ("console.py", "document", "return"),
    ("running.py", "report", "return"),
    ("context.py", "close", "call"),
    ("cli.py", "once", "return"),
]


def stopped(first: int, second: int, moment: tuple[str, str, str], times: int = 1) -> subprocess.CompletedProcess[str]:
    file, function, event = moment
    script = TRIPWIRE.format(
        first=int(first), second=int(second), file=file, function=function, event=event, times=times
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run((sys.executable, "-c", script), env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: " ".join(moment))
def test_a_second_signal_takes_nothing_from_the_document(
    start_services: Callable[..., Services], moment: tuple[str, str, str]
) -> None:
    start_services(latency=600.0)

    done = stopped(signal.SIGINT, signal.SIGTERM, moment)

    assert "signals sent: 2" in done.stderr
    document = json.loads(done.stdout)
    (row,) = uni("status", "--json").json["jobs"]
    assert (done.returncode, document["error"]["code"], document["error"]["exit"]) == (130, "interrupted", 130)
    assert document["pending"] == [{"job": row["job"], "provider": "luma", "state": "queued"}]
    assert f"`uni status --wait {row['job']}` collects them" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("first", "second", "code"), [(15, 15, 143), (2, 2, 130), (15, 2, 143)])
def test_the_first_of_many_signals_decides(
    start_services: Callable[..., Services], first: int, second: int, code: int
) -> None:
    start_services(latency=600.0)

    done = stopped(first, second, ("running.py", "_catch_up", "call"), times=50)

    document = json.loads(done.stdout)
    assert (done.returncode, document["error"]["exit"], len(document["pending"])) == (code, code, 1), done.stderr


def test_a_signal_in_the_last_steps_of_python_leaves_the_exit_code(start_services: Callable[..., Services]) -> None:
    """What is taken down last sends it: by then no handler of ours is left."""
    start_services(latency=600.0)
    late = "class Late:\n    def __del__(self, kill=os.kill, me=os.getpid()):\n        kill(me, 2)\nsys.late = Late()\n"
    first = TRIPWIRE.format(first=2, second=2, file="nowhere", function="", event="", times=1)
    script = first.replace("sys.setprofile(tripwire)\n", f"{late}sys.setprofile(tripwire)\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run((sys.executable, "-c", script), env=environment, capture_output=True, text=True, timeout=60)

    assert (done.returncode, len(json.loads(done.stdout)["pending"])) == (130, 1), done.stderr
