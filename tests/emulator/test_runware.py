"""Runware as its sheet tells it: one URL, tasks in an array, rows and errors."""

import base64
from typing import Any

import pytest

from tests.emulator.desk import BEARER, UUID, Desk, ask, inference, opened, picture

LINK = "https://example.com/harbour.png"
INLINE = base64.b64encode(picture()).decode()


def rows(desk: Desk, task: dict[str, Any]) -> list[dict[str, Any]]:
    return list(desk.runware(task).json()["data"])


def error(desk: Desk, task: dict[str, Any]) -> tuple[int, str, Any]:
    answer = desk.runware(task)
    entry = answer.json()["errors"][0]
    return answer.status_code, entry["code"], entry.get("parameter")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"taskUUID": "6b0d5b0e-58a4-1a1e-9d1b-0a8f3c1d77e2"}, (400, "invalidTaskUUID", "taskUUID")),
        ({"model": "luma:uni@2"}, (404, "modelNotFound", "model")),
        ({"positivePrompt": ""}, (400, "invalidPositivePrompt", "positivePrompt")),
        ({"positivePrompt": "x" * 6001}, (400, "invalidPositivePrompt", "positivePrompt")),
        ({"width": 2048}, (400, "incompatibleParameters", ["width", "height"])),
        ({"width": 1024, "height": 1024}, (400, "invalidWidth", ["width", "height"])),
        ({"seed": 5}, (400, "unsupportedParameter", "seed")),
        ({"inputs": {"mask": LINK}}, (400, "unsupportedParameter", "inputs.mask")),
        ({"inputs": {"referenceImages": []}}, (400, "arrayTooSmall", "inputs.referenceImages")),
        ({"inputs": {"referenceImages": [LINK] * 10}}, (400, "arrayTooLarge", "inputs.referenceImages")),
        (
            {"inputs": {"seedImage": LINK, "referenceImages": [LINK] * 9}},
            (400, "arrayTooLarge", "inputs.referenceImages"),
        ),
        (
            {"inputs": {"seedImage": LINK}, "settings": {"style": "auto"}},
            (400, "incompatibleParameters", ["inputs.seedImage", "settings.style"]),
        ),
        ({"settings": {"style": "oil"}}, (400, "invalidStyle", "settings.style")),
        ({"numberResults": 21}, (400, "valueTooLarge", "numberResults")),
        ({"outputQuality": 19}, (400, "valueTooSmall", "outputQuality")),
        ({"outputFormat": "GIF"}, (400, "invalidOutputFormat", "outputFormat")),
        ({"outputType": "file"}, (400, "invalidOutputType", "outputType")),
        ({"ttl": 59}, (400, "valueTooSmall", "ttl")),
        ({"ttl": 60, "outputType": "dataURI"}, (400, "incompatibleParameters", ["ttl", "outputType"])),
        ({"webhookURL": "nowhere"}, (400, "invalidWebhookURL", "webhookURL")),
        ({"uploadEndpoint": "https://[::1"}, (400, "invalidUploadEndpoint", "uploadEndpoint")),
        ({"inputs": {"seedImage": "https://[::1"}}, (400, "downloadFailed", "inputs.seedImage")),
        ({"safety": {"mode": "slow"}}, (400, "invalidSafety", "safety")),
        ({"inputs": {"seedImage": "%%%"}}, (400, "invalidSeedImage", "inputs.seedImage")),
        ({"inputs": {"seedImage": "https://example.com/missing.png"}}, (400, "downloadFailed", "inputs.seedImage")),
        ({"inputs": {"seedImage": UUID}}, (404, "mediaNotFound", "inputs.seedImage")),
        ({"taskType": "paint"}, (400, "invalidTaskType", "taskType")),
        ({"taskType": ["paint"]}, (400, "invalidTaskType", "taskType")),
    ],
)
def test_a_wrong_task_is_refused_with_code_and_parameter(
    fields: dict[str, Any], expected: tuple[int, str, Any]
) -> None:
    desk = Desk()
    assert error(desk, inference(**fields)) == expected
    assert desk.counted("runware") == (0, 0)


@pytest.mark.parametrize("body", [{}, [], ["text"], "text"])
def test_a_body_that_is_no_array_of_tasks_is_refused(body: Any) -> None:
    answer = Desk().post("/runware/v1", json=body, headers=BEARER)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "invalidRequest")


def test_keys_come_in_the_header_or_in_the_first_task() -> None:
    desk = Desk()
    login = {"taskType": "authentication", "apiKey": "key-in-the-body"}

    alone = desk.post("/runware/v1", json=[login]).json()
    before = desk.post("/runware/v1", json=[login, inference()]).json()
    wrong = desk.post("/runware/v1", json=[{**login, "apiKey": "wrong"}])
    missing = desk.post("/runware/v1", json=[inference()])

    assert alone["data"][0]["taskType"] == "authentication"
    assert before["data"] == [{"taskType": "imageInference", "taskUUID": UUID}]
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (401, "invalidApiKey")
    assert (missing.status_code, missing.json()["errors"][0]["code"]) == (401, "missingApiKey")


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ((), (400, "thirdPartyInsufficientCredits")),
        (("runware:submit:nofunds=402",), (402, "insufficientCredits")),
    ],
)
def test_an_account_without_funds_is_refused(faults: tuple[str, ...], expected: tuple[int, str]) -> None:
    desk = Desk(*faults)
    answer = desk.post("/runware/v1", json=[inference()], headers={"Authorization": "Bearer broke"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == expected


def test_an_asynchronous_task_is_acknowledged_then_running_then_done() -> None:
    desk = Desk()
    acknowledged = rows(desk, inference(width=2784, height=1504, outputFormat="PNG", includeCost=True))
    running = rows(desk, ask("getResponse"))
    desk.wait()
    done = rows(desk, ask("getResponse"))[0]

    names = {"taskType": "imageInference", "taskUUID": UUID}
    assert acknowledged == [names]
    assert running == [{**names, "status": "processing"}]
    assert (done["status"], done["cost"], isinstance(done["seed"], int)) == ("success", 0.0404, True)
    assert opened(desk.get(done["imageURL"]).content).size == (2784, 1504)


def test_several_pictures_finish_one_by_one_and_stay_in_the_answer() -> None:
    desk = Desk()
    rows(desk, inference(numberResults=2))
    desk.wait(8)
    half = rows(desk, ask("getResponse"))
    desk.wait(2)
    whole = rows(desk, ask("getResponse"))

    assert [row["status"] for row in half] == ["success", "processing"]
    assert whole[0] == half[0]
    assert len({row["imageUUID"] for row in whole}) == 2
    assert desk.counted("runware") == (1, 1)
    assert (desk.stats("runware")["images"], desk.stats("runware")["usd"]) == (2, "0.0808")


def test_a_synchronous_task_answers_with_the_picture() -> None:
    desk = Desk(latency=0.05)
    row = rows(desk, inference(deliveryMethod="sync", outputType="base64Data", numberResults=1))[0]
    assert "status" not in row
    assert opened(base64.b64decode(row["imageBase64Data"])).size == (2048, 2048)


@pytest.mark.parametrize(
    ("form", "mime", "quality"), [("JPG", "image/jpeg", 20), ("PNG", "image/png", 50), ("WEBP", "image/webp", 99)]
)
def test_formats_and_data_uris(form: str, mime: str, quality: int) -> None:
    desk = Desk(latency=0)
    rows(desk, inference(outputFormat=form, outputQuality=quality, outputType=["dataURI"], width=1248, height=3360))
    uri = rows(desk, ask("getResponse"))[0]["imageDataURI"]
    head, data = uri.split(",")
    assert head == f"data:{mime};base64"
    assert opened(base64.b64decode(data)).size == (1248, 3360)


def test_an_edit_without_size_takes_the_nearest_pair_and_costs_more() -> None:
    desk = Desk(latency=0)
    rows(desk, inference(inputs={"seedImage": INLINE, "referenceImages": [LINK]}, includeCost=True))
    done = rows(desk, ask("getResponse"))[0]
    assert done["cost"] == 0.0464
    assert opened(desk.get(done["imageURL"]).content).size == (2464, 1696)


def test_a_used_uuid_is_refused_for_ever() -> None:
    desk = Desk()
    rows(desk, inference())
    assert error(desk, inference()) == (400, "conflictTaskUUID", "taskUUID")
    desk.wait()
    assert error(desk, inference()) == (400, "conflictTaskUUID", "taskUUID")
    assert desk.counted("runware") == (1, 1)


def test_a_used_uuid_can_buy_again_after_the_end_under_the_other_policy() -> None:
    desk = Desk("runware:submit:duplicates=while-running")
    rows(desk, inference())
    assert error(desk, inference())[1] == "conflictTaskUUID"
    desk.wait()
    assert desk.runware(inference()).status_code == 200
    assert desk.counted("runware") == (2, 1)


def test_details_hold_the_request_and_the_last_answer() -> None:
    desk = Desk()
    task = inference()
    rows(desk, task)
    early = rows(desk, ask("getTaskDetails"))[0]
    desk.wait()
    late = rows(desk, ask("getTaskDetails"))[0]

    assert (early["request"], early["response"]["data"]) == ([task], [{"taskType": "imageInference", "taskUUID": UUID}])
    assert late["response"]["data"][0]["imageURL"].startswith("http://emulator.test/files/runware/image/")


def test_details_show_a_refused_duplicate_instead_of_the_picture() -> None:
    desk = Desk(latency=0)
    rows(desk, inference())
    desk.runware(inference())
    response = rows(desk, ask("getTaskDetails"))[0]["response"]
    assert (response["data"], response["errors"][0]["code"]) == ([], "conflictTaskUUID")


@pytest.mark.parametrize("kind", ["getResponse", "getTaskDetails"])
def test_an_unknown_uuid_is_empty_or_an_error(kind: str) -> None:
    assert Desk().runware(ask(kind)).json() == {"data": []}
    assert error(Desk("runware:poll:unknown=error"), ask(kind)) == (404, "taskNotFound", "taskUUID")


def test_a_failure_comes_in_errors_or_as_a_row() -> None:
    form_a, form_b = Desk("runware:submit:failed", latency=0), Desk("runware:submit:failed", "runware:poll:form=B")
    rows(form_a, inference())
    rows(form_b, inference())
    form_b.wait()

    first, second = form_a.runware(ask("getResponse")), form_b.runware(ask("getResponse"))

    assert (first.status_code, first.json()["data"]) == (200, [])
    assert first.json()["errors"][0]["code"] == "inferenceError"
    assert first.json()["errors"][0]["status"] == "error"
    assert "errors" not in second.json()
    assert second.json()["data"][0]["status"] == "error"
    assert second.json()["data"][0]["error"]["code"] == "inferenceError"
    assert form_a.counted("runware") == (1, 0)


def test_one_of_several_pictures_can_fail() -> None:
    desk = Desk("runware:submit:partial", latency=0)
    rows(desk, inference(numberResults=3))
    body = desk.runware(ask("getResponse")).json()
    assert ([row["status"] for row in body["data"]], len(body["errors"])) == (["success", "success"], 1)


def test_tasks_of_one_post_stand_for_themselves() -> None:
    desk = Desk()
    other = "0f5c6a0e-58a4-4a1e-9d1b-0a8f3c1d77e2"
    answer = desk.runware(inference(), inference(taskUUID=other, width=1))
    assert answer.status_code == 200
    assert [row["taskUUID"] for row in answer.json()["data"]] == [UUID]
    assert [entry["taskUUID"] for entry in answer.json()["errors"]] == [other]
