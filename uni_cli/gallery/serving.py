"""HTTP for the live page. Three things can be read: the page, its news, and a picture that hangs on it."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from uni_cli.storage.picture import sniff

HEARTBEAT = 10.0


class Wall(Protocol):
    @property
    def closed(self) -> bool: ...

    def page(self) -> str: ...

    def picture(self, name: str) -> Path | None: ...

    def news(self, since: int, *, patience: float) -> tuple[int, list[dict[str, Any]], list[str]]: ...


@dataclass(frozen=True, slots=True)
class Room:
    """What a server serves, under which token, and by which names it may be called."""

    wall: Wall
    token: str
    hosts: frozenset[str]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    room: Room

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        room = self.server.room
        parts = urlsplit(self.path)
        # A page elsewhere whose name was bent to this machine (DNS rebinding) sends its own name here.
        if self.headers.get_all("Host", []) not in [[host] for host in room.hosts]:
            self._refuse(403, "This page answers to its own address only.")
        elif parts.path == f"/{room.token}/":
            self._send(200, "text/html; charset=utf-8", room.wall.page().encode(), with_body=with_body)
        elif parts.path == f"/{room.token}/events" and with_body:
            self._stream(parse_qs(parts.query).get("since", ["0"])[0])
        elif found := re.fullmatch(rf"/{re.escape(room.token)}/pictures/([0-9a-f]{{16}})", parts.path):
            self._send_picture(room.wall.picture(found.group(1)), with_body=with_body)
        else:
            self._refuse(404, "There is nothing here.")

    def _refuse(self, status: int, words: str) -> None:
        self._send(status, "text/plain; charset=utf-8", words.encode(), with_body=self.command != "HEAD")

    def _send(self, status: int, kind: str, body: bytes, *, with_body: bool) -> None:
        self._head(status, kind, length=len(body))
        if with_body:
            self.wfile.write(body)

    def _send_picture(self, path: Path | None, *, with_body: bool) -> None:
        try:
            stream = path.open("rb") if path else None
        except OSError:
            stream = None
        if stream is None:
            self._refuse(404, "The picture is gone.")
            return
        with stream:
            kind = sniff(stream.read(32))
            if kind is None:
                self._refuse(404, "The picture is gone.")
                return
            size = stream.seek(0, 2)
            stream.seek(0)
            self._head(200, kind, length=size)
            if with_body:
                shutil.copyfileobj(stream, self.wfile)

    def _stream(self, since: str) -> None:
        """Server-sent events, for as long as somebody listens. A browser that comes back names its last event."""
        last = self.headers.get("Last-Event-ID") or since
        number = int(last) if last.isascii() and last.isdigit() and len(last) < 10 else 0
        self._head(200, "text/event-stream; charset=utf-8", length=None)
        self.wfile.write(b"retry: 1000\n\n")
        while not self.server.room.wall.closed:
            number, fresh, gone = self.server.room.wall.news(number, patience=HEARTBEAT)
            self._tell("pictures", number, fresh)
            self._tell("gone", number, gone)
            if not fresh and not gone:
                self.wfile.write(b": still here\n\n")
            self.wfile.flush()

    def _tell(self, event: str, number: int, data: list[Any]) -> None:
        if data:
            self.wfile.write(f"id: {number}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode())

    def _head(self, status: int, kind: str, *, length: int | None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.end_headers()

    def version_string(self) -> str:
        return "uni"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing below the commands prints."""
