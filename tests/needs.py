"""Outside programs that some tests ask: absent they skip, unless the run says that they have to be there."""

import os
import shutil
from pathlib import Path

import pytest


def needs(tool: str) -> Path:
    """Where `tool` is. `UNI_TEST_REQUIRE` (names, or `all`) turns the skip into a failure."""
    found = shutil.which(tool)
    if found:
        return Path(found)
    required = os.environ.get("UNI_TEST_REQUIRE", "").split()
    if tool in required or "all" in required:
        pytest.fail(f"{tool} is required and not installed")
    pytest.skip(f"{tool} is not installed")
