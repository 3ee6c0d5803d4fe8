"""Tables that a bookkeeper can read: a ledger and a lockbox file in, and what comes of them out.

A table has a header, columns parted by `|`, and may leave out columns that do not matter: a tenant's name is then the
tenant's ID, a charge is open in full, and so on. Expected tables name the columns that are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from recon import batches, decisions, deposits, receipts, store
from recon.batches import Terms
from recon.classification import classify_file
from recon.ledger_loading import LedgerLoad, load_ledger
from recon.receipt_export import all_receipts
from recon.receipts import Posted
from recon.relations import PostingRules
from recon.schema import resource
from recon.workspace import Workspace
from tests.ledger_folders import cells

WHO = "ann"

# Two owners and the management; each owner has a bank account of her own, the management shares Ames's.
BOOKS = {
    "bank_accounts": "bank_account_id\nTRUST\nRESERVE",
    "owners": "owner_id\nAmes\nCorey",
    "ledgers": (
        "ledger_id | kind            | owner_id | bank_account_id\n"
        "L-Ames    | owner           | Ames     | TRUST\n"
        "L-Corey   | owner           | Corey    | RESERVE\n"
        "MGMT      | management      |          | TRUST\n"
        "DEPOSITS  | tenant_deposits |          | TRUST"
    ),
    "units": "unit_id\nCedar327\nFair436\nMail212",
    "tenants": "tenant_id | unit_id\nRoseman | Cedar327\nBruno | Fair436",
    "charges": "charge_id | tenant_id | unit_id | ledger_id | due_date | amount",
}


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table as text."""
    head, *body = cells(table)
    return [dict(zip(head, row, strict=True)) for row in body]


def _filled(name: str, row: dict[str, str]) -> dict[str, str]:
    """Add what a table left out and SPEC 2 asks for."""
    key = next(iter(row))
    defaults = {
        "bank_accounts": {"name": row[key]},
        "owners": {"name": row[key]},
        "units": {"description": row[key], "owner_id": "Ames"},
        "tenants": {"name": row[key], "status": "current"},
        "charges": {"charge_code": "RENT", "description": "Rent", "open_amount": row.get("amount", "")},
    }
    return {**defaults.get(name, {}), **row}


def ledger(folder: Path, **tables: str) -> Path:
    """Write a ledger folder: the books above, with the tables given in place of theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in {**BOOKS, **tables}.items():
        filled = [_filled(name, row) for row in rows(table)]
        heads = list(_filled(name, dict.fromkeys(cells(table)[0], "")))
        text = "".join(",".join(f'"{row[head]}"' for head in heads) + "\n" for row in filled)
        (folder / f"{name}.csv").write_text(",".join(heads) + "\n" + text, "utf-8")
    return folder


def lockbox(path: Path, lines: str) -> Path:
    """Write a lockbox file in the long form; a row of one cell alone is a line as it stands."""
    written = []
    for line in (row for row in lines.strip().splitlines() if set(row.strip()) - set("-+")):
        parts = [cell.strip() for cell in line.split("|")]
        is_whole = len(parts) == 1 or parts[0] == "date"
        written.append(line.strip() if is_whole else ",".join(f'"{part}"' for part in parts) + ",")
    if written and written[0].startswith("date"):
        del written[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + "\r\n" for line in written).encode())
    return path


def _text(value: object) -> str:
    return "" if value is None else str(value)


def agree(actual: Iterable[Mapping[str, Any]], expected: str) -> None:
    """Compare rows with a table, in the table's columns, all rows in order."""
    head, *wanted = cells(expected)
    shown = [[_text(row[name]) for name in head] for row in actual]
    assert shown == wanted, f"found:\n{_drawn(head, shown)}\nexpected:\n{_drawn(head, wanted)}"


def _drawn(head: list[str], body: list[list[str]]) -> str:
    table = [head, *body]
    widths = [max(len(row[place]) for row in table) for place in range(len(head))]
    return "\n".join(" | ".join(map(str.ljust, row, widths)) for row in table)


def classified(folder: Path, lines: str, *, posting_date: date | None = None, partial_pay: bool = False,
               due_now: bool = False, **tables: str) -> list[dict[str, Any]]:  # fmt: skip
    """What `recon classify FILE --ledger DIR` answers."""
    file = lockbox(folder / "lockbox.txt", lines)
    rules = PostingRules(partial_pay, due_now)
    answer = classify_file(file, ledger=ledger(folder / "ledger", **tables), posting_date=posting_date, rules=rules)
    return answer.rows.to_pylist()


class Office:
    """A workspace and the ledger and lockbox files that go into it, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = Workspace.at(folder / "workspace")

    def load(self, includes: str | None = None, **tables: str) -> LedgerLoad:
        """Load the books, with the tables given in place of theirs."""
        return load_ledger(self.workspace, ledger(self.folder / "ledger", **tables), who=WHO, includes=includes)

    def file(self, name: str, lines: str) -> Path:
        """Write a lockbox file."""
        return lockbox(self.folder / name, lines)

    def bring(self, name: str, lines: str, **terms: Any) -> str:
        """Import a file; give its batch."""
        switches = {name: terms.pop(name) for name in ("partial_pay", "due_now", "credit", "alias") if name in terms}
        given = Terms(rules=PostingRules(**switches), **terms)
        return batches.import_file(self.workspace, self.file(name, lines), given, who=WHO)

    def post(self, batch_id: str) -> Posted:
        """Post a batch."""
        return receipts.post(self.workspace, batch_id, who=WHO)

    def process(self, batch_id: str, line_number: int, *parts: decisions.Part, **more: Any) -> tuple[str, ...]:
        """Process a line as a person says."""
        return decisions.process_payment(self.workspace, batch_id, line_number, parts, who=WHO, **more)

    def rows(self, sql: str, **parameters: object) -> list[dict[str, Any]]:
        """Ask the store."""
        with store.reading(self.workspace) as current:
            return current.arrow(sql, parameters or None).to_pylist()

    def lines(self, batch_id: str) -> list[dict[str, Any]]:
        """The batch's rows of `classification.csv`, as last classified, with what has become of each line."""
        states = {row["line_number"]: row["state"] for row in self.rows(
            "select line_number, state from lines where batch_id = $batch", batch=batch_id)}  # fmt: skip
        answers = self.rows(resource("queries", "batch_classification.sql"), batch_id=batch_id)
        return [row | {"state": states[row["line_number"]]} for row in answers]

    def receipts(self, batch_id: str | None = None) -> list[dict[str, Any]]:
        """The receipts of a batch, or all."""
        with store.reading(self.workspace) as current:
            return all_receipts(current, batch_id).to_pylist()

    def applications(self, batch_id: str) -> list[dict[str, Any]]:
        """The batch's rows of `applications.csv`."""
        return self.rows(resource("queries", "batch_applications.sql"), batch_id=batch_id)

    def charges(self) -> list[dict[str, Any]]:
        """Every charge ever exported, and what is open of it."""
        return self.rows("select * from charges order by charge_id")

    def slips(self) -> list[dict[str, Any]]:
        """Every deposit slip."""
        with store.reading(self.workspace) as current:
            return [slip.__dict__ for slip in deposits.all_deposits(current)]

    def transfers(self, batch_id: str) -> list[dict[str, Any]]:
        """What a batch owes from one bank account to another."""
        return self.rows(resource("queries", "batch_transfers_due.sql"), batch_id=batch_id)

    def journal(self) -> list[dict[str, Any]]:
        """The journal."""
        return self.rows("select seq, who, action, why, batch_id, file_name from facts.journal order by seq")


def money(text: str) -> Decimal:
    """An amount."""
    return Decimal(text)
