"""Control panels for tests: Django in this process, or a real server, both on one data folder of a test's own.

With RECON_PORTAL_DATABASE set, the same tests run on that PostgreSQL database, emptied for each; then on one worker.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PASSWORD = "correct horse battery"


@cache
def template() -> Path:
    """Load Django once per process, and make an empty database to copy."""
    folder = Path(tempfile.mkdtemp(prefix="recon-panel-"))
    os.environ["RECON_PORTAL_DATA"] = str(folder)
    from recon.portal import serving

    mask = os.umask(0o077)
    serving.prepare(folder)
    os.umask(mask)  # of the tests, which share this process
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    return folder


@contextmanager
def panel_in(folder: Path) -> Iterator[Path]:
    """Have Django in this process use a data folder of its own."""
    made = template()
    from django.conf import settings
    from django.core import mail
    from django.core.management import call_command
    from django.db import connections
    from django.test.utils import override_settings

    data = folder / "panel"
    data.mkdir(mode=0o700)
    shutil.copy(made / "secret.key", data / "secret.key")
    connection = connections["default"]
    connection.close()
    before = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        shutil.copy(made / "portal.sqlite3", data / "portal.sqlite3")
        connection.settings_dict["NAME"] = str(data / "portal.sqlite3")
    else:
        call_command("flush", verbosity=0, interactive=False)
    mail.outbox = []  # type: ignore[attr-defined]
    hosts = [*settings.ALLOWED_HOSTS, "testserver"]
    memory = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(PORTAL_DATA=data, MEDIA_ROOT=data / "files", ALLOWED_HOSTS=hosts, EMAIL_BACKEND=memory):
        try:
            yield data
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


@cache
def hashed() -> str:
    """The hash of the password that everybody in the tests has; making one takes a tenth of a second."""
    template()
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


def account(pmid: str = "HARBOR", **settings: Any) -> Any:
    """Make a property manager with its master log-on."""
    from recon.portal.models import Account

    made = Account.objects.create(pmid=pmid, firm=f"{pmid.title()} Homes", **settings)
    user(made, pmid, "master")
    return made


def user(of: Any, username: str, role: str, **rights: Any) -> Any:
    """Make somebody who may log on."""
    from recon.portal.models import User

    name = User.normalize_username(username)
    return User.objects.create(username=name, account=of, role=role, password=hashed(), **rights)


def client_of(profile: Any, username: str) -> Any:
    """Make a client's log-on that is linked to a profile."""
    from recon.portal.models import Link

    made = user(profile.account, username, "client")
    Link.objects.create(user=made, profile=profile)
    return made


def browser(of: Any = None) -> Any:
    """Give Django's test client, logged on as somebody."""
    from django.test import Client

    client = Client()
    if of is not None:
        client.force_login(of, backend="django.contrib.auth.backends.ModelBackend")
    return client


@dataclass
class Server:
    """A running `recon portal`."""

    address: str
    said: list[str]
    process: "subprocess.Popen[str]"


@contextmanager
def serving(data: Path, *options: str, **environment: str) -> Iterator[Server]:
    """Run `recon portal` on a free port of loopback until the block ends."""
    command = [sys.executable, "-m", "recon", "portal", "--data", str(data), "--port", "0", *options]
    errors = (data.parent / f"{data.name}.errors").open("w+")
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said: list[str] = []
        while not (found := re.search(r"is at (http\S+)/ ;", said[-1] if said else "")):
            line = process.stdout.readline()
            if not line:
                process.wait()
                errors.seek(0)
                raise AssertionError(errors.read())
            said.append(line)
        yield Server(found[1], said, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()
        errors.close()
