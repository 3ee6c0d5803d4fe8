"""The checks of a run: each compares two numbers that were reached by different ways."""

from dataclasses import dataclass

from recon.report.model import NOTHING, Check, Proof, Tally
from recon.report.payments import Payments
from recon.report.receipts import Receipts
from recon.report.run_folder import RunFolder, tally
from schemas.vocabulary import Disposition

_DRY_RUN = "Dry run: nothing was posted."
_LATE = "Not posted yet, or no longer eligible when it was; what is not posted waits."
_BY_HAND = "People have processed, taken out or reversed payments since; the journal has each step."
_CHANGED = "People have changed or added lines since, and stated new control totals; the journal has each step."


@dataclass(frozen=True)
class _Stated:
    """What run.json says."""

    file: Tally
    auto: Tally
    individual: Tally
    rejected: Tally
    posted: Tally


def prove(folder: RunFolder, payments: Payments, receipts: Receipts) -> Proof:
    """Set what the run said beside what its files add up to."""
    run = folder.run
    stated = _Stated(
        tally({"count": run.get("entries"), "amount": run.get("total_amount")}),
        *(tally(run.get(name)) for name in ("auto", "individual", "rejected", "posted")),
    )
    given = tally(folder.context.get("expected"))
    control = None if given == Tally(None, None) else given
    standing = folder.context.get("standing")
    # A rejected line has no amount of its own in classification.csv; what the file counts for it is in run.json.
    rejected = Tally(payments.tally(Disposition.REJECTED).count, stated.rejected.amount)
    loaded = payments.tally(Disposition.AUTO, Disposition.INDIVIDUAL) + rejected
    return Proof(
        control=control,
        file=stated.file,
        loaded=loaded,
        auto=stated.auto,
        individual=stated.individual,
        rejected=stated.rejected,
        posted=stated.posted,
        undeposited=receipts.undeposited,
        ready=stated.auto - stated.posted if standing is None else NOTHING,
        waiting=stated.individual if standing is None else tally(standing.get("waiting")),
        removed=NOTHING if standing is None else tally(standing.get("removed")),
        checks=(
            *_of_the_file(stated, control, payments, loaded, _CHANGED if standing and control == loaded else ""),
            *_of_the_posting(folder, stated, receipts, _BY_HAND if standing else ""),
        ),
    )


def _of_the_file(
    stated: _Stated, control: Tally | None, payments: Payments, loaded: Tally, changed: str
) -> list[Check]:
    checks = []
    if control is not None:
        checks.append(Check("The bank's control totals are the file's totals", control, stated.file, changed))
    return [
        *checks,
        Check("Every line of the file is accounted for", stated.file, loaded, changed),
        Check(
            "Automatic + individual + rejected = total",
            stated.file,
            stated.auto + stated.individual + stated.rejected,
            changed,
        ),
        Check("Automatic: as stated and as listed", stated.auto, payments.tally(Disposition.AUTO)),
        Check("Individual: as stated and as listed", stated.individual, payments.tally(Disposition.INDIVIDUAL)),
    ]


def _of_the_posting(folder: RunFolder, stated: _Stated, receipts: Receipts, by_hand: str) -> list[Check]:
    is_dry = folder.context.get("dry_run") is True
    short = (stated.auto.count or 0) > (stated.posted.count or 0)
    explanation = _DRY_RUN if is_dry else by_hand or (_LATE if short else "")
    stated_slips = folder.run.get("deposit_slips") or []
    slips = sum((tally({"count": slip.get("items"), "amount": slip.get("total")}) for slip in stated_slips), NOTHING)
    return [
        Check("Posted = automatic", stated.auto, stated.posted, explanation),
        Check("Receipts = posted", stated.posted, receipts.total, by_hand),
        Check("Receipts = on deposit slips + undeposited", receipts.total, receipts.on_slips + receipts.undeposited),
        Check("Deposit slips: total stated = sum of the items", slips, receipts.on_slips),
        Check(
            f"Receipts = applied to charges + tenants' credit{' + ledger receipts' if receipts.of_ledgers else ''}",
            Tally(None, receipts.total.amount),
            Tally(None, receipts.applications) + Tally(None, receipts.credit) + Tally(None, receipts.of_ledgers),
        ),
    ]
