"""`inspect`, `config`, `providers` and the lists of `status`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.front import Services, uni
from uni_cli import providers


@pytest.fixture
def fox(services: Services) -> Path:
    assert uni("generate", "a red fox", "-p", "runware", "-o", "fox.png").code == 0
    return Path("fox.png")


# --- inspect -----------------------------------------------------------------------------------------------------


def test_a_picture_tells_how_it_was_made(fox: Path) -> None:
    result = uni("inspect", "fox.png")
    by_sidecar = uni("inspect", "fox.png.json")

    told = dict(line.split(":", 1) for line in result.lines)
    assert (result.code, result.err) == (0, "")
    assert told["prompt"].strip() == "a red fox"
    assert told["service"].strip() == "runware uni-1 generate"
    assert told["cost"].strip() == "$0.0404"
    assert (told["AI mark"].strip(), told["C2PA"].strip(), told["agrees"].strip()) == ("yes", "no", "yes")
    assert by_sidecar.code == 0


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: data + b"x", "bytes, the sidecar says"),
        (lambda data: data[:-1] + b"x", "its hash differs"),
        (lambda data: data[:200], "bytes, the sidecar says"),
    ],
)
def test_a_changed_picture_is_told(fox: Path, change: Callable[[bytes], bytes], problem: str) -> None:
    fox.write_bytes(change(fox.read_bytes()))

    result, as_json = uni("inspect", "fox.png"), uni("inspect", "fox.png", "--json")

    assert (result.code, as_json.code) == (1, 1)
    assert problem in result.out
    assert "[inspect.mismatch]" in result.err
    assert as_json.json["match"] is False
    assert any(problem in told for told in as_json.json["problems"])


@pytest.mark.parametrize("member", ["file", "bytes", "sha256", "width", "format"])
def test_a_changed_sidecar_is_told(fox: Path, member: str) -> None:
    beside = Path("fox.png.json")
    made = json.loads(beside.read_text("utf-8"))
    made["image"][member] = "other"
    beside.write_text(json.dumps(made))

    assert uni("inspect", "fox.png").code == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": "uni.sidecar/1"}', '{"schema": "other/1"}'])
def test_a_damaged_sidecar_is_told(fox: Path, text: str) -> None:
    Path("fox.png.json").write_text(text)

    result = uni("inspect", "fox.png", "--json")

    assert (result.code, result.json["match"], result.json["ai_mark"]) == (1, False, True)
    assert "[internal.error]" not in result.err


def test_without_a_sidecar_the_picture_itself_speaks(fox: Path) -> None:
    Path("fox.png.json").unlink()

    document = uni("inspect", "fox.png", "--json").json

    assert (document["match"], document["problems"]) == (False, ["there is no sidecar fox.png.json"])
    made = document["made"]
    assert (made["prompt"], made["provider"], made["model"]) == ("a red fox", "runware", "uni-1")
    assert made["operation"] == "generate"


def test_a_picture_of_somebody_else(drawn: Callable[..., Path]) -> None:
    drawn("photo.png")

    document = uni("inspect", "photo.png", "--json").json

    assert (document["match"], document["ai_mark"], document["c2pa"], document["made"]) == (False, False, False, None)


@pytest.mark.parametrize("name", ["photo.png", "photo.jpg", "photo.webp"])
def test_a_plain_photo_carries_nothing_of_ours_and_was_not_changed(name: str) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "A maker", "A camera"
    Image.new("RGB", (64, 48), "teal").save(name, exif=exif)

    result, as_json = uni("inspect", name), uni("inspect", name, "--json")

    assert (result.code, as_json.code, as_json.json["match"]) == (1, 1, False)
    assert f"{name} carries nothing of uni: there is no sidecar {name}.json [inspect.mismatch]" in result.err
    assert "nothing to compare with" in result.out
    assert "was changed" not in result.err
    assert as_json.json["problems"] == [f"there is no sidecar {name}.json", "nothing of uni is inside"]
    assert uni("inspect", f"{name}.json").code == 2
    # What other programs put beside their photos has such names, too.
    Path(f"{name}.json").write_text('{"title": "photo"}')
    other = uni("inspect", name)
    assert (other.code, "carries nothing of uni" in other.err, "was changed" in other.err) == (1, True, False)


def test_a_lost_sidecar_is_not_a_change(fox: Path) -> None:
    Path("fox.png.json").unlink()

    result = uni("inspect", "fox.png")

    assert result.code == 1
    assert "has no sidecar to agree with" in result.err
    assert "was changed" not in result.err


def test_a_moved_pair_still_agrees(fox: Path) -> None:
    Path("away").mkdir()
    for name in ("fox.png", "fox.png.json"):
        shutil.move(name, "away")

    assert uni("inspect", "away/fox.png").code == 0


def test_a_renamed_picture_is_told(fox: Path) -> None:
    shutil.copy("fox.png", "hen.png")
    shutil.copy("fox.png.json", "hen.png.json")

    assert "the sidecar names the file fox.png" in uni("inspect", "hen.png").out


@pytest.mark.parametrize("what", ["", "missing.png", "text.png", "folder", "empty.png"])
def test_what_is_no_picture(what: str) -> None:
    Path("text.png").write_text("hello")
    Path("empty.png").touch()
    Path("folder").mkdir()

    result = uni("inspect", what)

    assert (result.code, result.out) == (2, "")
    assert "Traceback" not in result.err


# --- config ------------------------------------------------------------------------------------------------------


def test_the_path_of_the_settings() -> None:
    assert uni("config", "path").out == f"{os.environ['UNI_CONFIG']}\n"
    assert uni("config", "path", "--json").json == {
        "schema": "uni.config/1",
        "path": os.environ["UNI_CONFIG"],
        "exists": False,
    }


def test_the_environment_stands_above_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(os.environ["UNI_CONFIG"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('provider = "luma"\noutput = "out/"\n[segmind]\nconcurrency = 3\n')
    monkeypatch.setenv("UNI_PROVIDER", "runware")
    monkeypatch.setenv("UNI_LUMA__BASE_URL", "https://luma.example.org/v9/")

    values = {v["name"]: (v["value"], v["origin"]) for v in uni("config", "show", "--json").json["values"]}

    assert values["provider"] == ("runware", "environment, UNI_PROVIDER")
    assert values["output"] == ("out/", f"file, {file}")
    assert values["segmind.concurrency"] == ("3", f"file, {file}")
    assert values["luma.base_url"] == ("https://luma.example.org/v9", "environment, UNI_LUMA__BASE_URL")
    assert values["timeout"] == ("900", "default")


@pytest.mark.skipif(sys.platform == "win32", reason="a mode does not tell on Windows who can read a file")
def test_a_key_in_a_file_that_others_can_read_is_refused() -> None:
    file = Path(os.environ["UNI_CONFIG"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('[luma]\napi_key = "luma-api-in-a-file-1234"\n')
    file.chmod(0o644)
    open_to_all = uni("generate", "x", "-p", "luma", "--dry-run")
    file.chmod(0o600)
    private = uni("config", "show", "--json")

    assert open_to_all.code == 2
    assert f"chmod 600 {file}" in open_to_all.err
    values = {v["name"]: v for v in private.json["values"]}
    assert values["luma.api_key"]["value"] == "…1234"
    assert values["luma.api_key"]["origin"] == f"file, {file}"


# --- providers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("args", [[], ["list"]])
def test_every_provider_has_a_row(args: list[str]) -> None:
    rows = [line.split("\t") for line in uni("providers", *args).lines]

    assert [row[0] for row in rows] == list(providers.TABLE)
    assert [row[1] for row in rows] == ["none", "none", "none", "none", "free"]


@pytest.mark.parametrize("name", providers.TABLE)
def test_a_provider_in_full(name: str) -> None:
    told = dict(line.split(":", 1) for line in uni("providers", "show", name).lines)
    (row,) = uni("providers", "show", name, "--json").json["providers"]

    assert told["provider"].strip() == name == row["provider"]
    assert told["price usd"].strip() == row["price_usd"]


def test_keys_are_checked_for_free(services: Services) -> None:
    result = uni("providers", "check", "--json")

    assert (result.code, result.json["ok"]) == (0, True)
    assert [row["provider"] for row in result.json["providers"]] == list(providers.TABLE)
    assert services.billed() == 0


def test_a_refused_key_and_a_dead_service(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_RUNWARE__API_KEY", "wrong-key-of-somebody")
    refused = uni("providers", "check", "runware", "--json")
    monkeypatch.setenv("UNI_SEGMIND__BASE_URL", "http://127.0.0.1:1")
    dead = uni("providers", "check", "segmind", "--json")

    assert (refused.code, refused.json["providers"][0]["ok"]) == (4, False)
    assert (dead.code, dead.json["providers"][0]["ok"]) == (7, None)


def test_no_key_is_told_with_the_way_to_one() -> None:
    result = uni("providers", "check", "luma")

    assert result.code == 4
    assert "uni providers login luma" in result.err


# --- status ------------------------------------------------------------------------------------------------------


def test_a_newcomer_is_told_how_to_begin() -> None:
    result = uni("status")

    assert (result.code, result.out) == (0, "")
    assert 'uni generate "a paper lighthouse at dawn"' in result.err


def test_one_job_in_full(fox: Path) -> None:
    job = uni("status", "--json").json["jobs"][0]["job"]

    told = dict(line.split(":", 1) for line in uni("status", job).lines)

    assert told["state"].strip() == "saved"
    assert told["picture"].strip() == str(fox.absolute())
    assert "charged $0.0404" in told["price"]


def test_lists_can_be_narrowed(services: Services) -> None:
    uni("generate", "a fox", "-p", "gmicloud")
    services.break_with("gmicloud:submit:moderated:1")
    uni("generate", "a hen", "-p", "gmicloud")

    def prompts(*args: str) -> list[str]:
        return [job["prompt"] for job in uni("status", *args, "--json").json["jobs"]]

    assert prompts() == ["a hen", "a fox"]
    assert prompts("--state", "saved") == ["a fox"]
    assert prompts("--since", "1h") == ["a hen", "a fox"]
    assert prompts("--since", "2035-01-01") == []
    assert prompts("--all") == ["a hen", "a fox"]


@pytest.mark.parametrize("args", [["--state", "happy"], ["--since", "soon"], ["deadbeef"], ["--forget", "deadbeef"]])
def test_a_wrong_question(fox: Path, args: list[str]) -> None:
    result = uni("status", *args)

    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 2


def test_money_is_added_up(services: Services) -> None:
    uni("generate", "a fox", "-p", "gmicloud", "-n", "2")
    uni("generate", "a fox", "-p", "segmind")

    document = uni("status", "--spend", "--json").json

    assert {row["provider"]: (row["pictures"], row["estimate_usd"]) for row in document["rows"]} == {
        "gmicloud": (2, "0.0808"),
        "segmind": (1, "0.0543"),
    }
    assert document["estimate_usd"] == "0.1351"
