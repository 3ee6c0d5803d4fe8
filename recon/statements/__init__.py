"""Owner and tenant statements, as of any entry of the journal (SPEC 7, law 12)."""

from recon.statements.making import make_statements, prove, published_statements
from recon.statements.model import HEADINGS, Line, Period, Section, Statement, Unpaid, amounts_of

__all__ = [
    "HEADINGS",
    "Line",
    "Period",
    "Section",
    "Statement",
    "Unpaid",
    "amounts_of",
    "make_statements",
    "prove",
    "published_statements",
]
