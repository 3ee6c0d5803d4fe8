"""Cut a camt message into statements and entries.

defusedxml's parser goes over the whole message first: it refuses document types and entities and tells where the XML
breaks off. Then the message is cut at the tags of its entries, so that memory does not grow with it, each entry has its
place in the file, and a damaged one spoils no other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from recon.bank.bank_file import Findings

_NOT_MARKUP = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_SECTION = re.compile(rb"<((?:[\w.-]+:)?)(Stmt|Rpt|Ntfctn)(?=[\s>])")
_ENTRY = re.compile(rb"<(?:[\w.-]+:)?Ntry(?=[\s>])")


@dataclass(frozen=True)
class Entry:
    """An `Ntry` as the file has it, and its lines."""

    line: int
    end_line: int
    text: str


@dataclass
class Section:
    """A `Stmt`, `Rpt` or `Ntfctn`; what is around its entries is known once they are taken."""

    name: str
    line: int
    start: int
    end: int
    around: list[bytes] = field(default_factory=list)


def check(data: bytes, found: Findings) -> bool:
    """Go over the whole message; tell where it breaks off. False when it must not be read at all."""
    parser = XMLParser(encoding="utf-8", forbid_dtd=True).parser  # expat, with the guards of defusedxml
    parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
    parser.DefaultHandlerExpand = parser.CommentHandler = parser.ProcessingInstructionHandler = None
    try:
        parser.Parse(data, True)
    except DefusedXmlException:
        words = "The XML declares a document type or entities, which no bank file has; it was not read."
        found.error(parser.CurrentLineNumber, "entities", words)
        return False
    except ExpatError as error:
        words = f"The XML breaks off or is damaged here ({str(error).partition(':')[0]})."
        found.error(error.lineno, "cut_off", words)
    return True


class Message:
    """The bytes of a message, with what looks like tags in comments blanked out for finding real ones."""

    def __init__(self, data: bytes) -> None:
        self.data = self._searched = data
        if b"<!" in data or data.count(b"<?") > 1:
            self._searched = _NOT_MARKUP.sub(lambda match: re.sub(rb"[^\r\n]", b" ", match[0]), data)
        self._line_end = b"\n" if b"\n" in data else b"\r"
        self._line, self._upto = 1, 0

    def sections(self) -> Iterator[Section]:
        """Give the statements in file order; one that is not closed goes on to the end."""
        at = 0
        while match := _SECTION.search(self._searched, at):
            close = re.compile(rb"</" + re.escape(match[1] + match[2]) + rb"\s*>")
            closed = close.search(self._searched, match.end())
            at = closed.end() if closed else len(self.data)
            yield Section(match[2].decode(), self._line_at(match.start()), match.start(), at)

    def entries(self, section: Section) -> Iterator[Entry]:
        """Give the entries of a statement that are whole; the last of a file that was cut off is not."""
        first = _ENTRY.search(self._searched, section.start, section.end)
        before = section.start
        if first is not None:
            name = first[0][1:]
            for at, end in self._spans(name, first.start(), section.end):
                section.around.append(self.data[before:at])
                before = end
                line = self._line_at(at)
                text = self.data[at:end].decode("utf-8", "replace")
                yield Entry(line, line + text.count(self._line_end.decode()), text)
        section.around.append(self.data[before : section.end])

    def _spans(self, name: bytes, at: int, upto: int) -> Iterator[tuple[int, int]]:
        """Give where elements of a name begin and end."""
        data = self._searched
        begins, ends = b"<" + name, re.compile(rb"</" + re.escape(name) + rb"\s*>")
        while 0 <= at < upto:
            if (
                data[at + len(begins) : at + len(begins) + 1] not in b">/ \t\r\n"
            ):  # another name that begins like this one
                at = data.find(begins, at + 1, upto)
                continue
            closed = ends.search(data, at, upto)
            if closed is None:
                return
            yield at, closed.end()
            at = data.find(begins, closed.end(), upto)

    def _line_at(self, place: int) -> int:
        """Count lines up to a place, which never goes back."""
        self._line += self.data.count(self._line_end, self._upto, place)
        self._upto = place
        return self._line
