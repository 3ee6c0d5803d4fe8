"""Both seeds walked in a browser: the manager at a desk, the owner with a phone; every page held against axe.

With RECON_PICTURES=1 the pictures of the README are taken anew.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from recon.publishing import delivery
from recon.publishing.publish import publish
from recon.publishing.terms import settled
from recon.statements import Period
from recon.workspace import Workspace
from tests.portal import panels
from tests.workspaces import WHO, posted

DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
DOCS = Path(__file__).parents[3] / "docs"


@contextmanager
def page_of(browser: Browser, size: dict[str, int], **given: Any) -> Iterator[Page]:
    """Open a page of its own; no script may fail, and nothing may be asked of another host."""
    # On a machine with work to do, a page may be slow; that is no failure.
    expect.set_options(timeout=20_000)
    context = browser.new_context(viewport=size, locale="en-US", reduced_motion="reduce", **given)
    page = context.new_page()
    page.set_default_timeout(20_000)
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url) if "127.0.0.1" not in request.url else None)
    yield page
    context.close()
    assert wrong == []


def looked_at(page: Page) -> None:
    """Hold a page against the accessibility rules; on a phone, nothing is wider than the screen."""
    found = [
        f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in Axe().run(page).response["violations"]
    ]
    assert found == [], page.url
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= (page.viewport_size or {"width": 0})["width"], page.url


def pictured(page: Page, name: str) -> None:
    """Take a picture for the README when asked to."""
    if os.environ.get("RECON_PICTURES"):
        page.screenshot(path=DOCS / f"panel-{name}.png")


def log_on(page: Page, address: str, name: str = "HARBOR") -> None:
    page.goto(f"{address}/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(panels.PASSWORD)
    page.get_by_role("button", name="Log on").click()


@pytest.fixture
def books(tmp_path: Path) -> Workspace:
    """A workspace with two owners; Olga has an insurance."""
    workspace = posted(tmp_path)
    workspace.documents.mkdir()
    (workspace.documents / "Owner.ID.O1.Insurance 2026.pdf").write_bytes(b"%PDF-1.7 insurance")
    return workspace


def send(books: Workspace, address: str) -> None:
    """Publish from the workbench, as its command does."""
    terms = settled(books, Period.month("2026-06"), today=date(2026, 7, 2))
    known = ("harbor", panels.PASSWORD)
    publish(books, terms, who=WHO, to=address, credentials=lambda _: known, wait_minutes=1)


def test_the_two_seeds_walked(
    chromium: Browser, panel: Path, books: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUB-21, PUB-24 to PUB-29, PUB-32, PUB-33, PUB-34, PUB-35, PUB-43: from an empty panel to an owner's phone."""
    monkeypatch.setattr(delivery, "POLL_SECONDS", 0.2)
    account = panels.account()
    account.firm = "Harbor Homes"
    account.save()
    with panels.serving(panel) as server, page_of(chromium, DESK) as desk:
        desk.goto(f"{server.address}/")
        looked_at(desk)
        log_on(desk, server.address)
        expect(desk.get_by_role("heading", name="Nothing was published yet")).to_be_visible()
        looked_at(desk)
        send(books, server.address)
        expect(desk.locator("#badge")).to_have_attribute("data-state", "idle", timeout=30_000)
        desk.goto(f"{server.address}/manage/alerts/")
        expect(desk.get_by_text("Profiles were updated: 8 changes.")).to_be_visible()
        for _ in range(60):
            desk.reload()
            if desk.get_by_text("No upload is pending.").is_visible():
                break
            desk.wait_for_timeout(500)
        looked_at(desk)

        desk.get_by_label("RP Management").get_by_text("Owners", exact=True).click()
        desk.get_by_role("link", name="Owner Lookup").first.click()
        desk.get_by_label("Name or ID").fill("olga")
        desk.get_by_role("button", name="Find Owner").click()
        desk.get_by_label("Menu of Olga Owner").click()
        looked_at(desk)
        desk.get_by_role("link", name="View Documents").click()
        expect(desk.get_by_role("link", name="Insurance 2026.pdf", exact=True)).to_be_visible()
        expect(desk.get_by_text("Received: June").first).to_be_visible()
        looked_at(desk)

        desk.get_by_label("RP Management").get_by_text("Statements", exact=True).click()
        desk.get_by_role("link", name="Review Statements of owners").click()
        expect(desk.get_by_text("Waiting for approval: 2")).to_be_visible()
        pictured(desk, "review")
        looked_at(desk)
        desk.get_by_label("Mark Olga Owner, 2026-06-30").check()
        desk.get_by_role("button", name="Approve marked").click()
        expect(desk.get_by_text("1 statement is approved.")).to_be_visible()

        desk.get_by_label("RP Management").get_by_text("Documents", exact=True).click()
        desk.get_by_role("link", name="Document Lookup for Owners").first.click()
        desk.get_by_role("button", name="Find Document").click()
        desk.get_by_label(re.compile(r"Menu of Insurance 2026.pdf")).click()
        with desk.expect_download() as download:
            desk.get_by_role("link", name="Save this document").last.click()
        assert Path(download.value.path()).read_bytes() == b"%PDF-1.7 insurance"
        assert download.value.suggested_filename == "Insurance 2026.pdf"

        desk.goto(f"{server.address}/manage/lookup/owners/")
        desk.get_by_role("link", name="Olga Owner").click()
        desk.get_by_role("button", name="Give online access").click()
        looked_at(desk)
        desk.get_by_role("button", name="Make an invitation link").click()
        link = desk.get_by_label("Link").input_value()
        looked_at(desk)
        an_owners_first_five_minutes(chromium, link)
        for place in ("settings", "users", "log", "", "lookup/units", "lookup/owners/invite", "documents/tenants"):
            desk.goto(f"{server.address}/manage/{place}/".replace("manage//", "manage/"))
            looked_at(desk)


def an_owners_first_five_minutes(chromium: Browser, link: str) -> None:
    """The link, a password, the statement sorted both ways, its PDF, the insurance, the activity; on a phone."""
    with page_of(chromium, PHONE, device_scale_factor=2, has_touch=True) as phone:
        phone.goto(link)
        expect(phone.get_by_text("Harbor Homes gives you access")).to_be_visible()
        looked_at(phone)
        phone.get_by_label("User name").fill("olga@example.com")
        phone.get_by_label("Password", exact=True).fill("a short sentence is good")
        phone.get_by_label("Password again").fill("a short sentence is good")
        phone.get_by_role("button", name="Set up and link my account").click()
        expect(phone.get_by_text("150.01")).to_be_visible()
        pictured(phone, "owner")
        looked_at(phone)
        phone.get_by_role("link", name="View statement").click()
        expect(phone.get_by_text("U1 · One")).to_be_visible()
        pictured(phone, "statement")
        looked_at(phone)
        phone.get_by_label("Show").select_option("Running balance, sorted by date")
        phone.get_by_role("button", name="Sort").click()
        expect(phone.get_by_text("All movements")).to_be_visible()
        looked_at(phone)
        with phone.expect_download() as download:
            phone.get_by_role("link", name="Download PDF").click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
        with phone.expect_popup() as printed:
            phone.get_by_role("link", name="As printed (in a new tab)").click()
        expect(printed.value.get_by_role("heading", name="Owner statement")).to_be_visible()
        printed.value.close()
        phone.get_by_role("link", name="My statements").click()
        phone.get_by_role("link", name=re.compile("Recent activity")).click()
        expect(phone.get_by_text("Received: June").first).to_be_visible()
        looked_at(phone)
        phone.get_by_role("button", name="Log off").click()
        expect(phone.get_by_role("heading", name="Log on")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_for_everybody_light_and_dark(
    chromium: Browser, panel: Path, size: dict[str, int], scheme: str
) -> None:
    """Issue 6: accessibility on desk and phone, with every icon and state in sight."""
    from datetime import timedelta

    from django.utils import timezone

    from recon.portal import receiving
    from recon.portal.models import Profile, Statement, Upload
    from tests.portal import bundles

    account = panels.account()
    made = bundles.files(
        {f"O{n}": f"Owner {n}" for n in range(1, 6)}, documents={bundles.document("owner", "O1", "Insurance"): b"%PDF"}
    )
    bundles.published(account, made)
    bundles.published(account, bundles.files({"O1": "New Name"}, month=7), publication="P000002", entry=4)
    Statement.objects.filter(key="o2").update(uploaded_at=timezone.now() - timedelta(days=15))
    Statement.objects.filter(key="o3").delete()
    Profile.objects.filter(key__in=["o2", "o3", "o4"]).update(is_active=True)
    Profile.objects.filter(key="o5").delete()
    olga = Profile.objects.get(key="o1")
    panels.client_of(olga, "olga")
    upload = receiving.complete(bundles.arrived(account, bundles.packed(made), key="stuck"))
    Upload.objects.filter(pk=upload.pk).update(uploaded_at=timezone.now() - timedelta(minutes=91))
    statement = Statement.objects.filter(key="o1").first()
    assert statement is not None
    with panels.serving(panel, "--no-worker") as server:
        with page_of(chromium, size, color_scheme=scheme) as page:
            log_on(page, server.address)
            expect(page.get_by_text("Upload waiting to be processed")).to_be_visible()
            shown = [
                "", "alerts/", "statements/", f"statements/{statement.pk}/?sort=date", "lookup/owners/?q=nobody",
                f"profiles/{olga.pk}/", f"profiles/{olga.pk}/documents/", "documents/owners/",
                f"uploads/{statement.upload_id}/statements/",
            ]  # fmt: skip
            for place in shown:
                page.goto(f"{server.address}/manage/{place}")
                looked_at(page)
            page.goto(f"{server.address}/manage/alerts/")
            if (size, scheme) == (DESK, "light"):
                pictured(page, "alerts")
            expect(page.get_by_role("button", name="Click here to clear pending upload")).to_be_visible()
            page.keyboard.press("Tab")
            expect(page.get_by_text("Skip to the content")).to_be_focused()
        Statement.objects.update(approved_at=timezone.now())
        with page_of(chromium, size, color_scheme=scheme) as page:
            log_on(page, server.address, "olga")
            expect(page.get_by_text("Past Stmts (1)")).to_be_visible()
            page.get_by_text("Past Stmts (1)").click()
            looked_at(page)


def test_the_badge_stops_by_itself_and_pages_work_without_a_script(chromium: Browser, panel: Path) -> None:
    """PUB-27: the "P" stops flashing when the upload is completed; without JavaScript each page says how it stood."""
    from recon.portal import receiving, worker
    from tests.portal import bundles

    account = panels.account()
    receiving.complete(bundles.arrived(account, bundles.packed(bundles.files({"O1": "Olga"}))))
    with panels.serving(panel, "--no-worker") as server:
        with page_of(chromium, DESK) as page:
            page.clock.install()
            log_on(page, server.address)
            badge = page.locator("#badge")
            expect(badge).to_have_attribute("data-state", "busy")
            worker.work()
            page.clock.run_for(16_000)
            expect(badge).to_have_attribute("data-state", "idle")
            expect(badge).to_contain_text("Last upload processed")
        with page_of(chromium, DESK, java_script_enabled=False) as page:
            log_on(page, server.address)
            expect(page.locator("#badge")).to_contain_text("Last upload processed")
            page.get_by_label("RP Management").get_by_text("Owners", exact=True).click()
            page.get_by_role("link", name="Owner Lookup").first.click()
            expect(page.get_by_role("heading", name="Owner Lookup")).to_be_visible()
