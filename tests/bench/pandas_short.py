"""The short pandas script of the benchmark: who paid, the window's sum, the disposition, and nothing else.

No validation, no consumption by earlier lines, no columns to look at: what an analyst writes in an afternoon.

    python tests/bench/pandas_short.py LOCKBOX LEDGER_DIR OUT.csv
"""

import csv
import sys
from pathlib import Path

import numpy as np
import pandas as pd


def key(names: "pd.Series[str]") -> "pd.Series[str]":
    """Identifiers as they are compared."""
    return names.str.strip().str.lower()


def cents(amounts: "pd.Series[str]") -> "pd.Series[int]":
    """`690.00` as 69000; 0 where it cannot be read."""
    return pd.to_numeric(amounts.str.replace(".", "", regex=False), errors="coerce").fillna(0).astype("int64")


def classify(lockbox: Path, ledger: Path) -> pd.DataFrame:
    """Line number, disposition and reason of each line."""
    tenants = pd.read_parquet(ledger / "tenants.parquet", columns=["tenant_id", "unit_id", "status", "hold"])
    tenants = tenants.assign(t=key(tenants["tenant_id"]), home=key(tenants["unit_id"]))
    units = pd.read_parquet(ledger / "units.parquet", columns=["unit_id", "responsible_tenant_id"])
    units = units.assign(u=key(units["unit_id"]), responsible=key(units["responsible_tenant_id"]))
    alone = tenants[tenants["status"] == "current"].drop_duplicates("home", keep=False)
    units["default"] = units["responsible"].fillna(units["u"].map(alone.set_index("home")["t"]))
    charges = pd.read_parquet(
        ledger / "charges.parquet",
        columns=["tenant_id", "unit_id", "ledger_id", "due_date", "open_amount"],
        dtype_backend="pyarrow",
    )
    charges["open"] = (charges["open_amount"] * 100).astype("int64[pyarrow]").astype("int64")
    charges = charges[charges["open"] > 0].astype({"tenant_id": "str", "unit_id": "str", "ledger_id": "str"})
    charges = charges.assign(
        t=key(charges["tenant_id"]), u=key(charges["unit_id"]), due=charges["due_date"].astype("datetime64[s]")
    )

    lines = pd.read_csv(
        lockbox,
        header=None,
        names=["day", "unit", "amount", "memo", "tenant", "rest", "more", "most"],
        dtype=str,
        quoting=csv.QUOTE_NONE,
        skip_blank_lines=False,
    )
    lines["line_number"] = np.arange(1, len(lines) + 1)
    lines["amount"] = cents(lines["amount"].str.strip('"'))
    lines["day"] = pd.to_datetime(lines["day"].str.strip('"'), format="%Y-%m-%d", errors="coerce")
    lines["u"] = key(lines["unit"].str.strip('"'))
    lines["t"] = key(lines["tenant"].str.strip('"'))
    lines = lines[["line_number", "day", "amount", "u", "t"]]
    lines = lines.merge(units[["u", "responsible", "default"]].assign(known_u=True), on="u", how="left")
    lines = lines.merge(tenants[["t", "home"]].assign(known_t=True), on="t", how="left")
    known_u, known_t = lines["known_u"].notna(), lines["known_t"].notna()
    odd = known_u & known_t & (lines["u"] != lines["home"]) & (lines["t"] != lines["responsible"])
    lines["t"] = lines["t"].where(known_t, lines["default"])
    lines["u"] = lines["u"].where(known_u, lines["home"])
    lines = lines.merge(tenants[["t", "hold"]], on="t", how="left")

    window = lines[["line_number", "day", "t", "u"]].merge(
        charges[["t", "u", "due", "open", "ledger_id"]], on=["t", "u"]
    )
    window = window[window["due"] <= window["day"] + pd.Timedelta(days=30)]
    sums = window.groupby("line_number").agg(
        total=("open", "sum"), first=("ledger_id", "min"), last=("ledger_id", "max")
    )
    lines = lines.merge(sums, left_on="line_number", right_index=True, how="left")
    reason = np.select(
        [
            (lines["amount"] == 0) | lines["day"].isna(),
            lines["t"].isna() | lines["u"].isna(),
            odd,
            lines["hold"].fillna(value=False).astype(bool),
            lines["total"].isna(),
            lines["amount"] < lines["total"],
            lines["amount"] > lines["total"],
            lines["first"] != lines["last"],
        ],
        [
            "BAD_RECORD",
            "UNIDENTIFIED",
            "ID_CONFLICT",
            "HOLD_TENANT",
            "NOTHING_OWED",
            "UNDERPAID",
            "OVERPAID",
            "MULTI_LEDGER",
        ],
        default="OK_FULL",
    )
    disposition = np.select([reason == "OK_FULL", reason == "BAD_RECORD"], ["auto", "rejected"], default="individual")
    return pd.DataFrame({"line_number": lines["line_number"], "disposition": disposition, "reason": reason})


if __name__ == "__main__":
    classify(Path(sys.argv[1]), Path(sys.argv[2])).to_csv(sys.argv[3], index=False)
