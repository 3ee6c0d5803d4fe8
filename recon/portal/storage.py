"""Files in a folder, written whole or not at all, under names that we make."""

import os
import secrets
import time
import uuid
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage

_ABANDONED = 3600  # seconds after which nobody writes on a file any more


class FolderStorage(FileSystemStorage):
    """Writes aside, has the bytes on the disk, and renames; the same name again replaces the file whole."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Keep the name: ours never collide, and a repeated one is the same file."""
        del max_length
        return name

    def _save(self, name: str, content: Any) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for piece in content.chunks():
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, target)
        finally:
            aside.unlink(missing_ok=True)
        return name


def key(account_id: int, upload_id: uuid.UUID, path: str) -> str:
    """Name a file of an upload: nothing of the bundle's own name is in it, and a repeated try finds the same name."""
    name = uuid.uuid5(upload_id, path).hex
    return f"{account_id}/{name[:2]}/{name}"


def is_folder() -> bool:
    """Say whether files lie in a folder, and not in object storage."""
    return isinstance(default_storage, FolderStorage)


def sweep(folder: Path) -> None:
    """Delete files that somebody who was killed had begun to write."""
    for path in folder.rglob(".*.partial"):
        if time.time() - path.stat().st_mtime > _ABANDONED:
            path.unlink(missing_ok=True)
