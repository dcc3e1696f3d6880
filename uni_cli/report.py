"""A file about an unforeseen error, for whoever will mend it. It holds no settings and no environment, so no key."""

from __future__ import annotations

import os
import platform
import re
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from uni_cli import __version__, folders
from uni_cli.errors import Unforeseen

# Anything shorter would also be found in words that are no secret.
SHORTEST = 8


def write(error: BaseException, argv: Sequence[str]) -> Path | None:
    """Where the report is; None where none could be written, which must not hide the error itself."""
    try:
        folder = folders.state_dir() / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        path = _free(folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{type(error).__name__}.txt")
        path.write_text(_without_secrets(_text(error, argv)), encoding="utf-8", errors="backslashreplace")
    except Exception:
        return None
    return path


def _free(path: Path) -> Path:
    """Two faults in one second have a report each."""
    names = (path, *(path.with_stem(f"{path.stem}-{number}") for number in range(2, 100)))
    return next((name for name in names if not name.exists()), path)


def _without_secrets(text: str) -> str:
    """An error may quote what it stumbled over: whatever the environment has as a secret, or an address carries."""
    for name, value in os.environ.items():
        if name.upper().endswith(("KEY", "TOKEN", "SECRET", "PASSWORD")) and len(value) >= SHORTEST:
            text = text.replace(value, "***")
    return re.sub(r"(https?://[^\s'\"?#]+)[?#][^\s'\"]+", r"\1?***", text)


def unforeseen(error: Exception, argv: Sequence[str]) -> Unforeseen:
    """What the user is told of it."""
    path = write(error, argv)
    hint = f"This is a fault of `uni`. The report {path} tells where. " if path else "This is a fault of `uni`. "
    message = _without_secrets(f"Something unforeseen happened: {type(error).__name__}: {error}")
    return Unforeseen(message, hint=f"{hint}`uni status` shows which jobs are open.")


def _text(error: BaseException, argv: Sequence[str]) -> str:
    lines = [
        f"uni {__version__}, Python {sys.version.split()[0]}, {platform.platform()}",
        "uni " + " ".join(repr(arg) if " " in arg else arg[:200] for arg in argv),
        "",
        *traceback.format_exception(error),
    ]
    return "\n".join(line.rstrip("\n") for line in lines) + "\n"
