"""Where a publication goes: a folder, a zip, a place that fsspec reaches, or a control panel."""

import getpass
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from recon.errors import InputRefused, WrongUse
from recon.workspace import Workspace

USER, PASSWORD = "RECON_PUBLISH_USER", "RECON_PUBLISH_PASSWORD"
Credentials = Callable[[str], tuple[str, str]]  # user name and password, for a target's name


@dataclass(frozen=True)
class Target:
    """A place, and the name under which its transmissions are logged; the name never holds a password."""

    kind: str  # folder, zip, panel or remote
    name: str
    place: str


def target_of(workspace: Workspace, to: str | None) -> Target:
    """Read what `--to` says.

    A zip ends in `.zip`. A folder that does not exist yet, or is empty, becomes the publication; in any other the
    publication becomes a folder of its own. All folders and zips are one side, `local`, which processes at once.

    Raises:
        WrongUse: an address without a host, or with a password in it.
    """
    if to is None:
        return Target("folder", "local", str(workspace.publications))
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", to):
        parts = urlsplit(to)
        if parts.password:
            raise WrongUse(
                f"The address holds a password, which others may see in the list of processes; leave it out and set "
                f"{USER} and {PASSWORD}, or keep it in the keyring."
            )
        if parts.scheme in {"http", "https"} and not parts.hostname:
            raise WrongUse(f"{to!r} names no host.")
        name = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
        return Target("panel" if parts.scheme in {"http", "https"} else "remote", name, to)
    path = Path(to).expanduser().resolve()
    return Target("zip" if path.suffix.lower() == ".zip" else "folder", "local", str(path))


def credentials_at_hand(name: str) -> tuple[str, str]:
    """Give user name and password from the environment, the keyring, or a prompt where somebody sits (PUB-04).

    They are returned and kept nowhere.

    Raises:
        InputRefused: none of the three has them.
    """
    user, password = os.environ.get(USER, ""), os.environ.get(PASSWORD, "")
    if user and not password:
        password = _from_keyring(name, user)
    if not (user and password) and sys.stdin is not None and sys.stdin.isatty():
        user = user or input(f"User name for {name}: ")
        password = password or getpass.getpass(f"Password for {name}: ")
    if not (user and password):
        raise InputRefused(
            f"{name} asks for a user name and password: set {USER} and {PASSWORD}, or {USER} alone and keep the "
            f"password in the keyring under the service 'recon {name}'."
        )
    return user, password


def _from_keyring(name: str, user: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(f"recon {name}", user) or ""
    except KeyringError:
        return ""
