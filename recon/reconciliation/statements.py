"""Bank statements into the workspace: each line once, however often and in however many files it comes (SPEC 7)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from recon.bank.balances import masked
from recon.bank.bank_file import BankFile, Statement
from recon.bank.reading import read_statement, taken
from recon.classification import require_ledger
from recon.errors import InputRefused, WrongUse
from recon.lockbox.taking import Taken, archive
from recon.schema import resource
from recon.store import Change, Store
from recon.workspace import Workspace
from schemas.bank import BankEvent
from schemas.identifiers import comparison_keys

_KINDS = {"statement": "statement", "batch": "returns"}  # what of a bank file comes in, and as what


@dataclass(frozen=True)
class Incoming:
    """A bank file on its way in: archived, read, and of a kind that can be taken in."""

    name: str
    sha256: str
    file: BankFile


@dataclass(frozen=True)
class TakenIn:
    """What a bank file brought; `statements` are those that were not here yet."""

    statements: tuple[str, ...]
    new_lines: int
    known_lines: int
    warnings: tuple[str, ...]


def bring_in(workspace: Workspace, path: Path, profile: str | None = None) -> Incoming:
    """Read a bank file whole, archive its bytes, and only then look into it.

    Raises:
        InputRefused: there is no such file, it must not be trusted, or it is neither a statement nor holds returns.
    """
    data = taken(path)
    found = Taken(path.name, data)
    workspace.prepare()
    archive(found, workspace.archive)
    file = read_statement(data, profile)
    file.require_trusted(path.name)
    if file.format == "bai_lockbox":
        raise InputRefused(
            f"{path.name} is a lockbox file; make payments of it with recon convert, then recon run takes them."
        )
    if file.format == "nacha" and BankEvent.ACH_RETURN not in file.lines["event"].to_pylist():
        raise InputRefused(f"{path.name} holds no returned items; payments in it are read with recon convert.")
    if not any(statement.kind in _KINDS for statement in file.statements):
        raise InputRefused(
            f"{path.name} is an interim report or notification, whose lines come again in the statement; take that one."
        )
    file.frame()  # what becomes fact passes the Pandera model, as analysts will see it
    return Incoming(found.name, found.sha256, file)


def add(change: Change, incoming: Incoming, bank_account: str | None = None) -> TakenIn:
    """Add what is new in a bank file, inside the caller's transaction.

    Args:
        change: the transaction.
        incoming: the file.
        bank_account: the ledger's bank account that the file is of, where its account number does not say so.

    Raises:
        WrongUse: the ledger has no such bank account, or the file's account is none of the ledger's.
        InputRefused: a line has no date, the currency differs from earlier statements, or the days came already in
            another format.
    """
    current, warnings = change.store, list[str]()
    change.file_name = incoming.name
    require_ledger(current)
    wanted = [one for one in incoming.file.statements if one.kind in _KINDS]
    chosen = _chosen(current, bank_account)
    if chosen and len({one.account for one in wanted}) > 1:
        raise WrongUse(f"{incoming.name} is of several accounts, so --bank-account cannot say which; leave it out.")
    distinct = {(one.kind, one.account, one.bank_id): one for one in wanted}  # a file may have one for each day
    found = {key: _account_of(current, one, chosen) for key, one in distinct.items()}
    accounts = {one.number: found[one.kind, one.account, one.bank_id] for one in wanted}
    if all(account is None for account in accounts.values()) and wanted[0].kind == "statement":
        raise WrongUse(
            f"{incoming.name} is of account {masked(wanted[0].account)}, which no bank account of the ledger has as "
            f"its number; say which one it is with --bank-account: {', '.join(_names(current))}."
        )
    known = {section for (section,) in current.rows(
        "select section from facts.bank_statements where sha256 = $sha256", {"sha256": incoming.sha256})}  # fmt: skip
    sections: list[dict[str, Any]] = []
    first = current.next_number("bank_statements")
    for one in wanted:
        if one.kind == "statement" and accounts[one.number] is None:
            words = f"Account {masked(one.account)} of {incoming.name} is none of the ledger's and was left out."
            warnings.append(words)
        elif one.number not in known:
            statement_id = f"S{first + len(sections):06d}"
            sections.append(_section(incoming, one, statement_id, accounts[one.number], change.seq))
    warnings = list(dict.fromkeys(warnings))
    skipped = len(incoming.file.statements) - len(wanted)
    if skipped:
        warnings.append(f"{skipped} interim reports or notifications in {incoming.name} were left out.")
    if not sections:
        return TakenIn((), 0, 0, tuple(warnings))
    rows = pa.Table.from_pylist(sections, _SECTION)
    current.add("bank_statements", rows)
    current.take("sections_at_hand", rows)
    current.take("file_lines", incoming.file.lines)
    _check(current, incoming.name)
    current.run(resource("changes", "add_bank_lines.sql"), {"seq": change.seq})
    (new,) = current.one(
        "select count(*) from facts.bank_lines where entry_seq = $seq and parent_id is null", {"seq": change.seq}
    )
    ids = tuple(section["statement_id"] for section in sections)
    booked = sum(one.booked_entries for one in wanted if accounts[one.number] or one.kind == "batch")
    return TakenIn(ids, new, booked - new, tuple(warnings))


_SECTION = pa.schema(
    [
        ("statement_id", pa.string()),
        ("sha256", pa.string()),
        ("file_name", pa.string()),
        ("format", pa.string()),
        ("section", pa.int32()),
        ("kind", pa.string()),
        ("bank_account_key", pa.string()),
        ("account", pa.string()),
        ("currency", pa.string()),
        ("from_date", pa.date32()),
        ("to_date", pa.date32()),
        ("opening", pa.decimal128(18, 4)),
        ("closing", pa.decimal128(18, 4)),
        ("entry_seq", pa.int64()),
    ]
)


def _section(incoming: Incoming, one: Statement, statement_id: str, account: str | None, seq: int) -> dict[str, Any]:
    kept = ("account", "currency", "from_date", "to_date", "opening", "closing")
    return {name: getattr(one, name) for name in kept} | {
        "statement_id": statement_id, "sha256": incoming.sha256, "file_name": incoming.name,
        "format": incoming.file.format, "section": one.number, "kind": _KINDS[one.kind],
        "bank_account_key": account, "entry_seq": seq,
    }  # fmt: skip


def _names(current: Store) -> list[str]:
    return [name for (name,) in current.rows("select bank_account_id from bank_accounts order by bank_account_key")]


def _chosen(current: Store, bank_account: str | None) -> str | None:
    if bank_account is None:
        return None
    key = str(comparison_keys(pa.array([bank_account]))[0].as_py())
    if not current.rows("select 1 from bank_accounts where bank_account_key = $key", {"key": key}):
        names = ", ".join(_names(current))
        raise WrongUse(f"There is no bank account {bank_account!r} in the ledger; it has {names}.")
    return key


def _account_of(current: Store, one: Statement, chosen: str | None) -> str | None:
    """Find the ledger's bank account of a statement: by its number, else as a person said, now or before."""
    if one.kind == "batch":
        return None
    by_number = _by_number(current, one)
    if chosen is not None:
        if by_number and chosen not in by_number:
            raise WrongUse(f"Account {masked(one.account)} is {by_number[0]} in the ledger, not {chosen}.")
        return chosen
    if len(by_number) == 1:
        return by_number[0]
    said = current.rows(
        "select arg_max(bank_account_key, entry_seq) from facts.bank_statements where account = $account",
        {"account": one.account},
    )
    return None if by_number or one.account is None else said[0][0]


def _by_number(current: Store, one: Statement) -> list[str]:
    """List the bank accounts with the statement's number; a masked one, or its last digits, if only one ends so."""
    number, routing = _digits(one.account), _digits(one.bank_id)
    if not number:
        return []
    known = [
        (key, _digits(account_number))
        for key, account_number, routing_number in current.rows(
            "select bank_account_key, account_number, routing_number from bank_accounts order by bank_account_key"
        )
        if account_number and (not routing or not routing_number or _digits(routing_number) == routing)
    ]
    same = [key for key, known_number in known if known_number == number]
    if same:
        return same
    is_masked = len(number) <= 4 or not re.fullmatch(r"[A-Z0-9]+", (one.account or "").replace(" ", "").upper())
    if is_masked:
        return [key for key, known_number in known if known_number.endswith(number)]
    return [key for key, known_number in known if known_number.lstrip("0") == number.lstrip("0")]


def _digits(text: str | None) -> str:
    """Give an account's number as it is compared: without blanks and punctuation, of a masked one the end."""
    return re.sub(r"[^A-Z0-9]", "", re.split(r"[*.]{2,}|[Xx]{2,}", text or "")[-1].upper())


def _check(current: Store, name: str) -> None:
    """Refuse what would falsify the account: another currency, lines without a day, the same days in another format."""
    undated = current.rows(
        """
        select line_number from file_lines as lines
        inner join sections_at_hand as sections on sections.section = lines.statement
        where lines.status = 'booked' and coalesce(lines.booking_date, lines.value_date, sections.to_date) is null
        order by line_number
        """
    )
    if undated:
        raise InputRefused(f"{name}, line {undated[0][0]}: the line has no date, so it cannot be matched.")
    currencies = current.rows(
        """
        select distinct statements.currency, sections.currency
        from sections_at_hand as sections
        inner join facts.bank_statements as statements on statements.bank_account_key = sections.bank_account_key
        where statements.currency <> sections.currency
        """
    )
    if currencies:
        raise InputRefused(
            f"{name} is in {currencies[0][1]}, but earlier statements of the account in {currencies[0][0]}."
        )
    overlapping = current.rows(resource("queries", "statements_in_other_formats.sql"))
    if overlapping:
        format_, first, last = overlapping[0]
        raise InputRefused(
            f"{name}: the lines from {first} to {last} of this account came already in a file of format {format_}; the "
            "same line in two formats cannot be told from two lines. Take the days in one format only."
        )


def gaps(current: Store, accounts: Sequence[str]) -> list[str]:
    """Say where statements of an account leave days out: the lines do not lead from one closing balance to the next."""
    rows = current.rows(resource("queries", "statement_gaps.sql"), {"accounts": list(accounts)})
    return [
        f"{account_id}: the lines lead to {expected:,.2f} on {to_date}, but the statement closes with {closing:,.2f}; "
        "a statement is missing, or lines came twice."
        for account_id, to_date, expected, closing in rows
    ]
