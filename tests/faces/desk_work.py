"""A small office with a batch of twelve lines, for the tests of the workbench: a payment of each kind."""

from pathlib import Path

from recon import batch_work, batches
from recon.batches import Terms
from recon.workspace import Workspace
from tests.spec.tables import Office

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount  | charge_code
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00  | RENT
    C2        | Bruno     | Fair436  | L-Corey   | 2026-06-01 | 1140.00 | RENT
    C3        | Bruno     | Fair436  | L-Corey   | 2026-05-15 | 35.00   | LATE
    C4        | Ito       | Mail212  | L-Ames    | 2026-06-01 | 950.00  | RENT
    C5        | Ito       | Mail212  | MGMT      | 2026-06-01 | 25.00   | MGMT
    C6        | Silva     | Oak1     | L-Ames    | 2026-08-01 | 800.00  | RENT
    C7        | Kim       | Oak2     | L-Ames    | 2026-06-01 | 500.00  | RENT
    C8        | Held      | Oak3     | L-Ames    | 2026-06-01 | 400.00  | RENT
"""
TENANTS = """
    tenant_id | unit_id  | name          | hold
    Roseman   | Cedar327 | Rita Roseman  | false
    Bruno     | Fair436  | Bo Bruno      | false
    Ito       | Mail212  | <b>Ito</b>    | false
    Silva     | Oak1     | Sé Silva      | false
    Kim       | Oak2     | Kay Kim       | false
    Held      | Oak3     | Hal Held      | true
"""
UNITS = "unit_id\nCedar327\nFair436\nMail212\nOak1\nOak2\nOak3"
LINES = """
    2026-06-10 | Cedar327 | 690.00  | check #1 | Roseman
    2026-06-10 | Fair436  | 1100.00 | check #2 | Bruno
    2026-06-10 | Mail212  | 975.00  | check #3 | Ito
    2026-06-10 | Oak1     | 800.00  | check #4 | Silva
    2026-06-10 | Oak2     | 500.00  | check #5 | Kim
    2026-06-10 | Oak2     | 500.00  | check #6 | Kim
    2026-06-10 | Oak3     | 400.00  | check #7 | Held
    2026-06-10 | Nowhere  | 77.00   | check #8 | Nobody
    2026-06-10 | Cedar327 | 10.00   | check #9 | Bruno
    2026-06-31 | Cedar327 | 20.00   | check #10 | Roseman
    2026-06-10 | Fair436  | 1200.00 | check #11 | Bruno
    2026-06-10 | Oak1     | 60.00   | check #12 | Silva
"""


def office(folder: Path) -> Office:
    """The office with its ledger loaded and the file in its inbox; nothing is imported."""
    made = Office(folder)
    made.load(charges=CHARGES, tenants=TENANTS, units=UNITS)
    made.workspace.inbox().mkdir(parents=True)
    source = made.file("June10.csv", LINES)
    source.rename(made.workspace.inbox() / "June10.csv")
    return made


def workspace_with_batch(folder: Path) -> Workspace:
    """The same with the file as batch B000001, classified."""
    made = office(folder)
    batches.import_file(made.workspace, made.workspace.inbox() / "June10.csv", Terms(), who="ann")
    batch_work.reclassify(made.workspace, "B000001", who="ann")
    return made.workspace
