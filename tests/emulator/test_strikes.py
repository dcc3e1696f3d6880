"""Every kind of fault as a client meets it, and whether the job was accepted."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.emulator.desk import BEARER, GMI, HISTORY, LUMA, SEGMIND, UUID, Desk, ask, inference, opened
from uni_cli.emulator import ConnectionCut

SUBMITS: dict[str, Callable[[Desk], httpx.Response]] = {
    "luma": lambda desk: desk.luma(),
    "runware": lambda desk: desk.runware(inference()),
    "gmicloud": lambda desk: desk.gmi(),
    "segmind": lambda desk: desk.segmind(),
}
EVERYWHERE = pytest.mark.parametrize("service", SUBMITS)


def struck(service: str, kind: str, **options: Any) -> tuple[Desk, httpx.Response]:
    """A submit that meets a fault."""
    desk = Desk(f"{service}:submit:{kind}", latency=0, **options)
    return desk, SUBMITS[service](desk)


@EVERYWHERE
@pytest.mark.parametrize(("kind", "accepted"), [("refuse", 0), ("cut-before", 0), ("cut-after", 1)])
def test_a_connection_is_cut_before_or_after_the_job_was_accepted(service: str, kind: str, accepted: int) -> None:
    desk = Desk(f"{service}:submit:{kind}", latency=0)
    with pytest.raises(ConnectionCut) as caught:
        SUBMITS[service](desk)
    assert caught.value.kind == kind
    assert desk.counted(service) == (accepted, accepted)


@EVERYWHERE
@pytest.mark.parametrize(
    ("kind", "status", "mime"),
    [
        ("html", 200, "text/html; charset=utf-8"),
        ("garbage", 200, "application/json"),
        ("empty", 200, "application/json"),
    ],
)
def test_an_accepted_job_can_have_an_unreadable_answer(service: str, kind: str, status: int, mime: str) -> None:
    desk, answer = struck(service, kind)
    assert (answer.status_code, answer.headers["content-type"]) == (status, mime)
    with pytest.raises(ValueError):
        answer.json()
    assert desk.counted(service) == (1, 1)


@EVERYWHERE
@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_comes_before_or_after_acceptance(service: str, status: int) -> None:
    before, refused = struck(service, str(status))
    after, lost = struck(service, f"{status}-after")
    assert (refused.status_code, lost.status_code) == (status, status)
    assert (before.counted(service)[0], after.counted(service)[0]) == (0, 1)


@EVERYWHERE
def test_a_gateway_can_answer_with_its_page(service: str) -> None:
    desk, answer = struck(service, "html-502")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert desk.counted(service) == (0, 0)


@EVERYWHERE
def test_a_slow_answer_is_the_right_answer(service: str) -> None:
    desk, answer = struck(service, "slow=0.05")
    assert answer.is_success
    assert desk.counted(service)[0] == 1


@pytest.mark.parametrize(
    ("service", "status", "body"),
    [
        ("luma", 401, {"detail": "Invalid API key"}),
        ("luma", 402, {"detail": "Insufficient balance"}),
        ("luma", 403, {"detail": "API client is suspended"}),
        ("luma", 502, {"detail": "Upstream service unavailable"}),
        ("luma", 503, {"detail": "Image URL ingestion unavailable"}),
        ("gmicloud", 402, {"error": "Insufficient credits. Please top up your account"}),
        ("gmicloud", 503, {"error": "upstream capacity is exhausted"}),
        ("segmind", 406, {"error": "Insufficient credits"}),
        ("segmind", 410, {"error": "This model has been retired"}),
    ],
)
def test_a_status_has_its_documented_body(service: str, status: int, body: dict[str, str]) -> None:
    _, answer = struck(service, str(status))
    assert (answer.status_code, answer.json()) == (status, body)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("401", 401, "invalidApiKey"),
        ("402", 402, "insufficientCredits"),
        ("403", 403, "forbidden"),
        ("408", 408, "timeout"),
        ("429", 429, "rateLimitExceeded"),
        ("500", 500, "internalServerError"),
        ("503", 503, "serviceUnavailable"),
        ("504", 504, "providerGatewayTimeout"),
        ("400=promptBlocked", 400, "promptBlocked"),
    ],
)
def test_runware_gives_a_status_its_code(kind: str, status: int, code: str) -> None:
    _, answer = struck("runware", kind)
    assert (answer.status_code, answer.json()["data"]) == (status, [])
    assert answer.json()["errors"][0]["code"] == code


def test_rate_limits_have_their_own_headers() -> None:
    luma, segmind = struck("luma", "429=7")[1], struck("segmind", "429=7")[1]
    crowded = struck("luma", "concurrency")[1]
    assert (luma.headers["retry-after"], luma.headers["x-ratelimit-remaining"]) == ("7", "0")
    assert segmind.headers["x-rate-limit-reset-at-utc"] == "2026-11-20T12:00:07+00:00"
    assert crowded.json() == {"detail": "Too many concurrent jobs"}
    assert "x-ratelimit-limit" not in crowded.headers
    assert "retry-after" not in struck("gmicloud", "429")[1].headers
    assert struck("gmicloud", "429=7")[1].headers["retry-after"] == "7"


LUMA_CODES = ["content_moderated", "generation_failed", "budget_exhausted", "output_not_found", "image_too_large"]
LUMA_CODES += ["unsupported_format", "corrupt_input", "invalid_request", "rate_limited"]


@pytest.mark.parametrize("code", LUMA_CODES)
def test_luma_fails_with_each_of_its_codes(code: str) -> None:
    desk, answer = struck("luma", f"failed={code}")
    job = desk.look(answer.json()["id"])
    assert (job["state"], job["failure_code"]) == ("failed", code)
    assert desk.counted("luma") == (1, 0)


def verdict(desk: Desk, service: str, answer: httpx.Response) -> str:
    """What a service says of a job in the end, as text."""
    if service == "luma":
        return str(desk.look(answer.json()["id"]))
    if service == "runware":
        return str(desk.runware(ask("getResponse")).json())
    if service == "gmicloud":
        return str(desk.get(f"{GMI}/requests/{answer.json()['request_id']}", headers=BEARER).json())
    return str(desk.get(answer.json()["status_url"], headers=SEGMIND).json())


@pytest.mark.parametrize(
    ("service", "moderated", "running"),
    [
        ("luma", "content_moderated", "'processing'"),
        ("runware", "providerContentPolicyViolation", "'processing'"),
        ("gmicloud", "content policy", "'queued'"),
        ("segmind", "responsible AI", "'PROCESSING'"),
    ],
)
def test_jobs_are_moderated_or_never_finish(service: str, moderated: str, running: str) -> None:
    desk, answer = struck(service, "moderated")
    assert moderated in verdict(desk, service, answer)
    assert desk.counted(service) == (1, 0)

    desk, answer = struck(service, "never")
    desk.wait(3000)
    assert running in verdict(desk, service, answer)
    assert desk.counted(service) == (1, 0)


def test_a_job_can_turn_bad_while_it_is_polled_but_not_after_its_success_was_told() -> None:
    desk = Desk("luma:poll:failed", latency=0)
    assert desk.look(desk.luma().json()["id"])["failure_code"] == "generation_failed"

    desk = Desk(latency=0)
    job_id = desk.luma().json()["id"]
    desk.look(job_id)
    desk.emulator.faults.replace(["luma:poll:failed"])
    assert desk.look(job_id)["state"] == "completed"


def finished(desk: Desk) -> str:
    return str(desk.look(desk.luma().json()["id"])["output"][0]["url"])


def download(kind: str) -> tuple[Desk, httpx.Response]:
    desk = Desk(f"luma:download:{kind}", latency=0)
    return desk, desk.get(finished(desk))


@pytest.mark.parametrize(
    ("kind", "status", "mime"),
    [
        ("expired", 403, "application/xml"),
        ("404", 404, "application/xml"),
        ("503", 503, "application/xml"),
        ("wrong-type", 200, "text/html; charset=utf-8"),
        ("empty", 200, "application/json"),
        ("redirect-loop", 302, None),
    ],
)
def test_a_download_can_bring_something_else(kind: str, status: int, mime: str | None) -> None:
    desk, answer = download(kind)
    assert (answer.status_code, answer.headers.get("content-type")) == (status, mime)
    assert desk.stats("luma")["struck"] == 1


def test_a_download_can_break_off() -> None:
    with pytest.raises(ConnectionCut) as caught:
        download("truncated")
    assert caught.value.kind == "truncated"


def test_a_download_can_be_short_corrupt_or_far_too_large() -> None:
    desk = Desk(latency=0)
    url = finished(desk)
    answers = [desk.get(url)]
    for kind in ("short", "corrupt", "oversized=3000000"):
        desk.emulator.faults.replace([f"luma:download:{kind}"])
        answers.append(desk.get(url))
    whole, (short, corrupt, large) = answers[0].content, answers[1:]
    assert short.content == whole[: len(whole) // 2]
    assert short.headers["content-length"] == str(len(short.content))
    assert len(corrupt.content) == len(whole)
    with pytest.raises((OSError, SyntaxError)):
        opened(corrupt.content)
    assert (len(large.content), "content-length" in large.headers) == (2 * 1_048_576, False)


def test_a_redirect_leads_to_the_file() -> None:
    desk, answer = download("redirect")
    assert answer.status_code == 302
    assert opened(desk.get(answer.headers["location"]).content).size == (2048, 2048)


def test_the_rest_of_a_file_can_be_asked_for() -> None:
    desk = Desk(latency=0)
    url = finished(desk)
    whole = desk.get(url)
    rest = desk.get(url, headers={"Range": "bytes=1000-"})
    beyond = desk.get(url, headers={"Range": f"bytes={len(whole.content)}-"})
    assert (rest.status_code, rest.content) == (206, whole.content[1000:])
    assert rest.headers["content-range"] == f"bytes 1000-{len(whole.content) - 1}/{len(whole.content)}"
    assert (beyond.status_code, rest.headers["etag"]) == (416, whole.headers["etag"])


@pytest.mark.parametrize("header", [LUMA, SEGMIND, {"Cookie": "luma-api-test"}])
def test_a_key_is_never_shown_to_the_file_host(header: dict[str, str]) -> None:
    desk = Desk(latency=0)
    answer = desk.get(finished(desk), headers=header)
    assert answer.status_code == 400
    assert (desk.stats("luma")["leaks"], desk.stats("luma")["delivered"]) == (1, 0)


def test_faults_strike_the_other_steps() -> None:
    desk = Desk("runware:recover:500", "gmicloud:recover:502", "segmind:recover:500", "any:check:401", latency=0)
    answers = [
        desk.runware(ask("getTaskDetails", taskUUID=UUID)),
        desk.get(f"{GMI}/requests", headers=BEARER),
        desk.get(HISTORY, headers=SEGMIND),
        desk.get("/luma/v1/generations/00000000-0000-0000-0000-000000000000", headers=LUMA),
        desk.runware(ask("accountManagement", operation="getDetails")),
        desk.get(f"{GMI}/models", headers=BEARER),
        desk.get("/segmind/v1/get-user-credits", headers=SEGMIND),
    ]
    assert [answer.status_code for answer in answers] == [500, 502, 500, 401, 401, 401, 401]
