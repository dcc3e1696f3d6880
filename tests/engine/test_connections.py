"""Connections are used again: one at a time with HTTP/1.1, one for all with HTTP/2. On real sockets with real TLS."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamEnded

from uni_cli.transport import Transport

AT_ONCE = 20
BODY = b'{"ok": true}'


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A host on loopback whose certificate is trusted here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
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


def connections(context: ssl.SSLContext, protocol: str) -> tuple[int, int]:
    """After one question, and after twenty more at once."""

    async def run() -> tuple[int, int]:
        host = Host()
        context.set_alpn_protocols([protocol])
        speak: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
        speak = host.new if protocol == "h2" else host.old
        server = await asyncio.start_server(speak, "127.0.0.1", 0, ssl=context)
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
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

    return asyncio.run(run())


def test_with_http_2_one_connection_carries_all(trusted: ssl.SSLContext) -> None:
    assert connections(trusted, "h2") == (1, 1)


def test_with_http_1_a_connection_is_used_again(trusted: ssl.SSLContext) -> None:
    assert connections(trusted, "http/1.1") == (1, AT_ONCE)
