"""Classify a lockbox file or a batch: bring the inputs of the rules together, run them, give the answer (SPEC 4, 5)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from recon import relations, store
from recon.answer_columns import WORDS, Spelled, joined
from recon.errors import WrongUse
from recon.ledger import Ledger, read_ledger
from recon.lockbox.reading import read
from recon.lockbox.taking import take
from recon.relations import PostingRules
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace

_LEDGER_INPUTS = {
    "tenants": ["tenant_no", "tenant_key", "unit_no", "status", "hold"],
    "units": ["unit_no", "unit_key", "responsible_tenant_no"],
    "charges": ["charge_no", "tenant_no", "unit_no", "ledger_no", "due_date", "open_amount"],
}
_WORKSPACE_INPUTS = (
    "units_in_force",
    "tenants_in_force",
    "charges_in_force",
    "closed_periods",
    "posted_in_batch",
    "credits_in_force",
    "aliases_in_force",
)


@dataclass(frozen=True)
class Classified:
    """A file's answer: `rows` as `schemas.relations.CLASSIFICATION`, and remarks on the inputs."""

    rows: pa.Table
    warnings: tuple[str, ...]


def classify_file(
    path: Path,
    *,
    ledger: Path | None = None,
    workspace: Workspace | None = None,
    posting_date: date | None = None,
    rules: PostingRules = PostingRules(),
) -> Classified:
    """Say what every line of a lockbox file would be, and change nothing (SPEC 8, `classify`).

    With `ledger`, a folder of tables, no workspace is needed or made; else the workspace's ledger, receipts and waiting
    lines count.

    Raises:
        InputRefused: the file's name, the file or the ledger does not do. WrongUse: the workspace has no ledger.
    """
    taken = take(path)
    if ledger is not None:
        # One after the other: each keeps all cores busy, and what reading a ledger needs for a while is free again.
        tables = read_ledger(ledger)
        file = read(taken.name, taken.data)
        warnings = (*tables.warnings, *file.warnings)
        with ThreadPoolExecutor(1) as beside, store.memory() as current:
            spelled = put_ledger(current, tables)
            del tables, taken  # names and descriptions are not needed any more, and may be large
            put_file(current, file.lines, posting_date)
            answers = _answers(current, rules)
            # The store gives its memory back meanwhile, which takes half as long.
            rows = beside.submit(joined, file.lines, posting_date, answers, spelled)
        return Classified(rows.result(), warnings)
    file = read(taken.name, taken.data)
    with store.reading(workspace or Workspace.at(), "recon classify") as current:
        require_ledger(current)
        put_workspace(current, "", rules)
        put_file(current, file.lines, posting_date)
        spelled = Spelled(
            current.arrow("select tenant_id from tenants_in_force order by tenant_no")["tenant_id"],
            current.arrow("select unit_id from units_in_force order by unit_no")["unit_id"],
        )
        return Classified(classified(current, file.lines, posting_date, rules, spelled), file.warnings)


def require_ledger(current: Store) -> None:
    """Refuse to look for payers where there are none to find.

    Raises:
        WrongUse: no ledger was ever loaded.
    """
    if not current.rows("select 1 from current_load"):
        raise WrongUse("The workspace has no ledger yet; load one first: recon load-ledger FOLDER.")


def classified(
    current: Store, lines: pa.Table, posting_date: date | None, rules: PostingRules, spelled: Spelled
) -> pa.Table:
    """Run the rules over a file's lines, put in before, and give the answer as `schemas.relations.CLASSIFICATION`."""
    return joined(lines, posting_date, _answers(current, rules), spelled)


def _answers(current: Store, rules: PostingRules) -> pa.Table:
    relations.classify(current, rules, all_uses=False)
    return current.arrow(resource("queries", "classified_numbers.sql"), WORDS)


def put_ledger(current: Store, ledger: Ledger) -> Spelled:
    """Give the rules a ledger as read from files, in which nothing was posted before."""
    inputs = {table: ledger.tables[table].select(columns) for table, columns in _LEDGER_INPUTS.items()}
    homes = inputs["tenants"]["unit_no"].take(inputs["charges"]["tenant_no"])
    inputs["charges"] = inputs["charges"].append_column("home_unit_no", homes)
    for table, rows in inputs.items():
        current.take(f"{table}_in_force", rows)
    current.run(resource("sources", "nothing_before.sql"))
    return Spelled(ledger.tables["tenants"]["tenant_id"], ledger.tables["units"]["unit_id"])


def put_workspace(current: Store, batch_id: str, rules: PostingRules) -> None:
    """Give the rules the workspace's ledger as it stands, seen from one batch."""
    terms = {"batch_id": batch_id, "credit": rules.credit, "alias": rules.alias}
    for name in _WORKSPACE_INPUTS:
        current.build(name, resource("sources", f"{name}.sql"), terms)
    # Lines that wait in other batches are identified by the same rules before they can be compared with.
    current.build("lines_elsewhere", resource("sources", "lines_elsewhere.sql"), {"batch_id": batch_id})
    current.view("lines_in_scope", "select * from lines_elsewhere")
    relations.identify(current)
    for name in ("waiting_elsewhere", "payments_elsewhere"):
        current.build(name, resource("sources", f"{name}.sql"), {"batch_id": batch_id})


def put_file(current: Store, lines: pa.Table, posting_date: date | None, *, is_template: bool = False) -> None:
    """Give the rules the lines of a file as read; `posting_date` stands for Update All Dates (BTR-81)."""
    current.take("parsed_lines", lines)
    current.build(
        "file_terms",
        "select cast($posting_date as date) as posting_date, $is_template as is_template",
        {"posting_date": posting_date, "is_template": is_template},
    )
    current.view("lines_at_hand", resource("sources", "lines_of_file.sql"))
    current.view("lines_in_scope", resource("sources", "lines_in_scope.sql"))


def put_batch(current: Store, batch_id: str, only: Sequence[int] | None = None) -> None:
    """Give the rules the lines of a batch that wait, or only some of them."""
    which = {"batch_id": batch_id, "only": None if only is None else list(only)}
    current.build("lines_of_batch", resource("sources", "lines_of_batch.sql"), which)
    current.view("lines_at_hand", "select * from lines_of_batch")
    current.view("lines_in_scope", resource("sources", "lines_in_scope.sql"))
