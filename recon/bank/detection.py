"""Tell a bank file's format from its content; names do not count (BANK_FORMATS)."""

from recon.bank import bai2_records, bai_lockbox, bank_csv, mt940, nacha, ofx

_HEAD = 200_000  # characters looked at


def detect(text: str) -> str | None:
    """Say which format a text is in: ofx, mt940, bai2, nacha, bai_lockbox or csv; null when none fits.

    Formats are asked in an order in which none takes what belongs to a later one: OFX by its root, then what has a
    fixed beginning, and last whatever has columns. XML is told apart before, from its bytes (`camt.looks_like`).
    """
    head = text[:_HEAD]
    for name, looks_like in _FORMATS.items():
        if looks_like(head):
            return name
    return None


_FORMATS = {
    "ofx": ofx.looks_like,
    "mt940": mt940.looks_like,
    "bai2": bai2_records.looks_like,
    "nacha": nacha.looks_like,
    "bai_lockbox": bai_lockbox.looks_like,
    "csv": bank_csv.looks_like,
}
FORMATS = ("camt", *_FORMATS)
