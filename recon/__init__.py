"""The reconciliation workbench for property managers.

import recon

books = recon.open_workspace("data/workspace")
books.frame("receipts")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recon.analyst import Books, open_workspace
    from recon.batches import Terms
    from recon.decisions import Part
    from recon.relations import PostingRules

__all__ = ["Books", "Part", "PostingRules", "Terms", "open_workspace"]

_HOMES = {
    "Books": "recon.analyst",
    "Part": "recon.decisions",
    "PostingRules": "recon.relations",
    "Terms": "recon.batches",
    "open_workspace": "recon.analyst",
}


def __getattr__(name: str) -> Any:
    """Find a public name in its module when it is first used: `recon --help` must not wait for pandas."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'recon' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
