"""What `recon portal` runs: database brought up to date, worker, server."""

import ipaddress
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError

from recon.portal import places

_PATIENCE = 10  # seconds for the upload at hand, when the server ends
# Browsers and programs that hold a connection without a word must not keep others out: more of them, for less long.
_CONNECTIONS = 500  # below the 1,024 files that a process may have open as a rule
_SILENCE = 30  # seconds


def prepare(data: Path | None) -> None:
    """Load the settings for a data folder, and bring its database up to the newest migration.

    Raises:
        ValueError: a setting is wrong, or folder or database cannot be used.
    """
    if data is not None:
        os.environ["RECON_PORTAL_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recon.portal.settings")
    try:
        places.close_to_others(places.data_folder())
        django.setup()
    except OSError as error:
        raise ValueError(f"The data folder cannot be used ({error}); name another with --data.") from error
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except (DatabaseError, ImproperlyConfigured) as error:
        raise ValueError(
            f"The control panel's database cannot be used ({str(error).partition(chr(10))[0]}); look at --data and at "
            "RECON_PORTAL_DATABASE."
        ) from error


def make_account(pmid: str, password: str) -> str:
    """Make a property manager's account; give the sentence that says so.

    Raises:
        ValueError: the ID is taken, or the password too weak; the text says what to do.
    """
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from recon.portal.forms import check_pmid
    from recon.portal.invitations import new_account

    try:
        pmid = check_pmid(pmid)
        validate_password(password)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
    new_account(pmid, pmid, password)
    return f"The account {pmid} is made; log on with {pmid} and the master password."


def serve(
    *, host: str, port: int, new_account: bool, with_worker: bool, trusted_proxy: str, say: Callable[[str], None]
) -> None:
    """Serve until interrupted; without any account, or when asked to, give a link that sets one up.

    Raises:
        ValueError: another machine could reach it without TLS. OSError: the port is taken.
    """
    from django.conf import settings
    from waitress import create_server

    from recon.portal import invitations, worker
    from recon.portal.models import Account
    from recon.portal.wsgi import application

    is_production = settings.SESSION_COOKIE_SECURE
    if not is_production and not _is_loopback(host):
        raise ValueError(
            f"{host} can be reached from other machines; set RECON_PORTAL_HOSTS to the panel's name and put a reverse "
            "proxy with TLS before it, as the README says."
        )
    proxy = {
        "trusted_proxy": trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }
    server = create_server(
        application,
        host=host,
        port=port,
        threads=8,
        ident=None,
        max_request_body_size=5 << 20,
        connection_limit=_CONNECTIONS,
        channel_timeout=_SILENCE,
        **(proxy if is_production else {}),
    )
    shown = f"[{host}]" if ":" in host else host
    address = f"https://{settings.ALLOWED_HOSTS[0]}" if is_production else f"http://{shown}:{server.effective_port}"
    stop = threading.Event()
    # A daemon, as it may be stopped anywhere: what it was at, the next one finishes.
    working = threading.Thread(target=worker.run, args=(stop,), name="uploads", daemon=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        say(f"The control panel is at {address}/ ; Ctrl+C ends it.")
        if new_account or not Account.objects.exists():
            say(f"Set up a property manager's account within a day: {address}/invitation/{invitations.for_setup()}/")
        if with_worker:
            working.start()
        server.run()
    finally:
        stop.set()
        server.close()
        if working.is_alive():
            working.join(_PATIENCE)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
