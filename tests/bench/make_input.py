"""Make the benchmark's input: a folder of Parquet ledger tables and one lockbox file, from a seed.

The same arguments give the same bytes. The default is a month of a very large manager: one million payments, about
1.5 open charges for each, one tenant in twenty paying twice or more, most payments exact, and some of everything that
can go wrong. `--one-tenant` makes the opposite: every payment is by one tenant for one unit with a dozen charges.

    python tests/bench/make_input.py --lines 1000000 --seed 7 --out data/bench/1m
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MONTH_START = np.datetime64("2026-06-01")
STREETS = ("Cedar", "Fair", "Mail", "Oak", "Elm", "Maple", "Birch", "Walnut", "Pine", "Lake", "Hill", "Park", "Mill")
SURNAMES = ("Roseman", "Bruno", "Okafor", "Nguyen", "Garcia", "Haddad", "Novak", "Silva", "Kim", "Patel", "Olsen")

# What a tenant owes: kind of debt, share of the tenants.
KINDS = {
    "rent": 0.44,
    "rent and a late fee": 0.28,
    "rent, parking and a late fee": 0.06,
    "rent and next month's": 0.09,
    "rent and a charge that the first half of the month does not see": 0.06,
    "rent and a fee to the management": 0.04,
    "only a charge far ahead": 0.015,
    "nothing": 0.015,
}
# The charges a tenant may have: name, code, due date, kinds that have it.
SLOTS: tuple[tuple[str, str, str, frozenset[int]], ...] = (
    ("Rent", "RENT", "2026-06-01", frozenset({0, 1, 2, 3, 4, 5})),
    ("Late fee", "LATE", "2026-06-05", frozenset({1, 2})),
    ("Parking", "PARK", "2026-06-01", frozenset({2})),
    ("Rent July", "RENT", "2026-07-01", frozenset({3})),
    ("Water", "UTIL", "2026-07-15", frozenset({4})),
    ("Key service", "MGMT", "2026-06-01", frozenset({5})),
    ("Insurance", "INSU", "2026-08-15", frozenset({6})),
    ("Rent paid", "RENT", "2026-05-01", frozenset({7})),
)
RENT, MANAGEMENT_FEE, PAID = 0, 5, 7


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the tables and the lockbox file that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("data/bench/input"))
    parser.add_argument("--one-tenant", action="store_true", help="all payments by one tenant for one unit")
    chosen = parser.parse_args(arguments)
    make(chosen.out, chosen.lines, chosen.seed, one_tenant=chosen.one_tenant)


def make(out: Path, lines: int, seed: int, *, one_tenant: bool = False) -> None:
    """Write `out/ledger/*.parquet` and `out/lockbox.txt`."""
    (out / "ledger").mkdir(parents=True, exist_ok=True)
    dice = np.random.default_rng(seed)
    tables, text = _one_tenant(dice, lines) if one_tenant else _portfolio(dice, lines)
    for name, table in tables.items():
        pq.write_table(table, out / "ledger" / f"{name}.parquet")
    (out / "lockbox.txt").write_bytes(text)


# ------------------------------------------------------------------------------------------- the large portfolio


def _portfolio(dice: np.random.Generator, lines: int) -> tuple[dict[str, pa.Table], bytes]:
    """Tenant `i` lives in unit `i`; what she owes, how often and how much she pays is drawn for all at once."""
    repeats = dice.choice([1, 2, 3], size=lines, p=[0.95, 0.04, 0.01])
    payers = int(np.searchsorted(np.cumsum(repeats), lines)) + 1
    payer_of_line = np.repeat(np.arange(payers), repeats[:payers])[:lines]

    kind = dice.choice(len(KINDS), size=payers, p=list(KINDS.values()))
    owed = _amounts_owed(dice, kind)
    share = dice.random(payers)
    people = {
        "past": share < 0.01,
        "hold": (share >= 0.01) & (share < 0.013),
        "without_unit": (share >= 0.013) & (share < 0.015),
        "elsewhere": (share >= 0.015) & (share < 0.018),
        "room_mate": (share >= 0.02) & (share < 0.04),
        "responsible": (share >= 0.03) & (share < 0.06),
    }
    units = _ids(STREETS, payers)
    tenants = _ids(SURNAMES, payers)
    tables = _tables(dice, units, tenants, kind, owed, people)
    return tables, _lockbox(dice, payer_of_line, units, tenants, owed, people)


def _amounts_owed(dice: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Cents per tenant and slot; 0 where the tenant has no such charge."""
    cents = np.zeros((len(kind), len(SLOTS)), dtype=np.int64)
    for slot, (_, code, _, kinds) in enumerate(SLOTS):
        whole_rent = code in ("RENT", "INSU")
        amount = dice.integers(100, 600, len(kind)) * 500 if whole_rent else dice.integers(1000, 15000, len(kind))
        cents[:, slot] = np.where(np.isin(kind, list(kinds)), amount, 0)
    return cents


def _tables(
    dice: np.random.Generator,
    units: pa.Array,
    tenants: pa.Array,
    kind: np.ndarray,
    owed: np.ndarray,
    people: dict[str, np.ndarray],
) -> dict[str, pa.Table]:
    """The six tables of SPEC 2 that a load needs."""
    count = len(units)
    owner_count = max(1, count // 12)
    owner_of_unit = np.arange(count) % owner_count
    owners = _numbered("OWN-", np.arange(owner_count))
    owner_ledgers = _numbered("L-", np.arange(owner_count))

    accounts = ["TRUST", "OPERATING", "ESCROW"]
    ledger_ids = pa.concat_arrays([pa.array(["MGMT", "DEPOSITS"]), owner_ledgers])
    kinds = pa.array(["management", "tenant_deposits"] + ["owner"] * owner_count)
    ledger_accounts = pa.array(["OPERATING", "ESCROW"] + ["TRUST"] * owner_count)

    room_mates = np.flatnonzero(people["room_mate"])
    mate_ids = _numbered("Mate-", room_mates)
    unit_of_tenant = pc.if_else(pa.array(people["without_unit"]), pa.scalar(None, pa.string()), units)
    everyone = pa.concat_arrays([tenants, mate_ids])
    return {
        "bank_accounts": pa.table({"bank_account_id": accounts, "name": ["Trust", "Operating", "Deposits held"]}),
        "owners": pa.table({"owner_id": owners, "name": owners}),
        "ledgers": pa.table(
            {
                "ledger_id": ledger_ids,
                "kind": kinds,
                "owner_id": pa.concat_arrays([pa.array([None, None], pa.string()), owners]),
                "bank_account_id": ledger_accounts,
            }
        ),
        "units": pa.table(
            {
                "unit_id": units,
                "description": units,
                "owner_id": owners.take(pa.array(owner_of_unit)),
                "responsible_tenant_id": pc.if_else(
                    pa.array(people["responsible"]), tenants, pa.scalar(None, pa.string())
                ),
            }
        ),
        "tenants": pa.table(
            {
                "tenant_id": everyone,
                "name": everyone,
                "unit_id": pa.concat_arrays([unit_of_tenant, units.take(pa.array(room_mates))]),
                "status": pa.concat_arrays(
                    [
                        pc.if_else(pa.array(people["past"]), "past", "current"),
                        pa.array(["current"] * len(room_mates), pa.string()),
                    ]
                ),
                "hold": pa.array(np.concatenate([people["hold"], np.zeros(len(room_mates), dtype=bool)])),
            }
        ),
        "charges": _charges(dice, units, tenants, owner_ledgers, owner_of_unit, kind, owed, people["elsewhere"]),
    }


def _charges(
    dice: np.random.Generator,
    units: pa.Array,
    tenants: pa.Array,
    owner_ledgers: pa.Array,
    owner_of_unit: np.ndarray,
    kind: np.ndarray,
    owed: np.ndarray,
    elsewhere: np.ndarray,
) -> pa.Table:
    """One row per tenant and slot with an amount, and one on a neighbour's unit for those who owe elsewhere."""
    tenant, slot = np.nonzero(owed)
    cents = owed[tenant, slot]
    unit = tenant.copy()
    extra = np.flatnonzero(elsewhere)
    tenant = np.concatenate([tenant, extra])
    unit = np.concatenate([unit, (extra + 11) % len(kind)])
    slot = np.concatenate([slot, np.full(len(extra), RENT)])
    cents = np.concatenate([cents, np.full(len(extra), 25_000)])

    open_cents = np.where(slot == PAID, 0, cents)
    paid_before = np.where(dice.random(len(cents)) < 0.05, 10_000, 0)
    ledger = pc.if_else(pa.array(slot == MANAGEMENT_FEE), "MGMT", owner_ledgers.take(pa.array(owner_of_unit[unit])))
    names, codes, due_dates, _ = zip(*SLOTS, strict=True)
    at_slot = pa.array(slot)
    return pa.table(
        {
            "charge_id": _numbered("C-", np.arange(len(cents))),
            "tenant_id": tenants.take(pa.array(tenant)),
            "unit_id": units.take(pa.array(unit)),
            "ledger_id": ledger,
            "charge_code": pa.array(codes).take(at_slot),
            "description": pa.array(names).take(at_slot),
            "due_date": pa.array(np.array(due_dates, dtype="datetime64[D]")[slot]),
            "amount": _decimals(cents + paid_before),
            "open_amount": _decimals(open_cents),
        }
    )


def _lockbox(
    dice: np.random.Generator,
    payer: np.ndarray,
    units: pa.Array,
    tenants: pa.Array,
    owed: np.ndarray,
    people: dict[str, np.ndarray],
) -> bytes:
    """The month's payments by date, some with ids left out, unknown, of somebody else or written differently."""
    count, payers = len(payer), len(units)
    first_days = dice.integers(0, 6, count)
    day = np.sort(np.where(dice.random(count) < 0.7, first_days, dice.integers(0, 30, count)))
    payer = dice.permutation(payer)
    cents = _paid(dice, owed[payer], day)

    form = dice.choice(
        ["both", "unit", "tenant", "unknown tenant", "unknown", "nobody", "conflict"],
        size=count,
        p=[0.69, 0.20, 0.085, 0.012, 0.003, 0.002, 0.008],
    )
    form = np.where(people["elsewhere"][payer] & (dice.random(count) < 0.5), "tenant", form)
    unit_number = np.where(form == "conflict", (payer + 7) % payers, payer)
    unit = _choose(
        form,
        units.take(pa.array(unit_number)),
        {"tenant": "", "nobody": "", "unknown": "Nowhere1"},
    )
    tenant = _choose(
        form,
        tenants.take(pa.array(payer)),
        {"unit": "", "nobody": "", "unknown": "Nobody", "unknown tenant": "Nobody"},
    )
    unit, tenant = _rewritten(dice, unit), _rewritten(dice, tenant)
    memo = _joined("Reference #", pa.array(dice.integers(1000, 99999, count)).cast(pa.string()))
    long_memo = _joined(memo, " for the rent of the month and the late fee")
    memo = pc.if_else(pa.array(dice.random(count) < 0.002), long_memo, memo)

    dates = pa.array((MONTH_START + day).astype("datetime64[D]")).cast(pa.string())
    records = _joined('"', dates, '","', unit, '","', _text(cents), '","', memo, '",')
    named = _joined('"', tenant, '",')
    records = _joined(records, pc.if_else(pc.equal(tenant, ""), "", named), "\r\n")
    return _spoiled(dice, records)


def _paid(dice: np.random.Generator, owed: np.ndarray, day: np.ndarray) -> np.ndarray:
    """What each payment pays, in cents: mostly the whole window as the ledger was exported."""
    count = len(day)
    due = np.array([row[2] for row in SLOTS], dtype="datetime64[D]")
    open_now = owed * (np.arange(len(SLOTS)) != PAID)
    window = (open_now * (due[None, :] <= (MONTH_START + day + 30)[:, None])).sum(axis=1)
    due_now = (open_now * (due[None, :] <= (MONTH_START + day)[:, None])).sum(axis=1)
    something = np.where(window > 0, window, 95_000)
    manner = dice.choice(5, size=count, p=[0.89, 0.04, 0.03, 0.02, 0.02])
    return np.select(
        [manner == 0, manner == 1, manner == 2, manner == 3],
        [
            something,
            np.maximum(something - dice.integers(1, 20_000, count), 1),
            something + dice.integers(1, 50_000, count),
            np.where(due_now > 0, due_now, something),
        ],
        default=(something + 1) // 2,
    )


def _rewritten(dice: np.random.Generator, ids: pa.Array) -> pa.Array:
    """Some ids in capitals, some in small letters, some with spaces around: the same ids to a reader."""
    draw = dice.random(len(ids))
    ids = pc.if_else(pa.array(draw < 0.02), pc.utf8_upper(ids), ids)
    ids = pc.if_else(pa.array((draw >= 0.02) & (draw < 0.04)), pc.utf8_lower(ids), ids)
    spaced = pa.array((draw >= 0.04) & (draw < 0.05))
    return pc.if_else(pc.and_(spaced, pc.not_equal(ids, "")), _joined(" ", ids, "  "), ids)


def _spoiled(dice: np.random.Generator, records: pa.Array) -> bytes:
    """One line in a thousand cannot be read, and as many are readable but not written in the usual form."""
    manners = (
        lambda line: line.replace('"2026-06-', '"2026-02-3', 1),
        lambda line: line.replace(".", ",", 1),
        lambda line: line.replace('","', '","$', 2),
        lambda line: line.replace("Reference", 'Ref"erence', 1),
        lambda line: line[:30] + "\r\n",
        lambda line: line[:-2] + '"one","too many",\r\n' + "\r\n",
        lambda line: f'"{line[6:8]}/{line[9:11]}/{line[1:5]}"{line[12:]}',
        lambda line: line.replace('"', ""),
        lambda line: line.replace("Reference", 'Ref ""paid""', 1),
        lambda line: line.replace(",", " , ", 1)[:-3] + "\r\n",
    )
    lines = np.sort(dice.choice(len(records), size=max(1, len(records) // 500), replace=False))
    pieces: list[bytes] = []
    done = 0
    for number, line in enumerate(lines.tolist()):
        pieces.append(_bytes_of(records.slice(done, line - done)))
        pieces.append(manners[number % len(manners)](records[line].as_py()).encode())
        done = line + 1
    pieces.append(_bytes_of(records.slice(done)))
    return b"".join(pieces)


# ---------------------------------------------------------------------------------------- one tenant, many payments


def _one_tenant(dice: np.random.Generator, lines: int) -> tuple[dict[str, pa.Table], bytes]:
    """A year of payments for one unit: each month's rent is paid once and then refused over and over."""
    due = np.arange("2026-01", "2027-01", dtype="datetime64[M]").astype("datetime64[D]")
    rents = dice.integers(100, 600, 12) * 500
    first = np.datetime64("2025-12-02")
    day = np.sort(dice.integers(0, 365, lines))
    visible = np.searchsorted(due, first + day + 30, side="right") - 1
    exact = dice.random(lines) < 0.6
    cents = np.where(exact, rents[np.maximum(visible, 0)], dice.integers(1, 400_000, lines))
    dates = pa.array(first + day).cast(pa.string())
    memo = _joined("check #", pa.array(dice.integers(1000, 9999, lines)).cast(pa.string()))
    records = _joined('"', dates, '","Cedar327","', _text(cents), '","', memo, '","Roseman",\r\n')
    tables = {
        "bank_accounts": pa.table({"bank_account_id": ["TRUST"], "name": ["Trust"]}),
        "owners": pa.table({"owner_id": ["OWN"], "name": ["Owner"]}),
        "ledgers": pa.table(
            {"ledger_id": ["L-1"], "kind": ["owner"], "owner_id": ["OWN"], "bank_account_id": ["TRUST"]}
        ),
        "units": pa.table(
            {
                "unit_id": ["Cedar327"],
                "description": ["327 Cedar Street"],
                "owner_id": ["OWN"],
                "responsible_tenant_id": ["Roseman"],
            }
        ),
        "tenants": pa.table(
            {
                "tenant_id": ["Roseman"],
                "name": ["Ruth Roseman"],
                "unit_id": ["Cedar327"],
                "status": ["current"],
                "hold": [False],
            }
        ),
        "charges": pa.table(
            {
                "charge_id": [f"C-{month:02}" for month in range(1, 13)],
                "tenant_id": ["Roseman"] * 12,
                "unit_id": ["Cedar327"] * 12,
                "ledger_id": ["L-1"] * 12,
                "charge_code": ["RENT"] * 12,
                "description": ["Rent"] * 12,
                "due_date": pa.array(due),
                "amount": _decimals(rents),
                "open_amount": _decimals(rents),
            }
        ),
    }
    return tables, _bytes_of(records)


# ------------------------------------------------------------------------------------------------ columns and bytes


def _ids(words: Sequence[str], count: int) -> pa.Array:
    """`Cedar100`, `Fair100`, … : a word and a number, all different."""
    number = np.arange(count)
    word = pa.array(words).take(pa.array(number % len(words)))
    return _joined(word, pa.array(100 + number // len(words)).cast(pa.string()))


def _numbered(prefix: str, numbers: np.ndarray) -> pa.Array:
    """`C-0000001`, one for each number."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=8, padding="0")
    return _joined(prefix, digits)


def _joined(*parts: pa.Array | str) -> pa.Array:
    """The parts one after the other, row by row."""
    return pc.binary_join_element_wise(*parts, "")


def _choose(form: np.ndarray, otherwise: pa.Array, texts: dict[str, str]) -> pa.Array:
    """The text of the row's form, or else the row's own value."""
    for name, text in texts.items():
        otherwise = pc.if_else(pa.array(form == name), text, otherwise)
    return otherwise


def _decimals(cents: np.ndarray) -> pa.Array:
    """Whole cents, not negative, as decimal128(18,2)."""
    words = np.zeros((len(cents), 2), dtype="<i8")
    words[:, 0] = cents
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(words)])


def _text(cents: np.ndarray) -> pa.Array:
    """Whole cents as `690.00`."""
    return _decimals(cents).cast(pa.string())


def _bytes_of(lines: pa.Array) -> bytes:
    """The texts of a string array one after the other."""
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines), "")
    content: bytes = joined[0].as_buffer().to_pybytes()
    return content


if __name__ == "__main__":
    main()
