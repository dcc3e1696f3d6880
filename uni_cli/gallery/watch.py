"""The live page: served on loopback to this machine's browser, told of pictures as they land."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from uni_cli.gallery import page
from uni_cli.gallery.collect import Collector, Found, Problem
from uni_cli.gallery.entry import entries, id_of, name_of
from uni_cli.gallery.serving import Handler, Room, Server

INTERVAL = 0.5


class Wall:
    """What hangs there now, and every change with its number. Threads read it, one writes."""

    def __init__(self, collector: Collector, folder: Path, *, title: str) -> None:
        self._collector = collector
        self._folder = folder
        self._title = title
        self._entries: dict[str, dict[str, Any]] = {}
        self._paths: dict[str, Path] = {}
        self._born: dict[str, int] = {}
        self._gone: dict[str, int] = {}
        self._told: set[Problem] = set()
        self._number = 0
        self._changed = threading.Condition()
        self.closed = False

    def look(self) -> list[Problem]:
        """See what landed, changed or went away since last time; the problems that are new."""
        found = self._collector.look()
        now = {id_of(name_of(one.path, self._folder)): one for one in found.exhibits}
        known = {(one["name"], one["key"]): one["thumb"] for one in self._entries.values()}
        told, problems = entries(found.exhibits, self._folder, known=known, link=_link)
        fresh = [one for one in told if self._entries.get(one["id"]) != one]
        gone = [name for name in self._entries if name not in now]
        if fresh or gone:
            with self._changed:
                self._number += 1
                for one in fresh:
                    self._entries[one["id"]] = one
                    self._paths[one["id"]] = now[one["id"]].path
                    self._born[one["id"]] = self._number
                    self._gone.pop(one["id"], None)
                for name in gone:
                    del self._entries[name], self._paths[name], self._born[name]
                    self._gone[name] = self._number
                self._changed.notify_all()
        return self._new_problems(found, problems)

    def _new_problems(self, found: Found, problems: Sequence[Problem]) -> list[Problem]:
        new = [one for one in (*found.problems, *problems) if one not in self._told]
        self._told.update(new)
        return new

    @property
    def size(self) -> int:
        return len(self._entries)

    def page(self) -> str:
        with self._changed:
            told, number = list(self._entries.values()), self._number
        return page.render(told, title=self._title, live=number)

    def picture(self, name: str) -> Path | None:
        """Only what hangs on the wall can be asked for, by its id: no path ever comes from the network."""
        with self._changed:
            return self._paths.get(name)

    def news(self, since: int, *, patience: float) -> tuple[int, list[dict[str, Any]], list[str]]:
        """What changed after the number `since`; waits for it, and comes back empty-handed in the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._number > since or self.closed, timeout=patience)
            fresh = [self._entries[name] for name, number in self._born.items() if number > since]
            return self._number, fresh, [name for name, number in self._gone.items() if number > since]

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._changed.notify_all()


def _link(name: str) -> str:
    return f"pictures/{id_of(name)}"


class Watch:
    """The server in its own threads. Nobody without the token in the URL sees anything."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        token = secrets.token_urlsafe(12)
        self._server = Server(("127.0.0.1", 0), Handler)
        port = self._server.server_address[1]
        self._server.room = Room(wall, token, frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}))
        self.url = f"http://127.0.0.1:{port}/{token}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self.wall.close()
        if self._thread.ident is not None:  # else there is no loop that could hear of it
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
