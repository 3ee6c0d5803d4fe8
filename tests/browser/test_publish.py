"""The screen `Publish` in a real browser, against a control panel on loopback; the password ends up nowhere."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.driving import TRIAL, Notebook
from tests.browser.test_workbench import Bench
from tests.publishing.panel_server import PASSWORD, USER, serving
from tests.workspaces import assert_silent, posted

SAVE_STATE = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"  # in the menu Settings; off by default


def test_publishing_by_keyboard_and_what_is_saved_of_it(notebook: Notebook, tmp_path: Path) -> None:
    """PUB-02, PUB-04, PUB-24: shown first, logged on, started; neither notebook nor process list has the password."""
    workspace = posted(tmp_path)
    with serving() as server:
        bench = Bench(notebook, workspace)
        page = bench.page
        bench.button("Publish").focus()
        bench.press("Enter")
        bench.focused("rw-month")
        page.keyboard.type("2026-06")
        page.locator(".rw-target input").fill(server.address)
        bench.button("Show Changes").focus()
        bench.press("Enter")
        bench.focused("rw-password")
        changes = notebook.grid("What changed since the last publication")
        expect(changes.cell(1, "change")).to_contain_text("added")
        expect(bench.page.locator(".rw-start")).to_be_disabled()
        assert notebook.accessibility_problems(".rw") == []
        page.keyboard.type(PASSWORD)
        page.get_by_label("User name").fill(USER)
        expect(page.locator(".rw-password input")).to_have_value("")
        bench.button("Log On").focus()
        bench.press("Enter")
        bench.focused("rw-start")
        bench.press("Enter")
        expect(bench.log).to_contain_text("P000001: statements 5 new", timeout=30_000)
        bench.at_rest()
        expect(notebook.grid("Transmission log").cell(1, "publication")).to_have_text("P000001")
        assert notebook.accessibility_problems(".rw") == []
        notebook.command(SAVE_STATE)
        notebook.command("docmanager:save")
        notebook.command(SAVE_STATE)
    saved = (notebook.lab.root / TRIAL).read_text("utf-8")
    assert "Publish Owner Statements" in json.dumps(json.loads(saved)["metadata"]["widgets"]), "the state was saved"
    assert PASSWORD not in saved
    assert PASSWORD not in notebook.lab.log.read_text("utf-8", "replace")
    assert PASSWORD not in page.content()
    lists = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _readable(path)]
    assert not [words for words in lists if PASSWORD.encode() in words]
    assert_silent(workspace)


def _readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:  # it has ended in the meantime
        return False
    return True


def test_it_fits_a_common_small_screen(notebook: Notebook, tmp_path: Path) -> None:
    """Issue 3, item 6: at 1366x768 nothing runs out of the screen sideways."""
    bench = Bench(notebook, posted(tmp_path))
    notebook.page.set_viewport_size({"width": 1366, "height": 768})
    try:
        bench.button("Publish").click()
        bench.focused("rw-month")
        outside = (
            "() => [...document.querySelectorAll('.rw button, .rw input, .rw select')]"
            ".filter(e => e.offsetParent && !e.closest('.fg') && e.getBoundingClientRect().right > innerWidth).length"
        )
        notebook.page.wait_for_function(f"() => ({outside})() === 0", timeout=5_000)
        expect(bench.page.locator(".rw-start")).to_be_visible()
    finally:
        notebook.page.set_viewport_size({"width": 1600, "height": 1000})
