"""The figures of the statements in an upload: read, added up again, and kept with the movements that make them up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from recon.portal import fitting, tables
from recon.portal.archive import Archive, Refused
from recon.portal.manifest import Manifest, money
from recon.portal.models import Statement, StatementLine, StatementSection
from recon.portal.tables import Row
from schemas.bundle_names import statement_place
from schemas.identifiers import comparison_key
from schemas.publications import STATEMENT_LINES

# The amounts of a statement, and how each changes the balance (schemas.publications, SPEC 7).
HEADINGS = {
    "owner": {"receipts": 1, "disbursements": 1, "fees": 1, "owner_draws": 1, "other": 1},
    "tenant": {"charges": 1, "paid_elsewhere": -1, "payments": -1, "reversals_refunds": 1},
}
_HEADING_OF = {
    "owner": {
        "receipt": "receipts",
        "returned": "receipts",
        "correction": "receipts",
        "disbursement": "disbursements",
        "fee": "fees",
        "owner_draw": "owner_draws",
    },
    "tenant": {"charge": "charges", "paid_elsewhere": "paid_elsewhere", "payment": "payments"},
}
_REST = {"owner": "other", "tenant": "reversals_refunds"}
_ZERO = Decimal("0.00")
_BATCH = 500


@dataclass
class Section:
    """One ledger, or a tenant's account."""

    identifier: str
    opening: Decimal
    closing: Decimal
    amounts: dict[str, Decimal]
    lines: list[Row] = field(default_factory=list)
    has_lines: bool = False


@dataclass(frozen=True)
class Made:
    """One statement whose file is in the upload."""

    kind: str
    identifier: str
    key: str
    period_from: date
    period_to: date
    number: int
    place: str  # its files, without the ending
    sections: list[Section]

    @property
    def opening(self) -> Decimal:
        """The opening balance of all sections."""
        return sum((section.opening for section in self.sections), _ZERO)

    @property
    def closing(self) -> Decimal:
        """The closing balance of all sections."""
        return sum((section.closing for section in self.sections), _ZERO)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is owed and nothing happened (PUB-42)."""
        return not any(
            section.opening or section.closing or any(section.amounts.values()) or section.lines
            for section in self.sections
        )


def read(packed: Archive, said: Manifest) -> Iterator[Made]:
    """Give the statements whose PDF and figures are in the zip; what comes with the next pass is left out.

    Raises:
        Refused: figures that do not add up, or not to what the manifest says.
    """
    lines = _lines(packed)
    for kind in HEADINGS:
        path = f"{kind}_statements.csv"
        if path not in packed.names:
            continue
        rows = list(tables.read(path, packed.text(path)))
        _check_totals(kind, path, rows, said)
        sections = _sections(kind, path, rows)
        movements = _movements(kind, packed, said) if lines is None else None
        for one in said.statements:
            place = statement_place(kind, one.identifier, said.last, one.number)
            if one.kind != kind or f"{place}.pdf" not in packed.names:
                continue
            key = comparison_key(one.identifier) or ""
            made = Made(
                kind, one.identifier, key, said.first, said.last, one.number, place, sections.get(one.identifier, [])
            )
            if not made.sections or (made.opening, made.closing) != (one.opening, one.closing):
                raise Refused(f"{path} has other balances than the manifest says.")
            for section in made.sections:
                ledger = section.identifier if kind == "owner" else ""
                if movements is not None:
                    _give_lines(kind, section, movements[key, ledger])
                elif lines is not None:
                    _give_own_lines(kind, section, lines[kind, key, ledger])
            yield made


def _check_totals(kind: str, path: str, rows: list[Row], said: Manifest) -> None:
    """Hold the table against the control totals, to the cent."""
    totals = said.totals.get(f"{kind}_statements", {})
    for name in ("opening", *HEADINGS[kind], "closing"):
        try:
            wanted = money(totals.get(name))
        except ValueError:
            raise Refused(f"The manifest has no control total {name} for {path}.") from None
        if sum((row[name] for row in rows), _ZERO) != wanted:
            raise Refused(f"{path} does not add up to the manifest's control total {name}.")
    announced = sum(one.kind == kind for one in said.statements)
    if totals.get("rows") != len(rows) or totals.get("documents") != announced:
        raise Refused(f"{path} has another number of rows or statements than the manifest says.")


def _sections(kind: str, path: str, rows: list[Row]) -> dict[str, list[Section]]:
    found: dict[str, list[Section]] = defaultdict(list)
    for row in rows:
        amounts = {heading: row[heading] for heading in HEADINGS[kind]}
        change = sum((amounts[heading] * sign for heading, sign in HEADINGS[kind].items()), _ZERO)
        if row["opening"] + change != row["closing"]:
            raise Refused(f"{path}: a statement's amounts do not lead from its opening to its closing balance.")
        identifier = row["ledger_id" if kind == "owner" else "tenant_id"]
        found[row[f"{kind}_id"]].append(Section(identifier, row["opening"], row["closing"], amounts))
    return found


def _lines(packed: Archive) -> dict[tuple[str, str, str], list[Row]] | None:
    """Give the statements' own lines by whose they are; None, if the publication was made without them."""
    if STATEMENT_LINES not in packed.names:
        return None
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in tables.read(STATEMENT_LINES, packed.text(STATEMENT_LINES)):
        found[row["holder_kind"], comparison_key(row["holder_id"]) or "", row["ledger_id"]].append(row)
    return found


def _give_own_lines(kind: str, section: Section, rows: list[Row]) -> None:
    """Keep a statement's own lines, late ones too, which are of earlier days.

    Raises:
        Refused: they do not make up the statement's amounts, to the cent.
    """
    sums = dict.fromkeys(HEADINGS[kind], _ZERO)
    for row in rows:
        if row["heading"] not in sums:
            raise Refused(f"{STATEMENT_LINES} has a heading that the {kind}'s statements do not have.")
        sums[row["heading"]] += row["amount"]
    if any(sums[heading] * sign != section.amounts[heading] for heading, sign in HEADINGS[kind].items()):
        raise Refused(f"{STATEMENT_LINES} does not add up to the amounts of {kind}_statements.csv.")
    section.lines, section.has_lines = rows, True


def _movements(kind: str, packed: Archive, said: Manifest) -> dict[tuple[str, str], list[Row]] | None:
    """Give the activity of the statements' days, by party and ledger; None, if it does not cover them."""
    path, days = f"activity/{kind}s.csv", said.activity_days
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    if path not in packed.names or days is None or not days[0] <= said.first <= said.last <= days[1]:
        return None
    for row in tables.read(path, packed.text(path)):
        if said.first <= row["date"] <= said.last:
            found[comparison_key(row[f"{kind}_id"]) or "", row.get("ledger_id", "")].append(row)
    return found


def _give_lines(kind: str, section: Section, rows: list[Row]) -> None:
    """Keep the movements if they make up every amount to the cent; else the printed statement alone has the lines.

    A statement also lists late movements of earlier periods, which the activity shows on their own days.
    """
    sums = dict.fromkeys(HEADINGS[kind], _ZERO)
    for row in rows:
        sums[_HEADING_OF[kind].get(row["kind"], _REST[kind])] += row["amount"]
    if all(sums[heading] * sign == section.amounts[heading] for heading, sign in HEADINGS[kind].items()):
        section.lines = rows
        section.has_lines = True


def keep(given: Sequence[tuple[Statement, Made]]) -> None:
    """Write the sections and lines of statements, in place of those that they had."""
    for start in range(0, len(given), _BATCH):
        StatementSection.objects.filter(statement__in=[one for one, _ in given[start : start + _BATCH]]).delete()
    sections = [(_section(statement, section), section) for statement, made in given for section in made.sections]
    fitting.check_all(row for row, _ in sections)
    StatementSection.objects.bulk_create([row for row, _ in sections], batch_size=_BATCH)
    lines = [_line(row, line) for row, section in sections for line in section.lines]
    fitting.check_all(lines)
    StatementLine.objects.bulk_create(lines, batch_size=_BATCH)


def _section(statement: Statement, section: Section) -> StatementSection:
    return StatementSection(
        statement=statement,
        identifier=section.identifier,
        opening=section.opening,
        closing=section.closing,
        amounts=[[heading, f"{amount:.2f}"] for heading, amount in section.amounts.items()],
        has_lines=section.has_lines,
    )


def _line(section: StatementSection, row: Row) -> StatementLine:
    return StatementLine(
        section=section,
        date=row["date"],
        kind=row["kind"],
        unit_id=row["unit_id"],
        tenant_id=row.get("tenant_id", ""),
        description=row["description"],
        reference=row["reference"],
        amount=row["amount"],
    )
