"""Where the control panel keeps things, and what it reads from its environment."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


def data_folder() -> Path:
    """Give the folder of database, files and secret key: `RECON_PORTAL_DATA`, else `data/portal`."""
    return Path(os.environ.get("RECON_PORTAL_DATA") or "data/portal").resolve()


def close_to_others(folder: Path) -> None:
    """Have what is kept readable by nobody but who runs the control panel, also in a folder that was there before."""
    os.umask(0o077)
    if folder.is_dir():
        folder.chmod(0o700)


def secret_key(folder: Path) -> str:
    """Read the key that signs sessions; the first call makes it, readable by its owner only."""
    path = folder / "secret.key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    key = path.read_text(encoding="utf-8").strip()
    if len(key) < 50:
        raise ValueError(f"{path} holds no key; delete it, and a new one is made (everybody logs on again).")
    return key


def database(folder: Path, url: str) -> dict[str, Any]:
    """Give Django's settings of the database: SQLite in the folder, or `postgres://user:password@host:port/name`."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "portal.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                # A transaction that first reads and then writes would fail at once while another writes.
                "transaction_mode": "IMMEDIATE",
                "init_command": "pragma journal_mode=wal; pragma synchronous=full",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("RECON_PORTAL_DATABASE is not of the form postgres://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


def mail(url: str) -> dict[str, Any]:
    """Give Django's settings of e-mail: written to the console, or `smtps://user:password@host:465`."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("RECON_PORTAL_EMAIL is not of the form smtps://user:password@host:465.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_TIMEOUT": 20,
    }
