"""Runware's smaller habits: media, account, safety, lifetimes, variants, deliveries."""

import asyncio
import base64
import json

import httpx
import pytest

from tests.emulator.desk import BEARER, UUID, Desk, ask, inference, opened, picture
from uni_cli.emulator import create_app


def test_stored_media_can_be_edited_until_it_is_deleted() -> None:
    desk = Desk(latency=0)
    uri = f"data:image/png;base64,{base64.b64encode(picture((200, 300))).decode()}"
    stored = desk.runware(ask("mediaStorage", operation="upload", media=uri)).json()["data"][0]
    assert desk.get(stored["mediaURL"]).content == picture((200, 300))

    desk.runware(inference(inputs={"seedImage": stored["mediaUUID"]}))
    done = desk.runware(ask("getResponse")).json()["data"][0]
    assert opened(desk.get(done["imageURL"]).content).size == (1696, 2464)

    gone = desk.runware(ask("mediaStorage", operation="delete", media=stored["mediaUUID"])).json()["data"][0]
    assert gone["mediaUUID"] == stored["mediaUUID"]
    assert desk.get(stored["mediaURL"]).status_code == 404


def test_a_picture_made_here_can_be_edited_by_its_id() -> None:
    desk = Desk(latency=0)
    desk.runware(inference(width=3360, height=1248))
    made = desk.runware(ask("getResponse")).json()["data"][0]
    second = "0f5c6a0e-58a4-4a1e-9d1b-0a8f3c1d77e2"
    desk.runware(inference(taskUUID=second, inputs={"seedImage": made["imageUUID"]}))
    edited = desk.runware(ask("getResponse", taskUUID=second)).json()["data"][0]
    assert opened(desk.get(edited["imageURL"]).content).size == (3360, 1248)


def test_the_old_upload_makes_large_pictures_small() -> None:
    desk = Desk()
    uri = base64.b64encode(picture((2400, 1200))).decode()
    row = desk.runware(ask("imageUpload", image=uri)).json()["data"][0]
    assert opened(desk.get(row["imageURL"]).content).size == (2048, 1024)


def test_the_account_tells_its_balance_in_two_ways() -> None:
    task = ask("accountManagement", operation="getDetails")
    detailed = Desk().runware(task).json()["data"][0]["balance"]
    bare = Desk("runware:check:balance=number").runware(task).json()["data"][0]["balance"]
    assert (detailed, bare) == ({"amount": 25.0, "freeBalance": 0, "currency": "USD"}, 25.0)


def test_ping_and_model_search() -> None:
    desk = Desk()
    assert desk.runware({"taskType": "ping", "ping": True}).json()["data"] == [{"taskType": "ping", "pong": True}]
    found = desk.runware(ask("modelSearch", search="luma")).json()["data"][0]
    assert [model["air"] for model in found["results"]] == ["luma:uni@1", "luma:uni@1-max"]


@pytest.mark.parametrize(("faults", "flag"), [((), False), (("runware:submit:moderated=nsfw",), True)])
def test_a_safety_check_marks_the_picture(faults: tuple[str, ...], flag: bool) -> None:
    desk = Desk(*faults, latency=0)
    desk.runware(inference(safety={"checkContent": True}))
    assert desk.runware(ask("getResponse")).json()["data"][0]["NSFWContent"] is flag


def test_moderation_names_its_code() -> None:
    desk = Desk("runware:submit:moderated", latency=0)
    desk.runware(inference())
    assert desk.runware(ask("getResponse")).json()["errors"][0]["code"] == "providerContentPolicyViolation"


def test_a_link_lives_as_long_as_its_ttl() -> None:
    desk = Desk(latency=0)
    desk.runware(inference(ttl=60))
    url = desk.runware(ask("getResponse")).json()["data"][0]["imageURL"]
    assert desk.get(url).status_code == 200
    desk.wait(61)
    assert desk.get(url).status_code == 404


def test_a_job_that_takes_too_long_for_a_synchronous_call_goes_on() -> None:
    desk = Desk("runware:submit:never:1", latency=0)
    answer = desk.runware(inference(deliveryMethod="sync"))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (504, "providerGatewayTimeout")
    assert desk.runware(ask("getResponse")).json()["data"][0]["status"] == "processing"


def test_variants_of_the_answers() -> None:
    empty = Desk("runware:poll:running=empty", "runware:submit:ack=empty")
    assert empty.runware(inference()).json() == {"data": []}
    assert empty.runware(ask("getResponse")).json() == {"data": []}

    old = Desk("runware:poll:running=pending")
    old.runware(inference())
    assert old.runware(ask("getResponse")).json()["data"][0]["status"] == "pending"

    silent = Desk("runware:poll:cost=missing", "runware:recover:details=none", latency=0)
    silent.runware(inference(includeCost=True))
    assert "cost" not in silent.runware(ask("getResponse")).json()["data"][0]
    assert silent.runware(ask("getTaskDetails")).json() == {"data": []}

    lenient = Desk("runware:submit:settings=lenient", "runware:submit:extra=ignored")
    task = inference(inputs={"seedImage": "https://example.com/a.png"}, settings={"style": "auto"}, seed=5)
    assert lenient.runware(task).status_code == 200


def deliveries(field: str, expected: int) -> list[tuple[str, bytes]]:
    """What arrives at a receiver that refuses the first attempt."""
    arrived: list[tuple[str, bytes]] = []
    enough = asyncio.Event()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        arrived.append((head.split("\r\n")[0], await reader.readexactly(length)))
        if len(arrived) == expected:
            enough.set()
        status = "200 OK" if len(arrived) > 1 else "503 Busy"
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(receive, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        transport = httpx.ASGITransport(app=create_app(latency=0, fast=True))
        async with server, httpx.AsyncClient(transport=transport, base_url="http://emulator.test") as client:
            task = inference(numberResults=2, **{field: f"http://127.0.0.1:{port}/hook?token=1"})
            await client.post("/runware/v1", json=[task], headers=BEARER)
            await asyncio.wait_for(enough.wait(), 10)

    asyncio.run(story())
    return arrived


def test_a_webhook_gets_each_picture_and_is_tried_again() -> None:
    arrived = deliveries("webhookURL", 3)
    bodies = [json.loads(body) for _, body in arrived]
    assert {line for line, _ in arrived} == {"POST /hook?token=1 HTTP/1.1"}
    assert bodies[0] == bodies[1]
    assert bodies[1]["imageUUID"] != bodies[2]["imageUUID"]
    assert {body["taskUUID"] for body in bodies} == {UUID}


def test_an_upload_endpoint_gets_the_bytes() -> None:
    line, body = deliveries("uploadEndpoint", 2)[1]
    assert line == "PUT /hook?token=1 HTTP/1.1"
    assert opened(body).size == (2048, 2048)
