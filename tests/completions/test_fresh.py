"""What completions/ holds is what the commands say today, and well formed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.front import uni
from tests.needs import needs
from uni_cli import cli, errors
from uni_cli.commands import kinds, shells, words
from uni_cli.commands.shells import man

FOLDER = Path(__file__).parents[2] / "completions"
ROOT = cli.described()
SCRIPTS = [name for name in shells.FILES if name != "uni.1"]


@pytest.mark.parametrize("name", list(shells.FILES))
def test_a_file_is_what_the_commands_say_today(name: str) -> None:
    assert (FOLDER / name).read_bytes().decode() == shells.scripts(ROOT)[name], "python completions/make.py writes it"


def test_nothing_else_lies_there() -> None:
    there = {path.name for path in FOLDER.iterdir() if path.name != "__pycache__"}

    assert there == {"uni.bash", "_uni", "uni.fish", "uni.ps1", "uni.1", "make.py"}


@pytest.mark.parametrize(("shell", "name"), [("bash", "uni.bash"), ("zsh", "_uni"), ("fish", "uni.fish")])
def test_a_script_can_be_read_by_its_shell(shell: str, name: str) -> None:
    done = subprocess.run([needs(shell), "-n", FOLDER / name], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")


def spellings() -> Iterator[str]:
    for command in ROOT.every():
        yield command.path[-1]
        for flag in command.flags:
            yield from flag.spellings


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_knows_every_command_flag_and_value(name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")

    for word in {*spellings(), *(word for kind in kinds.KINDS.values() for word in kind.words)}:
        plain = word.lstrip("-")
        assert re.search(rf"(?<![\w-])(?:--?|-l |-s )?{re.escape(plain)}(?![\w-])", text), word


@pytest.mark.parametrize(("shell", "name"), shells.NAMES.items())
def test_the_command_prints_the_same_script(shell: str, name: str) -> None:
    assert uni("--completion", shell).out == (FOLDER / name).read_text("utf-8")


def test_a_shell_without_a_script_is_told_which_have_one() -> None:
    result = uni("--completion", "tcsh")

    assert result.code == 2
    assert "bash, zsh, fish, powershell" in result.err


def test_the_powershell_script_is_balanced() -> None:
    """No PowerShell here: quotes, brackets and strings are all that is looked at."""
    text = (FOLDER / "uni.ps1").read_text("utf-8")
    bare = re.sub(r"(?m)^\s*#.*$", "", text)
    bare = re.sub(r"""'(?:[^'\n]|'')*'|"(?:[^"\n`]|`.)*\"""", "", bare)

    assert not set("'\"") & set(bare)
    open_ones: list[str] = []
    for char in bare:
        if char in "({[":
            open_ones.append({"(": ")", "{": "}", "[": "]"}[char])
        elif char in ")}]":
            assert open_ones.pop() == char
    assert open_ones == []


def test_each_kind_belongs_to_a_flag_or_an_argument_that_there_is() -> None:
    named = {name for command in ROOT.every() for flag in command.flags for name in flag.names}
    named |= {argument.name for command in ROOT.every() for argument in command.arguments}

    assert set(kinds.KINDS) <= named


def test_a_help_that_lists_values_lists_those_that_are_offered() -> None:
    generate = next(command for command in ROOT.every() if command.path == ("uni", "generate"))
    flags = {flag.name: flag for flag in generate.flags}
    for name in ("aspect", "style", "format", "model", "safety", "provider"):
        offered = kinds.kind_of(flags[name].names).words
        said = re.findall(r"[\w:.-]+", flags[name].help)
        assert [word for word in said if word in offered] == list(offered), name


@pytest.mark.parametrize("tool", ["groff", "mandoc"])
def test_the_man_page_is_well_formed(tool: str) -> None:
    arguments = {"groff": ["-man", "-Tutf8", "-ww", "-z"], "mandoc": ["-Tlint", "-Wwarning"]}[tool]
    done = subprocess.run([needs(tool), *arguments, FOLDER / "uni.1"], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_man_page_tells_of_every_command_flag_and_exit_code() -> None:
    page = (FOLDER / "uni.1").read_text("utf-8").replace("\\-", "-").replace("\\(dq", '"').replace("\\(aq", "'")

    for command in leaves():
        assert f'.SS "{command.name} {command.usage}"' in page
        for flag in command.flags:
            assert f"\\fB{flag.names[-1]}\\fR" in page
        for example in command.examples:
            assert example in page
    raised = {errors.REGISTRY[code].exit for code in errors.REGISTRY}
    assert {0, *raised} <= set(man.EXITS)


def leaves() -> list[words.Command]:
    return [command for command in ROOT.every() if not command.commands]
