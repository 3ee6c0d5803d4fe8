"""One JupyterLab, one Chromium, one page for all tests of the screen; skipped where there is no Chromium.

Playwright's event loop counts as running in its thread until it is stopped, and other tests start loops of their own in
the same process. So the fixtures end with the last test of this folder (scope "package", which is why the folder is a
package), and all its tests are one group for xdist.
"""

import shutil
from collections.abc import Iterator

import pytest

from tests.browser.driving import Lab, Notebook, running_lab

# No name is resolved but this machine's own: whatever asks for an outside address fails, as it would offline.
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep all tests of this folder on one worker; xdist looks for the mark right after collecting."""
    item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def chromium() -> str:
    """The system's Chromium or Chrome."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("no Chromium on this machine; on Debian: apt-get install --no-install-recommends chromium")


@pytest.fixture(scope="package")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A running JupyterLab; not started where there is no browser to look at it."""
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(scope="package")
def screen(chromium: str, lab: Lab) -> Iterator[Notebook]:
    """The page of all tests, in an English browser on a common office screen."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)  # a busy machine is no failure

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(BROWSER_FLAGS))
        context = browser.new_context(
            viewport={"width": 1600, "height": 1000}, locale="en-US", timezone_id="UTC", reduced_motion="reduce"
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.url)
        yield Notebook(context.new_page(), lab)
        browser.close()


@pytest.fixture
def notebook(request: pytest.FixtureRequest, screen: Notebook) -> Iterator[Notebook]:
    """The page for one test, which begins with `open` or `show`. No other host may be asked, no script may fail."""
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@browser"), "xdist does not keep these tests on one worker"
    yield screen
    outside, defects = [*screen.outside], [*screen.defects]
    screen.outside.clear()
    screen.defects.clear()
    assert (outside, defects) == ([], [])
