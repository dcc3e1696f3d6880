"""Where a service's key comes from: environment, then the user's keyring or private file. Never from argv."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from uni_cli import folders
from uni_cli.errors import BadSettings
from uni_cli.settings import OWN_KEY_NAMES, Settings, variable_of

KEYRING_NAME = "uni-image"
LONGEST = 4096
# Stands in the key file for a key that the keyring has, so that the keyring is asked only where it knows something.
IN_KEYRING = "keyring:"
STAYS = "It is still there. Unlock the keyring and log out again outside of CI, or use the keyring's own tool."


@dataclass(frozen=True, slots=True)
class Key:
    value: SecretStr
    origin: str


def keys_file() -> Path:
    return folders.config_file().parent / "keys.json"


def looks_like_key(text: str) -> bool:
    """One word of plain characters: anything else cannot be sent."""
    return 0 < len(text) <= LONGEST and text.isascii() and text.isprintable() and " " not in text


def variables(name: str) -> tuple[str, ...]:
    """Where the environment may hold a service's key, the first first."""
    own = OWN_KEY_NAMES.get(name)
    return (variable_of(name, "api_key"), *([own] if own else []))


def find(name: str, settings: Settings) -> Key | None:
    """The first key found for a service, and where it was. Raises BadSettings for one that cannot be sent."""
    key = _in_environment(name) or _in_settings(name, settings) or _stored(name)
    if key and not looks_like_key(key.value.get_secret_value()):
        raise BadSettings(
            f"The key of {name} ({key.origin}) is not one word of plain characters", hint="Nothing was sent."
        )
    return key


def _in_environment(name: str) -> Key | None:
    for variable in variables(name):
        value = os.environ.get(variable, "").strip()
        if value:
            return Key(SecretStr(value), f"environment, {variable}")
    return None


def _in_settings(name: str, settings: Settings) -> Key | None:
    """From the config file, or from the environment under one of the other names that settings have there."""
    held = settings.service(name).api_key
    value = held.get_secret_value().strip() if held else ""
    section = folders.config_values().get(name)
    in_file = str(section.get("api_key") or "").strip() if isinstance(section, dict) else ""
    if value and value != in_file:
        return Key(SecretStr(value), "environment")
    if not in_file:
        return None
    _must_be_private(folders.config_file())
    return Key(SecretStr(in_file), f"file, {folders.config_file()}")


def _stored(name: str) -> Key | None:
    held = stored_keys().get(name)
    if held == IN_KEYRING:
        # A CI machine has no keyring of ours, and asking for one may open a window that nobody sees.
        value = None if _in_ci() else _ask_keyring(name)
        return Key(SecretStr(value), "system keyring") if value else None
    return Key(SecretStr(held), f"file, {keys_file()}") if held else None


def store(name: str, value: str) -> str:
    """Keep a key where only its owner can read it; says where."""
    place = IN_KEYRING if _put_into_keyring(name, value) else value
    _write({**stored_keys(), name: place})
    return "the system keyring" if place == IN_KEYRING else str(keys_file())


def remove(name: str) -> bool:
    """Forget a stored key; False where there was none. Raises BadSettings for one that stays in the keyring."""
    kept = stored_keys()
    held = kept.pop(name, None)
    if held is None:
        return False
    if held == IN_KEYRING:
        _remove_from_keyring(name)
    _write(kept)
    return True


def _write(values: dict[str, str]) -> None:
    from uni_cli.storage import files

    path = keys_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_private(path, (json.dumps(values, indent=2, sort_keys=True) + "\n").encode())
    except OSError as error:
        raise BadSettings(f"The key file {path} cannot be written: {error.strerror or error}") from error


def stored_keys() -> dict[str, str]:
    """By service: the key itself, or the mark that the keyring has it."""
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


def _ask_keyring(name: str) -> str | None:
    try:
        import keyring

        return keyring.get_password(KEYRING_NAME, name)
    except Exception:  # a keyring that is locked, broken or gone is as good as none
        return None


def _in_ci() -> bool:
    return bool(os.environ.get("CI"))


def _put_into_keyring(name: str, value: str) -> bool:
    if _in_ci():
        return False
    try:
        import keyring

        if keyring.get_keyring().priority < 1:
            return False
        keyring.set_password(KEYRING_NAME, name, value)
        return keyring.get_password(KEYRING_NAME, name) == value
    except Exception:  # the extra is not installed, or there is no keyring on this machine: the file serves
        return False


def _remove_from_keyring(name: str) -> None:
    """A key that stays there must not be called removed."""
    if _in_ci():
        raise BadSettings(f"The key of {name} is in the system keyring, which is not touched in CI", hint=STAYS)
    try:
        import keyring

        if keyring.get_password(KEYRING_NAME, name) is not None:
            keyring.delete_password(KEYRING_NAME, name)
    except Exception as error:
        message = f"The key of {name} could not be removed from the system keyring: {type(error).__name__}"
        raise BadSettings(message, hint=STAYS) from None
