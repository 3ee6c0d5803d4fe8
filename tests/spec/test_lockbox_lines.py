"""What becomes of one line of a lockbox file (SPEC 3), as tables that a bookkeeper can read."""

import re
from pathlib import Path

import pytest

from recon.lockbox.reading import content_sha256, parse, read
from recon.lockbox.record import ParsedLine, Rejected, parse_line

GOLDEN = Path(__file__).parents[1] / "golden" / "lockbox" / "June10.csv"

# line as it stands in the file | date | unit | amount | memo | tenant
GOOD = """
"2006-06-10","Cedar327","690.00","Ref #68217","Roseman",       | 2006-06-10 | Cedar327 | 690.00 | Ref #68217 | Roseman
"2006-06-10","Mail212","950.00","Reference #6612"              | 2006-06-10 | Mail212 | 950.00 | Reference #6612 |
"2006-06-10","Mail212","950.00","Reference #6612",             | 2006-06-10 | Mail212 | 950.00 | Reference #6612 |
"2006-06-10","Mail212","950.00","Reference #6612","Bruno"      | 2006-06-10 | Mail212 | 950.00 | Reference #6612 | Bruno
"2006-06-10","Mail212","950.00","Reference #6612","",          | 2006-06-10 | Mail212 | 950.00 | Reference #6612 |
"2006-06-10","Mail212","950.00","Reference #6612",,            | 2006-06-10 | Mail212 | 950.00 | Reference #6612 |
"2006-06-10","Mail212","950.00","Reference #6612","Bruno"," "  | 2006-06-10 | Mail212 | 950.00 | Reference #6612 | Bruno
"06/10/2006","Mail212","950.00","mm/dd/yyyy","Bruno",          | 2006-06-10 | Mail212 | 950.00 | mm/dd/yyyy | Bruno
"02/29/2024","Mail212","950.00","leap day","Bruno",            | 2024-02-29 | Mail212 | 950.00 | leap day | Bruno
"1900-01-01","Mail212","0.01","first day, least","Bruno",      | 1900-01-01 | Mail212 | 0.01 | first day, least | Bruno
"2199-12-31","M","999999999999.99","last day, most","B",       | 2199-12-31 | M | 999999999999.99 | last day, most | B
2006-06-10,Mail212,950.00,no quotes,Bruno                      | 2006-06-10 | Mail212 | 950.00 | no quotes | Bruno
2006-06-10,"Mail212",950.00,"some quotes","Bruno",             | 2006-06-10 | Mail212 | 950.00 | some quotes | Bruno
 "2006-06-10" , " Mail212 " , "950.00 " ,"  spaces  ", Bruno , | 2006-06-10 | Mail212 | 950.00 | spaces | Bruno
"2006-06-10","00327","950.00","2"" pipe","NA",                 | 2006-06-10 | 00327 | 950.00 | 2" pipe | NA
"2006-06-10","","950.00","","",                                | 2006-06-10 | | 950.00 | |
"2006-06-10","","950.00","Rent, June","",                      | 2006-06-10 | | 950.00 | Rent, June |
"""

# line as it stands in the file | what the message must say | what the line adds to the file's total
BAD = """
"2006-06-10","Mail212","950.00"                          | The line has 3 fields; expected 4 or 5             | 950.00
Mail212                                                  | The line has 1 field; expected 4 or 5              | 0.00
"2006-06-10","Mail212","950.00","memo","Bruno","more"    | Field 6 is 'more'; expected nothing after          | 950.00
"2006-06-10","Mail212","950.00","memo","Bruno","",       | The line has more than 6 fields                    | 950.00
"2006-06-10","Mail212","950.00","memo","Bruno","",""     | The line has more than 6 fields                    | 950.00
"2006-02-30","Mail212","950.00","memo","Bruno",          | The date '2006-02-30' is no day of the years       | 950.00
"02/30/2006","Mail212","950.00","memo","Bruno",          | The date '02/30/2006' is no day of the years       | 950.00
"25/06/2006","Mail212","950.00","day first","Bruno",     | The date '25/06/2006' is no day of the years       | 950.00
"1899-12-31","Mail212","950.00","memo","Bruno",          | The date '1899-12-31' is no day of the years       | 950.00
"2200-01-01","Mail212","950.00","memo","Bruno",          | The date '2200-01-01' is no day of the years       | 950.00
"2006-6-10","Mail212","950.00","memo","Bruno",           | The date '2006-6-10' is in another form            | 950.00
"20060610","Mail212","950.00","memo","Bruno",            | The date '20060610' is in another form             | 950.00
"","Mail212","950.00","memo","Bruno",                    | The date '' is in another form                     | 950.00
"2006-06-10","Mail212","$950.00","memo","Bruno",         | The amount '$950.00' is in another form            | 0.00
"2006-06-10","Mail212","1,950.00","memo","Bruno",        | The amount '1,950.00' is in another form           | 0.00
"2006-06-10","Mail212","-950.00","memo","Bruno",         | The amount '-950.00' is in another form            | 0.00
"2006-06-10","Mail212","950.0","memo","Bruno",           | The amount '950.0' is in another form              | 0.00
"2006-06-10","Mail212","950.000","memo","Bruno",         | The amount '950.000' is in another form            | 0.00
"2006-06-10","Mail212","1000000000000.00","13","Bruno",  | The amount '1000000000000.00' is in another form   | 0.00
"2006-06-10","Mail212","0.00","memo","Bruno",            | The amount '0.00' is not above zero                | 0.00
"2006-06-10","Mail212","950.00","2" pipe","Bruno",       | Field 4 has an undoubled quote inside its quotes   | 950.00
"2006-06-10","Mail"212","950.00","memo","Bruno",         | Field 2 has an undoubled quote inside its quotes   | 0.00
2006-06-10,Mail"212,950.00,memo,Bruno                    | Field 2 has a quote inside but none around it      | 0.00
2006-06-10,Mail212,950.00,2" pipe,Bruno                  | Field 4 has a quote inside but none around it      | 950.00
"2006-06-10","Mail212","950.00","memo                    | The closing quote of field 4 is missing            | 950.00
"2006-06-10","Mail212","950.00                           | The closing quote of field 3 is missing            | 0.00
"""


def rows(table: str) -> list[list[str]]:
    """Split a table into its cells."""
    return [[cell.strip() for cell in re.split(r" \|(?= |$)", row)] for row in table.strip("\n").splitlines()]


@pytest.mark.parametrize("row", rows(GOOD))
def test_good_lines(row: list[str]) -> None:
    """BTR-40, BTR-41, BTR-42, BTR-43, BTR-44, BTR-46, BTR-48: what a good line says."""
    line, *expected = row
    found = parse_line(line.encode())
    assert isinstance(found, ParsedLine)
    assert [found.file_date.isoformat(), found.unit_id, str(found.amount), found.memo, found.tenant_id] == expected


@pytest.mark.parametrize("row", rows(BAD))
def test_bad_lines(row: list[str]) -> None:
    """BTR-42, BTR-43, BTR-46, BTR-48, BTR-88: why a line is rejected, and what it still adds to the total."""
    line, message, adds = row
    found = parse_line(line.encode())
    assert isinstance(found, Rejected)
    assert message in found.message
    assert found.message.endswith(".")
    assert "expected" in found.message
    assert str(found.amount or "0.00") == adds


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'"2006-06-10","Mail\x00212","950.00","memo",', "Character 19 of the line is the control character U+0000"),
        (b'"2006-06-10","Mail212","950.00","me\x07mo",', "control character U+0007"),
        (b'"2006-06-10","Mail212","950.00","me\x7fmo",', "control character U+007F"),
        (b'"2006-06-10","Mail212","950.00","me\xc2\x85mo",', "control character U+0085"),
        (b'"2006-06-10","Mail212","950.00","me\x81mo",', "Byte 36 of the line (hexadecimal 81)"),
        (
            b'"2006-06-10","Mail212","950.00","' + b"m" * 65536 + b'",',
            "The line is 65571 bytes long; expected at most 65536",
        ),
    ],
)
def test_bytes_that_reject_a_line(raw: bytes, message: str) -> None:
    """BTR-45: NUL, control characters, bytes of no encoding and endless lines reject; the amount still counts."""
    found = parse_line(raw)
    assert isinstance(found, Rejected)
    assert message in found.message
    assert str(found.amount) == "950.00"


@pytest.mark.parametrize(
    ("raw", "memo"),
    [
        ("Café".encode(), "Café"),
        ("Café".encode("cp1252"), "Café"),
        ("\u201cquoted\u201d \u20ac".encode("cp1252"), "\u201cquoted\u201d \u20ac"),
        ("Żółć \U0001f3e0".encode(), "Żółć \U0001f3e0"),
        (b"tab\tinside", "tab\tinside"),
        (b"\ttab around\t", "tab around"),
        ("\u00a0hard space around\u3000".encode(), "hard space around"),
    ],
)
def test_encodings(raw: bytes, memo: str) -> None:
    """BTR-45: UTF-8 if valid, else Windows-1252, line by line."""
    found = parse_line(b'"2006-06-10","Mail212","950.00","' + raw + b'",')
    assert isinstance(found, ParsedLine)
    assert found.memo == memo


def test_long_memo_is_kept_whole_and_flagged() -> None:
    """BTR-49: forty characters fit, forty-one are flagged; characters are counted, not bytes."""
    memos = ["m" * 40, "m" * 41, "é" * 40, "é" * 41, " " + "m" * 40 + " ", "\U0001f3e0" * 40]
    data = "".join(f'"2006-06-10","Mail212","950.00","{memo}",\r\n' for memo in memos).encode()
    lines = parse(data)
    assert lines["memo"].to_pylist() == [memo.strip() for memo in memos]
    assert lines["memo_too_long"].to_pylist() == [False, True, False, True, False, False]


def test_example_file_of_the_seeds() -> None:
    """BTR-50, BTR-87, BTR-88, scenario 1: June10.csv as printed, blank lines included, 3 entries and 2,780.00."""
    june = read("June10.csv", GOLDEN.read_bytes())
    assert june.entries == 3
    assert str(june.total_amount) == "2780.00"
    assert june.lines.select(["line_number", "unit_id", "tenant_id", "memo"]).to_pylist() == [
        {"line_number": 1, "unit_id": "Cedar327", "tenant_id": "Roseman", "memo": "Reference #68217"},
        {"line_number": 3, "unit_id": "Fair436", "tenant_id": "Bruno", "memo": "Reference #1721"},
        {"line_number": 6, "unit_id": "Mail212", "tenant_id": "", "memo": "Reference #6612"},
    ]


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_mixed_forms_are_the_same_rows(line_end: str, order: tuple[int, ...]) -> None:
    """Scenario 1, BTR-42, BTR-45: four, five and six fields with any line end say the same."""
    forms = [
        ['"2006-06-10","Mail212","950.00","Reference #6612"', '"2006-06-10","Mail212","950.00","Reference #6612","",'],
        ['"2006-06-10","Fair436","1140.00","Ref","Bruno",', "06/10/2006,Fair436,1140.00,Ref,Bruno"],
        ['"2006-06-10","Cedar327","690.00","","Roseman"', ' "2006-06-10", "Cedar327", "690.00","" ,"Roseman" , '],
    ]
    plain = parse("\r\n".join(forms[place][0] for place in order).encode())
    mixed = parse(line_end.join(forms[place][1] for place in order).encode() + b"\n\n")
    assert mixed.equals(plain)
    assert content_sha256(mixed) == content_sha256(plain)
