"""The table that maps a bank's code to our event. Banks differ, so it is a CSV file that a user can copy and change."""

import csv
from functools import cache
from importlib.resources import files
from pathlib import Path

from recon.errors import InputRefused, Problem
from schemas.bank import BankEvent

_COLUMNS = ["code_system", "code", "event"]


class CodeTable:
    """Maps (code system, code) to an event; what is not in the table is `other`."""

    def __init__(self, events: dict[tuple[str, str], BankEvent]) -> None:
        self._events = events
        self._known: dict[tuple[str, str | None], str] = {}

    def event(self, system: str, code: str | None) -> str:
        """Give the event of a code; of a code in parts, such as `PMNT.RCDT.ESCT`, the longest part that is listed."""
        known = self._known.get((system, code))
        if known is None:
            known = self._find(system, code)
            if len(self._known) < 10_000:  # a file may hold any number of codes
                self._known[system, code] = known
        return known

    def _find(self, system: str, code: str | None) -> str:
        part = (code or "").upper()[:100]
        while part:
            event = self._events.get((system, part))
            if event is not None:
                return str(event)
            part = part.rpartition(".")[0]
        return str(BankEvent.OTHER)


def load_codes(path: Path | None = None) -> CodeTable:
    """Read a table of codes: the user's, or the one that comes with the program.

    The file is CSV with the columns code_system (bai2, ofx, camt, mt940, nacha or csv), code and event
    (`schemas.bank.BankEvent`). A user's file adds to what comes with the program and goes before it.

    Raises:
        InputRefused: the user's file cannot be read or a row is not of that form; each problem names its line.
    """
    if path is None:
        return CodeTable(_shipped())
    try:
        return CodeTable(_shipped() | _events(path.name, path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(f"{path} cannot be read as a table of bank codes; save it as CSV in UTF-8.") from error


@cache
def _shipped() -> dict[tuple[str, str], BankEvent]:
    return _events("codes.csv", files("recon.bank").joinpath("codes.csv").read_text(encoding="utf-8"))


def _events(name: str, text: str) -> dict[tuple[str, str], BankEvent]:
    events = {}
    problems = []
    rows = csv.reader(text.splitlines(), strict=True)
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if rows.line_num == 1:
                if cells != _COLUMNS:
                    problems.append(Problem(name, 1, None, ",".join(cells)[:60], "expected code_system,code,event"))
            elif any(cells):
                if len(cells) == 3 and cells[2] in set(BankEvent):
                    events[cells[0].lower(), cells[1].upper()] = BankEvent(cells[2])
                else:
                    expected = "expected a code system, a code and one of " + ", ".join(BankEvent)
                    problems.append(Problem(name, rows.line_num, None, ",".join(cells)[:60], expected))
    except csv.Error:
        problems.append(Problem(name, rows.line_num, None, None, "expected CSV with a comma between columns"))
    if problems:
        raise InputRefused(f"{problems[0]}.", problems)
    return events
