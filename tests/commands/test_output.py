"""`-o`: names, folders, formats; never overwriting, and found out before anything is sent."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.front import Services, uni


def requests(services: Services) -> int:
    return sum(int(stats["requests"]) for stats in services.stats().values())


def kind(path: str) -> str:
    with Image.open(path) as picture:
        return str(picture.format)


def test_the_default_name_is_made_of_the_prompt_and_the_job(services: Services) -> None:
    result = uni("generate", "A Red Fox, São Paulo!", "-p", "runware", "--json")

    (image,) = result.json["images"]
    assert image["path"] == f"a-red-fox-sao-paulo-{image['job']}.png"


def test_every_field_has_its_value(services: Services) -> None:
    template = "{provider}/{model}/{aspect}_{date}_{time}_{n}_{seed}_{job}_{recipe}_{item}.{ext}"
    result = uni("generate", "fox", "-p", "runware", "-a", "1:1", "-n", "2", "-o", template, "--json")

    first, second = result.json["images"]
    pattern = r"runware/uni-1/1-1_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_%s_%s_%s_none_none\.png"
    assert re.fullmatch(pattern % (1, first["seed"], first["job"]), first["path"])
    assert re.fullmatch(pattern % (2, second["seed"], second["job"]), second["path"])
    assert first["sidecar"] == first["path"] + ".json"


def test_a_folder_is_made_and_gets_the_default_name(services: Services) -> None:
    result = uni("generate", "fox", "-p", "gmicloud", "-o", "new/deep/")

    assert result.code == 0
    assert re.fullmatch(r"new/deep/fox-[0-9a-f]{8}\.\w+\n", Path(result.out).as_posix())


def test_a_folder_that_is_there_needs_no_slash(services: Services) -> None:
    Path("pictures").mkdir()

    result = uni("generate", "fox", "-p", "gmicloud", "-o", "pictures")

    assert re.fullmatch(r"pictures/fox-[0-9a-f]{8}\.\w+\n", Path(result.out).as_posix())


def test_absolute_paths_stay_absolute(services: Services, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere" / "fox.png"

    result = uni("generate", "fox", "-p", "runware", "-o", str(place))

    assert (result.code, result.out) == (0, f"{place}\n")
    assert place.exists()


def test_a_taken_name_gets_a_number(services: Services) -> None:
    Path("fox.png").write_bytes(b"mine")
    Path("fox-1.png.json").write_bytes(b"mine too")

    result = uni("generate", "fox", "-p", "runware", "-o", "fox.png")

    assert result.out == "fox-2.png\n"
    assert (Path("fox.png").read_bytes(), Path("fox-1.png.json").read_bytes()) == (b"mine", b"mine too")


def test_overwrite_replaces_an_old_file_and_never_one_of_this_run(services: Services) -> None:
    Path("fox.png").write_bytes(b"old")

    result = uni("generate", "fox", "-p", "runware", "-n", "3", "-o", "fox.png", "--overwrite", "--json")

    paths = [image["path"] for image in result.json["images"]]
    assert sorted(paths) == ["fox-1.png", "fox-2.png", "fox.png"]
    for image in result.json["images"]:
        assert Path(image["path"]).stat().st_size == image["bytes"]
        assert json.loads(Path(image["sidecar"]).read_text("utf-8"))["job"] == image["job"]


@pytest.mark.parametrize(
    "output",
    ["../x.png", "a/../x.png", "..", "{nosuch}.png", "{slug.png", "slug}.png", "{slug:>9}", "{}", "x.gif", "x.TIFF",
     "a\nb.png", " ", "x\x00.png"],
)  # fmt: skip
def test_an_impossible_template_is_an_error_before_anything_is_sent(services: Services, output: str) -> None:
    result = uni("generate", "fox", "-p", "luma", "-o", output)

    assert (result.code, result.out) == (2, "")
    assert "[usage.output]" in result.err
    assert requests(services) == 0


def test_a_field_is_never_a_way_out_of_the_folder(services: Services) -> None:
    result = uni("generate", "../../etc/passwd", "-p", "runware", "-o", "out/{slug}.png")

    assert Path(result.out.strip()).as_posix() == "out/etc-passwd.png"


def test_a_file_in_the_way_of_a_folder_is_found_before_anything_is_sent(services: Services) -> None:
    Path("taken").write_text("a file")

    result = uni("generate", "fox", "-p", "luma", "-o", "taken/fox.png")

    assert result.code == 2
    assert "[usage.output]" in result.err
    assert "taken is not a folder" in result.err
    assert requests(services) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="chmod keeps nobody from a file or folder on Windows")
def test_a_closed_folder_is_found_before_anything_is_sent(services: Services) -> None:
    Path("closed").mkdir(mode=0o555)
    # Root may write into any folder but this one.
    folder = "closed" if os.geteuid() else "/proc"

    result = uni("generate", "fox", "-p", "luma", "-o", f"{folder}/fox.png")

    assert (result.code, requests(services)) == (2, 0)
    assert f"{folder} cannot be written" in result.err


def test_a_wrong_request_leaves_no_folder_behind() -> None:
    uni("generate", "fox", "-p", "luma", "-o", "new/fox.png")
    uni("generate", "fox", "-p", "nosuch", "-o", "new/fox.png")

    assert list(Path().iterdir()) == []


# --- formats ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "name", "format"),
    [
        ([], "fox.png", "PNG"),
        (["-f", "jpeg"], "fox.jpg", "JPEG"),
        (["-f", "jpg"], "fox.jpg", "JPEG"),
        (["-f", "webp"], "fox.webp", "WEBP"),
        (["-o", "fox.jpeg"], "fox.jpeg", "JPEG"),
        (["-o", "fox.JPG"], "fox.JPG", "JPEG"),
        (["-o", "fox.webp", "-f", "webp"], "fox.webp", "WEBP"),
    ],
)
def test_the_format_follows_the_flag_or_the_name(services: Services, flags: list[str], name: str, format: str) -> None:
    flags = flags if "-o" in flags else [*flags, "-o", "{slug}.{ext}"]
    result = uni("generate", "fox", "-p", "runware", *flags)

    assert (result.code, result.out) == (0, f"{name}\n"), result.err
    assert kind(name) == format


def test_a_name_and_a_flag_that_disagree(services: Services) -> None:
    result = uni("generate", "fox", "-p", "runware", "-o", "fox.png", "-f", "webp")

    assert (result.code, requests(services)) == (2, 0)
    assert "-o fox.png says png, and --format says webp" in result.err


@pytest.mark.parametrize("flags", [["-f", "webp"], ["-o", "fox.webp"]])
def test_a_format_that_the_service_lacks_is_an_error_that_names_who_has_it(
    services: Services, flags: list[str]
) -> None:
    result = uni("generate", "fox", "-p", "luma", *flags)

    assert (result.code, requests(services)) == (2, 0)
    assert "luma does not have the format webp" in result.err
    assert "runware and local have it" in result.err


def test_where_the_service_chooses_alone_a_flag_is_an_error(services: Services) -> None:
    result = uni("generate", "fox", "-p", "segmind", "-f", "png")

    assert (result.code, requests(services)) == (2, 0)
    assert "--convert" in result.err


def test_where_the_service_chooses_alone_the_name_gets_its_true_suffix_and_a_warning(services: Services) -> None:
    result = uni("generate", "fox", "-p", "segmind", "-o", "fox.png")

    assert result.code == 0
    path = result.out.strip()
    assert {"PNG": "fox.png", "JPEG": "fox.jpg", "WEBP": "fox.webp"}[kind(path)] == path
    assert "warning: segmind decides the format itself" in result.err


def test_convert_makes_the_format_that_was_asked_for_and_says_so(services: Services) -> None:
    result = uni("generate", "fox", "-p", "gmicloud", "-o", "fox.webp", "--convert", "--json")

    (image,) = result.json["images"]
    assert (image["path"], image["format"], kind("fox.webp")) == ("fox.webp", "webp", "WEBP")
    assert json.loads(Path("fox.webp.json").read_text("utf-8"))["converted"] is True
    assert uni("inspect", "fox.webp").code == 0


def test_auto_looks_for_a_service_that_has_the_format(services: Services) -> None:
    result = uni("generate", "fox", "-o", "fox.webp", "--json")

    assert [(image["provider"], image["format"]) for image in result.json["images"]] == [("runware", "webp")]


# --- inside the picture -----------------------------------------------------------------------------------------


def test_the_picture_carries_its_prompt_unless_told_otherwise(services: Services) -> None:
    for name, flags in (("all", []), ("none", ["--no-embed"]), ("secret", ["--no-prompt-embed"])):
        assert uni("generate", "vermilion fox", "-p", "runware", "-o", f"{name}.png", *flags).code == 0

    inside = {name: Path(f"{name}.png").read_bytes() for name in ("all", "none", "secret")}
    assert b"vermilion fox" in inside["all"]
    assert b"vermilion fox" not in inside["none"]
    assert b"vermilion fox" not in inside["secret"]
    assert b"trainedAlgorithmicMedia" in inside["all"]
    assert b"trainedAlgorithmicMedia" in inside["secret"]
    assert b"trainedAlgorithmicMedia" not in inside["none"]


def test_settings_say_where_pictures_go(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_OUTPUT", "shots/{n}.{ext}")
    monkeypatch.setenv("UNI_FORMAT", "jpeg")
    monkeypatch.setenv("UNI_PROVIDER", "runware")

    usual, other = uni("generate", "fox"), uni("generate", "fox", "-o", "here/{n}.{ext}")

    assert Path(usual.out.strip()).as_posix() == "shots/1.jpg"
    assert Path(other.out.strip()).as_posix() == "here/1.jpg"
