"""Match 10,000 slips against 10,000 lines of the bank; prints seconds for the relations and for the whole command.

    python tests/bench/bank_matching.py [SLIPS]

Four portfolios: totals that differ, rents that collide on a grid of 25 dollars, and both on a single day.
"""

import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from recon import store  # noqa: E402 - the folder comes first
from recon.ledger_loading import load_ledger  # noqa: E402
from recon.reconciliation import matching, readings  # noqa: E402
from recon.workspace import Workspace  # noqa: E402
from tests.bank_days import bai2  # noqa: E402
from tests.spec.tables import ledger  # noqa: E402

START = date(2026, 1, 1)
ACCOUNTS = "bank_account_id | account_number\nTRUST | 000777001"
LEDGERS = "ledger_id | kind | owner_id | bank_account_id\nL | management | | TRUST"
# SQL that makes slip `n`: its batch, line, receipt, deposit and item, as if each had been a file of its own.
FACTS = """
    insert into facts.imports
        select batch_id, 'f', batch_id, batch_id, 'third_party', null, null, null, day, false, false, 1, amount,
            $seq + n
        from slips;
    insert into facts.lines
        select batch_id, 1, day, day, day, '', '', null, null, amount, '', '', null, null, $seq from slips;
    insert into facts.receipts
        select receipt_id, batch_id, 1, 1, null, null, 'l', 'trust', day, day, amount, '', 'PERSON', $seq from slips;
    insert into facts.deposits select deposit_id, batch_id, 'trust', day, $seq from slips;
    insert into facts.deposit_items select deposit_id, receipt_id, amount, $seq from slips;
"""


def portfolio(kind: str, count: int) -> list[tuple[date, int]]:
    """Give day and cents of each slip."""
    days = 250 if kind in ("differing", "grid") else 1
    return [
        (
            START + timedelta(number % days),
            100_000 + 7 * number if "differing" in kind else 2500 * (number * 7919 % 400 + 1),
        )
        for number in range(count)
    ]


def workspace_of(folder: Path, slips: list[tuple[date, int]]) -> Workspace:
    """Make a workspace with these slips."""
    place = Workspace.at(folder / "workspace")
    none = {name: f"{name.rstrip('s')}_id" for name in ("owners", "units", "tenants", "charges")}
    none["charges"] = "charge_id | tenant_id | unit_id | ledger_id | due_date | amount"
    none["tenants"] = "tenant_id | unit_id"
    load_ledger(place, ledger(folder / "ledger", bank_accounts=ACCOUNTS, ledgers=LEDGERS, **none), who="bench")
    with store.writing(place, "bench", who="bench") as change:
        import pyarrow as pa

        numbers = list(range(1, len(slips) + 1))
        cents = pa.array([amount for _, amount in slips], pa.int64())
        change.store.take("given", pa.table({"n": numbers, "day": [day for day, _ in slips], "cents": cents}))
        change.store.build(
            "slips",
            """
            select n, day, cast(cents as decimal(18, 2)) / 100 as amount, 'B' || lpad(n::varchar, 6, '0') as batch_id,
                'R' || lpad(n::varchar, 7, '0') as receipt_id, 'D' || lpad(n::varchar, 6, '0') as deposit_id
            from given
            """,
        )
        for statement in FACTS.split(";")[:-1]:
            given = {"seq": change.seq} if "$seq" in statement else None
            change.store.run(statement, given)
    return place


def main(count: int) -> None:
    """Measure."""
    for kind in ("differing", "grid", "one day", "one day, differing"):
        slips = portfolio(kind, count)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            place = workspace_of(folder, slips)
            rows = "\n".join(f"{day + timedelta(1)} | {cents / 100:.2f} | 301" for day, cents in slips)
            (folder / "bank.txt").write_text(bai2(f"date | amount | code\n{rows}"))
            relations: list[float] = []
            find = readings.find

            def timed(*given: Any, find: Any = find, relations: list[float] = relations) -> Any:
                started = time.perf_counter()
                found = find(*given)
                relations.append(time.perf_counter() - started)
                return found

            readings.find = timed
            began = time.perf_counter()
            done = matching.match_statement(place, folder / "bank.txt", who="bench")
            whole = time.perf_counter() - began
            readings.find = find
            print(f"{kind:18} {count:,} slips: relations {relations[0]:.2f} s, recon match {whole:.2f} s, "
                  f"{len(done.matches):,} matches")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
