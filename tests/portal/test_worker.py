"""The worker: killed for real, doubled, cleared under its hands; an upload is taken in once or not at all."""

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.portal import bundles, panels

MANY = {f"O{number}": f"Owner {number}" for number in range(60)}


def waiting(account: Any) -> Any:
    """Have an upload with many files wait for the worker."""
    from recon.portal import receiving

    return receiving.complete(bundles.arrived(account, bundles.packed(bundles.files(MANY))))


def whole() -> tuple[int, int, int, int]:
    """Count what an upload brings."""
    from recon.portal.models import Activity, Statement, StatementLine, StatementSection

    return tuple(model.objects.count() for model in (Activity, Statement, StatementSection, StatementLine))  # type: ignore[return-value]


@pytest.mark.parametrize("after", [n / 20 for n in range(30)] if os.environ.get("RECON_LONG") else [0.0, 0.15, 0.4])
def test_a_worker_that_is_killed_is_followed_by_another(panel: Path, after: float) -> None:
    """PUB-08, PUB-12: kill -9 at some moment; the next worker takes it in once, and nothing is left over."""
    from recon.portal.models import Upload

    account = panels.account()
    upload = waiting(account)
    command = [sys.executable, "-m", "recon.portal", "process_uploads"]
    environment = os.environ | {"RECON_PORTAL_DATA": str(panel), "RECON_PORTAL_LEASE_SECONDS": "1"}
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL) as worker:
        while Upload.objects.get().state == "uploaded":
            time.sleep(0.01)
        time.sleep(after)
        worker.kill()
    assert whole() in {(0, 0, 0, 0), (60, 60, 60, 60)}
    done = subprocess.run(
        [*command, "--once"], env=environment, check=True, timeout=180, capture_output=True, stdin=subprocess.DEVNULL
    )
    for _ in range(100):
        upload.refresh_from_db()
        if upload.state == "processed":
            break
        time.sleep(0.1)
        done = subprocess.run([*command, "--once"], env=environment, check=True, timeout=180, stdin=subprocess.DEVNULL)
    assert done.returncode == 0
    assert upload.state == "processed"
    assert whole() == (60, 60, 60, 60)
    kept = [path for path in (panel / "files").rglob("*") if path.is_file() and not path.name.endswith(".partial")]
    assert len(kept) == 60 * 2 + 4, "statements twice, four tables of profiles that wait"


def test_two_workers_take_an_upload_in_once(panel: Path) -> None:
    """A conditional change claims it; whose lease ran out records nothing."""
    from recon.portal import processing, worker
    from recon.portal.models import Upload

    account = panels.account()
    upload = waiting(account)
    claimed: list[bool] = []

    def work() -> None:
        from django.db import connection

        claimed.append(worker.work())
        connection.close()

    together = [threading.Thread(target=work) for _ in range(4)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert whole() == (60, 60, 60, 60)
    upload.refresh_from_db()
    assert (upload.state, upload.tries) == ("processed", 1)
    Upload.objects.update(state="pending", lease=uuid4())
    with pytest.raises(FileNotFoundError):
        processing.process(upload, uuid4(), lambda: None, [])


def test_what_is_cleared_while_it_is_processed_does_not_arrive(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PUB-12: clearing deletes the unprocessed upload, whatever the worker has stored by then."""
    from recon.portal import processing, receiving, worker
    from recon.portal.models import Upload

    account = panels.account()
    upload = waiting(account)
    record = processing._record

    def cleared_meanwhile(*given: Any) -> None:
        Upload.objects.update(uploaded_at=timezone.now() - timedelta(minutes=61))
        receiving.clear(Upload.objects.get())
        record(*given)

    monkeypatch.setattr(processing, "_record", cleared_meanwhile)
    worker.work()
    upload.refresh_from_db()
    assert upload.state == "cleared"
    assert whole() == (0, 0, 0, 0)
    assert [path for path in (panel / "files").rglob("*") if path.is_file()] == []


def test_a_defect_fails_one_upload_and_says_so(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours is logged, shown without its inside, and does not stop the others."""
    from recon.portal import statement_rows, worker
    from recon.portal.models import Upload

    harbor, bay = panels.account(), panels.account("BAY")
    waiting(harbor)
    keep = statement_rows.keep
    with monkeypatch.context() as changed:
        changed.setattr(statement_rows, "keep", lambda *_: 1 / 0)
        worker.work()
    upload = Upload.objects.get()
    assert (upload.state, upload.message) == (
        "failed", "The control panel has a fault and could not process this upload; its log has the details.",
    )  # fmt: skip
    assert whole() == (0, 0, 0, 0)
    assert statement_rows.keep is keep
    assert bundles.processed(bay, bundles.packed(bundles.files({"O1": "Bea"}))).state == "processed"


def test_an_upload_that_kills_its_worker_again_and_again_is_given_up(panel: Path) -> None:
    """One bad upload must not keep the worker busy for ever."""
    from recon.portal import worker
    from recon.portal.models import Upload

    account = panels.account()
    waiting(account)
    Upload.objects.update(state="pending", tries=worker.TRIES, leased_until=timezone.now() - timedelta(seconds=1))
    worker.work()
    assert Upload.objects.get().state == "failed"
