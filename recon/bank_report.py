"""The bank reconciliation report of one account at a statement date: values, notebook, page and print in one folder."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from recon import notebook_runs
from recon.errors import InputRefused
from recon.files import write_bytes
from recon.reconciliation import reporting
from recon.workspace import Workspace

NOTEBOOK = "bank_reconciliation"


def make(
    workspace: Workspace,
    bank_account: str,
    on: date,
    *,
    who: str,
    balance: Decimal | None = None,
    output: Path | None = None,
) -> Path:
    """Make the report and give its folder: reconciliation.json, report.ipynb, report.html and report.pdf.

    The store is open only while the values are gathered; the notebook reads them from the folder.

    Args:
        workspace: where.
        bank_account: the ledger's bank account.
        on: the statement date.
        who: who made it.
        balance: the bank's closing balance, where no statement taken in gives it.
        output: the folder; else `reconciliations/ACCOUNT-DATE` in the workspace.

    Raises:
        WrongUse: see `recon.reconciliation.tie_out.tie_out`. InputRefused: the folder cannot be written.
    """
    from recon.rendering.bank_print import bank_report_pdf  # reportlab and its typefaces take a moment to import

    report = reporting.gather(workspace, bank_account, on, who=who, balance=balance)
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", report.tie_out.bank_account_id)
    folder = (output or workspace.root / "reconciliations" / f"{name}-{on}").resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reporting.write(report, folder)
        notebook_runs.execute(NOTEBOOK, {"folder": str(folder)}, folder / "report.ipynb")
        title = f"Bank reconciliation {report.tie_out.bank_account_id}, {on}"
        notebook_runs.to_html(folder / "report.ipynb", folder / "report.html", title)
        write_bytes(folder / "report.pdf", bank_report_pdf(report))
    except OSError as error:
        raise InputRefused(f"{folder} cannot be written ({error.strerror}); name another with --output.") from error
    return folder
