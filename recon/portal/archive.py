"""The zip of an upload, read as any stranger's: bounded, no path outside, no link, no name twice (PUB-06, threats)."""

import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

MANIFEST = "manifest.json"
UPLOAD_BYTES = 1 << 30  # of a zip
FILE_BYTES = 256 << 20  # of one file in it, unpacked
TABLE_BYTES = 64 << 20  # of a table, which is read as text
# Of the manifest, which is read while somebody waits: 5,000 statements, each as PDF and page, take 4 MiB.
MANIFEST_BYTES = 16 << 20
TOTAL_BYTES = 4 << 30
FILES = 50_000
RATIO = 200  # unpacked to packed, of one file beyond the first MiB
# The same of all files together, beyond the first 16 MiB: printed statements come to 2 to 10, tables to 30.
TOTAL_RATIO = 50
_TOTAL_FREE = 16 << 20
_DIRECTORY_BYTES = 16 << 20  # of the list of names at the zip's end
_DIRECTORY_ENTRY = b"PK\1\2"
_BLOCK = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,149}(/[A-Za-z0-9][A-Za-z0-9_.-]{0,149}){0,3}")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_NO_ZIP = "The file is no zip, or a damaged one."


class Refused(Exception):
    """An upload is not taken in; the text is one sentence for a person, without names or amounts of anybody."""


class Archive:
    """An open zip whose names and sizes were found harmless. Contents are checked while they are read.

    Attributes:
        names: the files in it.
        size: bytes of all files, unpacked.
    """

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._members = {member.filename: member for member in _checked(packed)}
        self.names = frozenset(self._members)
        self.size = sum(member.file_size for member in self._members.values())

    def sha256(self, name: str) -> tuple[str, int]:
        """Give hash and size of a file, read through once."""
        found, size = hashlib.sha256(), 0
        for piece in self.pieces(name):
            found.update(piece)
            size += len(piece)
        return found.hexdigest(), size

    def pieces(self, name: str) -> Iterator[bytes]:
        """Unpack a file piece by piece.

        Raises:
            Refused: it is damaged, or larger than it says.
        """
        member, left = self._members[name], self._members[name].file_size
        try:
            with self._packed.open(member) as file:
                while piece := file.read(_BLOCK):
                    left -= len(piece)
                    if left < 0:
                        raise Refused(f"{name} in the zip is larger than it says.")
                    yield piece
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
            raise Refused(f"{name} in the zip is damaged.") from error

    def text(self, name: str) -> bytes:
        """Unpack a table or the manifest whole.

        Raises:
            Refused: it is too large for that, or damaged.
        """
        limit = MANIFEST_BYTES if name == MANIFEST else TABLE_BYTES
        if self._members[name].file_size > limit:
            raise Refused(f"{name} is larger than {limit >> 20} MiB.")
        return b"".join(self.pieces(name))

    def open(self, name: str) -> IO[bytes]:
        """Open a file to be stored; its hash was checked before."""
        return self._packed.open(self._members[name])


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a zip.

    Raises:
        Refused: it is none, or not one that a publication is sent in.
    """
    try:
        _check_directory(path)
        packed = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise
    # Sizes and places that a forged list of names gives end as any of these.
    except (zipfile.BadZipFile, struct.error, NotImplementedError, ValueError, OverflowError, OSError) as error:
        raise Refused(_NO_ZIP) from error
    with packed:
        yield Archive(packed)


def _check_directory(path: Path) -> None:
    """Bound the list of names before it is read: it is read into memory as a whole, however many it says it has.

    It is looked for where `zipfile` looks: before the end record, and before that the ZIP64 record, if there is one
    right before its locator, whatever place the locator gives.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = max(0, size - 65_535 - _END.size - _LOCATOR_64.size - _END_64.size)
        file.seek(start)
        tail = file.read()
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) - at < _END.size:
            raise Refused(_NO_ZIP)
        count, length = _END.unpack_from(tail, at)[4:6]
        locator = at - _LOCATOR_64.size
        record = locator - _END_64.size
        if record >= 0 and tail[locator:][:4] == b"PK\6\7" and tail[record:][:4] == b"PK\6\6":
            at = record
            count, length = _END_64.unpack_from(tail, record)[7:9]
        if count <= FILES and length <= _DIRECTORY_BYTES:
            file.seek(max(0, start + at - length))
            count = file.read(length).count(_DIRECTORY_ENTRY)
    if count > FILES or length > _DIRECTORY_BYTES:
        raise Refused(f"The zip has more than {FILES:,} files.")


def _checked(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = packed.infolist()
    if len(members) > FILES:
        raise Refused(f"The zip has more than {FILES:,} files.")
    seen: set[str] = set()
    total, packed_total, end = 0, 0, 0
    for member in sorted(members, key=lambda member: member.header_offset):
        name = member.filename
        kind = stat.S_IFMT(member.external_attr >> 16)
        if member.orig_filename != name or not _NAME.fullmatch(name):
            raise Refused("The zip has a file with a name that no publication has.")
        if kind not in {0, stat.S_IFREG} or member.is_dir():
            raise Refused(f"{name} in the zip is a link, folder or device; only files are taken.")
        if name.lower() in seen:
            raise Refused(f"{name} is in the zip twice.")
        if member.flag_bits & 0x1 or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Refused(f"{name} in the zip is encrypted, or packed in a way that is not taken.")
        if member.header_offset < end:
            raise Refused("The zip has files that overlap.")
        if member.file_size > FILE_BYTES:
            raise Refused(f"{name} is larger than {FILE_BYTES >> 20} MiB.")
        if member.file_size > _BLOCK and member.file_size > RATIO * max(member.compress_size, 1):
            raise Refused(f"{name} unpacks to more than {RATIO} times its size.")
        seen.add(name.lower())
        total, packed_total = total + member.file_size, packed_total + member.compress_size
        end = member.header_offset + 30 + member.compress_size
    if total > TOTAL_BYTES:
        raise Refused(f"The zip unpacks to more than {TOTAL_BYTES >> 30} GiB.")
    if total > _TOTAL_FREE and total > TOTAL_RATIO * packed_total:
        raise Refused(f"The zip unpacks to more than {TOTAL_RATIO} times its size.")
    if MANIFEST not in seen:
        raise Refused(f"The zip has no {MANIFEST}.")
    return members
