"""What each format says, and the habits of banks that readers must know (BANK_FORMATS)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from recon.bank.balances import chain_gaps
from recon.bank.bank_file import BankFile
from recon.bank.codes import load_codes
from recon.bank.reading import read_statement
from recon.errors import InputRefused
from schemas.bank import BANK_LINES, Severity
from tests.bank import small_files


def codes_of(file: BankFile, severity: Severity = Severity.ERROR) -> list[str]:
    """The codes of findings of one severity."""
    return [finding.code for finding in file.findings if finding.severity == severity]


def rows(file: BankFile) -> list[dict[str, Any]]:
    """The lines without what is empty."""
    return [{name: value for name, value in row.items() if value is not None} for row in file.lines.to_pylist()]


@pytest.mark.parametrize("name", small_files.ALL)
def test_each_format_is_found_by_content_and_gives_the_frame(name: str) -> None:
    file = read_statement(small_files.ALL[name])
    assert file.format == {"returns": "nacha"}.get(name, name)
    assert codes_of(file) == []
    assert file.lines.schema.equals(BANK_LINES)
    assert len(file.frame()) == file.lines.num_rows
    file.require_trusted("the file")


# ---- BAI2 ----


def test_bai2_funds_types_continuations_and_signs() -> None:
    file = read_statement(small_files.BAI2)
    lockbox, returned, check = rows(file)
    assert (lockbox["amount"], lockbox["event"], lockbox["bank_reference"], lockbox["customer_reference"]) == (
        Decimal("3535.75"), "lockbox", "LBX0304", "22401",
    )  # fmt: skip
    assert lockbox["description"] == "LOCKBOX DEPOSIT 22401 3 ITEMS"
    assert (lockbox["line_number"], lockbox["line_end"]) == (5, 6)
    assert (returned["amount"], returned["value_date"]) == (Decimal(-1195), date(2024, 3, 6))
    assert (returned["return_code"], returned["original_trace_number"]) == ("R01", "121000350001002")
    assert (check["check_number"], check["amount"], check["description"]) == ("1187", Decimal(-117), "")
    assert [statement.currency for statement in file.statements] == ["USD", "USD"]
    assert chain_gaps(file.statements) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"49,3060725,5/", b"49,3060726,5/", "control_total"),
        (b"49,3060725,5/", b"49,3060725,4/", "control_total"),
        (b"98,2707150,1,6/", b"98,2707150,2,6/", "control_total"),
        (b"99,5767875,2,15/", b"", "cut_off"),
        (b"98,2707150,1,6/\n", b"", "cut_off"),
        (b"16,475,11700", b"16,475,1l700", "amount"),
        (b"16,475,", b"16,xxx,", "code"),
        (b"1,240305,", b"4,240305,", "test"),
        (b"16,475,11700,Z,,1187,/\n", b"what is this\n", "control_total"),
    ],
)
def test_bai2_that_must_not_be_trusted(old: bytes, new: bytes, code: str) -> None:
    """A wrong or missing control, an amount or a code that cannot be read, a test: refused, and still shown."""
    assert old in small_files.BAI2
    file = read_statement(small_files.BAI2.replace(old, new))
    assert code in codes_of(file)
    assert file.lines.num_rows >= 2
    with pytest.raises(InputRefused, match="Ask the sender"):
        file.require_trusted("x.bai2")


def bai2(*transactions: str, opening: int, closing: int, amounts: int) -> bytes:
    """A BAI2 file of one account; `amounts` is the sum of the transactions' amounts without sign."""
    body = "\n".join(transactions)
    count = len(transactions) + body.count("\n88") + 2
    total = opening + closing + amounts
    return (
        f"01,A,B,240304,0300,1,,,2/\n02,B,A,1,240304,,,/\n03,7,,010,{opening},,,015,{closing},,/\n{body}\n"
        f"49,{total},{count}/\n98,{total},1,{count + 2}/\n99,{total},1,{count + 4}/\n"
    ).encode()


def test_bai2_says_what_the_trailer_should_have_counted() -> None:
    file = read_statement(small_files.BAI2.replace(b"98,3060725,1,7/", b"98,3060725,4,7/"))
    (finding,) = (finding for finding in file.findings if finding.severity == Severity.ERROR)
    assert finding.message == "The trailer of the group says accounts '4', but the lines come to 1."


def test_bai2_lockbox_items_do_not_count_besides_their_deposit() -> None:
    """116 restates 115; each item goes below the deposit if together they come to its amount."""
    data = bai2("16,115,300,Z,,,/", "16,116,100,Z,,,A/", "16,116,200,Z,,,B/", opening=0, closing=300, amounts=600)
    file = read_statement(data)
    assert codes_of(file) == []
    assert [row.get("parent") for row in rows(file)] == [None, 1, 1]
    assert (file.statements[0].entries, file.statements[0].credits) == (1, Decimal(3))
    other = read_statement(data.replace(b"16,116,100", b"16,116,110").replace(b",900,", b",910,"))
    assert [row.get("parent") for row in rows(other)] == [None, None, None]
    assert {"items", "balance"} <= {finding.code for finding in other.findings}


def test_bai2_text_may_hold_commas_and_slashes_and_custom_codes_have_a_sign() -> None:
    data = bai2(
        "16,925,100,S,1,,,REF,CUST,TEXT, WITH / SLASH/", "88,MORE, TEXT/", "16,960,40,D,2,0,20,1,20,,,x",
        opening=0, closing=60, amounts=140,
    )  # fmt: skip
    first, second = rows(read_statement(data))
    assert (first["description"], first["customer_reference"]) == ("TEXT, WITH / SLASH MORE, TEXT", "CUST")
    assert (second["amount"], second["description"]) == (Decimal("-0.40"), "x")


def test_bai2_amounts_have_the_currencys_decimals() -> None:
    for currency, opening in (("JPY", "1000000"), ("KWD", "1000.000"), ("USD", "10000.00")):
        data = small_files.BAI2.replace(b",USD,", b"," + currency.encode() + b",")
        assert read_statement(data).statements[0].opening == Decimal(opening)


# ---- OFX ----


def test_ofx_of_version_1() -> None:
    file = read_statement(small_files.OFX)
    (statement,) = file.statements
    assert (statement.account, statement.bank_id, statement.closing) == ("000777001", "071000505", Decimal("1234.50"))
    deposit, check = rows(file)
    assert (deposit["booking_date"], deposit["description"]) == (date(2024, 3, 5), "DEPOSIT & CO")
    assert (check["amount"], check["check_number"], check["description"]) == (Decimal(-50), "12", "PAYEE A < B")


def test_ofx_in_other_forms() -> None:
    """Closing tags left out or on every value, one line, UTF-16, other encodings than declared."""
    base = rows(read_statement(small_files.OFX))
    plain = [{name: row[name] for name in ("amount", "booking_date", "description", "bank_reference")} for row in base]
    closed = small_files.OFX.replace(b"<TRNAMT>1055.40", b"<TRNAMT>1055.40</TRNAMT>")
    for data in (
        small_files.OFX.replace(b"\n</STMTTRN>", b""), closed, small_files.OFX.replace(b"\n", b""),
        small_files.OFX.replace(b"\n", b"\r\n"), small_files.OFX.decode().encode("utf-16"),
        small_files.OFX[small_files.OFX.index(b"<OFX>") :],
    ):  # fmt: skip
        got = [{name: row[name] for name in plain[0]} for row in rows(read_statement(data))]
        assert got == plain
    umlaut = read_statement(small_files.OFX.replace(b"PAYEE", "Jürgen".encode("cp1252")))
    assert rows(umlaut)[1]["counterparty_name"] == "Jürgen"


@pytest.mark.parametrize(
    ("name", "description"),
    [
        (b"<MEMO><![CDATA[a </STMTTRN> <STMTTRN> b]]>", "a </STMTTRN> <STMTTRN> b"),
        (b"<!-- <STMTTRN><TRNAMT>5<DTPOSTED>20240305</STMTTRN> --><MEMO>x", "x"),
        (b"<PAYEE>Ann\n<MEMO>rent", "Ann rent"),
        (b"<PAYEE><NAME>Ann<CITY>B</PAYEE><MEMO>rent", "Ann rent"),
    ],
)
def test_ofx_comments_sections_and_payees(name: bytes, description: str) -> None:
    """What is commented out is no transaction; banks write the payee as an aggregate or as plain text."""
    file = read_statement(small_files.OFX.replace(b"<NAME>DEPOSIT &amp; CO", name))
    assert codes_of(file) == []
    assert [row["description"] for row in rows(file)] == [description, "PAYEE A < B"]


@pytest.mark.parametrize("text", [b"$10", b"", b"1,234", b"1.2.3", b"1O.00", b"1.23456", b"1" * 15, b"NaN", b"1e3"])
def test_ofx_amounts_without_one_reading(text: bytes) -> None:
    file = read_statement(small_files.OFX.replace(b"1055.40", text))
    assert codes_of(file) == ["amount"]
    assert (file.statements[0].entries, file.statements[0].unreadable) == (2, 1)
    assert rows(file)[0]["line_number"] == 10


def test_ofx_without_its_end_was_cut_off() -> None:
    assert codes_of(read_statement(small_files.OFX.replace(b"</OFX>", b""))) == ["cut_off"]
    assert codes_of(read_statement(small_files.OFX.replace(b"20240306", b"20241399"))) == ["date"]


# ---- camt ----


def test_camt_entries_details_and_reversals() -> None:
    file = read_statement(small_files.CAMT)
    (statement,) = file.statements
    assert (statement.opening, statement.closing, statement.entries) == (Decimal(100), Decimal("-20.50"), 3)
    batch, first, second, reversal, pending = rows(file)
    assert [row.get("parent") for row in (batch, first, second, reversal)] == [None, 1, 1, None]
    assert (first["counterparty_name"], first["end_to_end_id"], first["line_number"]) == ("Ann & Bob", "E1", 12)
    assert (second["amount"], second["description"]) == (Decimal(20), "Rent Elm2")
    assert (reversal["amount"], reversal["is_reversal"], reversal["return_code"]) == (Decimal("-150.50"), True, "AC04")
    assert batch["value_date"] == date(2024, 4, 1)
    assert pending["status"] == "pending"
    assert "end_to_end_id" not in reversal


def test_camt_entries_with_a_value_date_alone_are_booked_on_it() -> None:
    """What is pending has no day of booking yet."""
    day = b" <BookgDt><Dt>2024-03-31</Dt></BookgDt>"
    data = small_files.CAMT.replace(day + b"<ValDt>", b" <ValDt>").replace(day, b"<ValDt><Dt>2024-04-02</Dt></ValDt>")
    assert [row.get("booking_date") for row in rows(read_statement(data))] == [
        date(2024, 4, 1), date(2024, 4, 1), date(2024, 4, 1), date(2024, 4, 2), None,
    ]  # fmt: skip


def test_camt_takes_the_currency_of_its_entries_and_a_bank_as_the_other_party() -> None:
    """A notification has no balances, and not every account has a currency."""
    text = small_files.CAMT.decode().replace("<Ccy>EUR</Ccy>", "").replace("Stmt>", "Ntfctn>").replace("Bal>", "B>")
    text = text.replace("<Pty><Nm>Ann &amp; Bob</Nm></Pty>", "<Agt><FinInstnId><Nm>Bank</Nm></FinInstnId></Agt>")
    file = read_statement(text.encode())
    assert file.statements[0].currency == "EUR"
    assert "currency" not in codes_of(file, Severity.WARNING)
    assert rows(file)[1]["counterparty_name"] == "Bank"
    mixed = read_statement(text.replace('<Amt Ccy="EUR">7.00', '<Amt Ccy="USD">7.00').encode())
    assert (mixed.statements[0].currency, codes_of(mixed, Severity.WARNING)) == (None, ["currency"])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('<Amt Ccy="EUR">150.50', '<Amt Ccy="EUR">15O.50', "amount"),
        ('<Amt Ccy="EUR">150.50', '<Amt Ccy="EUR">-150.50', "amount"),
        ("<CdtDbtInd>DBIT</CdtDbtInd><RvslInd>", "<RvslInd>", "amount"),
        ('<Amt Ccy="EUR">150.50', '<Amt Ccy="EUR">150.51', "balance"),
        ("</Document>", "", "cut_off"),
        ("<Document", '<!DOCTYPE x [<!ENTITY a "b">]><Document', "entities"),
    ],
)
def test_camt_that_must_not_be_trusted(old: str, new: str, code: str) -> None:
    assert code in codes_of(read_statement(small_files.CAMT.decode().replace(old, new).encode()))


def test_camt_in_other_encodings_prefixes_and_with_comments() -> None:
    text = small_files.CAMT.decode()
    base = [row["amount"] for row in rows(read_statement(text.encode()))]
    prefixed = text.replace("</", "</n:").replace("<", "<n:").replace("<n:/n:", "</n:").replace("<n:?xml", "<?xml")
    prefixed = prefixed.replace("xmlns=", "xmlns:n=")
    for data in (
        text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode(), prefixed.encode(), text.replace("\n", "\r\n").encode(),
        text.replace("Ann", "Änn").replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        text.replace("Ann", "Änn").encode("cp1252"),
        text.replace("<Stmt>", "<Stmt><!-- <Ntry> </Stmt> -->").encode(),
        text.replace("Rent Elm2", "<![CDATA[Rent </Ntry> Elm2]]>").encode(),
    ):  # fmt: skip
        file = read_statement(data)
        assert codes_of(file) == []
        assert [row["amount"] for row in rows(file)] == base


# ---- MT940 ----


def test_mt940_marks_years_and_structured_text() -> None:
    file = read_statement(small_files.MT940)
    transfer, check, reversal = rows(file)
    assert (transfer["value_date"], transfer["booking_date"]) == (date(2023, 12, 31), date(2024, 1, 2))
    assert (transfer["end_to_end_id"], transfer["counterparty_name"]) == ("E2E 7", "MIETER A")
    assert (transfer["description"], transfer["bank_reference"]) == ("GUTSCHRIFT Miete Elm1", "0724710345313905")
    assert (check["check_number"], check["amount"], check["event"]) == ("1187", Decimal("-50.5"), "check_paid")
    assert (reversal["amount"], reversal["is_reversal"]) == (Decimal(-10), True)


@pytest.mark.parametrize("amount", [b"1.234", b"1.234,56", b"1,234.56", b"1,234,56", b"", b"5,00001", b"10.555"])
def test_mt940_amounts_without_one_reading(amount: bytes) -> None:
    """Other readers take 1.234,56 for 1."""
    file = read_statement(small_files.MT940.replace(b"50,5N", amount + b"N"))
    assert "amount" in codes_of(file)
    assert file.lines["amount"].to_pylist()[1] is None


def test_mt940_amounts_with_a_point_before_two_decimals_and_with_many_noughts() -> None:
    """Rabobank writes so; SWIFT marks no thousands, so the point can only be that of the decimals."""
    with_points = small_files.MT940.replace(b"EUR69,50", b"EUR000000000069.50").replace(b"D50,5N", b"D0000000050.50N")
    for data in (with_points, small_files.MT940.replace(b"EUR100,00", b"EUR0000000000000100,00")):
        file = read_statement(data)
        assert codes_of(file) == []
        assert file.statements[0].debits == Decimal("60.5")
    assert codes_of(read_statement(with_points), Severity.WARNING).count("point") == 1


def test_mt940_as_banks_bend_it() -> None:
    """A blank before the type, a type of three, 30 February, a balance without currency, a broken `:86:`."""
    data = (
        b":20:A\n:25:1\n:28C:1\n:60F:C240228EUR1,00\n:61:2402300301D0,25 NRTIKREF+//7\n:86:109\n?00RETOUR\n?32ANN\n"
        b":61:240301C1,NIT NONREF\n:62F:C2403011,75\n"
    )
    file = read_statement(data)
    returned, income = rows(file)
    assert codes_of(file) == []
    assert (returned["value_date"], returned["booking_date"]) == (date(2024, 2, 29), date(2024, 3, 1))
    assert (returned["bank_code"], returned["bank_reference"], "customer_reference" in returned) == ("NRTI", "7", False)
    assert (returned["counterparty_name"], returned["description"]) == ("ANN", "RETOUR")
    assert (income["bank_code"], "customer_reference" in income) == ("NIT", False)
    assert (file.statements[0].closing, file.statements[0].currency) == (Decimal("1.75"), "EUR")
    assert sorted(codes_of(file, Severity.WARNING)) == ["currency", "date"]


def test_mt940_and_mt942_are_held_against_their_totals() -> None:
    assert "balance" in codes_of(read_statement(small_files.MT940.replace(b"EUR69,50", b"EUR69,51")))
    interim = b":20:A\n:25:1\n:28C:1\n:34F:EUR0,\n:13D:2403011200+0000\n:61:240301C5,NTRFX\n:90C:1EUR5,\n:90D:0EUR0,\n"
    assert codes_of(read_statement(interim)) == []
    assert codes_of(read_statement(interim.replace(b":90C:1", b":90C:2"))) == ["control_total"]


@pytest.mark.parametrize(
    "end", [b"-}{5:{CHK:123456789ABC}{TNG:}}{S:{COP:P}}", b"-}\n{5:{CHK:1}}", b"-}$", b"-}\x03", b"-}\n$\n", b"- \n"]
)
def test_mt940_messages_end_with_trailers_and_marks_of_transport(end: bytes) -> None:
    message = small_files.MT940.replace(b"-}\n", end)
    for data in (message, b"\x01" + message + message):
        file = read_statement(data)
        assert codes_of(file) == []
        assert file.statements[-1].closing == Decimal("69.50")


@pytest.mark.parametrize("more", [b"{1:F01BANKNL21", b"{1:F01}{2:O940}{3:}{4", b":", b":2", b"BANKNL2A\n940"])
def test_mt940_cut_off_where_another_message_begins(more: bytes) -> None:
    assert codes_of(read_statement(small_files.MT940 + more)) == ["cut_off"]


def test_mt940_whose_last_message_alone_has_no_end_was_cut_off() -> None:
    plain = small_files.MT940.partition(b"{4:\n")[2].replace(b"-}", b"-")
    second = plain.replace(b":28C:00004", b":28C:00005").replace(b"C240101EUR100,00", b"C240102EUR69,50")
    second = second.replace(b"EUR69,50\n-", b"EUR39,00\n-")
    assert codes_of(read_statement(plain + second)) == []
    assert codes_of(read_statement(plain + second.removesuffix(b"-\n"))) == ["cut_off"]
    assert codes_of(read_statement(plain.removesuffix(b"-\n"))) == []


@pytest.mark.parametrize("code", [b"", b"020"])
def test_mt940_structured_text_with_and_without_a_business_code(code: bytes) -> None:
    text = code + b">00PRZELEW>20Czynsz>21 Elm1>31PL49105>32JAN\n KOWALSKI"
    row = rows(read_statement(small_files.MT940.replace(b"Scheck", text)))[1]
    assert (row["description"], row["counterparty_account"]) == ("PRZELEW Czynsz Elm1", "PL49105")
    assert row["counterparty_name"] == "JAN KOWALSKI"


def test_mt942_without_totals_is_told_of() -> None:
    data = b":20:A\n:25:1\n:28C:1\n:34F:EUR0,\n:13D:2403011200+0000\n:61:240301C5,NTRFX\n-\n"
    assert codes_of(read_statement(data), Severity.WARNING) == ["no_control"]


def test_mt940_pages_and_statements_without_a_header_of_their_own() -> None:
    text = small_files.MT940.decode().replace("\n-}", "").replace("{4:\n", "{4:\n").split("{4:\n")[1]
    twice = text + ":25:OTHER\n:60F:C240102EUR69,50\n:62F:C240102EUR69,50\n"
    file = read_statement(twice.encode())
    assert [statement.account for statement in file.statements] == ["50880050/0194774600888", "OTHER"]
    assert codes_of(file) == []


# ---- NACHA and lockbox ----


def test_nacha_credits_with_addenda() -> None:
    file = read_statement(small_files.NACHA)
    first, second = rows(file)
    assert (first["amount"], first["customer_reference"], first["event"]) == (Decimal(1400), "T-0110", "ach_credit")
    assert first["description"] == "RENT RENT 2024-03 UNIT 110"
    assert (second["counterparty_name"], second["trace_number"]) == ("EVANS ROY", "121000350001002")


def test_nacha_returns_name_the_entry_that_came_back() -> None:
    (row,) = rows(read_statement(small_files.RETURNS))
    assert (row["return_code"], row["original_trace_number"], row["trace_number"], row["amount"]) == (
        "R01", "121000350001002", "311076670000451", Decimal(-1195),
    )  # fmt: skip
    assert row["event"] == "ach_return"


def test_nacha_in_one_line_and_with_blanks_trimmed() -> None:
    base = rows(read_statement(small_files.NACHA))
    one_line = small_files.NACHA.replace(b"\n", b"")
    trimmed = b"\n".join(line.rstrip() for line in small_files.NACHA.split(b"\n"))
    for data in (one_line, trimmed):
        file = read_statement(data)
        assert codes_of(file) == []
        assert [row["amount"] for row in rows(file)] == [row["amount"] for row in base]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [(b"0000140000", b"0000140001", "control_total"), (b"0000140000", b"00001400x0", "amount"),
     (b"822000000300582", b"822000000200582", "control_total"), (b"622271080985", b"6xx271080985", "code")],
)  # fmt: skip
def test_nacha_that_must_not_be_trusted(old: bytes, new: bytes, code: str) -> None:
    assert code in codes_of(read_statement(small_files.NACHA.replace(old, new)))


def test_lockbox_checks_with_overflow() -> None:
    first, second = rows(read_statement(small_files.LOCKBOX))
    assert (first["amount"], first["check_number"], first["description"]) == (Decimal(1250), "1187", "UNIT 101")
    assert (second["counterparty_name"], second["booking_date"]) == ("BENNETT TOM", date(2024, 3, 4))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [(b"0000131050", b"0000131051", "control_total"), (b"9000009", b"9000008", "control_total"),
     (b"0000131050", b"00001310x0", "amount"), (b"9000009\n", b"", "cut_off")],
)  # fmt: skip
def test_lockbox_that_must_not_be_trusted(old: bytes, new: bytes, code: str) -> None:
    assert old in small_files.LOCKBOX
    assert code in codes_of(read_statement(small_files.LOCKBOX.replace(old, new)))


# ---- All ----


def test_chains_of_statements_are_checked_for_gaps() -> None:
    first, second = read_statement(small_files.BAI2).statements
    assert chain_gaps([second, first]) == []
    later = read_statement(small_files.BAI2.replace(b"010,1353575", b"010,1353576")).statements[1]
    (gap,) = chain_gaps([first, later])
    assert (gap.severity, gap.code) == (Severity.WARNING, "gap")
    assert "13,535" not in gap.message
    assert "...7001" in gap.message


def test_the_table_of_codes_can_be_changed(tmp_path: Any) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("code_system,code,event\nbai2,115,deposit\n", encoding="utf-8")
    file = read_statement(small_files.BAI2, codes=load_codes(path))
    assert rows(file)[0]["event"] == "deposit"
    path.write_text("code_system,code,event\nbai2,115,nonsense\n", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"codes\.csv, line 2"):
        load_codes(path)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello", b"\x00" * 50, b"PK\x03\x04" + bytes(range(256))])
def test_what_is_no_bank_file_is_said_to_be_none(data: bytes) -> None:
    file = read_statement(data)
    assert file.format is None
    assert "unknown_format" in codes_of(file)


def test_files_that_cannot_be_opened(tmp_path: Any) -> None:
    with pytest.raises(InputRefused, match="no such file"):
        read_statement(tmp_path / "none.ofx")
    with pytest.raises(InputRefused, match="is a folder"):
        read_statement(tmp_path)
    with pytest.raises(InputRefused, match="no profile"):
        read_statement(b"x", profile="nothing")
