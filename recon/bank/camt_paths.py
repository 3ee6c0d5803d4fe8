"""Which elements of a camt message are read, by their path; all others are passed over.

A path ends in the name under which its text is kept. `+` after a name means that the element may come several times.
"""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Node:
    """A place in the tree of elements that are read."""

    name: str = ""  # under which its text is kept; "" when it has none of its own
    repeats: bool = False
    opens: str | None = None  # entry, details or balance: what begins here
    below: dict[str, "Node"] = field(default_factory=dict)


def _tree(paths: str, opens: str | None = None) -> Node:
    """Make a tree of lines `Path/To/Element name`."""
    root = Node(opens=opens)
    for line in paths.split("\n"):
        if line.strip():
            path, name = line.split()
            node = root
            for part in path.split("/"):
                node = node.below.setdefault(part, Node())
            node.name, node.repeats = name.removesuffix("+"), name.endswith("+")
    return root


_CODE = """
    BkTxCd/Domn/Cd domain
    BkTxCd/Domn/Fmly/Cd family
    BkTxCd/Domn/Fmly/SubFmlyCd subfamily
    BkTxCd/Prtry/Cd proprietary_code
"""

DETAILS = _tree(
    _CODE
    + """
    Amt amount
    CdtDbtInd sign
    AmtDtls/TxAmt/Amt transaction_amount
    Refs/EndToEndId end_to_end_id
    Refs/TxId transaction_id
    Refs/InstrId instruction_id
    Refs/AcctSvcrRef bank_reference
    Refs/ChqNb check_number
    RltdPties/Dbtr/Nm debtor
    RltdPties/Dbtr/Pty/Nm debtor_party
    RltdPties/DbtrAcct/Id/IBAN debtor_iban
    RltdPties/DbtrAcct/Id/Othr/Id debtor_account
    RltdPties/Cdtr/Nm creditor
    RltdPties/Cdtr/Pty/Nm creditor_party
    RltdPties/CdtrAcct/Id/IBAN creditor_iban
    RltdPties/CdtrAcct/Id/Othr/Id creditor_account
    RmtInf/Ustrd remittance+
    RmtInf/Strd/CdtrRefInf/Ref structured+
    RmtInf/Strd/RfrdDocInf/Nb structured+
    RmtInf/Strd/AddtlRmtInf structured+
    AddtlTxInf additional
    RtrInf/Rsn/Cd return_reason
    RtrInf/Rsn/Prtry return_proprietary
    RtrInf/OrgnlBkTxCd/Prtry/Cd original_code
"""
)
DETAILS.opens = "details"

ENTRY = _tree(
    _CODE
    + """
    Amt amount
    CdtDbtInd sign
    RvslInd reversal
    Sts status
    Sts/Cd status
    BookgDt/Dt booking_date
    BookgDt/DtTm booking_time
    ValDt/Dt value_date
    ValDt/DtTm value_time
    NtryRef entry_reference
    AcctSvcrRef bank_reference
    AddtlNtryInf entry_text
""",
    "entry",
)
ENTRY.below["NtryDtls"] = Node(below={"TxDtls": DETAILS})
ENTRY.below["TxDtls"] = DETAILS  # where version 1 has them

BALANCE = _tree(
    """
    Tp/CdOrPrtry/Cd code
    Tp/CdOrPrtry/Prtry proprietary
    Amt amount
    CdtDbtInd sign
    Dt/Dt date
    Dt/DtTm time
""",
    "balance",
)

STATEMENT = _tree(
    """
    Acct/Id/IBAN iban
    Acct/Id/Othr/Id other_account
    Acct/Id/PrtryAcct/Id proprietary_account
    Acct/Ccy currency
    Acct/Svcr/FinInstnId/BIC bank
    Acct/Svcr/FinInstnId/BICFI bank
    ElctrncSeqNb sequence
    LglSeqNb legal_sequence
    FrToDt/FrDtTm from
    FrToDt/ToDtTm to
    TxsSummry/TtlNtries/NbOfNtries entries_count
    TxsSummry/TtlNtries/Sum entries_sum
    TxsSummry/TtlCdtNtries/Sum credits_sum
    TxsSummry/TtlDbtNtries/Sum debits_sum
"""
)
STATEMENT.below |= {"Ntry": ENTRY, "Bal": BALANCE}
