"""Which elements of a camt message are read, by their path; all others are passed over.

A path ends in the name under which its text is kept. `+` after a name means that the element may come several times.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape

_TAG = re.compile(r"""(<[^<>"']*(?:"[^"<]*"[^<>"']*|'[^'<]*'[^<>"']*)*>)""")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_CURRENCY = re.compile(r"""\bCcy\s*=\s*["']([^"']*)["']""")
_SHAPES_MAX = 2_000
_TAGS_KEPT_MAX = 1_000


@dataclass(eq=False)
class Node:
    """A place in the tree of elements that are read."""

    name: str = ""  # under which its text is kept; "" when it has none of its own
    repeats: bool = False
    below: dict[str, "Node"] = field(default_factory=dict)


def _tree(paths: str) -> Node:
    """Make a tree of lines `Path/To/Element name`."""
    root = Node()
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
    RltdPties/Dbtr/Agt/FinInstnId/Nm debtor_party
    RltdPties/DbtrAcct/Id/IBAN debtor_iban
    RltdPties/DbtrAcct/Id/Othr/Id debtor_account
    RltdPties/Cdtr/Nm creditor
    RltdPties/Cdtr/Pty/Nm creditor_party
    RltdPties/Cdtr/Agt/FinInstnId/Nm creditor_party
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
"""
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
"""
)

ACCOUNT = _tree(
    """
    Id/IBAN iban
    Id/Othr/Id other_account
    Id/PrtryAcct/Id proprietary_account
    Ccy currency
"""
)

STATEMENT = _tree(
    """
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


@dataclass
class _Part:
    """The wanted texts of an element, or of a transaction within it."""

    tag: int = 0  # number of the tag with which it begins
    wanted: list[tuple[int, str, bool]] = field(default_factory=list)  # place, name, may come several times
    currencies: dict[str, str] = field(default_factory=dict)

    def texts(self, pieces: Sequence[str]) -> dict[str, str]:
        """Take the texts out of the pieces of an element, every second of which is text; what is empty is left out."""
        texts = self.currencies.copy()
        for place, name, repeats in self.wanted:
            text = pieces[place].strip()
            if text and name not in texts:
                texts[name] = unescape(text)
            elif text and repeats:
                texts[name] += "\n" + unescape(text)
        return texts


@dataclass
class Values:
    """Texts by name, and the line from which they come, counted from 0 within the piece."""

    line: int
    texts: dict[str, str]


class _Shape:
    """What a sequence of tags means, and a pattern that takes all texts out of an element with just these tags."""

    def __init__(self, tags: tuple[str, ...], parts: list[_Part]) -> None:
        self.parts = parts
        self.pattern: re.Pattern[str] | None = None
        self.names = [(part.currencies, [name for _, name, _ in part.wanted]) for part in parts]
        # One transaction at most, whose line is the element's, and no name twice: then texts go by their places alone.
        is_plain = len(parts) <= 2 and all(len(set(names)) == len(names) for _, names in self.names)
        if is_plain and len(tags) < _TAGS_KEPT_MAX:
            places = sorted(place for part in parts for place, _, _ in part.wanted)
            self.groups = [[places.index(place) for place, _, _ in part.wanted] for part in parts]
            self.pattern = _pattern(tags, set(places))

    def values(self, content: str) -> list[Values] | None:
        """Give the texts of an element of this shape; null when it has another, or something to be read with care."""
        match = self.pattern.fullmatch(content) if self.pattern is not None and "&" not in content else None
        if match is None:
            return None
        found = [text.strip() for text in match.groups()]
        return [
            Values(0, currencies | {name: found[at] for name, at in zip(names, groups, strict=True) if found[at]})
            for (currencies, names), groups in zip(self.names, self.groups, strict=True)
        ]


def _pattern(tags: tuple[str, ...], places: set[int]) -> re.Pattern[str]:
    """Make a pattern of just these tags that catches the texts at some places."""
    texts = ("([^<]*)" if 2 * number + 2 in places else "[^<]*" for number in range(len(tags)))
    return re.compile("[^<]*" + "".join(re.escape(tag) + text for tag, text in zip(tags, texts, strict=True)))


class ValueReader:
    """Takes the wanted texts out of pieces of XML that are known to be well formed.

    The entries of one bank have few shapes. What a sequence of tags means is worked out once for each shape, and the
    shape of the entry before is tried first.
    """

    def __init__(self, root: Node) -> None:
        self._root = root
        self._shapes: dict[tuple[str, ...], _Shape | None] = {}
        self._last: _Shape | None = None

    def values(self, content: str) -> list[Values] | None:
        """Give the texts of an element, then those of each transaction in it; null when its tags do not fit."""
        found = self._last.values(content) if self._last is not None else None
        return self._by_pieces(content) if found is None else found

    def _by_pieces(self, content: str) -> list[Values] | None:
        if "<!" in content or "<?" in content:
            content = _CDATA.sub(lambda match: match[1].replace("&", "&amp;").replace("<", "&lt;"), content)
            content = _COMMENT.sub("", content)
        pieces = _TAG.split(content)
        tags = tuple(pieces[1::2])
        shape = self._shapes[tags] if tags in self._shapes else self._new_shape(tags)
        self._last = shape
        if shape is None:
            return None
        line, upto = 0, 0
        found = []
        for part in shape.parts:
            if len(shape.parts) > 2:
                line += sum(piece.count("\n") for piece in pieces[upto : 2 * part.tag])
                upto = 2 * part.tag
            found.append(Values(line, part.texts(pieces)))
        return found

    def _new_shape(self, tags: tuple[str, ...]) -> _Shape | None:
        parts = _parts(self._root, tags)
        shape = None if parts is None else _Shape(tags, parts)
        if len(self._shapes) < _SHAPES_MAX and len(tags) < _TAGS_KEPT_MAX:
            self._shapes[tags] = shape
        return shape


def _parts(root: Node, tags: tuple[str, ...]) -> list[_Part] | None:
    """Work out what a sequence of tags means."""
    parts = [_Part()]
    open_names: list[str] = []
    nodes: list[Node | None] = []
    for number, tag in enumerate(tags):
        name = tag.strip("</> \t\r\n").split(None, 1)[0] if tag.strip("</> \t\r\n") else ""
        if tag.startswith("</"):
            if not open_names or open_names.pop() != name:
                return None
            nodes.pop()
            continue
        above = nodes[-1] if nodes else None
        node = root if not nodes else above.below.get(name.rpartition(":")[2]) if above is not None else None
        if tag.endswith("/>"):
            continue
        open_names.append(name)
        nodes.append(node)
        if node is DETAILS and node is not root:
            parts.append(_Part(number))
        elif node is not None and node.name and _closes(tags, number + 1, name):
            part = parts[-1] if DETAILS in nodes else parts[0]
            part.wanted.append((2 * number + 2, node.name, node.repeats))
            currency = _CURRENCY.search(tag)
            if currency is not None:
                part.currencies.setdefault(f"{node.name}_currency", currency[1])
    return None if open_names else parts


def _closes(tags: tuple[str, ...], place: int, name: str) -> bool:
    """Say whether the tag at a place closes an element, so that nothing but text is in it."""
    return place < len(tags) and tags[place].startswith(f"</{name}")
