"""What somebody who had only the contract ran into."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front import Services, uni
from uni_cli.models import MAX_SEED

NOT_UTF8 = os.fsdecode(b"caf\xe9")


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("luma", "model=uni-1-max"),
        ("luma", "type=image_edit"),
        ("luma", 'image_ref=[{"url": "https://example.com/a.png"}]'),
        ("runware", "model=luma:uni@1-max"),
        ("runware", 'inputs={"referenceImages": []}'),
        ("runware", "inputs.seedImage=https://example.com/a.png"),
        ("gmicloud", "image=https://example.com/a.png"),
        ("segmind", "image=https://example.com/a.png"),
    ],
)
def test_no_raw_field_gets_past_the_price(services: Services, service: str, said: str) -> None:
    result = uni("generate", "a fox", "-p", service, "--set", said, "--max-cost", "0.06", "--json")

    assert (result.code, result.json["error"]["code"]) == (2, "usage.unsupported_option")
    assert "uni sets this field itself" in result.err
    assert services.billed() == 0


def test_a_seed_of_any_size_that_a_service_returns_is_kept(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's whole numbers have an end, and a picture that is paid for must not hang on that."""
    large = 2**64 - 5
    monkeypatch.setattr("uni_cli.emulator.runware_images.seed_of", lambda _: large)

    result = uni("generate", "a fox", "-p", "runware", "-o", "a.png", "--json")
    assert (result.code, [one["seed"] for one in result.json["images"]]) == (0, [large]), result.err
    assert json.loads(Path("a.png.json").read_text())["seed"]["returned"] == large
    assert uni("generate", "a fox", "-p", "runware", "--once", "k", "--json").json["images"][0]["seed"] == large
    assert uni("generate", "a fox", "-p", "runware", "--once", "k", "--json").json["images"][0]["seed"] == large


def test_the_seeds_after_the_last_come_from_the_beginning() -> None:
    wish = ("-p", "local", "--size", "2048x2048")
    assert uni("generate", "a fox", *wish, "--seed", str(MAX_SEED), "-o", "a.png").code == 0

    result = uni("generate", "--from", "a.png", "-n", "2", "-o", "b-{seed}.png", "--json")
    assert (result.code, [one["seed"] for one in result.json["images"]]) == (0, [MAX_SEED, 0]), result.err


def test_strict_holds_for_every_service_of_a_list(services: Services) -> None:
    services.break_with("runware:submit:401")
    wish = ("generate", "a fox", "-f", "jpeg", "--quality", "50", "-o", "fox.jpg")

    kept = uni(*wish, "-p", "runware,luma")
    assert (kept.code, "luma does not take a quality setting" in kept.err) == (0, True)
    strict = uni(*wish, "-p", "runware,luma", "--strict")
    assert (strict.code, "so it is left out" in strict.err) == (4, True)
    assert uni(*wish, "-p", "luma", "--strict").code == 2
    assert services.billed() == 1


@pytest.mark.parametrize("service", ["segmind", "gmicloud"])
def test_the_true_suffix_is_told_for_every_service_of_a_list(services: Services, service: str) -> None:
    result = uni("generate", "a fox", "-p", f"luma,{service}", "-o", "fox.png")
    assert (result.code, f"{service} decides the format itself" in result.err) == (0, True)
    assert uni("generate", "a fox", "-p", f"luma,{service}", "-o", "fox.png", "--strict").code == 2


@pytest.mark.parametrize("flag", ["-p", "-m", "-f", "-o", "--from", "--save-recipe", "--prompt-file"])
def test_an_empty_value_is_not_as_if_nothing_was_said(services: Services, flag: str) -> None:
    prompt = [] if flag == "--prompt-file" else ["a fox"]
    result = uni("generate", *prompt, flag, "")

    assert (result.code, "is empty" in result.err) == (2, True), result.err
    assert services.billed() == 0


def test_to_forget_nothing_is_an_error() -> None:
    uni("generate", "a fox", "-p", "local", "--size", "2048x2048")
    assert uni("status", "--forget", "").code == 2


@pytest.mark.skipif(os.name == "nt", reason="every name is valid text on Windows, so none can be given that is not")
@pytest.mark.parametrize(
    "args",
    [
        ("generate", "a fox", "-r", f"{NOT_UTF8}.png"),
        ("generate", "a fox", "--from", NOT_UTF8),
        ("edit", f"{NOT_UTF8}.png", "make it night"),
        ("edit", "fox.png", "make it night", "--keep", NOT_UTF8),
    ],
)
def test_bytes_that_are_no_text_are_told(services: Services, args: tuple[str, ...]) -> None:
    result = uni(*args, "-p", "luma", "--json")
    assert (result.code, "is not UTF-8 text" in result.err) == (2, True)


@pytest.mark.skipif(os.name == "nt", reason="every name is valid text on Windows, so none can be given that is not")
def test_a_folder_whose_name_is_no_text_is_told(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(NOT_UTF8).mkdir()
    monkeypatch.chdir(NOT_UTF8)
    assert uni("generate", "a fox", "-p", "luma").code == 2
    assert services.billed() == 0


def test_a_retry_with_the_same_key_meets_the_recipe_it_wrote(services: Services) -> None:
    wish = ("generate", "a fox", "-p", "luma", "--once", "k", "--save-recipe", "fox.yaml", "-o", "fox.png")
    assert uni(*wish).out == "fox.png\n"
    assert uni(*wish).out == "fox.png\n"
    assert services.billed() == 1

    Path("fox.yaml").write_text("prompt: mine\n")
    assert uni(*wish).code == 2
    assert Path("fox.yaml").read_text() == "prompt: mine\n"


def test_stdout_cannot_have_a_picture_that_nobody_waits_for(services: Services) -> None:
    assert uni("generate", "a fox", "-p", "luma", "-o", "-", "--no-wait").code == 2
    assert services.billed() == 0


def test_a_job_is_forgotten_by_its_services_id_too(services: Services) -> None:
    uni("generate", "a fox", "-p", "luma", "--no-wait")
    remote = uni("status", "--json").json["jobs"][0]["remote_id"]
    assert uni("status", "--forget", remote).code == 0
    assert uni("status", "--json").json["jobs"][0]["error"]["code"] == "ledger.forgotten"


def test_a_failure_has_the_members_of_the_contract(services: Services) -> None:
    services.break_with("luma:submit:moderated")
    result = uni("generate", "a fox", "-p", "luma", "--json")
    assert [sorted(one) for one in result.json["failures"]] == [["code", "hint", "job", "message"]]


def test_what_is_kept_is_not_kept_twice() -> None:
    uni("generate", "a fox", "-p", "local", "--size", "2048x2048", "-o", "fox.png")
    result = uni("edit", "fox.png", "make it night", "--keep", "Keep the fox.", "-p", "luma", "--dry-run", "--json")
    assert json.loads(result.out)["items"][0]["body"]["prompt"].endswith("\nKeep the fox unchanged.")


def test_the_cap_of_the_settings_is_told_by_its_name(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_MAX_COST", "0.01")
    result = uni("generate", "a fox", "-p", "luma")
    assert (result.code, "of UNI_MAX_COST" in result.err) == (6, True)


@pytest.mark.parametrize("folder", ["{provider}", "{model}", "{aspect}"])
def test_a_folder_that_is_named_by_what_is_known_is_tried_before_anything_is_sent(
    services: Services, folder: str
) -> None:
    for name in ("luma", "uni-1", "16-9"):
        Path(name).write_text("in the way")
    result = uni("generate", "a fox", "-p", "luma", "-a", "16:9", "-o", f"{folder}/x.png")
    assert (result.code, services.billed()) == (2, 0), result.err


def test_a_picture_for_stdout_that_came_later_is_told_where_it_is(start_services: Callable[..., Services]) -> None:
    start_services(latency=1.0)
    assert uni("generate", "a fox", "-p", "luma", "-o", "-", "--timeout", "0.2").code == 8
    result = uni("status", "--wait")
    assert result.code == 0
    assert Path(result.out.strip()).is_file()


def test_a_doubtful_job_tells_its_way_out_in_status_as_in_the_result(services: Services) -> None:
    services.break_with("luma:submit:cut-after:1")
    uni("generate", "a fox", "-p", "luma")
    (row,) = uni("status", "--json").json["jobs"]
    assert f"uni status {row['job']} --recover" in row["error"]["hint"]
