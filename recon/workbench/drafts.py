"""What a person has begun on the screen and not saved: kept beside the store, so that a restart brings it back.

A draft is no fact: nothing is posted from it, and what it names is looked up anew when it is taken up again.
"""

import contextlib
import hashlib
import json
from typing import Any

from recon.files import write_bytes
from recon.workspace import Workspace


class Drafts:
    """The drafts of one person in one workspace, by name, each a JSON object."""

    def __init__(self, workspace: Workspace, who: str) -> None:
        self._workspace = workspace
        self._path = workspace.root / "drafts" / f"{hashlib.sha256(who.encode()).hexdigest()[:16]}.json"

    def get(self, name: str) -> dict[str, Any]:
        """Give a draft; an unreadable one is as good as none."""
        found = self._all().get(name)
        return found if isinstance(found, dict) else {}

    def put(self, name: str, draft: dict[str, Any] | None) -> None:
        """Keep a draft, or forget it."""
        drafts = self._all()
        if drafts.get(name) == draft:
            return
        drafts = {**drafts, name: draft} if draft is not None else {key: drafts[key] for key in drafts if key != name}
        if self._workspace.root.is_dir():
            with contextlib.suppress(OSError):  # a full disk stops posting with a sentence; a draft is not worth one
                write_bytes(self._path, json.dumps(drafts, ensure_ascii=False, sort_keys=True).encode())

    def _all(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
