"""A real keyring backend that keeps its passwords in a file: what PYTHON_KEYRING_BACKEND names in the tests."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    """Every call is written down beside the passwords, so that a test sees a keyring that was left alone."""

    priority: ClassVar[float] = 5

    @property
    def file(self) -> Path:
        return Path(os.environ["UNI_TEST_KEYRING"])

    def get_password(self, service: str, username: str) -> str | None:
        return self._open("get").get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._save({**self._open("set"), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        held = self._open("delete")
        if os.environ.get("UNI_TEST_KEYRING_LOCKED") or held.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("locked")
        self._save(held)

    def _open(self, call: str) -> dict[str, str]:
        with self.file.with_suffix(".calls").open("a") as calls:
            calls.write(f"{call}\n")
        found: dict[str, str] = json.loads(self.file.read_text()) if self.file.exists() else {}
        return found

    def _save(self, held: dict[str, str]) -> None:
        self.file.write_text(json.dumps(held))
