"""The same rules as the project's `classify` in Polars: SPEC 3 to 5 and the columns of SPEC 8, without a workspace.

Written for speed the way one writes Polars for speed: text stays in columns, one lazy query for each step, joins only
where a line needs them. What a posted line uses up is taken away in rounds: a round finds for every tenant and unit
the first line that posts, settles the lines up to it, and goes on with the rest. Lines of tenants who paid once are
settled in one go. It reads UTF-8 files with CRLF or LF; ids are compared after trimming, NFC and lower-casing.

    python tests/bench/polars_full.py LOCKBOX LEDGER_DIR OUT.csv [--posting-date D] [--partial-pay] [--due-now]

With `--check-ledger` the tables must first keep the rules of SPEC 2, as the project's command demands as well.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

SAFE = r'[^"\x00-\x08\x0A-\x1F\x7F-\x{9F}]'
USUAL = (
    rf'^"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})","({SAFE}*)","([0-9]{{1,12}}\.[0-9]{{2}})","({SAFE}*)",(?:"({SAFE}*)",)?$'
)
ONE_FIELD = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"|([^",]*))[ \t]*(?:,|$)')
ISO_OR_US = re.compile(r"(?:([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{2})/([0-9]{2})/([0-9]{4}))")
AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
MEMO_LENGTH = 40
MONEY = pl.Decimal(18, 2)
NOTHING = pl.lit("0.00").cast(MONEY)
LINE: dict[str, pl.DataType | type[pl.DataType]] = {
    "line_number": pl.UInt32,
    "day": pl.Date,
    "unit": pl.String,
    "amount": MONEY,
    "memo": pl.String,
    "tenant": pl.String,
    "message": pl.String,
}
PARTIES = ("t", "u", "tenant_id", "unit_id", "hold", "past")
OUTPUT = [
    "line_number",
    "posting_date",
    "unit_id",
    "tenant_id",
    "amount",
    "memo",
    "matchable_total",
    "status_total",
    "disposition",
    "reason",
    "flags",
    "message",
]


@dataclass(frozen=True)
class Switches:
    """What the command line may turn on."""

    posting_date: date | None = None
    partial_pay: bool = False
    due_now: bool = False


def main(arguments: Sequence[str] | None = None) -> None:
    """Classify one file against one ledger folder and write the CSV."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lockbox", type=Path)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--posting-date", type=date.fromisoformat)
    parser.add_argument("--partial-pay", action="store_true")
    parser.add_argument("--due-now", action="store_true")
    parser.add_argument("--check-ledger", action="store_true")
    chosen = parser.parse_args(arguments)
    if chosen.check_ledger:
        check(chosen.ledger)
    switches = Switches(chosen.posting_date, chosen.partial_pay, chosen.due_now)
    classify(chosen.lockbox, chosen.ledger, switches).write_csv(chosen.output)


def classify(lockbox: Path, ledger: Path, switches: Switches = Switches()) -> pl.DataFrame:
    """One row per non-blank line, in file order."""
    lines = read_lines(lockbox, switches)
    charges = pl.scan_parquet(ledger / "charges.parquet").select(
        t=key("tenant_id"),
        u=key("unit_id"),
        ledger=key("ledger_id").hash(),
        due="due_date",
        open=pl.col("open_amount").cast(MONEY),
    ).collect()  # fmt: skip
    identified, others = identify(lines, charges, ledger)
    charges = charges.filter(pl.col("open") > 0)

    again = identified["t"].hash().is_duplicated()
    parts = [settle(identified.filter(~again), charges, switches, paid_before=False)]
    parts.extend(in_rounds(identified.filter(again), charges, switches))
    parts.append(others)
    return pl.concat(parts, how="diagonal").sort("line_number").select(*output_columns())


# ----------------------------------------------------------------------------------------------------------- ledger

# Of each table: the columns that must be filled beside its own identifier, and the tables that its columns refer to.
LEDGER: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "bank_accounts": (("name",), {}),
    "owners": (("name",), {}),
    "ledgers": (("kind", "bank_account_id"), {"owner_id": "owners", "bank_account_id": "bank_accounts"}),
    "units": (("description", "owner_id"), {"owner_id": "owners", "responsible_tenant_id": "tenants"}),
    "tenants": (("name",), {"unit_id": "units"}),
    "charges": (
        ("tenant_id", "unit_id", "ledger_id", "charge_code", "description", "due_date", "amount", "open_amount"),
        {"tenant_id": "tenants", "unit_id": "units", "ledger_id": "ledgers"},
    ),
}


def check(ledger: Path) -> None:
    """Refuse a ledger with a key used twice, a dangling reference, an empty cell, or a wrong amount or day."""
    tables = {name: pl.scan_parquet(ledger / f"{name}.parquet") for name in LEDGER}
    keys = {name: tables[name].select(id=key(f"{name.removesuffix('s')}_id")) for name in LEDGER}
    broken = []
    for name, (filled, references) in LEDGER.items():
        wrong = pl.any_horizontal(pl.col(filled).is_null())
        if name == "charges":
            open_amount = pl.col("open_amount")
            wrong |= (open_amount < 0) | (open_amount > pl.col("amount"))
            wrong |= ~pl.col("due_date").dt.year().is_between(1900, 2199)
        if name == "ledgers":
            wrong |= (pl.col("kind") == "owner") & pl.col("owner_id").is_null()
        broken.append(tables[name].filter(wrong).select(pl.len()))
        broken.append(keys[name].select((pl.col("id").is_null() | pl.col("id").is_duplicated()).sum().alias("len")))
        for column, target in references.items():
            named = tables[name].select(id=key(column)).drop_nulls()
            broken.append(named.join(keys[target], on="id", how="anti").select(pl.len()))
    if any(found.item() for found in pl.collect_all(broken)):
        raise SystemExit("the ledger breaks a rule")


# ---------------------------------------------------------------------------------------------------------- reading


def read_lines(lockbox: Path, switches: Switches) -> pl.DataFrame:
    """The fields of each non-blank line; `message` says why a line could not be read."""
    if lockbox.stat().st_size == 0:
        return pl.DataFrame(schema=LINE | {"changed": pl.Boolean})
    fields = pl.col("line").str.extract_groups(USUAL).struct
    raw = (
        pl.scan_lines(lockbox)
        .with_row_index("line_number", offset=1)
        .with_columns(
            day=fields[0].str.to_date("%Y-%m-%d", strict=False),
            unit=fields[1].str.strip_chars(),
            amount=fields[2].str.to_decimal(scale=2).cast(MONEY),
            memo=fields[3].str.strip_chars(),
            tenant=fields[4].str.strip_chars(),
        )
        .with_columns(
            usual=(pl.col("day").dt.year().is_between(1900, 2199) & (pl.col("amount") > 0)).fill_null(value=False)
        )
        .with_columns(line=pl.when(~pl.col("usual")).then("line"))
        .collect()
    )
    usual = raw.filter("usual").select(*list(LINE)[:-1], message=pl.lit(None, pl.String))
    rows = [
        (number, *read_one(text))
        for number, text in raw.filter(~pl.col("usual")).select("line_number", "line").iter_rows()
        if text.strip()
    ]
    lines = pl.concat([usual, pl.DataFrame(rows, schema=LINE, orient="row")])
    changed = pl.lit(value=False)
    if switches.posting_date is not None:
        changed = pl.col("day") != switches.posting_date
        new_day = pl.when(pl.col("day").is_not_null()).then(pl.lit(switches.posting_date))
        return lines.with_columns(day=new_day, changed=changed)
    return lines.with_columns(changed=changed)


def read_one(line: str) -> tuple[date | None, str | None, Decimal | None, str | None, str | None, str | None]:
    """Day, unit, amount, memo, tenant and message of a line that is not in the usual form."""
    fields, problem = split(line.rstrip("\r\n"))
    if problem is None:
        day = read_date(fields[0])
        amount = Decimal(fields[2]) if AMOUNT.fullmatch(fields[2]) and fields[2].strip("0.") else None
        if day is not None and amount is not None:
            return day, fields[1], amount, fields[3], fields[4] if len(fields) > 4 else None, None
        problem = f"{fields[0]!r} is not a date" if day is None else f"{fields[2]!r} is not a positive amount"
    return None, None, None, None, None, problem


def split(line: str) -> tuple[list[str], str | None]:
    """The four or five fields of a line, or what is wrong with it."""
    if CONTROL.search(line):
        return [], "a control character"
    fields: list[str] = []
    place = 0
    while place <= len(line):
        found = ONE_FIELD.match(line, place)
        if found is None:
            return [], "a stray quote"
        quoted, bare = found.groups()
        fields.append((quoted.replace('""', '"') if quoted is not None else bare).strip())
        if found.end() == len(line) and not found.group().endswith(","):
            break
        place = found.end()
    if len(fields) < 4:
        return [], "fewer than four fields"
    if len(fields) > 6 or (len(fields) == 6 and fields[5]):
        return [], "more than five fields"
    return fields, None


def read_date(text: str) -> date | None:
    """A date written 2026-06-10 or 06/10/2026, or None."""
    found = ISO_OR_US.fullmatch(text)
    if found is None:
        return None
    year, month, day, us_month, us_day, us_year = found.groups()
    try:
        read = date(int(year or us_year), int(month or us_month), int(day or us_day))
    except ValueError:
        return None
    return read if 1900 <= read.year <= 2199 else None


# --------------------------------------------------------------------------------------------------------- who paid


def key(name: str) -> pl.Expr:
    """An identifier as it is compared: trimmed, NFC, lower case; an empty one names nobody."""
    text = (
        pl.col(name)
        .str.strip_chars()
        .map_batches(composed, return_dtype=pl.String, is_elementwise=True)
        .str.to_lowercase()
    )
    return pl.when(text != "").then(text)


def composed(texts: pl.Series) -> pl.Series:
    """NFC, which plain ASCII is already."""
    plain = (texts.str.len_bytes() == texts.str.len_chars()).all()
    return texts if plain else texts.str.normalize("NFC")


def identify(lines: pl.DataFrame, charges: pl.DataFrame, ledger: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lines whose tenant and unit are known, and the rest with a reason (SPEC 4)."""
    tenants = pl.scan_parquet(ledger / "tenants.parquet").select(
        "tenant_id",
        t=key("tenant_id"),
        home=key("unit_id"),
        past=pl.col("status").str.strip_chars().str.to_lowercase().fill_null("current") == "past",
        hold=pl.col("hold").fill_null(value=False),
    ).collect()  # fmt: skip
    units = pl.scan_parquet(ledger / "units.parquet").select(
        "unit_id", u=key("unit_id"), responsible=key("responsible_tenant_id")
    ).collect()  # fmt: skip
    readable = pl.col("message").is_null()
    rejected = lines.filter(~readable).with_columns(reason=pl.lit("BAD_RECORD"))
    found = (
        lines.lazy()
        .filter(readable)
        .with_columns(t=key("tenant"), u=key("unit"))
        .join(units.lazy(), on="u", how="left")
        .join(tenants.lazy(), on="t", how="left")
        .with_columns(
            known=pl.when(pl.col("unit_id").is_null()).then(0).otherwise(1)
            + pl.when(pl.col("tenant_id").is_null()).then(0).otherwise(2)
        )
        .collect()
    )
    neither, unit_only, tenant_only, both = (found.filter(known=known) for known in range(4))
    parts = [
        neither.with_columns(reason=pl.lit("UNIDENTIFIED")),
        with_default_tenant(unit_only, tenants),
        with_own_unit(tenant_only, units, charges),
        belonging(both, charges),
    ]
    everyone = pl.concat(parts, how="diagonal_relaxed")
    columns = [*(name for name in LINE if name not in ("unit", "tenant")), "changed", *PARTIES, "default", "reason"]
    everyone = everyone.select(columns)
    certain = pl.col("reason").is_null()
    unsure = everyone.filter(~certain).with_columns(past=pl.lit(value=False))
    return everyone.filter(certain), pl.concat([unsure, rejected], how="diagonal_relaxed")


def belonging(lines: pl.DataFrame, charges: pl.DataFrame) -> pl.DataFrame:
    """Tenant and unit both known: they must have something to do with each other."""
    together = (pl.col("home") == pl.col("u")).fill_null(value=False)
    together |= (pl.col("responsible") == pl.col("t")).fill_null(value=False)
    apart = lines.filter(~together).join(charges, on=["t", "u"], how="anti")["line_number"]
    conflict = pl.col("line_number").is_in(apart.implode())
    return lines.with_columns(reason=pl.when(conflict).then(pl.lit("ID_CONFLICT")))


def with_default_tenant(lines: pl.DataFrame, tenants: pl.DataFrame) -> pl.DataFrame:
    """Only the unit is known: its responsible tenant if current, else its only current tenant."""
    current = tenants.filter(~pl.col("past")).drop("past")
    asked = lines.select("u", "responsible").unique("u")
    responsible = asked.drop_nulls("responsible").join(current.drop("home"), left_on="responsible", right_on="t")
    responsible = responsible.rename({"responsible": "t"})
    alone = (
        current.join(asked.select(home="u"), on="home")
        .group_by(u="home")
        .agg(pl.len(), pl.exclude("home").first())
        .filter(len=1)
        .join(responsible, on="u", how="anti")
        .select(responsible.columns)
    )
    named = pl.concat([responsible, alone]).with_columns(past=pl.lit(value=False))
    given = pl.col("tenant").fill_null("") != ""
    return (
        lines.drop("t", "tenant_id", "home", "past", "hold")
        .join(named, on="u", how="left")
        .with_columns(
            reason=pl.when(pl.col("t").is_null()).then(pl.lit("NO_DEFAULT_TENANT")),
            default=given & pl.col("t").is_not_null(),
        )
    )


def with_own_unit(lines: pl.DataFrame, units: pl.DataFrame, charges: pl.DataFrame) -> pl.DataFrame:
    """Only the tenant is known: the tenant's unit, unless there is none or money is owed on another as well."""
    owing = charges.filter(pl.col("open") > 0).select("t", owed_on="u")
    elsewhere = lines.join(owing, on="t").filter(pl.col("owed_on") != pl.col("home"))["line_number"].unique()
    ambiguous = pl.col("line_number").is_in(elsewhere.implode())
    reason = pl.when(pl.col("home").is_null()).then(pl.lit("NO_UNIT")).when(ambiguous).then(pl.lit("AMBIGUOUS_UNIT"))
    return (
        lines.drop("u", "unit_id")
        .with_columns(reason=reason)
        .with_columns(u=pl.when(pl.col("reason").is_null()).then("home"))
        .join(units.select("u", "unit_id"), on="u", how="left")
    )


# --------------------------------------------------------------------------------------------------- classification


def in_rounds(lines: pl.DataFrame, charges: pl.DataFrame, switches: Switches) -> list[pl.DataFrame]:
    """Settle lines of tenants who paid several times, each line seeing what the ones before it left."""
    settled: list[pl.DataFrame] = []
    partials = lines.clear().select("t", "u", "day", "amount", "memo")
    charges = charges.join(lines, on="t", how="semi")
    paid_before = False
    while lines.height:
        seen = settle(lines, charges, switches, paid_before=paid_before, partials=partials)
        posting = seen.filter(posts()).sort("line_number").unique(["t", "u"], keep="first")
        last = posting.select("t", "u", last="line_number")
        seen = seen.join(last, on=["t", "u"], how="left").filter(
            (pl.col("line_number") <= pl.col("last")).fill_null(value=True)
        )
        settled.append(seen.drop("last"))
        lines = lines.join(last, on=["t", "u"]).filter(pl.col("line_number") > pl.col("last")).drop("last")
        charges = left_after(charges, posting)
        partials = pl.concat([partials, posting.filter(reason="OK_PARTIAL_SINGLE").select(partials.columns)])
        paid_before = True
    return settled


def posts() -> pl.Expr:
    """Whether a line posts by itself."""
    return pl.col("reason").str.starts_with("OK_")


def left_after(charges: pl.DataFrame, posting: pl.DataFrame) -> pl.DataFrame:
    """The open charges of the tenants and units that were just paid, less what was paid."""
    window = pl.col("day").dt.offset_by("30d")
    upto = pl.when(pl.col("reason") == "OK_DUE_NOW").then("day").otherwise(window)
    paid = pl.when(pl.col("reason") == "OK_PARTIAL_SINGLE").then("amount").otherwise("open")
    return (
        charges.join(posting.select("t", "u", "amount", "day", "reason"), on=["t", "u"])
        .with_columns(open=pl.when(pl.col("due") <= upto).then(pl.col("open") - paid).otherwise("open"))
        .filter(pl.col("open") > 0)
        .select(charges.columns)
    )


def settle(
    lines: pl.DataFrame,
    charges: pl.DataFrame,
    switches: Switches,
    *,
    paid_before: bool,
    partials: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Window, totals and reason of each line against the charges as they stand (SPEC 5)."""
    inside = pl.col("due") <= pl.col("day").dt.offset_by("30d")
    now = pl.col("due") <= pl.col("day")
    sums = [pl.col("open").sum().alias("status"), pl.col("within").sum().alias("matchable"), *both_ends("ledger")]
    masks = [pl.when(inside).then("open").alias("within"), pl.when(inside).then("ledger").alias("ledger")]
    if switches.due_now:
        masks += [pl.when(now).then("open").alias("due_now"), pl.when(now).then("ledger").alias("ledger_now")]
        sums += [pl.col("due_now").sum(), *both_ends("ledger_now")]
    if switches.partial_pay:
        sums.append(pl.col("within").count().alias("count"))
    windows = (
        lines.lazy()
        .select("line_number", "t", "u", "day")
        .join(charges.lazy(), on=["t", "u"])
        .select("line_number", "open", *masks)
        .group_by("line_number")
        .agg(*sums)
    )
    state = lines.lazy().drop("reason").join(windows, on="line_number", how="left")
    if switches.partial_pay and partials is not None:
        state = state.join(
            partials.lazy().unique().with_columns(repeated=pl.lit(value=True)), on=partials.columns, how="left"
        )
    elif switches.partial_pay:
        state = state.with_columns(repeated=pl.lit(None, pl.Boolean))
    return state.with_columns(reason=reason(switches, paid_before=paid_before)).select(
        *lines.columns, "status", "matchable"
    ).collect()  # fmt: skip


def both_ends(name: str) -> list[pl.Expr]:
    """The least and the greatest: they differ when there are several."""
    return [pl.col(name).min().alias(f"{name}_from"), pl.col(name).max().alias(f"{name}_to")]


def reason(switches: Switches, *, paid_before: bool) -> pl.Expr:
    """The first row of SPEC 5 that fits; periods and other batches are not known here."""
    amount, matchable = pl.col("amount"), pl.col("matchable").fill_null(NOTHING)
    empty, full, less = matchable == 0, amount == matchable, amount < matchable
    rows = [("HOLD_TENANT", pl.col("hold"))]
    if paid_before:
        rows.append(("CONSUMED_IN_BATCH", empty))
    rows += [
        ("ONLY_FUTURE_CHARGES", empty & (pl.col("status") > 0)),
        ("NOTHING_OWED", empty),
        ("MULTI_LEDGER", full & (pl.col("ledger_from") != pl.col("ledger_to"))),
        ("OK_FULL", full),
    ]
    if switches.due_now:
        exact = less & (amount == pl.col("due_now"))
        rows += [
            ("MULTI_LEDGER", exact & (pl.col("ledger_now_from") != pl.col("ledger_now_to"))),
            ("OK_DUE_NOW", exact),
        ]
    if switches.partial_pay:
        rows += [("DUPLICATE_LINE", less & pl.col("repeated")), ("OK_PARTIAL_SINGLE", less & (pl.col("count") == 1))]
    decided = pl.when(less).then(pl.lit("UNDERPAID")).otherwise(pl.lit("OVERPAID"))
    for name, fits in reversed(rows):
        decided = pl.when(fits).then(pl.lit(name)).otherwise(decided)
    return decided


# ---------------------------------------------------------------------------------------------------------- writing


def output_columns() -> list[pl.Expr]:
    """The columns of SPEC 8; a rejected line keeps only its number, disposition, reason and message."""
    rejected = pl.col("reason") == "BAD_RECORD"
    flags = pl.concat_str(
        pl.when("default").then(pl.lit("DEFAULT_TENANT_USED")),
        pl.when("past").then(pl.lit("PAST_TENANT")),
        pl.when(pl.col("memo").str.len_chars() > MEMO_LENGTH).then(pl.lit("MEMO_TOO_LONG")),
        pl.when("changed").then(pl.lit("DATE_CHANGED")),
        separator=" ",
        ignore_nulls=True,
    )
    totals = {
        f"{name}_total": pl.when(~rejected).then(pl.col(name).fill_null(NOTHING).cast(MONEY))
        for name in ("matchable", "status")
    }
    columns = {
        "posting_date": pl.col("day"),
        **totals,
        "disposition": pl.when(rejected)
        .then(pl.lit("rejected"))
        .when(posts())
        .then(pl.lit("auto"))
        .otherwise(pl.lit("individual")),
        "flags": flags,
    }
    return [columns[name].alias(name) if name in columns else pl.col(name) for name in OUTPUT]


if __name__ == "__main__":
    main()
