"""Where a service's key comes from: environment, then the user's keyring or private file. Never from argv."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from uni_cli import places
from uni_cli.errors import BadSettings
from uni_cli.settings import OWN_KEY_NAMES, Settings


@dataclass(frozen=True, slots=True)
class Key:
    value: SecretStr
    origin: str


def keys_file() -> Path:
    return places.config_file().parent / "keys.json"


def find(name: str, settings: Settings) -> Key | None:
    """The first key found for a service, and where it was."""
    for variable in (f"UNI_{name.upper()}__API_KEY", OWN_KEY_NAMES.get(name, "")):
        value = os.environ.get(variable, "").strip() if variable else ""
        if value:
            return Key(SecretStr(value), f"environment, {variable}")
    set_in_file = settings.service(name).api_key
    if set_in_file:
        _must_be_private(places.config_file())
        return Key(set_in_file, f"file, {places.config_file()}")
    stored = stored_keys().get(name)
    return Key(SecretStr(stored), f"file, {keys_file()}") if stored else None


def stored_keys() -> dict[str, str]:
    path = keys_file()
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadSettings(f"The key file {path} cannot be read: {error.strerror}") from error
    _must_be_private(path)
    try:
        values = json.loads(text)
    except ValueError as error:
        raise BadSettings(f"The key file {path} is not JSON", hint="Remove it and log in again.") from error
    return {str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {}


def _must_be_private(path: Path) -> None:
    if sys.platform == "win32":
        return
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadSettings(
            f"{path} holds a key and can be read by others", hint=f"Run `chmod 600 {path}`, then try again."
        )
