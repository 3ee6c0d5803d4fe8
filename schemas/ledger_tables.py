"""The ledger tables: which columns each has, of which kind, and what they refer to (SPEC 2).

This is the one list of them. The reader, the rules (`schemas.ledger_rules`) and the Pandera models (`schemas.ledger`)
are all derived from it. Only Arrow is imported here, because importing Pandera takes as long as reading a large ledger.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

import pyarrow as pa

from schemas.vocabulary import EntryKind, LedgerKind, PartyStatus, TenantStatus


class Kind(Enum):
    """What a column holds; the value is its Arrow type."""

    ID = (pa.string(), "identifier")  # trimmed, otherwise as the ledger spells it
    TEXT = (pa.string(), "text")  # word for word
    WORD = (pa.string(), "word")  # one of a closed list, lower-case
    FLAG = (pa.bool_(), "flag")
    DATE = (pa.date32(), "date")
    AMOUNT = (pa.decimal128(18, 2), "amount")

    @property
    def arrow(self) -> pa.DataType:
        """The Arrow type of such a column once it is read."""
        return self.value[0]


@dataclass(frozen=True)
class Column:
    """One column of a ledger table."""

    name: str
    kind: Kind
    optional: bool = False  # SPEC 2's `?`: the value may be empty and the column may be absent
    words: type[StrEnum] | None = None  # the closed list of a WORD
    default: str | bool | None = None  # what an empty value means
    refers: str | None = None  # the table whose identifiers this column holds

    @property
    def may_be_empty(self) -> bool:
        """Tell whether a file may leave the value empty."""
        return self.optional or self.default is not None

    @property
    def filled(self) -> bool:
        """Tell whether the column, once read, has a value in every row."""
        return not self.optional or self.default is not None

    @property
    def number(self) -> str:
        """The column beside an identifier that holds the row position, counted from 0, of the row it names."""
        return self.name.removesuffix("_id") + "_no"


@dataclass(frozen=True)
class Table:
    """One ledger table; its first column is its primary key."""

    name: str
    columns: tuple[Column, ...]
    may_be_absent: bool = False

    @property
    def primary(self) -> Column:
        """The column that identifies a row."""
        return self.columns[0]

    @property
    def key(self) -> str:
        """The column with the comparison form of the primary key (`schemas.identifiers`)."""
        return self.primary.name.removesuffix("_id") + "_key"

    @property
    def references(self) -> tuple[Column, ...]:
        """The columns that name a row of some table."""
        return tuple(column for column in self.columns if column.refers)

    @property
    def arrow(self) -> pa.Schema:
        """The table once it is read: SPEC's columns, key and number of the row, numbers of the rows it names."""
        return pa.schema(
            [pa.field(column.name, column.kind.arrow, nullable=not column.filled) for column in self.columns]
            + [pa.field(self.key, pa.string(), nullable=False)]
            + [pa.field(self.primary.number, pa.int32(), nullable=False)]
            + [pa.field(column.number, pa.int32(), nullable=not column.filled) for column in self.references]
        )


def _id(name: str, refers: str | None = None, *, optional: bool = False) -> Column:
    return Column(name, Kind.ID, optional, refers=refers)


def _text(name: str, *, optional: bool = False) -> Column:
    return Column(name, Kind.TEXT, optional)


def _flag(name: str) -> Column:
    return Column(name, Kind.FLAG, optional=True, default=False)


def _amount(name: str) -> Column:
    return Column(name, Kind.AMOUNT)


_PARTY_STATUS = Column("status", Kind.WORD, optional=True, words=PartyStatus, default=PartyStatus.ACTIVE.value)
# The column must be there, yet an empty status means current.
_TENANT_STATUS = Column("status", Kind.WORD, words=TenantStatus, default=TenantStatus.CURRENT.value)

# In SPEC's order. A table may refer to one that comes later: units and tenants refer to each other.
TABLES = {
    table.name: table
    for table in (
        Table(
            "bank_accounts",
            (
                _id("bank_account_id"),
                _text("name"),
                _text("routing_number", optional=True),
                _text("account_number", optional=True),
            ),
        ),
        Table(
            "owners",
            (_id("owner_id"), _text("name"), _text("email", optional=True), _PARTY_STATUS, _flag("online_access")),
        ),
        Table(
            "ledgers",
            (
                _id("ledger_id"),
                Column("kind", Kind.WORD, words=LedgerKind),
                _id("owner_id", "owners", optional=True),
                _id("bank_account_id", "bank_accounts"),
            ),
        ),
        Table(
            "units",
            (
                _id("unit_id"),
                _text("description"),
                _id("owner_id", "owners"),
                _id("responsible_tenant_id", "tenants", optional=True),
            ),
        ),
        Table(
            "tenants",
            (
                _id("tenant_id"),
                _text("name"),
                _id("unit_id", "units", optional=True),
                _TENANT_STATUS,
                _flag("hold"),
                _text("email", optional=True),
                _flag("online_access"),
            ),
        ),
        Table(
            "vendors",
            (_id("vendor_id"), _text("name"), _text("email", optional=True), _PARTY_STATUS, _flag("online_access")),
            may_be_absent=True,
        ),
        Table(
            "charges",
            (
                _id("charge_id"),
                _id("tenant_id", "tenants"),
                _id("unit_id", "units"),
                _id("ledger_id", "ledgers"),
                _text("charge_code"),
                _text("description"),
                Column("due_date", Kind.DATE),
                _amount("amount"),
                _amount("open_amount"),
            ),
        ),
        Table(
            "ledger_entries",
            (
                _id("entry_id"),
                _id("ledger_id", "ledgers"),
                _id("unit_id", "units", optional=True),
                _id("tenant_id", "tenants", optional=True),
                _id("vendor_id", "vendors", optional=True),
                Column("entry_date", Kind.DATE),
                Column("kind", Kind.WORD, words=EntryKind),
                _text("description"),
                _amount("amount"),
            ),
            may_be_absent=True,
        ),
        # Beside SPEC 2: what owners owe to vendors, for the unpaid bills of their statements (PUB-40).
        Table(
            "bills",
            (
                _id("bill_id"),
                _id("ledger_id", "ledgers"),
                _id("unit_id", "units", optional=True),
                _id("vendor_id", "vendors", optional=True),
                Column("bill_date", Kind.DATE),
                Column("due_date", Kind.DATE, optional=True),
                _text("description"),
                _amount("amount"),
                _amount("open_amount"),
            ),
            may_be_absent=True,
        ),
    )
}
