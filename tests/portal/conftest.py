"""A control panel for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portal import panels


@pytest.fixture(autouse=True)
def django() -> None:
    """Load Django before a test imports what needs it; once per process."""
    panels.template()


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[Path]:
    """The data folder of an empty control panel, which Django in this process uses."""
    with panels.panel_in(tmp_path) as data:
        yield data
