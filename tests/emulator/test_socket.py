"""The emulator on a real socket: cut connections, endless bodies, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from tests.emulator.desk import BEARER, GMI, LUMA
from uni_cli.emulator import create_app
from uni_cli.emulator.server import bind, running

BODY = {"prompt": "a lighthouse"}
PROGRAM = """
import sys
from uni_cli.emulator.server import serve
serve(latency=float(sys.argv[1]), fast=True, ready=lambda url: print(url, flush=True))
print("ended", flush=True)
"""


@contextmanager
def server(*faults: str, latency: float = 0.0) -> Iterator[httpx.Client]:
    with running(create_app(latency=latency, fast=True, faults=faults)) as url, httpx.Client(base_url=url) as client:
        yield client


def submit(client: httpx.Client) -> httpx.Response:
    return client.post("/luma/v1/generations", json=BODY, headers=LUMA)


def link(client: httpx.Client) -> str:
    job_id = submit(client).json()["id"]
    return str(client.get(f"/luma/v1/generations/{job_id}", headers=LUMA).json()["output"][0]["url"])


def accepted(client: httpx.Client, service: str = "luma") -> int:
    return int(client.get("/_emulator/stats").json()[service]["accepted"])


@pytest.mark.parametrize(("kind", "count"), [("refuse", 0), ("cut-before", 0), ("cut-after", 1)])
def test_a_cut_connection_brings_no_answer_and_no_noise(
    kind: str, count: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with server(f"luma:submit:{kind}:1") as client:
        with pytest.raises(httpx.TransportError):
            submit(client)
        assert accepted(client) == count
        assert submit(client).status_code == 201
    assert capfd.readouterr() == ("", "")


def test_a_large_body_is_cut_as_well() -> None:
    with server("luma:submit:cut-before") as client, pytest.raises(httpx.TransportError):
        client.post("/luma/v1/generations", json={"prompt": "x" * 5_000_000}, headers=LUMA)


def test_a_truncated_file_ends_in_the_middle(capfd: pytest.CaptureFixture[str]) -> None:
    with server("luma:download:truncated") as client:
        url = link(client)
        received: list[bytes] = []
        with client.stream("GET", url) as answer, pytest.raises(httpx.RemoteProtocolError):
            received.extend(answer.iter_raw())
        assert len(b"".join(received)) == int(answer.headers["content-length"]) // 2
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("kind", "length"), [("oversized", None), ("oversized-length", "8589934592")])
def test_an_endless_file_goes_on_until_the_client_leaves(
    kind: str, length: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    with server(f"luma:download:{kind}") as client:
        received = 0
        with client.stream("GET", link(client)) as answer:
            for block in answer.iter_raw():
                received += len(block)
                if received > 20_000_000:
                    break
        assert answer.headers.get("content-length") == length
        assert client.get("/_emulator/stats").status_code == 200
    assert capfd.readouterr().err == ""


def test_a_dripping_file_stops_when_the_server_stops(capfd: pytest.CaptureFixture[str]) -> None:
    with server("luma:download:drip=30") as client:
        stream = client.stream("GET", link(client))
        answer = stream.__enter__()
        assert next(answer.iter_raw()).startswith(b"\x89PNG")
    assert capfd.readouterr().err == ""


def test_other_calls_are_answered_while_a_post_waits() -> None:
    with server(latency=3600) as client:
        body = {"model": "luma-uni-1.1", "payload": BODY}
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{GMI}/requests", json=body, headers=BEARER, timeout=httpx.Timeout(10, read=0.05))
        while accepted(client, "gmicloud") == 0:
            continue
        listed = client.get(f"{GMI}/requests?model_id=luma-uni-1.1", headers=BEARER).json()
        assert [entry["status"] for entry in listed["requests"]] == ["queued"]


def test_moving_the_clock_ends_the_waiting() -> None:
    with server(latency=3600) as client, ThreadPoolExecutor() as pool:
        body = {"model": "luma-uni-1.1", "payload": BODY}
        waiting = pool.submit(client.post, f"{GMI}/requests", json=body, headers=BEARER, timeout=30)
        while accepted(client, "gmicloud") == 0:
            continue
        client.post("/_emulator/clock", json={"advance": 3600})
        assert waiting.result().json()["status"] == "success"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", ""])
def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        bind(host, 0)


def test_a_taken_port_is_an_error() -> None:
    with bind("127.0.0.1", 0) as listener, pytest.raises(OSError):
        bind("127.0.0.1", listener.getsockname()[1])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that asks another process to end")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_signals_end_it_at_once_while_one_call_waits_and_another_is_not_yet_sent(number: signal.Signals) -> None:
    command = [sys.executable, "-c", PROGRAM, "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        host, port = url.removeprefix("http://").split(":")
        server = (host, int(port))
        with socket.create_connection(server) as waiting, socket.create_connection(server) as sending:
            body = '{"model":"luma-uni-1.1","payload":{"prompt":"x"}}'
            head = f"POST {GMI}/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            sending.sendall(head.encode())
            waiting.sendall((head + body).encode())
            while httpx.get(f"{url}/_emulator/stats").json()["gmicloud"]["accepted"] == 0:
                time.sleep(0.01)
            process.send_signal(number)
            out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "ended\n", "")
