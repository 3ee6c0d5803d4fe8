"""CSV files of banks: columns, signs, dates and decimal marks, by profile or by the usual names (BANK_FORMATS)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from recon.bank import profiles
from recon.bank.bank_file import BankFile
from recon.bank.csv_values import amount_of, date_of, date_order, decimal_mark
from recon.bank.reading import read_statement
from recon.errors import InputRefused
from schemas.bank import Severity
from tests.bank import small_files


def errors(file: BankFile) -> list[tuple[int | None, str]]:
    """Line and code of each error."""
    return [(finding.line, finding.code) for finding in file.findings if finding.severity == Severity.ERROR]


def amounts(file: BankFile) -> list[Decimal | None]:
    """The amounts in file order."""
    return list(file.lines["amount"].to_pylist())


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("12.50", ".", (0, "12.50")), ("-12.50", ".", (-1, "12.50")), ("(12.50)", ".", (-1, "12.50")),
        ("12.50-", ".", (-1, "12.50")), ("$1,234.56", ".", (0, "1234.56")), ("+ $73.01", ".", (1, "73.01")),
        ("1.234,56", ",", (0, "1234.56")), ("1 234,56", ",", (0, "1234.56")), ("1'234.50", ".", (0, "1234.50")),
        ("\u22125,00 €", ",", (-1, "5.00")), ("12.50 CR", ".", (1, "12.50")), ("12.50DR", ".", (-1, "12.50")),
        ("USD 5", ".", (0, "5")), (".5", ".", (0, "0.5")), ("1,23,456.00", ".", (0, "123456.00")),
        ("12.50Dr.", ".", (-1, "12.50")), ("12.50 Cr.", ".", (1, "12.50")),
        ("18$.27", ".", None), ("52 0.00", ".", None), ("17\f22", ".", None), ("82'7,5", ",", None),
        ("1.234,56", ".", None), ("1,2345.00", ".", None), ("50x0", ".", None), ("--5", ".", None), ("", ".", None),
        ("(-5)", ".", None), ("1.23456", ".", None), ("٣", ".", None), ("1e5", ".", None), ("1.2.3", ".", None),
    ],
)  # fmt: skip
def test_amounts(text: str, mark: str, expected: tuple[int, str] | None) -> None:
    read = amount_of(text, mark)
    assert read == (None if expected is None else (expected[0], Decimal(expected[1])))


def test_the_decimal_mark_is_told_from_the_whole_file_or_not_at_all() -> None:
    assert decimal_mark(["1,234", "12.5"]) == "."
    assert decimal_mark(["1.234", "12,5"]) == ","
    assert decimal_mark(["1.234.567"]) == ","
    assert decimal_mark(["5", "12"]) == "."
    assert decimal_mark(["1,234"]) is None
    assert decimal_mark(["12.5", "12,5"]) is None


def test_the_order_of_dates_is_told_from_the_whole_file_or_not_at_all() -> None:
    assert date_order(["03/04/2024", "03/25/2024"]) == "mdy"
    assert date_order(["03/04/2024", "25/03/2024"]) == "dmy"
    assert date_order(["2024-03-04"]) == "ymd"
    assert date_order(["03/03/2024"]) == "ymd"
    assert date_order(["03/04/2024"]) is None
    assert date_of("04.03.24", "dmy") == date(2024, 3, 4)
    assert date_of("15-Mar-24", None) == date(2024, 3, 15)
    assert date_of("Mar 15, 2024", None) == date(2024, 3, 15)
    assert date_of("20240315", None) == date(2024, 3, 15)
    assert date_of("3/4/2024 10:11", "mdy") == date(2024, 3, 4)
    assert date_of("31/02/2024", "dmy") is None


def test_a_row_with_one_comma_more_than_the_header_does_not_shift() -> None:
    """Chase; pandas shifts every column, and the amount becomes the type."""
    file = read_statement(small_files.CSV)
    assert file.statements[0].notes["profile"] == "chase"
    assert amounts(file) == [Decimal("1055.40"), Decimal(-50), Decimal(100)]
    assert (file.statements[0].opening, file.statements[0].closing) == (Decimal("1395.00"), Decimal("2500.40"))
    assert file.lines["event"].to_pylist() == ["deposit", "returned_check", "ach_credit"]


def test_a_balance_that_does_not_follow_shows_that_lines_are_missing() -> None:
    rows = [b"Date,Amount,Balance"]
    balance = 0
    for number in range(1, 20):
        balance += number
        rows.append(b"2024-01-%02d,%d.00,%d.00" % (number, number, balance))
    assert read_statement(b"\n".join(rows) + b"\n").is_trusted
    del rows[10]
    assert (11, "balance") in errors(read_statement(b"\n".join(rows) + b"\n"))


def test_preamble_footer_balances_and_bad_rows_are_told_of() -> None:
    data = (
        b"My bank\nAccount;12345\n\nDate;Text;Amount\n31.01.2024;Rent;1.200,50\n01.02.2024;Fee;-3,00\n"
        b"02.02.2024;Bad;5o,00\n03.02.2024;Extra;1,00;what\nTotal;;1.198,50\n"
    )
    file = read_statement(data)
    assert amounts(file) == [Decimal("1200.50"), Decimal("-3.00"), None, Decimal("1.00")]
    assert errors(file) == [(7, "amount"), (8, "columns")]
    assert [finding.line for finding in file.findings if finding.code == "no_line"] == [9]
    assert file.lines["line_number"].to_pylist() == [5, 6, 7, 8]


def test_debit_and_credit_columns_directions_and_several_accounts() -> None:
    two = b"Date,Debit,Credit,Account\n2024-01-31,5.00,,A1\n2024-01-31,-6.00,,A1\n2024-01-31,,7.50,B2\n"
    two += b"2024-01-31,1,2,A1\n"
    file = read_statement(two)
    assert amounts(file) == [Decimal(-5), Decimal(-6), Decimal("7.50"), None]
    assert [(statement.account, statement.entries) for statement in file.statements] == [("A1", 3), ("B2", 1)]
    assert errors(file) == [(5, "amount")]
    flagged = (
        b"Date,Amount,Dr/Cr\n2024-01-31,5.00,D\n2024-01-31,-6.00,D\n2024-01-31,7,C\n2024-01-31,-8,C\n2024-01-31,9,?\n"
    )
    file = read_statement(flagged)
    assert amounts(file) == [Decimal(-5), Decimal(-6), Decimal(7), None, None]


@pytest.mark.parametrize("header", ["Type", "Transaction Type", "CreditDebet", "Debit/Credit Indicator"])
def test_amounts_without_signs_are_signed_by_the_column_of_directions(header: str) -> None:
    data = f"Date,{header},Amount\n2024-01-30,Debit,5.00\n2024-01-31,CREDIT,7.50\n".encode()
    assert amounts(read_statement(data)) == [Decimal(-5), Decimal("7.50")]
    signed = read_statement(data.replace(b"5.00", b"-5.00"))
    assert amounts(signed) == [Decimal(-5), Decimal("7.50")]


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Type", "Debit Check"), ("Method", "Debit Credit"), ("Ind", "D C"), ("Details", "Withdrawal x")],
)
def test_amounts_without_signs_are_not_read_as_money_in_where_a_column_speaks_of_debits(
    header: str, cells: str
) -> None:
    first, second = cells.split()
    file = read_statement(f"Date,{header},Amount\n2024-01-30,{first},5\n2024-01-31,{second},7\n".encode())
    assert errors(file) == [(1, "direction")]


@pytest.mark.parametrize("cells", ["- -", "A D", "Rent Rent", "Credit Credit"])
def test_amounts_without_signs_are_money_in_where_nothing_speaks_of_debits(cells: str) -> None:
    first, second = cells.split()
    file = read_statement(f"Date,Type,Amount\n2024-01-30,{first},5\n2024-01-31,{second},7\n".encode())
    assert (errors(file), amounts(file)) == ([], [Decimal(5), Decimal(7)])


def test_what_is_pending_needs_no_day_and_what_failed_moved_no_money() -> None:
    data = b"Completed Date,Amount,State\n2024-01-30,5.00,COMPLETED\n,-6.00,PENDING\n2024-01-31,7.00,REVERTED\n"
    file = read_statement(data)
    assert errors(file) == []
    assert file.lines.select(["amount", "booking_date", "status"]).to_pylist() == [
        {"amount": Decimal(5), "booking_date": date(2024, 1, 30), "status": "booked"},
        {"amount": Decimal(-6), "booking_date": None, "status": "pending"},
    ]
    assert errors(read_statement(data.replace(b"PENDING", b"COMPLETED"))) == [(3, "date")]


def test_days_come_first_where_the_header_is_of_such_a_language() -> None:
    rows = b";Betrag\n05/04/2024;-1,00\n"
    file = read_statement(b"Buchungstag" + rows)
    assert (errors(file), file.statements[0].to_date) == ([], date(2024, 4, 5))
    assert "date_order" in {finding.code for finding in file.findings}
    assert errors(read_statement(b"Date" + rows)) == [(1, "date_order")]
    assert read_statement(b"Buchungstag" + rows + b"05/13/2024;1,00\n").statements[0].to_date == date(2024, 5, 13)


@pytest.mark.parametrize("beside", ["Particulars", "Sort Code", "Chq./Ref.No."])
def test_days_come_first_where_a_column_is_of_such_a_country(beside: str) -> None:
    file = read_statement(f"Date,{beside},Withdrawn,Deposited\n05/04/2024,x,5.00,\n".encode())
    assert (errors(file), amounts(file), file.statements[0].to_date) == ([], [Decimal(-5)], date(2024, 4, 5))


def test_the_own_account_is_told_from_the_other_partys() -> None:
    data = b"Auftragskonto;Buchungstag;Kontonummer;Betrag (EUR)\n111;31.01.2024;222;-1,00\n"
    file = read_statement(data)
    assert file.statements[0].account == "111"
    assert file.lines["counterparty_account"].to_pylist() == ["222"]
    assert read_statement(data.replace(b"Auftragskonto", b"Beleg")).statements[0].account == "222"


def test_a_column_of_accounts_that_is_empty_or_ever_another_is_the_other_partys() -> None:
    head, row = b"Date,Account Number,Amount\n", b"2024-01-%02d,%s,-1.00\n"
    for accounts in ([b"A1", b""], [b"A%d" % number for number in range(1, 5)]):
        file = read_statement(head + b"".join(row % (day, account) for day, account in enumerate(accounts, 1)))
        assert [statement.account for statement in file.statements] == [None]
        assert file.lines["counterparty_account"].to_pylist()[0] == "A1"
    own = head + b"".join(row % (day, account) for day, account in enumerate([b"A1", b"A2", b"A1"], 1))
    assert [statement.account for statement in read_statement(own + b"Total,,-3.00\n").statements] == ["A1", "A2"]


def test_a_credit_with_a_minus_is_told_of() -> None:
    file = read_statement(b"Date,Debit,Credit\n2024-01-31,,-5.00\n")
    assert amounts(file) == [Decimal(-5)]
    assert [finding.line for finding in file.findings if finding.code == "signed"] == [2]


@pytest.mark.parametrize("mark", ["{} CR", "+{}", "+ £{}"])
def test_where_money_in_alone_is_marked_the_rest_went_out(mark: str) -> None:
    data = f"Date,Description,Amount\n2024-01-31,SHOP,12.50\n2024-01-31,PAYMENT,{mark.format('9.00')}\n"
    file = read_statement(data.encode())
    assert (errors(file), amounts(file)) == ([], [Decimal("-12.50"), Decimal(9)])
    assert [finding.code for finding in file.findings if finding.severity is Severity.WARNING] == ["signed"]
    file = read_statement(data.replace("12.50", "0.00").encode())
    assert not any(finding.code == "signed" for finding in file.findings)


def test_names_of_columns_are_known_however_their_words_are_joined() -> None:
    data = b"PostingDate,Credit_Debit_Indicator,amount,Running Balance\n01/31/2024,Debit,1.00,9.00\n"
    file = read_statement(data)
    assert (errors(file), amounts(file), file.statements[0].closing) == ([], [Decimal(-1)], Decimal(9))


def test_signs_and_currencies_in_the_names_of_columns_do_not_count() -> None:
    data = b"Date,Withdrawal (-),Deposit (+),RunningBalance\n01/31/2024,$1.00,,$9.00\n01/30/2024,,$4.00,$10.00\n"
    file = read_statement(data)
    assert errors(file) == []
    assert (amounts(file), file.statements[0].closing) == ([Decimal(-1), Decimal(4)], Decimal(9))


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("Date,Withdrawals (SGD),Deposits (SGD)", "SGD"),
        ("Date , Paid Out (eur) , Paid In (eur)", "EUR"),
        ("Date,Debit (USD),Credit (SGD)", None),
        ("Date,Debit (-),Credit (+)", None),
    ],
)
def test_the_currency_is_that_which_stands_beside_the_names_of_the_amounts(header: str, currency: str | None) -> None:
    file = read_statement(f"{header}\n2024-01-31,5.00,\n".encode())
    assert (errors(file), amounts(file)) == ([], [Decimal(-5)])
    assert file.statements[0].currency == currency


def test_quoted_fields_over_several_lines_and_other_encodings() -> None:
    data = 'Datum;Omschrijving;Bedrag\n2024-01-31;"Huur\nwoning; Café";5,00\n'
    for encoded in (data.encode(), data.encode("cp1252"), data.encode("utf-16"), b"\xef\xbb\xbf" + data.encode()):
        file = read_statement(encoded)
        assert file.lines["description"].to_pylist() == ["Huur woning; Café"]
        assert (file.lines["line_number"].to_pylist(), file.lines["line_end"].to_pylist()) == ([2], [3])


def test_a_profile_of_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'date_order = "mdy"\ndecimal = "."\npositive = "out"\naccount = "77"\n[columns]\n'
        'booking_date = "#1"\namount = "#2"\ndescription = "#4"\n', encoding="utf-8",
    )  # fmt: skip
    file = read_statement(b'"03/04/2024","12.00","*","COFFEE"\n', profile=path)
    assert errors(file) == []
    assert file.lines.select(["account", "amount", "booking_date", "description"]).to_pylist() == [
        {"account": "77", "amount": Decimal(-12), "booking_date": date(2024, 3, 4), "description": "COFFEE"}
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[columns]\nday = 'x'\namount = 'y'\n", "no column role"),
        ("[columns]\nbooking_date = 'x'\n", "neither an amount"),
        ("[columns]\namount = 'x'\n", "no booking_date"),
        ("colour = 'x'\n[columns]\n", "not a setting"),
        ("date_order = 'ydm'\n[columns]\nbooking_date='a'\namount='b'\n", "date_order"),
        ("decimal = 5\n[columns]\n", "text in quotes"),
        ("columns = 5\n", "table of roles"),
        ("[columns", "cannot be read"),
    ],
)
def test_profiles_that_are_not_well_formed(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused, match=message):
        read_statement(small_files.CSV, profile=path)


def test_an_account_that_a_quote_keeps_a_text() -> None:
    file = read_statement(b"Date,Value,Account Number\n2024-01-31,5.00,'600000-12345678\n")
    assert (errors(file), file.statements[0].account) == ([], "600000-12345678")


def test_amounts_whose_digits_are_grouped_in_twos() -> None:
    rows = '05/04/24,"25,000.00",,"1,25,000.00"\n06/04/24,,"40,000.00","85,000.00"\n'
    file = read_statement(f"Date,Deposit Amt.,Withdrawal Amt.,Closing Balance\n{rows}".encode())
    assert (errors(file), amounts(file)) == ([], [Decimal(25_000), Decimal(-40_000)])
    assert (file.statements[0].opening, file.statements[0].closing) == (Decimal(100_000), Decimal(85_000))


def test_processors_whose_fee_is_a_column_of_its_own() -> None:
    square = (
        b"Date,Time,Gross Sales,Total Collected,Fees,Net Total,Payment ID\n"
        b"2024-01-30,10:02:11,$30.00,$31.16,-$0.93,$30.23,P1\n2024-01-31,09:00:00,-$12.00,-$12.96,$0.00,-$12.96,P2\n"
    )
    file = read_statement(square)
    assert (errors(file), amounts(file)) == ([], [Decimal("31.16"), Decimal("-12.96")])


def test_a_column_for_each_currency_leaves_no_amount_out_in_silence() -> None:
    header = "Account Type,Account Number,Transaction Date,Cheque Number,Description 1,Description 2,CAD$,USD$\n"
    file = read_statement(f"{header}Chequing,12345-67,3/4/2024,,SHOP,,-5.00,\n".encode())
    assert (errors(file), amounts(file), file.statements[0].currency) == ([], [Decimal(-5)], "CAD")
    file = read_statement(f"{header}Chequing,12345-67,3/4/2024,,SHOP,,,-5.00\n".encode())
    assert errors(file) == [(2, "amount")]


def test_the_profiles_that_come_along_are_well_formed() -> None:
    names = [profile.name for profile in profiles.shipped()]
    assert {"chase", "stripe", "paypal", "rent_payments", "debit_credit"} <= set(names)


def test_cards_that_write_purchases_as_positive_and_a_bank_without_a_header() -> None:
    discover = b"Trans. Date,Post Date,Description,Amount,Category\n01/30/2024,01/31/2024,Shop,5.00,Home\n"
    amex = b"Date,Description,Card Member,Account #,Amount\n01/31/2024,SHOP,ANN,-1001,5.00\n"
    for data in (discover, amex):
        file = read_statement(data)
        assert (errors(file), amounts(file)) == ([], [Decimal(-5)])
    file = read_statement(b'"01/31/2024","-50.00","*","101","CHECK # 101"\n')
    assert file.lines.select(["amount", "check_number"]).to_pylist() == [
        {"amount": Decimal("-50.00"), "check_number": "101"}
    ]


def test_a_bank_that_gives_the_other_partys_iban_and_lines_that_are_not_booked_yet() -> None:
    header = "Buchungsdatum;Wertstellung;Status;Zahlungspflichtige*r;Umsatztyp;IBAN;Betrag (€)"
    rows = "17.01.24;17.01.24;Gebucht;ANN;Eingang;DE02120300000000202051;1.100\n17.01.24;;Vorgemerkt;;Ausgang;;-5,00"
    file = read_statement(f'"Girokonto";"DE89370400440532013000"\n\n{header}\n{rows}\n'.encode())
    assert errors(file) == []
    assert file.lines.select(["amount", "status", "counterparty_account"]).to_pylist() == [
        {"amount": Decimal(1100), "status": "booked", "counterparty_account": "DE02120300000000202051"},
        {"amount": Decimal(-5), "status": "pending", "counterparty_account": None},
    ]


def test_files_without_a_header_are_known_by_the_shape_of_their_first_row() -> None:
    australian = b'03/04/2024,"-12.00","SHOP","+988.00"\n02/04/2024,"+500.00","RENT","+1000.00"\n'
    file = read_statement(australian)
    assert (errors(file), file.statements[0].opening, file.statements[0].closing) == ([], Decimal(500), Decimal(988))
    assert file.lines["booking_date"].to_pylist() == [date(2024, 4, 3), date(2024, 4, 2)]
    file = read_statement(b"03/14/2024,SHOP,184.27,,4815.73\n03/15/2024,PAY,,5200.00,10015.73\n")
    assert (errors(file), file.statements[0].opening, file.statements[0].closing) == (
        [], Decimal(5000), Decimal("10015.73"),
    )  # fmt: skip
    assert read_statement(b'03/04/2024,"-12.00","SHOP","988.00"\n').format is None


def test_cards_that_write_money_in_with_a_minus() -> None:
    citi = b"Status,Date,Description,Debit,Credit\nCleared,01/30/2024,SHOP,17.99,\nCleared,01/31/2024,PAID,,-113.99\n"
    file = read_statement(citi)
    assert (errors(file), amounts(file)) == ([], [Decimal("-17.99"), Decimal("113.99")])
    apple = (
        b"Transaction Date,Clearing Date,Description,Merchant,Type,Amount (USD)\n01/30/2024,01/31/2024,A,B,Sale,9.99\n"
    )
    file = read_statement(apple)
    assert (errors(file), amounts(file), file.statements[0].currency) == ([], [Decimal("-9.99")], "USD")


def test_a_card_shows_by_its_payments_which_way_round_its_signs_are() -> None:
    shop = "2024-01-30,SHOP,5.00\n2024-01-30,THANK YOU CAFE,7.00\n"
    file = read_statement(f"Date,Description,Amount\n{shop}2024-01-31,ONLINE PAYMENT - THANK YOU,-9.00\n".encode())
    assert (errors(file), amounts(file)) == ([], [Decimal(-5), Decimal(-7), Decimal(9)])
    assert "signed" in {finding.code for finding in file.findings}
    file = read_statement(f"Date,Description,Amount\n{shop}2024-01-31,Payment Thank You-Mobile,9.00\n".encode())
    assert amounts(file) == [Decimal(5), Decimal(7), Decimal(9)]
    paid = "2024-01-31,PAYMENT THANK YOU,-9.00\n"
    assert amounts(read_statement(f"Date,Description,Amount\n{paid}".encode())) == [Decimal(-9)]


def test_a_row_that_lost_a_cell_is_told_of_and_its_amount_not_taken_from_the_next_column() -> None:
    header, row = "Date,Name,Memo,Debit,Credit,Balance\n", "2024-01-3{},A,B,5.00,,100.00\n"
    damaged = row.format(1).replace("5.00,,", "5.00;,")
    file = read_statement((header + row.format(0) + damaged).encode())
    assert (3, "columns") in errors(file)
    file = read_statement((header + (row.format(0) + damaged) * 2).encode())  # a habit of the bank, it seems
    assert (3, "columns") not in errors(file)


def test_a_header_that_lost_its_line_end_or_one_column_of_amounts() -> None:
    rows = "2024-01-30,5.00,\n2024-01-31,,7.00\n"
    assert errors(read_statement(f"Date,Debit,Credit,{rows}".encode())) == [(1, "no_header")]
    assert errors(read_statement(f"Date,Debit,Cre1it\n{rows}".encode())) == [(3, "amount")]
    assert amounts(read_statement(b"Date,Deposit\n2024-01-30,5.00\n")) == [Decimal(5)]
