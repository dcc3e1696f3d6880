"""Tab in a real bash, zsh and fish."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.completions.shell import Shell

NAMES = ("bash", "zsh", "fish")
# A backslash before a special character, or quotes around it: both are text to the shell.
PLAIN = str.maketrans("", "", "\\'\"")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Shell]]:
    open_shells: list[Shell] = []

    def begin(name: str) -> Shell:
        open_shells.append(Shell(name, tmp_path))
        return open_shells[-1]

    yield begin
    for shell in open_shells:
        shell.close()


@pytest.mark.parametrize("name", NAMES)
def test_words_that_never_change_cost_no_process(name: str, start: Callable[[str], Shell]) -> None:
    shell = start(name)

    shell.shows("uni ", "generate", "edit", "status", "recipes", "providers", "config")
    assert shell.becomes("uni insp") == ["uni", "inspect"]
    shell.shows("uni providers ", "list", "show", "login", "logout", "check")
    assert shell.becomes("uni recipes sche") == ["uni", "recipes", "schema"]
    shell.shows("uni generate --", "--aspect", "--prompt-file", "--no-wait", "--dry-run", "--no-preview")
    assert "--keep" not in shell.shows("uni generate --", "--aspect")
    assert shell.becomes("uni edit x --ke") == ["uni", "edit", "x", "--keep"]
    shell.shows("uni generate -a ", "3:1", "16:9", "1:3")
    assert shell.becomes("uni generate -a 16") == ["uni", "generate", "-a", "16:9"]
    assert shell.becomes("uni generate -a 16:") == ["uni", "generate", "-a", "16:9"]
    assert shell.becomes("uni generate --aspect=16") == ["uni", "generate", "--aspect=16:9"]
    assert shell.becomes('uni generate "a: b = c" -f w') == ["uni", "generate", "a: b = c", "-f", "webp"]
    assert shell.becomes("uni generate --style m") == ["uni", "generate", "--style", "manga"]
    assert shell.becomes("uni generate --size 2784") == ["uni", "generate", "--size", "2784x1504"]
    assert shell.becomes("uni status --state in") == ["uni", "status", "--state", "in_doubt"]
    assert shell.becomes("uni generate -m uni-1-") == ["uni", "generate", "-m", "uni-1-max"]
    shell.shows("uni generate -r ", "character=", "palette=", "content=")
    assert shell.becomes("uni generate -r pal") == ["uni", "generate", "-r", "palette="]
    assert shell.asked() == []


@pytest.mark.parametrize("name", NAMES)
def test_what_changes_is_asked_for(name: str, desk: Path, start: Callable[[str], Shell]) -> None:
    shell = start(name)

    shown = shell.shows("uni status ", "7f3a9c21", "81aa0000", "92bb1111", "a red van", "霧")
    assert shown.index("92bb1111") < shown.index("81aa0000") < shown.index("7f3a9c21")
    assert shell.becomes("uni status 7") == ["uni", "status", "7f3a9c21"]
    assert shell.becomes("uni status 7f3a9c21 8") == ["uni", "status", "7f3a9c21", "81aa0000"]
    assert shell.becomes("uni status --forget ") == ["uni", "status", "--forget", "81aa0000"]
    assert shell.becomes("uni edit 7f3") == ["uni", "edit", "7f3a9c21"]
    assert shell.becomes("uni generate -r style=7f") == ["uni", "generate", "-r", "style=7f3a9c21"]
    shell.shows("uni recipes run ", "skyline", "product-shot", "hero-banner")
    assert shell.becomes("uni recipes show sky") == ["uni", "recipes", "show", "skyline"]
    shell.shows("uni recipes pin skyline ", "lisbon-dawn-1", "lisbon-dusk-1", "street/night")
    assert shell.becomes("uni recipes run skyline --only str") == [
        "uni", "recipes", "run", "skyline", "--only", "street/night"
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_services_have_those_of_other_packages_beside_them(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Callable[[str], Shell]
) -> None:
    info = tmp_path / "packages" / "mine-1.0.dist-info"
    info.mkdir(parents=True)
    info.joinpath("entry_points.txt").write_text("[uni_cli.providers]\nmine-cloud = pictures:Mine\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "packages"))
    shell = start(name)

    shell.shows("uni generate -p ", "luma", "runware", "local", "auto", "mine-cloud")
    assert shell.becomes("uni providers check min") == ["uni", "providers", "check", "mine-cloud"]
    assert shell.becomes("uni generate -p luma,run")[:4] == ["uni", "generate", "-p", "luma,runware"]
    assert shell.becomes("uni generate --provider=luma,min")[:3] == ["uni", "generate", "--provider=luma,mine-cloud"]


@pytest.mark.parametrize("name", NAMES)
def test_files_are_completed_as_files(name: str, desk: Path, start: Callable[[str], Shell]) -> None:
    shell = start(name)

    for line in (
        "uni edit ", "uni inspect ", "uni edit cat.png x --prompt-file ", "uni generate -o ", "uni gallery ",
        "uni generate -r character=", "uni generate --ref=character=", "uni generate --from ", "uni recipes run ",
    ):  # fmt: skip
        *before, last = line.split(" ")
        assert shell.becomes(f"{line}my") == [*before, f"{last}my file.png"], line
    assert shell.becomes("uni generate my") == ["uni", "generate", "my"]
    assert shell.becomes("uni edit cat.png my") == ["uni", "edit", "cat.png", "my"]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_and_prompts_are_text(name: str, desk: Path, start: Callable[[str], Shell]) -> None:
    shell = start(name)

    shown = shell.shows("uni status ", "7f3a9c21", "92bb1111").translate(PLAIN)
    assert "saved: a fox in `touch boom` $(touch boom);" in shown
    assert "\x1b" not in shown
    assert shell.becomes("uni edit it") == ["uni", "edit", 'it\'s "so".png']
    assert shell.becomes("uni edit 16") == ["uni", "edit", "16:9=wide.png"]
    assert shell.becomes("uni edit \\`") == ["uni", "edit", "`touch boom`.png"]
    assert shell.becomes("uni edit \\$") == ["uni", "edit", "$(touch boom).png"]
    assert shell.becomes("uni recipes show bad") == ["uni", "recipes", "show", "bad"]
    assert shell.becomes("uni recipes pin skyline \\$") == ["uni", "recipes", "pin", "skyline", "$"]
    assert not Path("boom").exists()
    assert not Path(os.environ["HOME"], "boom").exists()


def test_bash_with_other_word_breaks_and_open_quotes(desk: Path, start: Callable[[str], Shell]) -> None:
    shell = start("bash")

    assert shell.becomes('uni generate -r "character=my') == ["uni", "generate", "-r", "character=my file.png"]
    assert shell.becomes('uni generate -a "16') == ["uni", "generate", "-a", "16:9"]
    shell.shows("uni config show > my", "\\ file.png", tabs=1)
    shell.run("COMP_WORDBREAKS=' '")
    assert shell.becomes("uni generate -a 16:") == ["uni", "generate", "-a", "16:9"]
    assert shell.becomes("uni generate -r character=my") == ["uni", "generate", "-r", "character=my file.png"]
    assert shell.becomes("uni generate --aspect=16") == ["uni", "generate", "--aspect=16:9"]


@pytest.mark.parametrize(
    ("name", "forget", "source"),
    [
        ("bash", "complete -r uni; unset -f _uni", 'eval "$(uni --completion bash)"'),
        ("zsh", "unfunction _uni", "source <(uni --completion zsh)"),
        ("fish", "complete -e -c uni", "uni --completion fish | source"),
    ],
    ids=NAMES,
)
def test_the_script_that_uni_prints_can_be_sourced(
    name: str, forget: str, source: str, start: Callable[[str], Shell]
) -> None:
    shell = start(name)

    shell.run(f"{forget}; {source}")

    assert shell.becomes("uni generate --style m") == ["uni", "generate", "--style", "manga"]
