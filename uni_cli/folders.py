"""The folders and files in which `uni` keeps its things. Light: `status` and completion start with it alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from uni_cli.errors import BadSettings

APP = "uni"


def expanded(text: str) -> Path:
    """A path as the user wrote it, with `~` for home; where nobody has that name, `~name` is a file like any other."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def config_file() -> Path:
    given = os.environ.get("UNI_CONFIG")
    if given:
        return expanded(given)
    # platformdirs costs as much as half of Python's own start, so it is asked only when nothing was given.
    from platformdirs import user_config_path

    return user_config_path(APP, appauthor=False) / "config.toml"


def config_values() -> dict[str, Any]:
    """The config file as plain values; {} where there is none."""
    path = config_file()
    try:
        text = path.read_text("utf-8")
        # Only where there is a file: a shell waits for this while Tab is held.
        import tomllib

        return tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSettings(f"The settings file {path} cannot be read: {error}") from error


def state_dir() -> Path:
    """The folder of the ledger and of everything that must outlive a process."""
    given = os.environ.get("UNI_STATE_DIR") or config_values().get("state_dir")
    if given:
        if not isinstance(given, str):
            raise BadSettings("state_dir in the settings file must be text, the name of a folder")
        return expanded(given).absolute()
    from platformdirs import user_state_path

    return user_state_path(APP, appauthor=False)


def data_dir() -> Path:
    """The user's own recipes live in `recipes` below it."""
    from platformdirs import user_data_path

    return user_data_path(APP, appauthor=False)
