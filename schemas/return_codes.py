"""Why payments come back, in words, and whether the bank may be asked for them again. This is the only such table.

Source: NACHA Operating Rules, appendix on return reason codes; ISO 20022 external code set for AC04, AM04 and the like.
R01 and R09 may be presented again (at most twice within 180 days of the first entry); the others may not as they are.
"""

from typing import NamedTuple


class ReturnCode(NamedTuple):
    """What a code says."""

    words: str
    may_be_presented_again: bool = False
    is_for_lack_of_funds: bool = False


RETURN_CODES = {
    "R01": ReturnCode("Insufficient funds", True, True),
    "R02": ReturnCode("Account closed"),
    "R03": ReturnCode("No account, or it could not be found"),
    "R04": ReturnCode("The account number is not valid"),
    "R05": ReturnCode("A consumer did not authorize this debit of a company"),
    "R06": ReturnCode("Returned because the bank that sent it asked for it"),
    "R07": ReturnCode("The customer revoked the authorization"),
    "R08": ReturnCode("Payment stopped"),
    "R09": ReturnCode("Uncollected funds", True, True),
    "R10": ReturnCode("The customer says that it was not authorized"),
    "R11": ReturnCode("The customer says that it was not as authorized"),
    "R12": ReturnCode("The branch was sold to another bank"),
    "R13": ReturnCode("The routing number is not valid"),
    "R14": ReturnCode("The representative payee has died or cannot act"),
    "R15": ReturnCode("The beneficiary or account holder has died"),
    "R16": ReturnCode("Account frozen"),
    "R17": ReturnCode("Fields cannot be processed, or the entry is questionable"),
    "R20": ReturnCode("The account does not take such transactions"),
    "R21": ReturnCode("The company identification is not valid"),
    "R22": ReturnCode("The individual identification is not valid"),
    "R23": ReturnCode("The receiver refused the credit"),
    "R24": ReturnCode("Duplicate entry"),
    "R29": ReturnCode("The corporate customer says that it was not authorized"),
    "R31": ReturnCode("Returned late, as both banks agreed"),
    "R33": ReturnCode("A destroyed-check entry was returned"),
    "R51": ReturnCode("The re-presented check is not eligible or was altered"),
    "R61": ReturnCode("Dishonored: returned to the wrong bank"),
    "R67": ReturnCode("Dishonored: returned twice"),
    "R68": ReturnCode("Dishonored: returned too late"),
    "R69": ReturnCode("Dishonored: fields are wrong"),
    "R70": ReturnCode("Dishonored: the return was not asked for"),
    "AC01": ReturnCode("The account number is not correct"),
    "AC04": ReturnCode("Account closed"),
    "AC06": ReturnCode("Account blocked"),
    "AM04": ReturnCode("Insufficient funds", True, True),
    "AM05": ReturnCode("Duplicate payment"),
    "MD01": ReturnCode("No mandate"),
    "MD06": ReturnCode("The debtor asked for the money back"),
    "MD07": ReturnCode("The debtor has died"),
    "MS02": ReturnCode("Refused by the customer, without a reason"),
    "MS03": ReturnCode("Refused by the bank, without a reason"),
}


def return_words(code: str | None) -> str:
    """Say why a payment came back and whether it may be presented again; a code not listed is shown as it is."""
    if code is None:
        return "The bank gives no reason"
    known = RETURN_CODES.get(code.upper())
    if known is None:
        return f"{code}: see the bank's list of codes"
    again = "may be presented again" if known.may_be_presented_again else "must not be presented again as it is"
    return f"{code}: {known.words}; {again}"
