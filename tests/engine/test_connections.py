"""Connections are used again: one at a time with HTTP/1.1, one for all with HTTP/2. On real sockets with real TLS.

And names are looked up once for all of them.
"""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamEnded

from tests.engine.house import House
from tests.front import uni
from uni_cli.transport import NotSent, Transport, loops

AT_ONCE = 20
BODY = b'{"ok": true}'


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A host on loopback whose certificate is trusted here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    names = x509.SubjectAlternativeName([address, x509.DNSName("localhost")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(7).not_valid_before(now - datetime.timedelta(days=1))
    built = built.not_valid_after(now + datetime.timedelta(days=1)).add_extension(names, critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = built.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    both = tmp_path / "host.pem"
    both.write_bytes(made.public_bytes(pem) + private)
    (tmp_path / "trusted.pem").write_bytes(made.public_bytes(pem))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


class Host:
    """Counts its connections and holds each answer for a moment, so that questions meet."""

    def __init__(self) -> None:
        self.connections = 0

    async def old(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while await _head(reader):
            await asyncio.sleep(0.05)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY))
            await writer.drain()

    async def new(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        talk = H2Connection(H2Configuration(client_side=False))
        talk.initiate_connection()
        writer.write(talk.data_to_send())

        async def answer(stream: int) -> None:
            await asyncio.sleep(0.05)
            talk.send_headers(stream, [(":status", "200"), ("content-length", str(len(BODY)))])
            talk.send_data(stream, BODY, end_stream=True)
            writer.write(talk.data_to_send())

        answers = set[asyncio.Task[None]]()
        while data := await reader.read(65536):
            for event in talk.receive_data(data):
                if isinstance(event, StreamEnded) and event.stream_id:
                    answers.add(asyncio.create_task(answer(event.stream_id)))
            writer.write(talk.data_to_send())


async def _head(reader: asyncio.StreamReader) -> bool:
    try:
        await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return False
    return True


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every name that the system is asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def note(host: bytes | str, *rest: Any) -> Any:
        asked.append(host.decode() if isinstance(host, bytes) else host)
        return real(host, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", note)
    return asked


def by_name(home: House) -> str:
    return f"{home.services.url.replace('127.0.0.1', 'localhost')}/luma/v1"


def connections(context: ssl.SSLContext, protocol: str) -> tuple[int, int]:
    """After one question, and after twenty more at once."""

    async def run() -> tuple[int, int]:
        host = Host()
        context.set_alpn_protocols([protocol])
        speak: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
        speak = host.new if protocol == "h2" else host.old
        server = await asyncio.start_server(speak, "127.0.0.1", 0, ssl=context)
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}/v1"
        transport = Transport()

        async def ask() -> None:
            answer = await transport.send("GET", url)
            assert (answer.status, answer.json()) == (200, {"ok": True})

        await ask()
        first = host.connections
        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
        await transport.aclose()
        server.close()
        return first, host.connections

    return loops.run(run())


def test_with_http_2_one_connection_carries_all(trusted: ssl.SSLContext, lookups: list[str]) -> None:
    assert connections(trusted, "h2") == (1, 1)
    assert lookups == ["localhost"]


def test_with_http_1_a_connection_is_used_again(trusted: ssl.SSLContext, lookups: list[str]) -> None:
    """The first is made by httpx and the others are not, and they share what was found."""
    assert connections(trusted, "http/1.1") == (1, AT_ONCE)
    assert lookups == ["localhost"]


def test_a_name_is_asked_for_again_where_it_was_not_found(
    home: House, lookups: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = socket.getaddrinfo

    def fail(host: Any, *rest: Any) -> Any:
        lookups.append("in vain")
        monkeypatch.setattr(socket, "getaddrinfo", find)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    async def run() -> int:
        transport, url = Transport(), by_name(home)
        with pytest.raises(NotSent, match="name resolution"):
            await transport.send("GET", url)
        found = await transport.send("GET", url)
        await transport.aclose()
        return found.status

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert loops.run(run()) == 404
    assert lookups == ["in vain", "localhost"]


def test_an_address_does_not_count_for_ever(lookups: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        for _ in range(3):
            await asyncio.get_running_loop().getaddrinfo("localhost", 80)

    loops.run(run())
    assert lookups == ["localhost"]
    monkeypatch.setattr(loops, "KNOWN_SECONDS", -1.0)
    loops.run(run())
    assert lookups == ["localhost"] * 4


def test_a_run_asks_once_for_the_name_of_its_service(
    home: House, lookups: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNI_LUMA__BASE_URL", by_name(home))
    done = uni("generate", "a fox", "-n", "8", "-p", "luma")
    assert (done.code, len(done.lines), lookups) == (0, 8, ["localhost"]), done.err
