"""What the report of a run says: plain values, gathered from the run's output folder and from nothing else.

The store is not opened, so no lock is held while a notebook runs, and a folder that was moved or archived can be
reported again years later. `recon.rendering` decides how it looks.
"""

from recon.report.gathering import gather, slips
from recon.report.model import (
    LIMIT,
    SHOWN,
    AgeingBucket,
    BatchReport,
    Check,
    DepositSlip,
    ErrorEntry,
    ErrorLog,
    Identity,
    PaymentLine,
    PaymentList,
    Proof,
    ReasonTally,
    SlipItem,
    Standing,
    Tally,
    TransferDue,
    shown_of,
)
from recon.report.payments import describe, status_text

__all__ = [
    "LIMIT",
    "SHOWN",
    "AgeingBucket",
    "BatchReport",
    "Check",
    "DepositSlip",
    "ErrorEntry",
    "ErrorLog",
    "Identity",
    "PaymentLine",
    "PaymentList",
    "Proof",
    "ReasonTally",
    "SlipItem",
    "Standing",
    "Tally",
    "TransferDue",
    "describe",
    "gather",
    "shown_of",
    "slips",
    "status_text",
]
