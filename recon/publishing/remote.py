"""Places that fsspec reaches, such as SFTP and object storage: an extra, `pip install recon-workbench[remote]`."""

import hashlib
from pathlib import Path

from recon.errors import InputRefused
from recon.publishing import bundle


def put(folder: Path, url: str, publication_id: str, manifest_sha256: str) -> str:
    """Copy a publication below an address, the manifest last: without one, it is not there yet. Gives where it lies.

    Raises:
        InputRefused: fsspec or what it needs is not installed, the place refuses, or holds another publication.
    """
    try:
        import fsspec
    except ImportError:
        raise InputRefused(f"{url} needs fsspec; install it with: pip install 'recon-workbench[remote]'.") from None
    try:
        places, root = fsspec.core.url_to_fs(url)
        place = f"{root.rstrip('/')}/{publication_id}"
        manifest = f"{place}/{bundle.MANIFEST}"
        if places.exists(manifest):
            if hashlib.sha256(places.cat_file(manifest)).hexdigest() == manifest_sha256:
                return str(place)
            raise InputRefused(f"{place} holds another publication, and none is ever changed; name another place.")
        first, *rest = bundle.members(folder)
        for name in [*rest, first]:
            places.makedirs(f"{place}/{name}".rpartition("/")[0], exist_ok=True)
            places.put_file(str(folder / name), f"{place}/{name}")
        return str(place)
    except (OSError, ValueError, ImportError) as error:
        raise InputRefused(f"{url} cannot be written ({error}); nothing is there that counts.") from error
