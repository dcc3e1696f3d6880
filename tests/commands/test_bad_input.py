"""What bad input gets: one clear sentence that says what to do, exit 2, nothing sent, nothing written."""

from __future__ import annotations

import os
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.front import Result, Services, uni

LONG = "é" * 6000


def refused(result: Result, code: str) -> str:
    """Checks what all refusals share; what was said."""
    assert (result.code, result.out) == (2, ""), result.err
    first, hint = result.err.splitlines()
    assert first.startswith("error: ")
    assert first.endswith(f" [{code}]")
    assert hint.startswith("  ")
    assert "Traceback" not in result.err
    return result.err


def test_the_longest_prompt_is_fine() -> None:
    Path("long.txt").write_text(LONG + "\n", "utf-8")

    for result in (
        uni("generate", LONG, "--dry-run", "-p", "local", "--json"),
        uni("generate", "--prompt-file", "long.txt", "--dry-run", "-p", "local", "--json"),
        uni("generate", "-", "--dry-run", "-p", "local", "--json", stdin=LONG.encode()),
        uni("generate", "-", "--dry-run", "-p", "local", "--json", stdin=("😀" * 6000).encode()),
    ):
        assert result.code == 0, result.err
        assert len(result.json["items"][0]["body"]["prompt"]) == 6000


def test_a_prompt_that_is_too_long(services: Services) -> None:
    Path("long.txt").write_text(LONG + "é", "utf-8")

    for result in (
        uni("generate", LONG + "é", "-p", "luma"),
        uni("generate", "--prompt-file", "long.txt", "-p", "luma"),
        uni("generate", "-", "-p", "luma", stdin=(LONG + "é").encode()),
    ):
        assert "The prompt has 6001 characters; 6000 are the most" in refused(result, "usage.prompt")
    assert uni("status", "--json").json["jobs"] == []


def test_what_roles_and_keeps_add_counts_too(drawn: Callable[..., Path]) -> None:
    drawn("in.png")

    said = refused(uni("edit", "in.png", LONG, "--keep", "the van", "-p", "local"), "usage.prompt")

    assert "6024 characters" in said


@pytest.mark.parametrize("prompt", ["", " ", "\n\t "])
def test_an_empty_prompt(prompt: str, drawn: Callable[..., Path]) -> None:
    drawn("in.png")
    Path("empty.txt").write_text(prompt)

    refused(uni("generate", prompt), "usage.prompt")
    refused(uni("generate", "--prompt-file", "empty.txt"), "usage.prompt")
    refused(uni("generate", "-", stdin=prompt.encode()), "usage.prompt")
    refused(uni("edit", "in.png", prompt), "usage.prompt")


def test_a_missing_prompt(drawn: Callable[..., Path]) -> None:
    drawn("in.png")

    assert 'uni generate "a paper lighthouse at dawn"' in refused(uni("generate"), "usage.prompt")
    assert 'uni edit PICTURE "make it night"' in refused(uni("edit", "in.png"), "usage.prompt")


def test_a_prompt_that_is_not_text() -> None:
    Path("latin.txt").write_bytes("café au lait".encode("latin-1"))

    assert "byte 3" in refused(uni("generate", "--prompt-file", "latin.txt"), "usage.prompt")
    assert "stdin is not UTF-8 text" in refused(uni("generate", "-", stdin=b"\xff\xfe"), "usage.prompt")
    assert "is not UTF-8 text" in refused(uni("generate", "caf\udce9"), "usage.prompt")


def test_a_byte_order_mark_is_no_part_of_a_prompt() -> None:
    Path("windows.txt").write_text("a fox\r\n", "utf-8-sig")

    result = uni("generate", "--prompt-file", "windows.txt", "--dry-run", "-p", "local", "--json")

    assert result.json["items"][0]["body"]["prompt"] == "a fox"


def test_a_prompt_file_that_cannot_be_read() -> None:
    Path("folder").mkdir()

    assert "missing.txt cannot be read" in refused(uni("generate", "--prompt-file", "missing.txt"), "usage.prompt")
    assert "folder is not a file" in refused(uni("generate", "--prompt-file", "folder"), "usage.prompt")
    assert "both given" in refused(uni("generate", "x", "--prompt-file", "missing.txt"), "usage.prompt")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes and devices in its folders")
def test_pipes_and_devices_are_no_files_and_nobody_waits_for_them() -> None:
    os.mkfifo("pipe")

    for name in ("pipe", "/dev/zero"):
        assert "is not a file" in refused(uni("generate", "--prompt-file", name), "usage.prompt")
        assert "is not a file" in refused(uni("generate", "x", "-r", name), "usage.reference")
        assert "is not a file" in refused(uni("edit", name, "x"), "usage.reference")
        refused(uni("generate", "--from", name), "usage.invalid")
        refused(uni("inspect", name), "usage.invalid")


def test_closed_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    from uni_cli.cli import main

    monkeypatch.setattr(sys, "stdin", None)

    assert main(["generate", "-", "-q"]) == 2


# --- references --------------------------------------------------------------------------------------------------


def bomb(path: Path) -> None:
    """A PNG of a few hundred bytes that would fill all memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 65536)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


@pytest.fixture
def bad(drawn: Callable[..., Path]) -> None:
    whole = drawn("good.png").read_bytes()
    Path("empty.png").touch()
    Path("text.png").write_text("hello")
    Path("folder.png").mkdir()
    Path("cut.png").write_bytes(whole[: len(whole) // 2])
    bomb(Path("bomb.png"))
    with Image.new("RGB", (8, 8), "red") as one, Image.new("RGB", (8, 8), "blue") as two:
        one.save("moves.gif", save_all=True, append_images=[two], duration=100)
        one.save("still.gif")
        one.save("old.bmp")
    Path("cut.gif").write_bytes(Path("still.gif").read_bytes()[:20])


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("missing.png", "There is no picture 'missing.png'"),
        ("empty.png", "The reference empty.png is empty"),
        ("text.png", "The reference text.png is not a picture"),
        ("folder.png", "The reference folder.png is a folder"),
        ("cut.png", "The reference cut.png cannot be used"),
        ("bomb.png", "60000x60000 pixels"),
        ("cut.gif", "The GIF cannot be decoded"),
        ("moves.gif", "only still pictures"),
        ("old.bmp", "image/bmp"),
        ("http://example.org/x.png", "not an https URL"),
        ("file:///etc/passwd", "not an https URL"),
        ("https://[::1/x.png", "not an https URL"),
        ("data:image/png,abc", "A data URI has the form"),
        ("data:image/png;base64,!!", "does not hold base64"),
        ("data:image/png;base64,aGVsbG8=", "is not a picture"),
        ("deadbeef", "There is no picture and no job 'deadbeef'"),
        ("", "A reference is empty"),
    ],
)
def test_a_reference_that_cannot_be_used(services: Services, bad: None, image: str, told: str) -> None:
    as_reference = uni("generate", "x", "-p", "luma", "-r", image)
    assert told in refused(as_reference, "usage.reference")
    if image:
        assert told in refused(uni("edit", image, "x", "-p", "luma"), "usage.reference")
    assert sum(int(stats["requests"]) for stats in services.stats().values()) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="chmod keeps nobody from a file or folder on Windows")
def test_a_reference_that_may_not_be_read(bad: None) -> None:
    Path("good.png").chmod(0)
    # Root may read every file, but nobody reads a process's memory from its first byte on.
    name = "good.png" if os.geteuid() else "/proc/self/mem"

    assert f"{name} cannot be read" in refused(uni("generate", "x", "-r", name), "usage.reference")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets only administrators make links")
def test_links_that_lead_nowhere(bad: None) -> None:
    Path("loop.png").symlink_to("loop.png")
    Path("dangling.png").symlink_to("nowhere.png")

    assert "loop.png cannot be read" in refused(uni("generate", "x", "-r", "loop.png"), "usage.reference")
    assert "There is no picture 'dangling.png'" in refused(
        uni("generate", "x", "-r", "dangling.png"), "usage.reference"
    )


def test_a_still_gif_is_a_picture(bad: None) -> None:
    assert uni("generate", "x", "-r", "still.gif", "-p", "local", "--dry-run").code == 0


def test_nine_references_are_the_most(bad: None) -> None:
    nine, ten = ["-r", "good.png"] * 9, ["-r", "good.png"] * 10

    assert uni("generate", "x", *nine, "-p", "local", "--dry-run").code == 0
    assert uni("edit", "good.png", "x", *nine[2:], "-p", "local", "--dry-run").code == 0
    assert "10 references were given, 9 are the most" in refused(uni("generate", "x", *ten), "usage.reference")
    assert "9 references were given, 8 are the most" in refused(uni("edit", "good.png", "x", *nine), "usage.reference")


@pytest.mark.parametrize("role", ["palette", "PALETTE", "Palette"])
def test_a_role_adds_its_sentence(bad: None, role: str) -> None:
    result = uni("generate", "x", "-r", f"{role}=good.png", "-p", "local", "--dry-run", "--json")

    assert result.json["items"][0]["body"]["prompt"] == "x\nUse IMAGE1 as a PALETTE reference."


def test_a_wrong_role_names_the_right_one(bad: None) -> None:
    assert "Did you mean `palette`?" in refused(uni("generate", "x", "-r", "palete=good.png"), "usage.reference")
    assert "names a role and no picture" in refused(uni("generate", "x", "-r", "palette="), "usage.reference")


def test_a_file_name_may_have_an_equals_sign(bad: None) -> None:
    Path("a=b.png").write_bytes(Path("good.png").read_bytes())

    assert uni("generate", "x", "-r", "a=b.png", "-r", "style=a=b.png", "-p", "local", "--dry-run").code == 0


# --- values ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["-a", "5:4"], "--aspect '5:4' is not one of 3:1 2:1 16:9 3:2 1:1 2:3 9:16 1:2 1:3"),
        (["-a", "16x9"], "Did you mean 16:9?"),
        (["-a", ""], "--aspect ''"),
        (["--size", "100"], "is not WIDTHxHEIGHT"),
        (["--size", "-1x5"], "is not WIDTHxHEIGHT"),
        (["--size", "1x2x3"], "is not WIDTHxHEIGHT"),
        (["--size", "²x²"], "is not WIDTHxHEIGHT"),
        (["--size", "999999x1"], "larger than any service makes"),
        (["--size", "2048x2048", "-a", "16:9"], "--size says otherwise"),
        (["-n", "0"], "--count 0 is not between 1 and 20"),
        (["-n", "21"], "--count 21 is not between 1 and 20"),
        (["-n", "many"], "needs a whole number"),
        (["-n", "1.5"], "needs a whole number"),
        (["--quality", "19"], "--quality 19 is not between 20 and 99"),
        (["--quality", "100"], "--quality 100 is not between 20 and 99"),
        (["--seed", "-1"], "--seed -1 is not between"),
        (["--seed", "9223372036854775808"], "is not between"),
        (["-f", "gif"], "--format 'gif' is not one of png jpeg jpg webp"),
        (["--style", "mango"], "Did you mean manga?"),
        (["-m", "uni-2"], "Did you mean uni-1?"),
        (["--safety", "maybe"], "--safety 'maybe' is not one of none fast"),
        (["--ttl", "5"], "--ttl 5 is not between"),
        (["--webhook", "example.org"], "is not an https URL"),
        (["--webhook", "http://example.org/x"], "is not an https URL"),
        (["--upload-to", "ftp://example.org/x"], "is not an https URL"),
        (["--webhook", "https://[::1/x"], "is not an https URL"),
        (["--set", "novalue"], "is not KEY=VALUE"),
        (["--set", "=1"], "is not KEY=VALUE"),
        (["--set", "x=1e999"], "--set x holds a number that is too large for JSON"),
        (["--set", 'x={"y": [-1e999]}'], "--set x holds a number that is too large for JSON"),
        (["--timeout", "-1"], "is not a number of seconds"),
        (["--timeout", "nan"], "is not a number of seconds"),
        (["--timeout", "soon"], "needs a number"),
        (["--convert"], "--convert needs a format"),
        (["--modle", "x"], "Did you mean --model?"),
        (["--keep", "the van"], "`uni edit` has it"),
        (["lighthouse"], "Put the prompt in quotes"),
        (["-o"], "-o needs a value"),
    ],
)  # fmt: skip
def test_an_impossible_value(flags: list[str], told: str) -> None:
    result = uni("generate", "a paper", *flags, "-p", "local") if flags != ["-o"] else uni("generate", "x", "-o")

    assert (result.code, result.out) == (2, "")
    assert told in result.err
    assert "Traceback" not in result.err
    assert len(result.err.splitlines()) == 2
    assert list(Path().iterdir()) == []


def test_two_pictures_do_not_fit_into_stdout() -> None:
    assert "-o - takes one picture" in refused(uni("generate", "x", "-o", "-", "-n", "2"), "usage.invalid")
    assert "both want stdout" in uni("generate", "x", "-o", "-", "--json").err


def test_an_edit_needs_its_picture() -> None:
    assert "`uni edit IMAGE PROMPT`" in refused(uni("edit", "", "make it night"), "usage.reference")


@pytest.mark.parametrize(
    ("wrong", "near"), [("16:10", "3:2"), ("4:3", "3:2"), ("21:9", "2:1"), ("1080x1920", "9:16"), ("9:8", "1:1")]
)
def test_the_nearest_shape_is_the_one_that_looks_alike(wrong: str, near: str) -> None:
    assert f"Did you mean {near}?" in uni("generate", "a fox", "-a", wrong).err


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("-p", "luma", "generate", "a fox"), "-p stands behind the command: `uni generate PROMPT -p …`."),
        (("--keep", "x", "edit"), "--keep stands behind the command: `uni edit PICTURE --keep …`."),
        (("--kep", "x", "edit"), "See `uni --help`."),
        (("generate", "a fox", "--set", "seed"), "For example --set seed=7."),
        (("providers", "login", "local"), "It works at once"),
        (("recipes", "pin", "day-to-night", "dusk"), "There are day"),
    ],
)
def test_the_way_out_is_told(command: tuple[str, ...], told: str) -> None:
    result = uni(*command)

    assert result.code == 2
    assert told in result.err
