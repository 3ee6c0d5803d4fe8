"""Many at once: firms that upload while their clients look; nobody sees a wrong page, and nothing is lost."""

import os
import re
import threading
import time
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, build_opener

from recon.publishing.panel import Panel
from tests.portal import bundles, panels

FIRMS, MONTHS = 20, 10
UPLOADS = FIRMS * MONTHS
CLIENTS = 50
ROUNDS = 10 if os.environ.get("RECON_LONG") else 3


def uploads_of(address: str, pmid: str, folder: Path, wrong: list[str]) -> None:
    """Send a firm's months one after the other, each as soon as the one before is processed."""
    try:
        with Panel.logged_on(address, pmid, panels.PASSWORD) as panel:
            for month in range(1, MONTHS + 1):
                made = bundles.files({"O1": f"Owner of {pmid}"}, month=month, receipts=f"{month}.00", marker=f" {pmid}")
                path = folder / f"{pmid}-{month}.zip"
                path.write_bytes(bundles.packed(made, publication=f"P{month}", entry=month))
                upload = panel.upload(path, f"P{month}", 2, attempt=1, progress=lambda *_: None)
                while upload.state not in {"processed", "failed", "cleared"}:
                    time.sleep(0.2)
                    upload = panel.status(upload.upload_id)
                if upload.state != "processed":
                    wrong.append(f"{pmid} {month}: {upload.state} {upload.message}")
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in a thread is told by the test
        wrong.append(f"{pmid}: {type(error).__name__} {error}")


def looks(address: str, session: str, number: int, wrong: list[str], pages: list[float]) -> None:
    """Look at all that a client may see, again and again; every page is of the own firm."""
    pmid = f"FIRM{number % FIRMS:02}"
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    browser.addheaders = [("Cookie", f"recon_panel_session={session}")]
    try:
        for _ in range(ROUNDS):
            for place in ("/my/", "/my/"):
                began = time.monotonic()
                with browser.open(address + place, timeout=60) as answer:
                    shown = answer.read().decode()
                pages.append(time.monotonic() - began)
                firms = set(re.findall(r"FIRM[0-9]{2}", shown))
                if firms != {pmid}:
                    wrong.append(f"client of {pmid} sees {firms}")
                statements = re.findall(r'/my/statements/([0-9a-f-]+)/"', shown)
                for statement in statements[:2]:
                    with browser.open(f"{address}/my/statements/{statement}/pdf/", timeout=60) as answer:
                        if pmid.encode() not in answer.read():
                            wrong.append(f"client of {pmid} got another's statement")
    except Exception as error:  # noqa: BLE001 - the same
        wrong.append(f"client of {pmid}: {type(error).__name__} {error}")


def sessions(clients: list[Any]) -> list[str]:
    """Give each client a session, without fifty passwords to hash."""
    return [panels.browser(client).cookies["recon_panel_session"].value for client in clients]


def test_two_hundred_uploads_and_fifty_clients_at_once(panel: Path, tmp_path: Path) -> None:
    """Issue 6: 200 uploads and 50 clients at once without a wrong page; every cent arrives."""
    from django.db import connection

    from recon.portal.models import Account, Activity, AuditEntry, Profile, Statement, Upload

    clients = []
    for number in range(FIRMS):
        account = panels.account(f"FIRM{number:02}", statement_approval="immediate")
        account.firm = account.pmid
        account.save()
        made = bundles.files({"O1": f"Owner of {account.pmid}"}, month=12, marker=f" {account.pmid}")
        bundles.published(account, made, publication="P0", entry=0)
        owner, share = Profile.objects.get(account=account, kind="owner"), len(range(number, CLIENTS, FIRMS))
        clients += [panels.client_of(owner, f"c{number}-{one}") for one in range(share)]
    assert len(clients) == CLIENTS
    known = sessions(clients)
    numbers = [int(client.username[1:].partition("-")[0]) for client in clients]
    connection.close()
    wrong: list[str] = []
    pages: list[float] = []
    began = time.monotonic()
    with panels.serving(panel) as server:
        crowd = [threading.Thread(target=uploads_of, args=(server.address, f"FIRM{number:02}", tmp_path, wrong))
                 for number in range(FIRMS)]  # fmt: skip
        crowd += [threading.Thread(target=looks, args=(server.address, session, number, wrong, pages))
                  for session, number in zip(known, numbers, strict=True)]  # fmt: skip
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
    took = time.monotonic() - began
    assert wrong == []
    assert Upload.objects.filter(state="processed").count() == UPLOADS + FIRMS
    assert Statement.objects.filter(approved_at__isnull=False).count() == UPLOADS + FIRMS
    for account in Account.objects.all():
        closing = sorted(int(one.closing) for one in Statement.objects.filter(account=account))
        assert closing == [*range(1, MONTHS + 1), 100]
        assert Activity.objects.get(account=account).amount == MONTHS
    assert AuditEntry.objects.filter(action="upload processed").count() == UPLOADS + FIRMS
    pages.sort()
    print(f"{UPLOADS} uploads and {len(pages)} pages in {took:.1f} s; pages: median {pages[len(pages) // 2]:.2f} s, "
          f"slowest {pages[-1]:.2f} s")  # fmt: skip
