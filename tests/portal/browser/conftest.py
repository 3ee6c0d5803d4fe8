"""One Chromium for the control panel's pages, on the same worker as the workbench's; skipped where there is none."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import BROWSER_FLAGS


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep all tests with a browser on one worker."""
    item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package", autouse=True)
def loop() -> Iterator[None]:
    """Playwright's own loop counts as running in its thread; Django would take what calls it for asynchronous."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A browser that reaches this machine only."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install --no-install-recommends chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(BROWSER_FLAGS))
        yield browser
        browser.close()
