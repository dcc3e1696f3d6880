"""An absent tool skips a test, and fails it where the run requires the tool."""

import sys
from pathlib import Path

import pytest

from tests.needs import needs


def test_a_tool_that_is_there_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert needs(Path(sys.executable).name).parent == Path(sys.executable).parent


@pytest.mark.parametrize("required", ["", "exiftool other-tool"])
def test_an_absent_tool_skips(required: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_TEST_REQUIRE", required)
    with pytest.raises(pytest.skip.Exception, match="no-such-tool is not installed"):
        needs("no-such-tool")


@pytest.mark.parametrize("required", ["all", "exiftool no-such-tool"])
def test_an_absent_tool_that_is_required_fails(required: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNI_TEST_REQUIRE", required)
    with pytest.raises(pytest.fail.Exception, match="no-such-tool is required"):
        needs("no-such-tool")
