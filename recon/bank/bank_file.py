"""What a bank file says: its statements, its lines, and what was found wrong or unusual."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from recon.bank.columns import column
from recon.errors import InputRefused
from schemas.bank import BANK_LINES, BankStatus, Severity

if TYPE_CHECKING:
    import pandas as pd

FINDINGS_PER_CODE_MAX = 200  # more of the same kind are counted, not listed


@dataclass(frozen=True)
class Finding:
    """One thing wrong or unusual: where, how bad, a code for programs and a sentence for people."""

    line: int | None  # physical line, from 1; null: the file as a whole
    severity: Severity
    code: str
    message: str


@dataclass(frozen=True)
class Statement:
    """One account's section of a bank file; amounts in major units, null where the format has none.

    `entries`, `credits` and `debits` count the lines without parent, whatever their status; debits are positive.
    """

    number: int  # from 1, in file order
    line: int  # where it begins
    account: str | None = None
    currency: str | None = None
    from_date: date | None = None
    to_date: date | None = None  # the statement date
    opening: Decimal | None = None
    closing: Decimal | None = None
    available: Decimal | None = None  # at closing
    sequence: str | None = None  # the bank's statement number
    kind: str = "statement"  # statement, interim, notification, batch or deposit
    entries: int = 0
    credits: Decimal = Decimal(0)
    debits: Decimal = Decimal(0)
    booked: Decimal = Decimal(0)  # net of the booked entries, which is what leads from opening to closing
    booked_entries: int = 0
    unreadable: int = 0  # entries whose amount could not be read
    bank_id: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)  # what else the format says, by its own names


@dataclass(frozen=True)
class BankFile:
    """A bank file, read; one that must not be trusted has a finding of severity error."""

    format: str | None  # bai2, ofx, camt, mt940, nacha, bai_lockbox, csv; null: not recognised
    statements: tuple[Statement, ...]
    lines: pa.Table  # schemas.bank.BANK_LINES
    findings: tuple[Finding, ...]

    @property
    def is_trusted(self) -> bool:
        """Say whether lines of this file may be posted or matched."""
        return not any(finding.severity == Severity.ERROR for finding in self.findings)

    def require_trusted(self, name: str) -> None:
        """Refuse a file that must not be trusted.

        Raises:
            InputRefused: it is cut off, its totals are wrong, or an amount could not be read; the first finding says.
        """
        errors = [finding for finding in self.findings if finding.severity == Severity.ERROR]
        if errors:
            place = name if errors[0].line is None else f"{name}, line {errors[0].line}"
            more = f" ({len(errors)} errors in all)" if len(errors) > 1 else ""
            raise InputRefused(f"{place}: {errors[0].message}{more} Ask the sender for the file again.")

    def frame(self) -> "pd.DataFrame":
        """Give the lines as a pandas frame, Arrow-backed and checked by `schemas.bank_frames.BankLines`."""
        import pandas as pd

        from schemas.bank_frames import BankLines

        return BankLines.validate(self.lines.to_pandas(types_mapper=pd.ArrowDtype), lazy=True)


class Findings:
    """Collects findings; of one code only the first are listed, the others are counted."""

    def __init__(self) -> None:
        self._found: list[Finding] = []
        self._counts: dict[str, int] = {}

    def error(self, line: int | None, code: str, message: str) -> None:
        """Add a finding that keeps the file from being posted."""
        self._add(line, Severity.ERROR, code, message)

    def warning(self, line: int | None, code: str, message: str) -> None:
        """Add a finding that a person should look at."""
        self._add(line, Severity.WARNING, code, message)

    def info(self, line: int | None, code: str, message: str) -> None:
        """Add a remark."""
        self._add(line, Severity.INFO, code, message)

    def has(self, code: str) -> bool:
        """Say whether there is a finding of this code."""
        return code in self._counts

    def listed(self) -> tuple[Finding, ...]:
        """Give the findings in line order, those about the whole file first."""
        more = [
            Finding(None, Severity.WARNING, code, f"{count - FINDINGS_PER_CODE_MAX:,} more findings of this kind.")
            for code, count in self._counts.items()
            if count > FINDINGS_PER_CODE_MAX
        ]
        return (*sorted(self._found, key=lambda finding: finding.line or 0), *more)

    def _add(self, line: int | None, severity: Severity, code: str, message: str) -> None:
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if count <= FINDINGS_PER_CODE_MAX:
            self._found.append(Finding(line, severity, code, message))


_ROWS_AT_ONCE = 8192  # Python values become Arrow columns this often, which bounds memory
_NAMES = tuple(BANK_LINES.names)
_EMPTY: dict[str, Any] = dict.fromkeys(_NAMES) | {
    "status": str(BankStatus.BOOKED), "event": "other", "is_reversal": False, "description": "", "raw": "",
}  # fmt: skip


class Lines:
    """Collects bank lines and keeps each statement's count and sums."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._batches: list[pa.RecordBatch] = []
        self._sums: dict[int, list[Any]] = {}
        self.count = 0

    def add(self, **values: Any) -> int:
        """Add a line with columns of `schemas.bank.BANK_LINES`; those left out are null or empty.

        Returns:
            Its `entry`.
        """
        self.count += 1
        row = _EMPTY | values
        row["entry"] = self.count
        self._rows.append(tuple(row.values()))
        if row["parent"] is None:
            self._sum(row["statement"], row["amount"], row["status"])
        if len(self._rows) >= _ROWS_AT_ONCE:
            self._flush()
        return self.count

    def summed(self, statement: Statement) -> Statement:
        """Fill in what the lines of a statement come to."""
        entries, credits_, debits, booked, booked_entries, unreadable = self._sums.get(
            statement.number, (0, Decimal(0), Decimal(0), Decimal(0), 0, 0)
        )
        return replace(
            statement, entries=entries, credits=credits_, debits=debits, booked=booked,
            booked_entries=booked_entries, unreadable=unreadable,
        )  # fmt: skip

    def table(self) -> pa.Table:
        """Give all lines."""
        self._flush()
        return pa.Table.from_batches(self._batches, BANK_LINES)

    def _sum(self, statement: int, amount: Decimal | None, status: str) -> None:
        sums = self._sums.get(statement)
        if sums is None:
            sums = self._sums[statement] = [0, Decimal(0), Decimal(0), Decimal(0), 0, 0]
        sums[0] += 1
        if amount is None:
            sums[5] += 1
        else:
            if amount >= 0:
                sums[1] += amount
            else:
                sums[2] -= amount
            if status == BankStatus.BOOKED:
                sums[3] += amount
                sums[4] += 1

    def _flush(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [column(values, field.type) for values, field in zip(columns, BANK_LINES, strict=True)]
            self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=BANK_LINES))
            self._rows.clear()
