"""The short Polars script of the benchmark: who paid, the window's sum, the disposition, and nothing else.

No validation, no consumption by earlier lines, no columns to look at: what an analyst writes in an afternoon.

    python tests/bench/polars_short.py LOCKBOX LEDGER_DIR OUT.csv
"""

import sys
from pathlib import Path

import polars as pl

RECORD = r'^"([0-9]{4}-[0-9]{2}-[0-9]{2})","([^"]*)","([0-9]+\.[0-9]{2})","([^"]*)",(?:"([^"]*)",)?$'


def key(name: str) -> pl.Expr:
    """An identifier as it is compared."""
    return pl.col(name).str.strip_chars().str.to_lowercase()


def classify(lockbox: Path, ledger: Path) -> pl.LazyFrame:
    """Line number, disposition and reason of each line."""
    tenants = pl.scan_parquet(ledger / "tenants.parquet").select(
        t=key("tenant_id"), home=key("unit_id"), current=pl.col("status") == "current", hold="hold"
    )
    alone = tenants.filter("current").group_by(u="home").agg(pl.len(), only=pl.col("t").first())
    units = (
        pl.scan_parquet(ledger / "units.parquet")
        .select(u=key("unit_id"), responsible=key("responsible_tenant_id"))
        .join(alone, on="u", how="left")
        .select("u", "responsible", default=pl.coalesce("responsible", pl.when(pl.col("len") == 1).then("only")))
    )
    charges = (
        pl.scan_parquet(ledger / "charges.parquet")
        .select(t=key("tenant_id"), u=key("unit_id"), ledger="ledger_id", due="due_date", open="open_amount")
        .filter(pl.col("open") > 0)
    )
    lines = (
        pl.scan_lines(lockbox)
        .select(pl.col("line").str.extract_groups(RECORD))
        .unnest("line")
        .with_row_index("line_number", offset=1)
        .select(
            "line_number",
            day=pl.col("1").str.to_date("%Y-%m-%d", strict=False),
            u=key("2"),
            amount=pl.col("3").str.to_decimal(scale=2),
            t=key("5"),
        )
        .join(units, on="u", how="left", coalesce=False)
        .join(tenants.select("t", "home"), on="t", how="left", coalesce=False)
        .select(
            "line_number",
            "day",
            "amount",
            t=pl.coalesce("t_right", "default"),
            u=pl.coalesce("u_right", "home"),
            odd=(pl.col("u_right") != pl.col("home")) & (pl.col("t_right") != pl.col("responsible").fill_null("")),
        )
        .join(tenants.filter("hold").select("t", "hold"), on="t", how="left")
    )
    window = (
        lines.join(charges, on=["t", "u"])
        .filter(pl.col("due") <= pl.col("day").dt.offset_by("30d"))
        .group_by("line_number")
        .agg(total=pl.col("open").sum(), ledgers=pl.col("ledger").n_unique())
    )
    reason = (
        pl.when(pl.col("amount").is_null())
        .then(pl.lit("BAD_RECORD"))
        .when(pl.col("t").is_null() | pl.col("u").is_null())
        .then(pl.lit("UNIDENTIFIED"))
        .when("odd")
        .then(pl.lit("ID_CONFLICT"))
        .when("hold")
        .then(pl.lit("HOLD_TENANT"))
        .when(pl.col("total").is_null())
        .then(pl.lit("NOTHING_OWED"))
        .when(pl.col("amount") < pl.col("total"))
        .then(pl.lit("UNDERPAID"))
        .when(pl.col("amount") > pl.col("total"))
        .then(pl.lit("OVERPAID"))
        .when(pl.col("ledgers") > 1)
        .then(pl.lit("MULTI_LEDGER"))
        .otherwise(pl.lit("OK_FULL"))
    )
    return (
        lines.join(window, on="line_number", how="left", maintain_order="left")
        .select("line_number", reason=reason)
        .select(
            "line_number",
            disposition=pl.col("reason").replace_strict(
                {"OK_FULL": "auto", "BAD_RECORD": "rejected"}, default="individual"
            ),
            reason="reason",
        )
        .sort("line_number")
    )


if __name__ == "__main__":
    classify(Path(sys.argv[1]), Path(sys.argv[2])).collect().write_csv(sys.argv[3])
