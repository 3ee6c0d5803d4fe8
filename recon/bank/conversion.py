"""From what banks and processors send to lockbox lines: the function behind `recon convert` (BTR-04, BTR-51).

Each source says in its own place who paid: a BAI lockbox in the overflow text of a check, a NACHA entry in its
individual identification, a processor in columns that its profile names. Nothing is guessed: what is not there stays
empty, and the line waits for a person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from recon.bank.bai_lockbox import Layout
from recon.bank.bank_csv import CsvLine, csv_lines
from recon.bank.bank_file import BankFile, Finding, Findings
from recon.bank.csv_rows import table_of
from recon.bank.profiles import Profile, load_profile
from recon.bank.reading import read_statement, taken
from recon.bank.text import decoded, tidy
from recon.errors import InputRefused, Problem
from recon.lockbox.writing import Record, write
from schemas.bank import BankEvent, BankStatus, Severity
from schemas.lockbox import MEMO_CHARACTERS_MAX

ORIGINATED = "nacha-originated"  # the profile for debits that we sent ourselves: they bring money in
_UNIT = re.compile(r"\b(?:UNIT|APT|SUITE|STE)[ .:#-]*([A-Za-z0-9][A-Za-z0-9-]{0,19})", re.IGNORECASE)


@dataclass(frozen=True)
class Conversion:
    """Payments as lockbox records, and what was left out, with the reasons."""

    records: tuple[Record, ...]
    lines: tuple[int, ...]  # for each record the physical line of the source
    findings: tuple[Finding, ...]
    left_out: int  # lines that are no payments: prenotes, returns, refunds

    @property
    def total(self) -> Decimal:
        """Sum the records."""
        return sum((record.amount for record in self.records), Decimal("0.00"))

    def to_bytes(self) -> bytes:
        """Write the lockbox file (SPEC 3).

        Raises:
            InputRefused: a record cannot be written, such as one with a control character.
        """
        return write(self.records)


def convert(source: Path | str | bytes, profile: str | Path | None = None, name: str | None = None) -> Conversion:
    """Turn a BAI lockbox, a NACHA file or a processor's CSV export into lockbox records.

    * BAI lockbox: a record for each check; the unit is what stands after UNIT, APT or SUITE in its overflow text.
    * NACHA: a record for each credit with money (codes 22, 32, 42, 52); the tenant is the individual identification.
      With the profile `nacha-originated` each debit instead (27, 37 and 47), for a file that we sent to collect
      rent. Returns, changes and prenotes are left out and counted.
    * CSV: a record for each row with money in; the profile names the columns of unit, tenant and memo.

    Dates are those on which the money moves; memos are cut at 40 characters, as lockbox files have them.

    Args:
        source: a path, or the bytes themselves.
        profile: the name or path of a profile, or of a layout; as for `read_statement`.
        name: what the source is called in messages.

    Raises:
        InputRefused: the file is cut off, does not add up, has an unreadable amount or date, or is of a format that
            does not say who paid; each problem names its line.
    """
    shown_as = name or ("the file" if isinstance(source, bytes) else Path(source).name)
    originated = profile == ORIGINATED
    data = source if isinstance(source, bytes) else taken(Path(source))
    chosen = None if profile is None or originated else load_profile(profile)
    if isinstance(chosen, Layout) or chosen is None:
        file = read_statement(data, None if chosen is None else profile)
        if file.format == "csv":
            return _of_csv(data, None, shown_as)
        return _of_file(file, shown_as, originated=originated)
    return _of_csv(data, chosen, shown_as)


def _of_file(file: BankFile, name: str, *, originated: bool) -> Conversion:
    """Convert what was read as a lockbox or NACHA file."""
    _require_trusted(file.findings, name)
    if file.format == "bai_lockbox":
        return _of_checks(file, name)
    if file.format == "nacha":
        return _of_entries(file, name, originated=originated)
    words = f"{name} is a bank statement ({file.format}), which does not say who paid; read it with recon statement."
    raise InputRefused(words)


def _of_checks(file: BankFile, name: str) -> Conversion:
    records, lines, problems = [], [], []
    for line in file.lines.to_pylist():
        unit = _UNIT.search(line["description"])
        memo = tidy(f"{'CK ' + line['check_number'] if line['check_number'] else ''} {line['counterparty_name'] or ''}")
        if line["booking_date"] is None or not line["amount"]:
            problems.append(Problem(name, line["line_number"], None, None, "expected a deposit date and an amount"))
            continue
        amount = line["amount"].quantize(Decimal("0.01"))
        records.append(Record(line["booking_date"], unit[1] if unit else "", amount, _memo(memo), ""))
        lines.append(line["line_number"])
    _refuse(problems, name)
    return Conversion(tuple(records), tuple(lines), file.findings, 0)


def _of_entries(file: BankFile, name: str, *, originated: bool) -> Conversion:
    records, lines, problems = [], [], []
    left_out = debits = 0
    sign = -1 if originated else 1
    wanted = BankEvent.ACH_DEBIT if originated else BankEvent.ACH_CREDIT
    for line in file.lines.to_pylist():
        moves = line["parent"] is None and line["status"] == BankStatus.BOOKED and line["amount"]
        if not moves or line["event"] != wanted or line["amount"] * sign <= 0:
            left_out += line["parent"] is None
            debits += bool(moves) and line["event"] == BankEvent.ACH_DEBIT
            continue
        day = line["value_date"] or line["booking_date"]
        if day is None:
            problems.append(Problem(name, line["line_number"], None, None, "expected an effective date of the batch"))
            continue
        unit = _UNIT.search(line["description"])
        amount = (line["amount"] * sign).quantize(Decimal("0.01"))
        memo = tidy(f"{line['trace_number'] or ''} {line['counterparty_name'] or ''}")
        tenant = line["customer_reference"] or ""
        records.append(Record(day, unit[1] if unit else "", amount, _memo(memo), tenant))
        lines.append(line["line_number"])
    _refuse(problems, name)
    if not records and debits:
        words = f"{name} holds debits only; if you sent it to collect rent, convert it with --profile {ORIGINATED}."
        raise InputRefused(words)
    return Conversion(tuple(records), tuple(lines), file.findings, left_out)


def _of_csv(data: bytes, profile: Profile | None, name: str) -> Conversion:
    """Convert a processor's export."""
    found = Findings()
    table = table_of(decoded(data, found), profile)
    if table is None:
        raise InputRefused(f"{name}: no line names the columns of a date and an amount; name a profile that does.")
    if not {"unit", "tenant"} & table.places.keys():
        words = (
            f"{name}: the profile {table.profile.name} names no column for the unit or the tenant that the file has; "
            "copy a profile and add unit or tenant under [columns]."
        )
        raise InputRefused(words)
    rows = list(csv_lines(table, found))
    _require_trusted(found.listed(), name)
    payments = []
    for row in rows:
        if row.status == BankStatus.BOOKED and row.amount and row.amount > 0:
            payments.append(row)
        else:
            found.info(row.row.line, "left_out", "The row brought no money, or not yet, and was left out.")
    return Conversion(
        tuple(_records(payments)), tuple(row.row.line for row in payments), found.listed(), len(rows) - len(payments)
    )


def _records(payments: list[CsvLine]) -> Iterator[Record]:
    for row in payments:
        assert row.booking_date is not None
        assert row.amount is not None
        texts = row.texts
        memo = texts.get("memo") or texts.get("description") or texts.get("bank_reference") or ""
        amount = row.amount.quantize(Decimal("0.01"))
        if amount != row.amount:
            problem = Problem("the file", row.row.line, None, str(row.amount), "expected an amount in whole cents")
            raise InputRefused(f"{problem}.", [problem])
        yield Record(row.booking_date, texts.get("unit", ""), amount, _memo(memo), texts.get("tenant", ""))


def _memo(text: str | None) -> str:
    """Keep what a lockbox file can hold."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text or "").strip()[:MEMO_CHARACTERS_MAX].strip()


def _require_trusted(findings: tuple[Finding, ...], name: str) -> None:
    problems = [
        Problem(name, finding.line, None, None, finding.message)
        for finding in findings
        if finding.severity == Severity.ERROR
    ]
    _refuse(problems, name)


def _refuse(problems: list[Problem], name: str) -> None:
    if problems:
        more = f" ({len(problems)} problems)" if len(problems) > 1 else ""
        raise InputRefused(f"{name} was not converted: {problems[0]}{more}", problems)
