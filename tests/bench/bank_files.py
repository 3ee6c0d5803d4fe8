"""Read 100,000 transactions of each bank format beside the best kept library for it; prints seconds and peak memory.

    python tests/bench/bank_files.py [TRANSACTIONS]

Each reading runs in a process of its own. Libraries that are not installed are passed over; they come with
`pip install bai2 mt-940 ofxparse` (MIT, BSD and MIT) and are no part of the project. A library reads only; ours also
checks balances and control totals and makes the frame's columns.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
OTHERS = {
    "bai2": ("bai2", "from bai2 import bai2; bai2.parse_from_string(open(path).read())"),
    "ofx": ("ofxparse", "import ofxparse; ofxparse.OfxParser.parse(open(path, 'rb'))"),
    "mt940": ("mt940", "import mt940; mt940.parse(path)"),
    "camt": (
        "xml",
        "import xml.etree.ElementTree as t\nfor _, e in t.iterparse(path):\n    e.tag.endswith('Ntry') and e.clear()",
    ),
    "csv": ("pandas", "import pandas; pandas.read_csv(path, dtype=str, index_col=False)"),
}  # fmt: skip
LIMIT_SECONDS = 120


def amounts(count: int) -> list[int]:
    """Cents, with their sign."""
    return [((number * 7919) % 1_000_000 + 1) * (1 if number % 3 else -1) for number in range(count)]


def money(cents: int, mark: str = ".") -> str:
    """Write cents without sign."""
    return f"{abs(cents) // 100}{mark}{abs(cents) % 100:02d}"


def bai2(count: int) -> str:
    """A BAI2 statement."""
    cents = amounts(count)
    closing, size = 10**8 + sum(cents), sum(map(abs, cents))
    lines = [
        f"16,{142 if cent > 0 else 451},{abs(cent)},0,BREF{number:08d},T-{number % 500:04d},ACH TENANT {number}/\n"
        f"88,TRACE 1210003500{number % 100000:05d}\n"
        for number, cent in enumerate(cents)
    ]
    total, records = 10**8 + closing + size, 2 * count + 2
    return (
        "01,071000505,PROP,240307,0300,1,,,2/\n02,PROP,071000505,1,240304,2400,USD,2/\n"
        f"03,000777001,USD,010,{10**8},,,015,{closing},,/\n{''.join(lines)}"
        f"49,{total},{records}/\n98,{total},1,{records + 2}/\n99,{total},1,{records + 4}/\n"
    )


def ofx(count: int) -> str:
    """An OFX file of version 1."""
    lines = [
        f"<STMTTRN>\n<TRNTYPE>{'CREDIT' if cent > 0 else 'DEBIT'}\n<DTPOSTED>202403{number % 28 + 1:02d}120000\n"
        f"<TRNAMT>{'-' if cent < 0 else ''}{money(cent)}\n<FITID>F{number:010d}\n<NAME>TENANT {number} &amp; CO\n"
        f"<MEMO>RENT UNIT {number % 900}\n</STMTTRN>\n"
        for number, cent in enumerate(amounts(count))
    ]
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1>"
        "<STMTTRNRS><TRNUID>1<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>071000505<ACCTID>777001<ACCTTYPE>CHECKING"
        f"</BANKACCTFROM><BANKTRANLIST><DTSTART>20240301<DTEND>20240331\n{''.join(lines)}</BANKTRANLIST>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )


def mt940(count: int) -> str:
    """An MT940 with structured text."""
    cents = amounts(count)
    closing = 10**8 + sum(cents)
    lines = [
        f":61:2403{number % 28 + 1:02d}03{number % 28 + 1:02d}{'C' if cent > 0 else 'D'}R{money(cent, ',')}NTRFNONREF\n"
        f":86:166?00GUTSCHRIFT?20EREF+E2E {number:08d}?21SVWZ+MIETE {number % 900}?31DE14508800500?32MIETER {number}\n"
        for number, cent in enumerate(cents)
    ]
    return (
        f":20:STARTUMS\n:25:50880050/0194774600888\n:28C:00004/00001\n:60F:C240301EUR1000000,00\n{''.join(lines)}"
        f":62F:{'C' if closing >= 0 else 'D'}240331EUR{money(closing, ',')}\n-\n"
    )


def camt(count: int) -> str:
    """A camt.053 with one transaction in each entry."""
    lines = [
        f'<Ntry>\n  <Amt Ccy="EUR">{money(cent)}</Amt>\n  <CdtDbtInd>{"CRDT" if cent > 0 else "DBIT"}</CdtDbtInd>\n'
        f"  <Sts>BOOK</Sts>\n  <BookgDt><Dt>2024-03-{number % 28 + 1:02d}</Dt></BookgDt>\n"
        f"  <AcctSvcrRef>R{number:010d}</AcctSvcrRef>\n  <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
        f"<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>\n  <NtryDtls><TxDtls>\n    <Refs><EndToEndId>E{number}"
        f"</EndToEndId></Refs>\n    <RltdPties><Dbtr><Nm>TENANT {number}</Nm></Dbtr></RltdPties>\n    <RmtInf>"
        f"<Ustrd>RENT UNIT {number % 900}</Ustrd></RmtInf>\n  </TxDtls></NtryDtls>\n</Ntry>\n"
        for number, cent in enumerate(amounts(count))
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">\n'
        "<BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
        f"{''.join(lines)}</Stmt></BkToCstmrStmt></Document>\n"
    )


def nacha(count: int) -> str:
    """ACH credits with addenda."""
    cents = [abs(cent) for cent in amounts(count)]
    lines = [
        f"622271080985700011           {cent:010d}T-{number % 9000:04d}         {f'TENANT {number}':22}  1"
        f"12100035{number:07d}\n705{f'RENT 2024-03 UNIT {number % 900}':80}0001{number:07d}\n"
        for number, cent in enumerate(cents)
    ]
    control = f"{27108098 * count % 10**10:010d}{0:012d}{sum(cents):012d}"
    return (
        f"{'101 07100050511210003582403040700A094101FIRST LAKE BANK        MAPLE COURT APTS':94}\n"
        "5220MAPLE COURT APTS                    1363636363PPDRENT      240304240304   1121000350000001\n"
        f"{''.join(lines)}{f'8220{2 * count % 10**6:06d}{control}1363636363':79}121000350000001\n"
        f"{f'9000001{0:06d}{2 * count:08d}{control}':94}\n"
    )


def bank_csv(count: int) -> str:
    """A Chase-shaped export, oldest first."""
    balance, lines = 10**8, []
    for number, cent in enumerate(amounts(count)):
        balance += cent
        lines.append(
            f'{"CREDIT" if cent > 0 else "DEBIT"},03/{number % 28 + 1:02d}/2024,"TENANT {number}, UNIT {number % 900}",'
            f"{'-' if cent < 0 else ''}{money(cent)},ACH_CREDIT,{'-' if balance < 0 else ''}{money(balance)},,\n"
        )
    return "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n" + "".join(lines)


MAKERS: dict[str, Callable[[int], str]] = {
    "bai2": bai2, "ofx": ofx, "mt940": mt940, "camt": camt, "nacha": nacha, "csv": bank_csv,
}  # fmt: skip
OURS = (
    "from recon.bank.reading import read_statement\nfile = read_statement(path)\n"
    "assert file.is_trusted, file.findings[:3]\nassert file.lines.num_rows == count"
)


def run(code: str, path: Path, count: int) -> str:
    """Read in a process of its own; give seconds without the start of Python, and peak memory."""
    before = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\npath, count = {str(path)!r}, {count}\n"
    after = "\nimport resource\nused = resource.getrusage(resource.RUSAGE_SELF)\n"
    after += "print(f'{used.ru_utime + used.ru_stime:.2f} s {used.ru_maxrss // 1024} MB')"
    try:
        done = subprocess.run(
            [sys.executable, "-c", before + code + after], capture_output=True, text=True, timeout=LIMIT_SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"not finished in {LIMIT_SECONDS} s"
    return done.stdout.strip() if done.returncode == 0 else f"failed: {done.stderr.strip().splitlines()[-1][:60]}"


def main() -> None:
    """Make the files, read them, print a table of processor time and memory."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    began = time.process_time()
    print(f"{count:,} transactions; processor seconds with imports, peak memory")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in MAKERS.items():
            path = Path(folder) / f"big.{name}"
            path.write_text(make(count), encoding="utf-8")
            library, code = OTHERS.get(name, ("", ""))
            beside = f"{library} {run(code, path, count)}" if library and find_spec(library) else "nothing beside it"
            print(f"{name:6} ours {run(OURS, path, count):18} {beside}", flush=True)
    print(
        f"made in {time.process_time() - began:.1f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )


if __name__ == "__main__":
    main()
