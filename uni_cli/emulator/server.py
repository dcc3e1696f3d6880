"""The emulator on a real socket: loopback only, quiet, gone within a second when it is told to stop."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from uni_cli.emulator import create_app
from uni_cli.emulator.inputs import LOOPBACK

# Clients keep connections open between runs of polls; closing them early would look like a fault nobody asked for.
KEEP_ALIVE_SECONDS = 75
BACKLOG = 512


class Wire(H11Protocol):
    """HTTP/1.1 whose requests know how to hang up on the client."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app_state = self.app_state | {"hang_up": self.hang_up}

    def hang_up(self, *, gently: bool) -> None:
        """End the connection: at once, or after what was already written."""
        if gently:
            self.transport.close()
        else:
            self.transport.abort()


class Server(uvicorn.Server):
    """A uvicorn that tells when it listens and does not wait for slow answers when it ends."""

    def __init__(self, app: Starlette, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Wire,
                ws="none",
                lifespan="off",
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
            )
        )
        self.emulator = app.state.emulator
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.emulator.stopping = True
        for connection in list(self.server_state.connections):
            transport: Any = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Both signals end the server; unlike uvicorn's own they do not end the program as well."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on loopback; an OSError says that the port is taken."""
    if host not in LOOPBACK:
        raise ValueError(f"the emulator listens on loopback only, not on {host}")
    family = socket.AF_INET6 if host == "::1" else socket.AF_INET
    # With the protocol named, asyncio sends each part of an answer at once; without, the second waits for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def address(listener: socket.socket) -> str:
    """The base URL of a socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    ready: Callable[[str], None],
    latency: float = 1.0,
    fast: bool = False,
    limits: bool = True,
    faults: Sequence[str] = (),
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` hears the base URL once it listens. ValueError: a wrong fault."""
    listener = bind(host, port)
    try:
        url = address(listener)
        app = create_app(latency=latency, fast=fast, limits=limits, faults=faults, url=url)
        Server(app, lambda: ready(url)).run(sockets=[listener])
    finally:
        listener.close()


@contextmanager
def running(app: Starlette) -> Iterator[str]:
    """The app on a free port in a thread, for tests; the base URL."""
    listener = bind("127.0.0.1", 0)
    listening = threading.Event()
    server = Server(app, listening.set)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        if not listening.wait(10):
            raise RuntimeError("the emulator did not start")
        yield address(listener)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
