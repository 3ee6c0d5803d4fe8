"""Reading a run's output folder: JSON as values, CSV as Arrow with every column typed as text or decimal.

A million rows stay in Arrow; only the rows that a list shows become Python objects.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from recon.errors import InputRefused
from recon.report.model import LIMIT, SHOWN, ErrorEntry, ErrorLog, Tally

MONEY = pa.decimal128(18, 2)
_BLOCK = 4 << 20  # bytes of CSV in memory at once while a file is scanned
_WRITTEN = (
    "classification.csv",
    "unprocessed.csv",
    "receipts.csv",
    "applications.csv",
    "deposit_slips.csv",
    "errors.log",
)


def tally(found: Any) -> Tally:
    """Read {"count", "amount"} or {"entries", "total"}; what is absent or not a number stays unknown."""
    if not isinstance(found, dict):
        return Tally(None, None)
    count = found.get("count", found.get("entries"))
    return Tally(int(count) if isinstance(count, int) else None, amount(found.get("amount", found.get("total"))))


def amount(text: Any) -> Decimal | None:
    """Read an amount of a JSON file, which has two decimals and is text; anything else is unknown."""
    try:
        return Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None


@dataclass(frozen=True)
class RunFolder:
    """The files of one run (SPEC 8)."""

    path: Path

    @cached_property
    def run(self) -> dict[str, Any]:
        """What run.json says.

        Raises:
            InputRefused: there is no such file, or it is not what a run writes.
        """
        return self._json("run.json", required=True)

    @cached_property
    def context(self) -> dict[str, Any]:
        """What report_context.json says; an absent key is unknown."""
        return self._json("report_context.json", required=False)

    @cached_property
    def hashes(self) -> tuple[tuple[str, str], ...]:
        """The SHA-256 of every file that the run wrote before its report."""
        found = []
        for name in _WRITTEN:
            if (self.path / name).is_file():
                with (self.path / name).open("rb") as file:
                    found.append((name, hashlib.file_digest(file, "sha256").hexdigest()))
        return tuple(found)

    def table(self, name: str, texts: Sequence[str], amounts: Sequence[str]) -> pa.Table:
        """Read the named columns of a CSV whole; a file that the run did not write reads as empty."""
        types = self._types(texts, amounts)
        if not (self.path / name).is_file():
            return pa.schema(types).empty_table()
        try:
            return pacsv.read_csv(
                self.path / name,
                parse_options=pacsv.ParseOptions(newlines_in_values=True),
                convert_options=self._convert(types),
            )
        except (pa.ArrowException, OSError) as error:
            raise self._refused(name, error) from error

    def batches(self, name: str, texts: Sequence[str], amounts: Sequence[str]) -> Iterator[pa.Table]:
        """Read the named columns of a CSV a few megabytes at a time, in file order."""
        types = self._types(texts, amounts)
        try:
            with pacsv.open_csv(
                self.path / name,
                read_options=pacsv.ReadOptions(block_size=_BLOCK),
                parse_options=pacsv.ParseOptions(newlines_in_values=True),
                convert_options=self._convert(types),
            ) as reader:
                for batch in reader:
                    yield pa.Table.from_batches([batch])
        except (pa.ArrowException, OSError) as error:
            raise self._refused(name, error) from error

    def errors(self) -> ErrorLog:
        """Read errors.log, keeping no more of it than a report shows."""
        count = rejected_count = 0
        rejected: list[ErrorEntry] = []
        others: list[ErrorEntry] = []
        for cells in self._log_lines():
            is_rejected = cells[1] == "BAD_RECORD"
            count += 1
            rejected_count += is_rejected
            kept = rejected if is_rejected else others
            if len(kept) < LIMIT:
                kept.append(ErrorEntry(*cells))
        return ErrorLog(
            count=count,
            rejected_count=rejected_count,
            rejected=tuple(rejected if rejected_count <= LIMIT else rejected[:SHOWN]),
            others=tuple(others if count - rejected_count <= LIMIT else others[:SHOWN]),
        )

    def _log_lines(self) -> Iterator[tuple[str, str, str, str]]:
        path = self.path / "errors.log"
        if not path.is_file():
            return
        # A raw line may hold any byte but a line feed, so nothing else may end a line here.
        with path.open("rb") as file:
            for line in file:
                cells = line.rstrip(b"\r\n").decode("utf-8", errors="backslashreplace").split("\t", 3)
                cells += [""] * (4 - len(cells))
                if cells[0].isdecimal():  # not a heading
                    yield cells[0], cells[1], cells[2], cells[3]

    def _json(self, name: str, *, required: bool) -> dict[str, Any]:
        path = self.path / name
        if not path.is_file():
            if required:
                raise InputRefused(f"{self.path} is not the folder of a run: it has no {name}.")
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise self._refused(name, error) from error
        if not isinstance(found, dict):
            raise InputRefused(f"{path} is not what a run writes; run it again.")
        return found

    def _refused(self, name: str, error: Exception) -> InputRefused:
        return InputRefused(f"{self.path / name} cannot be read ({error}); run it again.")

    @staticmethod
    def _types(texts: Sequence[str], amounts: Sequence[str]) -> dict[str, pa.DataType]:
        return {**dict.fromkeys(texts, pa.string()), **dict.fromkeys(amounts, MONEY)}

    @staticmethod
    def _convert(types: dict[str, pa.DataType]) -> pacsv.ConvertOptions:
        # An empty amount is unknown, an empty text is a text. No word stands for a missing value: `NA` is a name.
        return pacsv.ConvertOptions(
            column_types=types, include_columns=list(types), null_values=[""], strings_can_be_null=False
        )
