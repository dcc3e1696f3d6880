"""The script and the workflow that the README shows, run for real against the emulator."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.front import Services
from tests.recipes.kitchen import lock, picture, put

HERE = Path(__file__).parent
README = HERE.parent.parent / "README.md"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a POSIX shell runs the script")


@pytest.fixture(autouse=True)
def project(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two recipes, and a `uni` on the path."""
    programs = Path("programs").absolute()
    programs.mkdir()
    (programs / "uni").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m uni_cli "$@"\n', "utf-8")
    (programs / "uni").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("UNI_PROVIDER", "runware")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(Path("summary.md").absolute()))
    picture("refs/palette.png")
    put("skyline.yaml", "prompt: '{{ c }}'\nmatrix: {c: [Lisbon, Kyoto]}\nreferences: [palette=refs/palette.png]\n")
    put("street.yaml", "prompt: a street\nsteps: [{id: day}, {id: night, edit: day, prompt: night}]\n")


def shell(text: str, *, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-eu", "-c", text], capture_output=True, text=True, cwd=folder, timeout=120)


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe", pure=True).load((HERE / "pictures.yml").read_text("utf-8"))
    return found


def commands(job: str) -> list[str]:
    return [step["run"] for step in workflow()["jobs"][job]["steps"] if "uni recipes" in step.get("run", "")]


def test_the_script_makes_everything_once(services: Services) -> None:
    result = shell((HERE / "pictures.sh").read_text("utf-8"))
    assert result.returncode == 0, result.stderr
    assert (sorted(lock("skyline")), sorted(lock("street"))) == (["kyoto", "lisbon"], ["street/day", "street/night"])
    assert "4 pictures, total $0.1706" in result.stdout
    assert "All agree with their recipes: 4." in Path("summary.md").read_text("utf-8")
    again = shell((HERE / "pictures.sh").read_text("utf-8"))
    assert (again.returncode, services.billed()) == (0, 4)


def test_the_workflow_makes_in_parts_and_checks_the_whole(services: Services) -> None:
    for part in workflow()["jobs"]["make"]["strategy"]["matrix"]["part"]:
        checkout = Path(f"machine-{part}")
        shutil.copytree("recipes", checkout / "recipes")
        for command in commands("make"):
            made = shell(command.replace("${{ matrix.part }}", str(part)), folder=checkout)
            assert made.returncode == 0, made.stderr
        shutil.copytree(checkout / "recipes", f"parts/part-{part}")
    for command in commands("check"):
        checked = shell(command)
        assert checked.returncode == 0, checked.stderr
    assert services.billed() == 4
    assert "All agree with their recipes: 4." in Path("summary.md").read_text("utf-8")


def test_the_readme_shows_exactly_these() -> None:
    readme = README.read_text("utf-8")
    for name in ("pictures.sh", "pictures.yml"):
        assert (HERE / name).read_text("utf-8").strip() in readme
