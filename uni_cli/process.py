"""Who owns a job: this process, and whether another one still lives."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# A process on another machine cannot be asked; it is taken for dead when it was not heard of for this long.
SILENCE = 90.0


@dataclass(frozen=True, slots=True)
class Owner:
    """`started` tells two processes apart that had the same number one after the other."""

    id: str
    pid: int
    started: str
    host: str


def this_process() -> Owner:
    return Owner(secrets.token_hex(8), os.getpid(), _started(os.getpid()) or "", socket.gethostname())


def is_alive(owner: Owner, seen: float, now: float) -> bool:
    if owner.host != socket.gethostname():
        return now - seen < SILENCE
    return _started(owner.pid) == owner.started


def _started(pid: int) -> str | None:
    """When a process began, in the system's own words; None where there is no such process."""
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        fields = stat.rsplit(")", 1)[1].split()
        # A zombie has died; only its parent has not noticed.
        return None if fields[0] == "Z" else fields[19]
    if sys.platform == "win32":
        return _started_windows(pid)
    # Told in local time and in the user's language, it would be another moment for another shell.
    neutral = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    asked = subprocess.run(  # noqa: S603  (a fixed command and a number)
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, env=neutral
    )
    return asked.stdout.strip() or None


if sys.platform == "win32":

    def _started_windows(pid: int) -> str | None:
        import ctypes
        from ctypes import wintypes

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x1000, False, pid)
        if not handle:
            return None
        times = [wintypes.FILETIME() for _ in range(4)]
        found = kernel.GetProcessTimes(handle, *(ctypes.byref(t) for t in times))
        code = wintypes.DWORD()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        if not found or code.value != 259:
            return None
        return f"{times[0].dwHighDateTime}-{times[0].dwLowDateTime}"
