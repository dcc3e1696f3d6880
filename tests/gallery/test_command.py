import json
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.front import uni
from tests.gallery.pieces import picture
from uni_cli.cli import main


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNI_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_without_anything_the_page_of_this_folder_lands_in_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture(here / "a.png", prompt="a red van")
    assert main(["gallery"]) == 0
    assert capsys.readouterr() == ("gallery.html\n", "")
    html = (here / "gallery.html").read_text("utf-8")
    assert "<title>out</title>" in html
    assert "a red van" in html


def test_the_page_is_written_again_over_its_older_self(here: Path) -> None:
    picture(here / "a.png", prompt="a red van")
    assert main(["gallery"]) == 0
    picture(here / "b.png", prompt="a blue van")
    assert main(["gallery"]) == 0
    assert "a blue van" in (here / "gallery.html").read_text("utf-8")


def test_a_page_of_somebody_else_is_never_overwritten(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture(here / "a.png")
    (here / "gallery.html").write_text("my own work")
    assert main(["gallery"]) == 2
    assert capsys.readouterr().err == (
        "error: gallery.html is there already [usage.output]\n  Choose another name, or give --overwrite.\n"
    )
    assert (here / "gallery.html").read_text() == "my own work"
    assert main(["gallery", "--overwrite"]) == 0
    assert "my own work" not in (here / "gallery.html").read_text("utf-8")


def test_a_page_elsewhere_links_to_the_pictures_from_there(here: Path) -> None:
    picture(here / "in" / "a.png")
    assert main(["gallery", "in", "-o", "pages/team.html"]) == 0
    html = (here / "pages" / "team.html").read_text("utf-8")
    assert '"link":"../in/a.png"' in html
    assert '"command":"uni generate --from ../in/a.png"' in html


def test_a_sheet_alone_is_the_only_file_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture(here / "a.png")
    assert main(["gallery", "--sheet", "sheet.png"]) == 0
    assert capsys.readouterr().out == "sheet.png\n"
    assert not (here / "gallery.html").exists()
    with Image.open(here / "sheet.png") as sheet:
        assert sheet.format == "PNG"


def test_a_sheet_and_a_page_are_both_written_when_both_are_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture(here / "a.png")
    assert main(["gallery", "-o", "page.html", "--sheet", "sheet.webp", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "uni.gallery/1",
        "page": "page.html",
        "sheet": "sheet.webp",
        "url": None,
        "pictures": 1,
        "left_out": [],
    }


def test_a_sheet_never_overwrites_unless_told_to(here: Path) -> None:
    picture(here / "a.png")
    (here / "sheet.png").write_text("kept")
    assert main(["gallery", "--sheet", "sheet.png"]) == 2
    assert (here / "sheet.png").read_text() == "kept"
    assert main(["gallery", "--sheet", "sheet.png", "--overwrite"]) == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nowhere"], "nowhere does not exist"),
        ([], "There is no picture in this folder that says how it was made"),
        (["--watch", "-o", "x.html"], "--watch writes no file"),
        (["--sheet", "sheet.pdf"], "--sheet sheet.pdf is not a PNG, JPEG or WebP name"),
        (["-o", "."], ". is a folder"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    here: Path, capsys: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    assert main(["gallery", *args]) == 2
    assert words in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_a_damaged_picture_is_left_out_and_told_of(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture(here / "good.png")
    bad = picture(here / "bad.png")
    bad.write_bytes(bad.read_bytes()[:60])
    assert main(["gallery", "--json"]) == 0
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert (document["pictures"], [one["path"] for one in document["left_out"]]) == (1, ["bad.png"])
    assert shown.err.startswith("warning: bad.png is left out: ")
    assert len(shown.err.splitlines()) == 1


def test_quiet_says_nothing_but_the_path(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture(here / "good.png")
    picture(here / "bad.png").with_name("bad.png.json").write_text("{")
    assert main(["gallery", "-q"]) == 0
    assert capsys.readouterr() == ("gallery.html\n", "")


def test_help_fits_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gallery", "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert "  uni gallery --watch" in lines


def test_what_cost_nothing_is_called_free(here: Path) -> None:
    assert uni("generate", "a van", "-p", "local", "-o", "free/van.png").code == 0

    assert uni("gallery", "free", "-o", "free.html").code == 0

    assert re.findall(r'"cost": ?"([^"]*)"', (here / "free.html").read_text("utf-8")) == ["free"]
