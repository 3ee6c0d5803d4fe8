"""Do the lines lead from the opening to the closing balance, and does each statement begin where the last one ended?"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from recon.bank.bank_file import Finding, Findings, Statement
from schemas.bank import Severity


def check_balances(statements: Sequence[Statement], found: Findings, *, summaries: bool = False) -> None:
    """Hold opening + booked lines against closing for each statement that has both.

    Args:
        statements: with their sums filled in.
        found: receives an error for each statement that does not add up, a warning where a balance is missing.
        summaries: the format also reports balances without lines (BAI2); those are told of and not held against.
    """
    for statement in statements:
        if statement.kind != "statement" or (statement.opening is None and statement.closing is None):
            continue
        if statement.opening is None or statement.closing is None:
            missing = "opening" if statement.opening is None else "closing"
            words = f"Account {masked(statement.account)} has no {missing} balance, so its lines cannot be checked."
            found.warning(statement.line, "no_balance", words)
            continue
        difference = statement.closing - statement.opening - statement.booked
        if not difference:
            continue
        words = (
            f"Account {masked(statement.account)}: opening {amount_text(statement.opening)} and lines of "
            f"{amount_text(statement.booked)} do not make closing {amount_text(statement.closing)}; "
            f"the difference is {amount_text(difference)}."
        )
        if summaries and not statement.entries:
            found.warning(statement.line, "no_lines", words + " The file reports balances only.")
        else:
            found.error(statement.line, "balance", words + " Lines are missing, doubled or changed.")


def chain_gaps(statements: Iterable[Statement]) -> list[Finding]:
    """Find where a statement of an account does not begin with the balance at which the one before it ended.

    Statements of several files may come together in any order; they are taken by account, currency, date and the
    bank's number. Those without opening or closing balance, and interim reports, say nothing and are left out.

    Returns:
        A finding of severity warning for each gap, with the accounts masked: days are missing, or came twice.
    """
    chains: dict[tuple[str, str], list[Statement]] = {}
    for statement in statements:
        if statement.opening is not None and statement.closing is not None and statement.kind == "statement":
            chains.setdefault((statement.account or "", statement.currency or ""), []).append(statement)
    gaps = []
    for (account, _), chain in sorted(chains.items()):
        ordered = sorted(chain, key=_place) if all(statement.to_date for statement in chain) else chain
        for earlier, later in pairwise(ordered):
            assert earlier.closing is not None
            assert later.opening is not None
            if later.opening != earlier.closing:
                words = (
                    f"Account {masked(account)}: the statement of {later.to_date or 'an unknown day'} opens with "
                    f"{amount_text(later.opening)}, but the one before it, of {earlier.to_date or 'an unknown day'}, "
                    f"closed with {amount_text(earlier.closing)}; a statement between them is missing."
                )
                gaps.append(Finding(later.line, Severity.WARNING, "gap", words))
    return gaps


def _place(statement: Statement) -> tuple[str, str]:
    """Order by date; statements of one day stay in the order in which they came, unless the bank numbers them."""
    sequence = statement.sequence or ""
    numbers = "/".join(part.zfill(9) for part in sequence.split("/")) if len(sequence) < 40 else ""
    return str(statement.to_date), numbers


def masked(account: str | None) -> str:
    """Show no more than the last four characters of an account."""
    if not account:
        return "without number"
    return account if len(account) <= 4 else "..." + account[-4:]


def amount_text(amount: Decimal) -> str:
    """Write an amount with at least two decimals, more where it has more."""
    plain = f"{amount:f}"
    whole, _, fraction = plain.partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"
