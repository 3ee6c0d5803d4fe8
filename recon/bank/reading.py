"""Read a bank file of any format; nothing else in the house opens one.

No content makes reading raise: what is wrong with a file is a finding, and what could be read is there beside it.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from recon.bank import bai2, bai_lockbox, bank_csv, camt, mt940, nacha, ofx
from recon.bank.bai_lockbox import Layout
from recon.bank.balances import chain_gaps, check_balances
from recon.bank.bank_file import BankFile, Findings, Lines, Statement
from recon.bank.codes import CodeTable, load_codes
from recon.bank.detection import detect
from recon.bank.profiles import Profile, load_profile
from recon.bank.text import decoded, head_of
from recon.errors import InputRefused

BYTES_MAX = 1 << 30
_READERS: dict[str, Callable[[str, Lines, Findings, CodeTable], list[Statement]]] = {
    "bai2": bai2.read,
    "mt940": mt940.read,
    "nacha": nacha.read,
    "ofx": ofx.read,
}


def read_statement(
    source: Path | str | bytes, profile: str | Path | None = None, codes: CodeTable | None = None
) -> BankFile:
    """Read a bank file: BAI2, camt.052 to .054, MT940 and MT942, OFX and QFX, NACHA, BAI lockbox, or CSV.

    The format is found by content, never by name. A file that is cut off, whose control totals or balances do not come
    out, or that has an unreadable amount has a finding of severity error: nothing of it may be posted
    (`BankFile.require_trusted`), and what could be read is still shown.

    Args:
        source: a path, or the bytes themselves.
        profile: for CSV the name of a profile that comes with the program or the path of one; for BAI lockbox the path
            of a layout. Without it, a CSV file's profile is found by its header.
        codes: maps the bank's codes to events; by default the table that comes with the program.

    Raises:
        InputRefused: there is no such file, it cannot be read, or the profile is unknown or not well formed.
    """
    data = source if isinstance(source, bytes) else taken(Path(source))
    chosen = None if profile is None else load_profile(profile)
    found, lines = Findings(), Lines()
    codes = codes or load_codes()
    with _no_collection():
        name, statements = _read(data, chosen, lines, found, codes)
    statements = [lines.summed(statement) for statement in statements]
    if name is None:
        words = "The file is in no format that can be read; a CSV file may need a profile of its own (--profile)."
        found.error(None, "unknown_format", words if data.strip() else "The file is empty.")
    elif not statements:
        _say_empty(name, found)
    if name in {"bai2", "camt", "mt940", "csv"}:  # the others have no opening balance
        check_balances(statements, found, summaries=name == "bai2")
    _say_pending(statements, found)
    _say_unknown(statements, found, is_csv=name == "csv")
    for gap in chain_gaps(statements):
        found.warning(gap.line, gap.code, gap.message)
    return BankFile(name, tuple(statements), lines.table(), found.listed())


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector of cycles out while a file is read: nothing read makes any, and it takes most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def taken(path: Path) -> bytes:
    """Read a file whole.

    Raises:
        InputRefused: there is no such file, it is a folder, it may not be read, or it is larger than 1 GiB.
    """
    try:
        if path.stat().st_size > BYTES_MAX:
            raise InputRefused(f"{path} is larger than 1 GiB; ask the bank for shorter periods.")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputRefused(f"{path}: there is no such file; check the name and the folder.") from None
    except IsADirectoryError:
        raise InputRefused(f"{path} is a folder; name a bank file in it.") from None
    except OSError as error:
        raise InputRefused(f"{path} cannot be read ({error.strerror}); check who may read it.") from error


def _read(
    data: bytes, profile: Profile | Layout | None, lines: Lines, found: Findings, codes: CodeTable
) -> tuple[str | None, Sequence[Statement]]:
    if profile is None and camt.looks_like(head_of(data)):
        # An XML file may be large; its bytes are enough.
        utf8 = data if data.isascii() else decoded(data, found, ofx.declared_encoding(data)).encode("utf-8", "replace")
        return "camt", camt.read(utf8, lines, found, codes)
    text = decoded(data, found, ofx.declared_encoding(data))
    if isinstance(profile, Layout):
        return "bai_lockbox", bai_lockbox.read(text, lines, found, codes, profile)
    if profile is not None:
        return "csv", bank_csv.read(text, lines, found, codes, profile)
    name = detect(text)
    if name == "bai_lockbox":
        return name, bai_lockbox.read(text, lines, found, codes)
    if name == "csv":
        return name, bank_csv.read(text, lines, found, codes)
    return (None, []) if name is None else (name, _READERS[name](text, lines, found, codes))


def _say_empty(name: str, found: Findings) -> None:
    """A processor may send a file without entries on a quiet day; a bank statement without an account is none."""
    if name in {"nacha", "bai_lockbox"} and not (found.has("cut_off") or found.has("record")):
        found.warning(None, "no_entries", "The file holds no entries.")
    else:
        found.error(None, "no_statement", "The file holds no account statement.")


def _say_unknown(statements: Sequence[Statement], found: Findings, *, is_csv: bool) -> None:
    """Tell when it is not said whose money this is or in what currency; CSV files often leave both to a profile."""
    tell = found.info if is_csv else found.warning
    for statement in statements:
        if statement.account is None:
            tell(statement.line, "account", "The file does not say which account this is of.")
        if statement.currency is None and statement.entries:
            tell(statement.line, "currency", "The file does not say in which currency its amounts are.")


def _say_pending(statements: Sequence[Statement], found: Findings) -> None:
    for statement in statements:
        pending = statement.entries - statement.booked_entries - statement.unreadable
        if pending and statement.kind == "statement":
            words = f"{pending} of {statement.entries} lines are not booked yet and do not count in the balance."
            found.info(statement.line, "pending", words)
