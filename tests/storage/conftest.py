from pathlib import Path

import pytest


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder
