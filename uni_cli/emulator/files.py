"""Result files and uploads: kept apart from the services, without keys, with links that die."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import parse_qs, quote, unquote, urlsplit

from uni_cli.emulator.pictures import Painting, render

PREFIX = "/files"
SIGNED_SECONDS = 3600


@dataclass(slots=True)
class Stored:
    """One file: bytes, or a painting that is painted when somebody asks."""

    mime: str
    content: bytes | Painting
    signed: bool = False
    gone_at: float | None = None

    async def read(self, *, fast: bool) -> bytes:
        return self.content if isinstance(self.content, bytes) else await render(self.content, fast=fast)


@dataclass(slots=True)
class Slot:
    """A place where bytes may be PUT until `gone_at`, with exactly this content type."""

    mime: str
    gone_at: float
    receive: Callable[[bytes], None]


class Files:
    """Files and upload slots by path below `/files/`."""

    def __init__(self) -> None:
        self.stored: dict[str, Stored] = {}
        self.slots: dict[str, Slot] = {}
        self._secret = secrets.token_bytes(32)

    def link(self, base: str, path: str) -> str:
        """A public link without signature."""
        return f"{base}{PREFIX}/{quote(path)}"

    def sign(self, base: str, path: str, now: float, seconds: int = SIGNED_SECONDS) -> str:
        """A fresh link that answers for `seconds`."""
        date = f"{now:.3f}-{secrets.token_hex(4)}"
        signature = self._signature(path, date, str(seconds))
        query = f"X-Amz-Date={date}&X-Amz-Expires={seconds}&X-Amz-Signature={signature}"
        return f"{self.link(base, path)}?{query}"

    def expired(self, path: str, query: str, now: float) -> str | None:
        """Why a signed link does not open its file, or None where it does."""
        fields = {name: values[0] for name, values in parse_qs(query).items()}
        date, seconds = fields.get("X-Amz-Date", ""), fields.get("X-Amz-Expires", "")
        if not hmac.compare_digest(fields.get("X-Amz-Signature", ""), self._signature(path, date, seconds)):
            return "SignatureDoesNotMatch"
        return "Request has expired" if now > float(date.partition("-")[0]) + int(seconds) else None

    def find(self, url: str, now: float) -> Stored | None:
        """The file behind one of our own links, if the link still works."""
        parts = urlsplit(url)
        path = unquote(parts.path.removeprefix(f"{PREFIX}/"))
        stored = self.stored.get(path)
        if stored is None or (stored.gone_at is not None and now > stored.gone_at):
            return None
        return None if stored.signed and self.expired(path, parts.query, now) else stored

    def _signature(self, path: str, date: str, seconds: str) -> str:
        return hmac.new(self._secret, f"{path}\n{date}\n{seconds}".encode(), sha256).hexdigest()


def stamp(moment: float) -> str:
    """A moment as the services write it: `2026-11-20T09:14:03Z`."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
