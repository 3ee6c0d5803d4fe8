"""Rows of a delimited file with their physical line numbers, and the row that names the columns."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recon.bank.bank_file import Findings
from recon.bank.profiles import SEVERAL, Profile, shipped
from recon.bank.text import physical_lines

_DELIMITERS = (",", ";", "\t", "|")
_HEADER_WITHIN = 60  # physical lines; some banks print a page of words first
_ROW_LINES_MAX = 50  # a quoted field may hold line breaks, but an open quote must not swallow the file
_ROW_CHARACTERS_MAX = 1 << 16
_POSITION = re.compile(r"#([0-9]{1,3})")

# Names of dates in languages whose countries write the day before the month, where digits alone do not tell.
_DAY_FIRST = (
    "buchungstag|buchungsdatum|buchung|datum|boekdatum|boekingsdatum|transactiedatum|fecha|fecha operación|"
    "fecha operacion|fecha de operación|date de comptabilisation|date comptable|date opération|date operation|"
    "date d'opération|data|data contabile|data operacji|data operazione|data mov.|bokföringsdag|bogføringsdato|dato"
)
# Names of other columns that banks use only where the day comes first: in Britain, India, New Zealand and Australia.
_BESIDE_DAY_FIRST = "particulars|sort code|paid out|withdrawal amt.|bsb number|chq./ref.no."
# The header names by which columns are known without a profile; compared as `normalised` gives them.
_NAMES: dict[str, str] = {
    "booking_date": "date|booking date|booked|booked date|posting date|posted date|post date|date posted|"
    "transaction date|trans date|trans. date|tran date|entry date|effective date|process date|settlement date|"
    f"{_DAY_FIRST}|created|completed date|payment date|datetime|date/time|posted|transaction posted date|date (utc)|"
    "date processed|transaction creation date|created utc|created at",
    "value_date": "value date|valuta|valutadatum|wertstellung|wertstellungsdatum|fecha valor|date de valeur|"
    "date valeur|data valuta|data waluty|rentedatum|valutadag|date value|value dt",
    "amount": "amount|transaction amount|amount usd|amount eur|net amount|amount (total)|betrag|umsatz|betrag eur|"
    "betrag in eur|buchungsbetrag|bedrag|importe|importe eur|cantidad|montant|importo|kwota|kwota operacji|belopp|"
    "beløb|beloeb|valor|amt|gross|transactiebedrag|value",
    "debit": "debit|debits|debit amount|withdrawal|withdrawals|withdrawal amount|money out|paid out|payments|dr|"
    "amount debit|soll|débit|debe|cargo|cargos|dare|addebiti|uscite|wn|obciążenia|belastung|charges|out|débit euros|"
    "withdrawal amt.|withdrawn|amount (debit)|outflow",
    "credit": "credit|credits|credit amount|deposit|deposits|deposit amount|money in|paid in|receipts|cr|"
    "amount credit|haben|crédit|haber|abono|abonos|avere|accrediti|entrate|gutschrift|uznania|in|crédit euros|"
    "deposit amt.|deposited|amount (credit)|inflow",
    "direction": "debit/credit|credit/debit|dr/cr|cr/dr|d/c|c/d|credit debit indicator|debit credit indicator|"
    "debit/credit indicator|credit/debit indicator|credit debet|debet credit|credit debit|debit credit|direction|"
    "cdtdbtind|af bij|soll/haben|s/h|details (d/c)|dc|cd|credit or debit|debit or credit|sign",
    "balance": "balance|running balance|running bal.|running bal|balance after|account balance|ledger balance|"
    "available balance|closing balance|saldo|saldo na mutatie|saldo nach buchung|kontostand|solde|saldo contabile|"
    "saldo po operacji|end balance|account running balance",
    "currency": "currency|ccy|currency code|währung|waehrung|buchungswährung|valuta code|valutacode|moneda|devise|"
    "divisa|waluta|valuta (ccy)|munt|muntsoort|transaction currency",
    "account": "auftragskonto|iban auftraggeberkonto|auftraggeberkonto|account|account number|account no|account no.|"
    "account #|acct|account id|konto|kontonummer|rekening|rekeningnummer|cuenta|compte|conto|rachunek|iban|"
    "iban/bban|numéro de compte|account name|this party account",
    "description": "description|details|detail|transaction details|transaction description|narrative|narration|memo|"
    "particulars|payee|transaction|text|notes|reference text|verwendungszweck|buchungstext|omschrijving|"
    "mededelingen|concepto|descripción|descripcion|libellé|libelle|descrizione|causale|opis|opis operacji|tytuł|"
    "name / description|naam / omschrijving|beskrivning|tekst|description 1|description 2|additional info|label|"
    "full description|original description|bank description|"
    "transaktionsbeschreibung|libelle simplifie|memo/description|transaction remarks",
    "counterparty_name": "counterparty|counterparty name|payer|payer name|payee name|beneficiary|name|"
    "beguenstigter/zahlungspflichtiger|begünstigter / auftraggeber|auftraggeber / begünstigter|empfänger|"
    "naam tegenpartij|tegenpartij|tegenrekeninghouder|beneficiario|bénéficiaire|nadawca/odbiorca|nadawca / odbiorca|"
    "other party|op name",
    # A German export has the own account as "Auftragskonto" and the other party's as "Kontonummer".
    "counterparty_account": "counterparty account|counterparty iban|tegenrekening|tegenrekening iban/bban|"
    "tegenrekeningnummer|rekeningnummer tegenpartij|kontonummer/iban|kontonummer des empfängers|kontonummer",
    "code": "type|transaction type|trans type|tran type|transaction code|type code|bai code|code|mutatiesoort|tipo|"
    "type of transaction|reporting category",
    "bank_reference": "reference|ref|ref.|reference number|reference no|bank reference|transaction id|trans id|"
    "transaction reference|id|fitid|referencia|référence|riferimento|referentie|numer referencyjny|fit id|"
    "reference no.|ref no|confirmation number|kundenreferenz (end-to-end)|"
    "balance transaction id|unique id|chq./ref.no.",
    "customer_reference": "customer reference|customer ref|your reference|client reference|slip number|serial number",
    "check_number": "check number|check no|check no.|check #|check|cheque number|cheque no|check or slip #|chk #|"
    "check num|cheque|chq no|serial|check/serial #|check serial number|check or serial number",
    "status": "status|state|transaction status",
}  # fmt: skip
_GENERIC = Profile(
    "by header", {role: tuple(names.split("|")) for role, names in _NAMES.items()},
    pending_words=(
        "pending", "processing", "authorized", "authorised", "on hold", "scheduled", "vorgemerkt", "ausstehend",
        "pendiente", "en attente", "in sospeso", "in behandeling",
    ),
    skip_words=("failed", "declined", "denied", "rejected", "reverted", "canceled", "cancelled", "void", "voided"),
)  # fmt: skip
_BLANKS = re.compile(r"[\s_]+")
_UNIT = re.compile(r"\((?:[-+$€£]|([A-Z]{3}|(?i:usd|eur|gbp|cad|aud|chf)))\)$")


@dataclass(frozen=True)
class Row:
    """One record: its cells and where it stands."""

    line: int
    end: int
    cells: list[str]
    raw: str


@dataclass(frozen=True)
class Table:
    """A delimited file: what its columns are and its rows below the header."""

    profile: Profile
    delimiter: str
    places: dict[str, tuple[int, ...]]  # role -> columns from 0
    width: int  # columns that the header names, or without one the first row has
    header_line: int
    lines: list[str]
    is_ended: bool  # the last line has a line end

    @property
    def is_by_usual_names(self) -> bool:
        """Say whether no profile tells what the columns are."""
        return self.profile is _GENERIC

    @property
    def names(self) -> list[str]:
        """Give the header names as the file has them; none without a header."""
        return cells_of(self.lines[self.header_line - 1], self.delimiter) if self.header_line else []

    @property
    def currency(self) -> str | None:
        """Give the currency of the file: the profile's, or the one that the header names beside its amounts."""
        if self.profile.currency:
            return self.profile.currency
        names = self.names
        places = [self.places[role][0] for role in ("amount", "debit", "credit") if role in self.places and names]
        units = {(found[1] or "").upper() if (found := _UNIT.search(_bare(names[place]))) else "" for place in places}
        return (units.pop() or None) if len(units) == 1 else None

    @property
    def is_day_first(self) -> bool:
        """Say whether the header is of a language or country in which the day comes before the month."""
        names = [normalised(name) for name in self.names]
        days = [names[place] for role in ("booking_date", "value_date") for place in self.places.get(role, ()) if names]
        return not (_normalised(_DAY_FIRST).isdisjoint(days[:1]) and _normalised(_BESIDE_DAY_FIRST).isdisjoint(names))


def _bare(name: str) -> str:
    return _BLANKS.sub("", name.strip().strip("\ufeff\"'*"))


def normalised(name: str) -> str:
    """Give a header name as it is compared: in lower case, without blanks, underlines and (-), ($) or (EUR)."""
    return _UNIT.sub("", _bare(name)).lower()


def _normalised(names: str) -> set[str]:
    return {normalised(name) for name in names.split("|")}


def table_of(text: str, profile: Profile | None = None) -> Table | None:
    """Find the header and what each column is: by a profile, by the profile whose signature fits, or by usual names.

    A file without a header is known by the shape of its first row alone.

    Returns:
        null when no line names a date and an amount.
    """
    lines = list(physical_lines(text))
    ended = text.endswith(("\n", "\r"))
    if profile is not None and _is_positional(profile):
        return _headless(lines, profile, ended=ended)
    candidates = [profile] if profile is not None else [*shipped(), _GENERIC]
    best: Table | None = None
    for number, line in enumerate(lines[:_HEADER_WITHIN]):
        if len(line) > _ROW_CHARACTERS_MAX:
            continue
        for delimiter in _DELIMITERS if profile is None or profile.delimiter is None else (profile.delimiter,):
            cells = cells_of(line, delimiter)
            if len(cells) < 2:
                continue
            names = [normalised(cell) for cell in cells]
            for candidate in candidates:
                if candidate.signature and profile is None:
                    if not {normalised(name) for name in candidate.signature} <= set(names):
                        continue
                elif profile is None and candidate is not _GENERIC:
                    continue
                places = _places(candidate, names)
                if _suffices(places) and (best is None or len(places) > len(best.places) + (candidate is _GENERIC)):
                    width = len(names)
                    while width and not names[width - 1]:
                        width -= 1
                    best = Table(candidate, delimiter, places, width, number + 1, lines, ended)
        if best is not None:
            return best
    for candidate in shipped() if profile is None else ():
        if candidate.signature and _is_positional(candidate):
            table = _headless(lines, candidate, ended=ended)
            if _has_shape(table):
                return table
    return None


def _has_shape(table: Table) -> bool:
    """Say whether the first row of a file without a header is as the profile's signature says, cell by cell."""
    first = next(rows_of(table, Findings()), None)
    shapes = table.profile.signature
    if first is None or len(first.cells) != len(shapes):
        return False
    return all(re.fullmatch(shape, cell) for shape, cell in zip(shapes, first.cells, strict=True))


def _is_positional(profile: Profile) -> bool:
    return all(_POSITION.fullmatch(name) for names in profile.columns.values() for name in names)


def _headless(lines: list[str], profile: Profile, *, ended: bool) -> Table:
    places = {
        role: tuple(int(name[1:]) - 1 for name in names if int(name[1:]) > 0) for role, names in profile.columns.items()
    }
    first = next((line for line in lines if line.strip()), "")
    delimiter = profile.delimiter or max(_DELIMITERS, key=first.count)
    return Table(profile, delimiter, places, len(cells_of(first, delimiter)), 0, lines, ended)


def _places(profile: Profile, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for role, wanted in profile.columns.items():
        found = [names.index(name) for name in map(normalised, wanted) if name in names]
        if profile is _GENERIC:
            found = [place for place in found if place not in taken]
        if found:
            kept = tuple(found) if role in SEVERAL else (found[0],)
            places[role] = kept
            taken.update(kept)
    if profile is _GENERIC and "booking_date" not in places and "value_date" in places:
        places["booking_date"] = places.pop("value_date")
    if "amount" in places and profile is _GENERIC and {"debit", "credit"} <= places.keys():
        del places["amount"]
    return places


def _suffices(places: dict[str, tuple[int, ...]]) -> bool:
    dated = "booking_date" in places or "value_date" in places
    return dated and ("amount" in places or bool({"debit", "credit"} & places.keys()))


def cells_of(record: str, delimiter: str) -> list[str]:
    """Split one record; quotes as in CSV."""
    if '"' not in record:
        return record.split(delimiter)
    try:
        return next(csv.reader([record], delimiter=delimiter, skipinitialspace=True))
    except (csv.Error, StopIteration):
        return record.split(delimiter)


def rows_of(table: Table, found: Findings) -> Iterator[Row]:
    """Give the rows below the header, blank lines left out; a quoted field may go on over several lines."""
    lines, at = table.lines, table.header_line
    while at < len(lines):
        start = at
        record = lines[at]
        at += 1
        if not record.strip():
            continue
        if record.count('"') % 2:
            joined = _joined(lines, start)
            if joined is None:
                found.error(start + 1, "quote", "A quote is opened and not closed; the line was read by itself.")
            else:
                record, at = joined
        if len(record) > _ROW_CHARACTERS_MAX:
            found.error(start + 1, "long_line", f"The line has {len(record):,} characters; no row is that long.")
            yield Row(start + 1, at, [], record[:200])
            continue
        yield Row(start + 1, at, [cell.strip() for cell in cells_of(record, table.delimiter)], record)


def _joined(lines: list[str], start: int) -> tuple[str, int] | None:
    """Join a record whose quote is open with the lines after it until the quote closes."""
    quotes, length = 0, 0
    for at in range(start, min(start + _ROW_LINES_MAX, len(lines))):
        quotes += lines[at].count('"')
        length += len(lines[at])
        if length > _ROW_CHARACTERS_MAX:
            return None
        if quotes % 2 == 0:
            return "\n".join(lines[start : at + 1]).replace("\n", " "), at + 1
    return None
