"""A program that we did not write reads what we put into pictures."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.needs import needs
from tests.storage.pictures import KINDS, make, marked
from uni_cli.storage.embed import Mark

PROMPT = 'Ein <roter> Wagen & "東京"\nin two lines 🎉'


def exiftool(path: Path) -> dict[str, str]:
    command = [str(needs("exiftool")), "-json", "-G1", "-charset", "UTF8", "-struct", str(path)]
    done = subprocess.run(command, check=True, capture_output=True)
    (tags,) = json.loads(done.stdout)
    return {str(name): str(value) for name, value in tags.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_exiftool_reads_the_mark_and_finds_no_fault(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture.{KINDS[kind][0]}"
    path.write_bytes(marked(make(kind), Mark(edited=False, model="uni-1", prompt=PROMPT, software="uni 0.1.0")))
    tags = exiftool(path)
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert tags["XMP-iptcExt:DigitalSourceType"] == source
    assert tags["XMP-iptcExt:AISystemUsed"] == "uni-1"
    assert tags["XMP-iptcExt:AIPromptInformation"] == PROMPT
    assert tags["XMP-dc:Description"] == PROMPT
    assert tags["XMP-xmp:CreatorTool"] == "uni 0.1.0"
    assert [name for name in tags if "Warning" in name or "Error" in name] == []
    if kind.startswith("png"):
        assert tags["PNG:Parameters"] == f"{PROMPT}\nModel: uni-1, Size: 37x23, Version: uni 0.1.0"


def test_exiftool_reads_the_mark_of_an_edit(tmp_path: Path) -> None:
    path = tmp_path / "edit.jpg"
    path.write_bytes(marked(make("jpeg"), Mark(edited=True, model=None, prompt=None, software="uni")))
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    assert exiftool(path)["XMP-iptcExt:DigitalSourceType"] == source


def test_what_exiftool_writes_afterwards_lives_beside_ours(tmp_path: Path) -> None:
    path = tmp_path / "picture.webp"
    path.write_bytes(marked(make("webp")))
    command = [str(needs("exiftool")), "-q", "-overwrite_original", "-XMP-dc:Title=Theirs", str(path)]
    subprocess.run(command, check=True)
    path.write_bytes(marked(path.read_bytes(), Mark(edited=True, model="uni-1", prompt="newer", software="uni")))
    tags = exiftool(path)
    assert tags["XMP-dc:Title"] == "Theirs"
    assert tags["XMP-dc:Description"] == "newer"
    assert [name for name in tags if "Warning" in name] == []
