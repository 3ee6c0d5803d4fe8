"""The ledger: a folder of CSV or Parquet tables in, checked Arrow tables out, or every reason why not (SPEC 2)."""

from recon.ledger.reading import Ledger, read_ledger

__all__ = ["Ledger", "read_ledger"]
