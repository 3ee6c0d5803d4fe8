"""The columns of bank lines, and the closed lists of words that they use (SPEC 7).

Only Arrow is imported here; the checks on a pandas frame of the same columns are `schemas.bank_frames.BankLines`.
"""

from enum import StrEnum

import pyarrow as pa

BANK_AMOUNT = pa.decimal128(18, 4)  # SPEC 7: bank lines keep four decimals

# One row per line of a bank file, in file order: an entry as the bank booked it, or a detail below an entry. Sums are
# taken over rows whose `parent` is null, and only over those; what a detail says is in its entry's amount already.
# A text that the file does not give is null, never "".
BANK_LINES = pa.schema(
    [
        pa.field("entry", pa.int64(), nullable=False),  # counted from 1 in file order
        pa.field("parent", pa.int64()),  # the `entry` that this line itemises; null: this line is an entry
        pa.field("statement", pa.int32(), nullable=False),  # which statement of the file, from 1
        pa.field("line_number", pa.int64(), nullable=False),  # first physical line, from 1
        pa.field("line_end", pa.int64(), nullable=False),  # last physical line
        pa.field("account", pa.string()),  # as the file spells it, leading zeros kept
        pa.field("currency", pa.string()),  # ISO 4217; null when neither file nor profile says
        pa.field("amount", BANK_AMOUNT),  # major units, + into the account; null: could not be read (see findings)
        pa.field("booking_date", pa.date32()),  # the day the bank booked it; null: not given or unreadable
        pa.field("value_date", pa.date32()),  # the day from which it counts as available, where the format says
        pa.field("status", pa.string(), nullable=False),  # BankStatus
        pa.field("event", pa.string(), nullable=False),  # BankEvent: ours, from the table of codes
        pa.field("bank_code", pa.string()),  # the bank's own code, in its own words
        pa.field("code_system", pa.string()),  # bai2, ofx, camt, mt940, nacha, csv
        pa.field("is_reversal", pa.bool_(), nullable=False),  # the bank marks it so; the sign is final already
        pa.field("return_code", pa.string()),  # R01, AC04, ...: why a payment came back
        pa.field("bank_reference", pa.string()),  # the bank's: FITID, AcctSvcrRef, :61: after //, NACHA has none
        pa.field("customer_reference", pa.string()),  # ours: slip or serial number, individual ID
        pa.field("end_to_end_id", pa.string()),
        pa.field("trace_number", pa.string()),  # of this item
        pa.field("original_trace_number", pa.string()),  # of the item that this one returns
        pa.field("check_number", pa.string()),
        pa.field("counterparty_name", pa.string()),
        pa.field("counterparty_account", pa.string()),
        pa.field("description", pa.string(), nullable=False),  # all free text, in one line; "" when there is none
        pa.field("raw", pa.string(), nullable=False),  # the text of the line as the file has it
    ]
)


class BankStatus(StrEnum):
    """Whether the bank has booked a line; only booked lines make up a balance."""

    BOOKED = "booked"
    PENDING = "pending"
    INFORMATION = "information"


class BankEvent(StrEnum):
    """What a bank line stands for, whatever code the bank uses; the table of codes maps one to the other."""

    LOCKBOX = "lockbox"  # a lockbox deposit, or an item of one
    ACH_CREDIT = "ach_credit"  # a credit that the payer sent
    ACH_SETTLEMENT = "ach_settlement"  # the sum of debits or credits that we sent
    ACH_DEBIT = "ach_debit"
    DEPOSIT = "deposit"  # at the counter or by scanner
    CARD = "card"
    WIRE = "wire"
    TRANSFER = "transfer"  # between accounts, sweeps and zero balancing among them
    CHECK_PAID = "check_paid"
    RETURNED_CHECK = "returned_check"  # a deposited check came back
    ACH_RETURN = "ach_return"  # an ACH item came back
    PAYMENT_RETURNED = "payment_returned"  # what we paid came back to us
    CORRECTION = "correction"  # of a deposit or a posting
    FEE = "fee"
    INTEREST = "interest"
    OTHER = "other"


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # the file must not be trusted; nothing of it may be posted
    WARNING = "warning"  # unusual: a person should look
    INFO = "info"
