"""The house itself: which way imports point, how long files are, and that what is said about it is true."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests import readme
from tests.front import uni
from uni_cli import __version__, errors, providers

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "uni_cli"

# Imports point down: a unit imports from the lines below its own. The first word of each line is only its name.
LEVELS = """
door        __main__
front       cli complete
commands    commands
context     context report
plans       planner
recipes     recipes
cluster     cluster
work        engine order gallery
services    providers
keys        keys
books       ledger storage
settings    settings progress preview
tools       codec prompts pricing folders console transport emulator
ground      models errors clock process sketch uni_cli
"""
LEVEL = {unit: -n for n, line in enumerate(LEVELS.split("\n")) for unit in line.split()[1:]}

# What the levels alone would allow, and the design does not.
ONLY = {
    "models": set[str](),
    "errors": set[str](),
    "sketch": set[str](),
    "emulator": {"sketch"},
    "transport": {"errors"},
    "providers": {"errors", "models", "pricing", "prompts", "settings", "sketch", "transport"},
    "console": {"errors"},
    "progress": {"console", "models"},
}
FOREIGN = {
    "rich": {"console", "progress", "preview"},
    "typer": {"cli", "commands"},
    "httpx": {"transport"},
    "httpcore": set[str](),
    "h11": set[str](),
    "click": set[str](),
    "starlette": {"emulator"},
    "uvicorn": {"emulator"},
    "platformdirs": {"folders"},
    "pydantic_settings": {"settings"},
    "ruamel": {"recipes"},
    "jinja2": {"recipes"},
    "stamina": {"engine"},
    "fsspec": {"storage"},
    "dask": {"cluster"},
    "distributed": {"cluster"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def unit_of(module: str) -> str:
    """The part of the house a module belongs to: `uni_cli.engine.desk` is in `engine`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module that a file imports, wherever in it, with full names."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            for alias in node.names:
                inner = module.replace(".", "/") + f"/{alias.name}"
                is_module = Path(ROOT, f"{inner}.py").exists() or Path(ROOT, inner, "__init__.py").exists()
                yield f"{module}.{alias.name}" if is_module else module


def ours(path: Path) -> set[str]:
    return {name for name in imports(path) if name.split(".")[0] == "uni_cli"}


def test_every_module_has_its_level() -> None:
    assert {unit_of(name_of(path)) for path in modules()} - set(LEVEL) == set()


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_point_down(path: Path) -> None:
    unit = unit_of(name_of(path))
    others = {unit_of(name) for name in ours(path)} - {unit}

    assert {other for other in others if LEVEL[other] >= LEVEL[unit]} == set()
    assert others - ONLY.get(unit, others) == set()


@pytest.mark.parametrize("foreign", FOREIGN)
def test_a_foreign_package_has_its_place(foreign: str) -> None:
    users = {unit_of(name_of(path)) for path in modules() for name in imports(path) if name.split(".")[0] == foreign}

    assert users - FOREIGN[foreign] == set()


def test_only_declared_packages_are_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    declared = {
        re.split(r"[\[<>=; ]", line)[0].lower().replace("-", "_") for line in [*project["dependencies"], *extras]
    }
    as_imported = {"pillow": "PIL", "ruamel.yaml": "ruamel", "python_multipart": "python_multipart"}
    known = {as_imported.get(name, name) for name in declared} | {"uni_cli"} | set(sys.stdlib_module_names)
    known |= {"dask"} if "distributed" in declared else set()  # of one house, and always installed together

    used = {name.split(".")[0] for path in modules() for name in imports(path)}
    assert used - known == set()
    assert "numpy" not in used


def test_the_engine_and_its_neighbours_name_no_service() -> None:
    for unit in ("engine", "ledger", "storage"):
        for path in (PACKAGE / unit).rglob("*.py"):
            allowed = {"uni_cli.providers.base"}
            assert {name for name in ours(path) if unit_of(name) == "providers"} - allowed == set(), path
            words = re.findall(r'"(luma|runware|gmicloud|segmind|local)"', path.read_text("utf-8"))
            assert words == [], path


def test_no_provider_imports_another() -> None:
    names = set(providers.TABLE)
    for path in (PACKAGE / "providers").glob("*.py"):
        owner = path.stem.split("_")[0]
        if owner in names:
            siblings = {name.split(".")[2] for name in ours(path) if name.startswith("uni_cli.providers.")}
            assert {sibling for sibling in siblings if sibling.split("_")[0] in names - {owner}} == set(), path
            assert owner == "local" or "sketch" not in {unit_of(name) for name in ours(path)}, path


def test_no_file_is_long() -> None:
    files = [*modules(), *(ROOT / "tests").rglob("*.py")]

    assert {str(path): n for path in files if (n := len(path.read_text("utf-8").splitlines())) > 400} == {}


# --- providers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", providers.TABLE)
def test_every_provider_has_an_emulator_a_contract_test_and_a_row(name: str) -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests/providers").glob(f"test_{name}*.py"))
    if name == providers.LOCAL:
        assert "isinstance(painter, Provider)" in tests
    else:
        assert (PACKAGE / "emulator" / f"{name}.py").exists()
        assert re.search(r"^class Test\w+\(ProviderContract\):", tests, re.MULTILINE)
    assert name in [line.split("\t")[0] for line in uni("providers").lines]


# --- errors ------------------------------------------------------------------------------------------------------


def test_the_tree_at_the_top_is_the_registry() -> None:
    drawn = re.findall(r"^[│├└─ ]+(\w+) +(\d+) +(\S+)", errors.__doc__ or "", re.MULTILINE)

    assert {(name, int(exit), code) for name, exit, code in drawn} == {
        (cls.__name__, cls.exit, code) for code, cls in errors.REGISTRY.items()
    }
    assert len(drawn) == len(errors.REGISTRY)


def test_the_tree_has_the_shape_of_the_classes() -> None:
    above: dict[int, str] = {-1: "UniError"}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^((?:[│ ] {3})*)[├└]── (\w+)", line)
        if found:
            depth = len(found[1]) // 4
            above[depth] = found[2]
            assert getattr(errors, found[2]).__mro__[1].__name__ == above[depth - 1]


def test_no_two_classes_share_a_code() -> None:
    def below(cls: type[errors.UniError]) -> Iterator[type[errors.UniError]]:
        for child in cls.__subclasses__():
            yield child
            yield from below(child)

    classes = [cls for cls in below(errors.UniError) if cls.__module__ == "uni_cli.errors"]
    assert len({cls.code for cls in classes}) == len(classes) == len(errors.REGISTRY)


def test_every_code_is_used_and_every_used_code_is_known() -> None:
    sources = {path: path.read_text("utf-8") for path in modules() if path.name != "errors.py"}
    kinds = "|".join(sorted({code.partition(".")[0] for code in errors.REGISTRY if "." in code}))
    named = {code for text in sources.values() for code in re.findall(rf'"((?:{kinds})\.[a-z_]+)"', text)}
    classes = {name for text in sources.values() for name in re.findall(r"\b([A-Z]\w+)(?:\.code\b|\()", text)}

    unused = {code for code, cls in errors.REGISTRY.items() if code not in named and cls.__name__ not in classes}
    assert unused == set()
    files = {name for name in named if name.endswith((".yaml", ".yml", ".sqlite3", ".html"))}
    assert named - set(errors.REGISTRY) - files == set()


def test_the_readme_names_every_exit_code() -> None:
    table = (ROOT / "README.md").read_text("utf-8").split("## Exit codes")[1].split("##")[0]

    told = {int(n) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for n in row.split(",")}
    assert told >= {cls.exit for cls in errors.REGISTRY.values()} | {0, 3, 8, 143}


# --- what is said about it ---------------------------------------------------------------------------------------


def test_the_first_two_commands_of_the_readme_work_by_copy_and_paste() -> None:
    first = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)

    assert first is not None
    assert first[1].splitlines() == [
        'python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/uni generate "a paper lighthouse at dawn"',
        "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/pytest",
    ]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8")

    for step in ("-m venv .venv", ".venv/bin/pip install -q -e '.[dev]'", ".venv/bin/pytest", "ruff check", "mypy"):
        assert step in script


def test_the_help_in_the_readme_is_the_real_one() -> None:
    blocks = readme.blocks((ROOT / "README.md").read_text("utf-8"))

    assert "uni --help" in blocks
    assert "uni generate --help" in blocks
    for command, shown in blocks.items():
        assert shown == readme.printed(command), f"python -m tests.readme writes {command} anew"


def test_every_command_line_of_the_readme_can_be_read() -> None:
    """Each flag that it shows is one that the command has."""
    text = (ROOT / "README.md").read_text("utf-8")
    lines = [line.partition("#")[0] for line in re.findall(r"^(?:\$ )?(uni [a-z].*)$", text, re.MULTILINE)]
    assert len(lines) > 15
    for line in lines:
        words = re.sub(r'"[^"]*"|\'[^\']*\'', "x", line).split()
        page = uni(*[word for word in words[1:3] if word.isalpha()], "--help").out
        page = (page + uni(words[1], "--help").out).replace("--[no-]", "--")
        for flag in re.findall(r"(?<= )--?[a-z][a-z-]*", re.sub(r"[|>&].*", "", line)):
            # Every command has --help, and the longest pages do not repeat it.
            assert flag == "--help" or re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", page), f"{line}: {flag}"


def test_version_and_changelog_agree() -> None:
    assert uni("--version").out == f"uni {__version__}\n"
    assert re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0] == __version__


def tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so nobody knows which files belong to it")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]


def test_the_top_level_holds_what_it_should() -> None:
    top = {name.split("/")[0] for name in tracked()}

    allowed = {"uni_cli", "tests", "completions", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} - allowed == set()
    assert allowed - {"completions"} - top == set()


def test_no_file_speaks_of_somebody_s_own_machine() -> None:
    homes = re.compile(rb"/(?:home|Users)/(?!runner|me\b|you\b|user\b)\w+/|[\"'( =]/(?:work|root)/\w")
    for name in tracked():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".svg", ".html", ".js", ".css", ".1", ""}:
            found = homes.search(path.read_bytes())
            assert found is None, f"{name}: {found!r}"
