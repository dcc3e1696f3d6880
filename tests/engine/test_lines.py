"""HTTP/1.1 as hosts really speak it: on sockets, byte by byte, with everything that goes wrong on the way."""

from __future__ import annotations

import asyncio
import gc
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable

import pytest

from uni_cli.transport import Answer, Forbidden, Lost, NotSent, Transport, lanes

BODY = b'{"ok": true}'
PLAIN = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n%b\r\n7;x=y\r\n%b\r\n0\r\n\r\n" % (
    BODY[:5],
    BODY[5:],
)
PACKED = gzip.compress(BODY)


class Host:
    """Says the next of its answers to each request, and notes what it was asked on which connection."""

    def __init__(self, *answers: bytes, drip: bool = False, hang_up: bool = False) -> None:
        self.answers = list(answers)
        self.drip, self.hang_up = drip, hang_up
        self.heads: list[tuple[int, bytes, bytes]] = []
        self.connections = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = dict(line.split(b": ", 1) for line in head.strip().split(b"\r\n")[1:])
                body = await reader.readexactly(int(lines.get(b"content-length", b"0")))
                self.heads.append((number, head, body))
                said = self.answers.pop(0) if self.answers else PLAIN
                for part in [said[n : n + 1] for n in range(len(said))] if self.drip else [said]:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0)
                if self.hang_up:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def talk(host: Host, act: Callable[[Transport, str], Awaitable[object]], *, address: str = "127.0.0.1") -> None:
    async def run() -> None:
        server = await asyncio.start_server(host.serve, address, 0)
        port = server.sockets[0].getsockname()[1]
        shown = f"[{address}]" if ":" in address else address
        transport = Transport()
        try:
            await act(transport, f"http://{shown}:{port}/v1/things?a=b")
        finally:
            await transport.aclose()
            server.close()
            for writer in host.writers:
                writer.close()
            left = asyncio.all_tasks() - {asyncio.current_task()}
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    asyncio.run(run())


async def ask(transport: Transport, url: str, body: object = None, patience: float = 5.0) -> Answer:
    return await transport.send("GET" if body is None else "POST", url, body=body, patience=patience)


@pytest.mark.parametrize("drip", [False, True], ids=["at once", "byte by byte"])
@pytest.mark.parametrize(
    ("said", "hang_up"),
    [
        (PLAIN, False),
        (CHUNKED, False),
        (b"HTTP/1.0 200 OK\r\n\r\n" + BODY, True),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + PLAIN, False),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n%b" % (len(PACKED), PACKED), False),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + BODY, True),
        (
            b"HTTP/1.1 200 OK\r\nx: Z\xfcrich\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n%b"
            % (len(PACKED), PACKED),
            False,
        ),
    ],
    ids=["plain", "chunked", "until its end", "news before", "packed", "closing", "packed, with foreign letters"],
)
def test_an_answer_comes_whole_however_it_comes(said: bytes, hang_up: bool, drip: bool) -> None:
    host = Host(said, drip=drip, hang_up=hang_up)

    async def act(transport: Transport, url: str) -> None:
        for _ in range(2):
            answer = await ask(transport, url)
            assert (answer.status, answer.json()) == (200, {"ok": True})

    talk(host, act)
    assert host.connections == (2 if hang_up else 1)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        PLAIN[:-3],
        CHUNKED[:-9],
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 400_000,
    ],
    ids=[
        "nothing",
        "half a head",
        "half a body",
        "half its chunks",
        "badly packed",
        "no HTTP",
        "two lengths",
        "all head",
    ],
)
def test_what_is_no_whole_answer_is_lost_and_not_asked_for_again(said: bytes) -> None:
    host = Host(said, hang_up=True)

    async def act(transport: Transport, url: str) -> None:
        with pytest.raises(Lost) as lost:
            await ask(transport, url, body={})
        assert not isinstance(lost.value, NotSent)
        assert (await ask(transport, url)).status == 200

    talk(host, act)
    assert [body for _, _, body in host.heads] == [b"{}", b""]


def test_a_host_that_nobody_listens_at_got_nothing() -> None:
    async def act() -> None:
        transport = Transport()
        with pytest.raises(NotSent):
            await ask(transport, "http://127.0.0.1:9/v1", body={})
        await transport.aclose()

    asyncio.run(act())


def test_a_connection_that_was_closed_while_idle_is_not_used() -> None:
    host = Host()

    async def act(transport: Transport, url: str) -> None:
        await ask(transport, url)
        host.hang_up = True
        await ask(transport, url)
        # Not even a turn of the event loop tells us of the end before the next request.
        assert (await ask(transport, url, body={"paid": 1})).status == 200

    talk(host, act)
    assert [number for number, _, _ in host.heads] == [1, 1, 2]


def test_a_connection_that_was_idle_for_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "IDLE_SECONDS", 0.0)
    host = Host()

    async def act(transport: Transport, url: str) -> None:
        for _ in range(3):
            await ask(transport, url)

    talk(host, act)
    assert host.connections == 3


@pytest.mark.parametrize("late", [True, False], ids=["while idle", "with the answer"])
def test_what_nobody_asked_for_is_no_answer_to_the_next(late: bool) -> None:
    """Load balancers say goodbye with a 408."""
    goodbye = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n"
    host = Host(PLAIN + (b"" if late else goodbye))

    async def act(transport: Transport, url: str) -> None:
        await ask(transport, url)
        if late:
            host.writers[0].write(goodbye)
            await asyncio.sleep(0.05)
        for _ in range(2):
            assert (await ask(transport, url, body={"paid": 1})).json() == {"ok": True}

    talk(host, act)
    assert [number for number, _, _ in host.heads] == [1, 2, 2]


@pytest.mark.parametrize("said", [b"HTTP/1.0 200 OK\r\n\r\n" + BODY[:5], CHUNKED[:-9], PLAIN[:-3], b"HTTP/1.1 2"])
def test_a_connection_that_breaks_ends_no_answer(said: bytes) -> None:
    """With HTTP/1.0 only the way in which it ends tells a whole answer from half a one."""
    host = Host(said)

    async def act(transport: Transport, url: str) -> None:
        asking = asyncio.create_task(ask(transport, url, body={}))
        await asyncio.sleep(0.1)
        raw = host.writers[0].get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        host.writers[0].transport.abort()
        with pytest.raises(Lost) as lost:
            await asking
        assert not isinstance(lost.value, NotSent)

    talk(host, act)


def test_a_request_does_not_wait_behind_one_that_was_answered_early() -> None:
    async def early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host.writers.append(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(PLAIN if b"content-length: 2" in head else PLAIN.replace(b"200 OK", b"413 No"))
        await asyncio.sleep(1)
        writer.close()

    host = Host()
    host.serve = early  # type: ignore[method-assign]

    async def act(transport: Transport, url: str) -> None:
        answer = await transport.send("POST", url, content=b"x" * 30_000_000)
        assert answer.status == 413
        assert (await transport.send("POST", url, content=b"{}", patience=0.5)).status == 200

    talk(host, act)


def test_who_closes_everything_wakes_who_still_reads() -> None:
    host = Host(PLAIN[:-3])

    async def act(transport: Transport, url: str) -> None:
        asking = asyncio.create_task(ask(transport, url))
        await asyncio.sleep(0.1)
        await transport.aclose()
        with pytest.raises(Lost):
            await asyncio.wait_for(asking, 1.0)

    talk(host, act)


def test_who_is_cancelled_while_an_old_connection_closes_spoils_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "IDLE_SECONDS", 0.0)
    host, troubles = Host(), list[object]()

    async def act(transport: Transport, url: str) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: troubles.append(told))
        for turns in range(6):
            await ask(transport, url)
            asking = asyncio.create_task(ask(transport, url))
            for _ in range(turns):
                await asyncio.sleep(0)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        assert (await ask(transport, url)).status == 200
        assert troubles == []

    talk(host, act)


@pytest.mark.parametrize("kept", [0, 20, len(PLAIN) - 1], ids=["before", "in the head", "in the body"])
def test_who_stops_waiting_does_not_leave_an_answer_to_the_next(kept: int) -> None:
    host = Host(PLAIN[:kept])

    async def act(transport: Transport, url: str) -> None:
        with pytest.raises(Lost, match="did not answer within"):
            await ask(transport, url, patience=0.1)
        answers = await asyncio.gather(*(ask(transport, url) for _ in range(3)))
        assert [answer.json() for answer in answers] == [{"ok": True}] * 3

    talk(host, act)


def test_a_task_that_is_cancelled_closes_its_connection_alone() -> None:
    host = Host(PLAIN, PLAIN[:-1])

    async def act(transport: Transport, url: str) -> None:
        await ask(transport, url)
        asking = asyncio.create_task(ask(transport, url))
        await asyncio.sleep(0.1)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert (await ask(transport, url)).json() == {"ok": True}

    talk(host, act)
    assert [number for number, _, _ in host.heads] == [1, 1, 2]


def test_what_is_sent_is_what_was_meant() -> None:
    host = Host()

    async def act(transport: Transport, url: str) -> None:
        await transport.send("POST", url, headers={"authorization": "Bearer secret"}, body={"prompt": "Löwe"})
        await ask(transport, url.replace("/v1/things?a=b", "/a b/ü?q=ä#part"))
        await ask(transport, url.replace("/v1/things?a=b", ""))

    talk(host, act)
    first, second, third = (head.decode() for _, head, _ in host.heads)
    assert first.startswith("POST /v1/things?a=b HTTP/1.1\r\nhost: 127.0.0.1:")
    assert "\r\nauthorization: Bearer secret\r\n" in first
    assert host.heads[0][2] == '{"prompt": "Löwe"}'.encode()
    assert second.startswith("GET /a%20b/%C3%BC?q=%C3%A4 HTTP/1.1\r\n")
    assert third.startswith("GET / HTTP/1.1\r\n")
    assert "content-length" not in second + third


@pytest.mark.parametrize(("name", "value"), [("x-a: b\r\nx-b", "1"), ("käse", "1"), ("a b", "1"), ("x", "a-secret ")])
def test_a_header_that_cannot_be_one_was_not_sent(name: str, value: str) -> None:
    host = Host()

    async def act(transport: Transport, url: str) -> None:
        with pytest.raises(NotSent) as told:
            await transport.send("POST", url, headers={name: value}, body={})
        assert "secret" not in str(told.value)
        assert (await ask(transport, url)).status == 200

    talk(host, act)
    assert [body for _, _, body in host.heads] == [b""]


def test_an_address_of_version_6() -> None:
    host = Host()

    async def act(transport: Transport, url: str) -> None:
        assert (await ask(transport, url)).status == 200

    try:
        talk(host, act, address="::1")
    except OSError as error:
        assert "assign" in str(error)  # noqa: PT017  (a machine without it)
        return
    assert b"\r\nhost: [::1]:" in host.heads[0][1]


def test_a_file_comes_in_blocks_and_a_broken_one_is_lost() -> None:
    data = bytes(range(256)) * 8000
    head = b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: %d\r\n\r\n" % len(data)
    host = Host(head + data, head + data[:-1], hang_up=True)

    async def act(transport: Transport, url: str) -> None:
        blocks: list[bytes] = []
        arrival = await transport.download(url, blocks.append, limit=len(data), loopback=True)
        assert (arrival.status, arrival.media_type) == (200, "image/png")
        assert b"".join(blocks) == data
        assert max(map(len, blocks)) < len(data)
        with pytest.raises(Lost):
            await transport.download(url, lambda _: None, limit=len(data), loopback=True)
        host.answers = [head + data]
        with pytest.raises(Forbidden):
            await transport.download(url, lambda _: None, limit=len(data) - 1, loopback=True)

    talk(host, act)


@pytest.mark.parametrize("turns", range(16))
def test_a_request_that_is_given_up_while_it_connects_leaves_no_socket(turns: int) -> None:
    """Whatever turn of the loop it is: the warning of a socket that was forgotten fails the test."""

    async def give_up(port: int) -> None:
        transport = Transport()
        asking = asyncio.create_task(transport.send("GET", f"http://127.0.0.1:{port}/"))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        del asking
        gc.collect()
        await transport.aclose()

    with socket.create_server(("127.0.0.1", 0)) as deaf:
        asyncio.run(give_up(deaf.getsockname()[1]))
