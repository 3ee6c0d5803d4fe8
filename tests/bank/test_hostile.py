"""Files cut, corrupted or made to harm: nothing hangs, nothing is trusted that was cut, and nothing raises.

With RECON_LONG=1 there are fifty times as many mutations.
"""

import os
import random
import time

import pytest

from recon.bank.reading import read_statement
from tests.bank import small_files

MUTATIONS = 10_000 if os.environ.get("RECON_LONG") == "1" else 200
MEGABYTES = 10
# What may be missing at the end of each file without any harm: line ends, padding, blanks, the end of an envelope.
HARMLESS_TAIL = {"bai2": 2, "ofx": 1, "camt": 1, "mt940": 3, "nacha": 135, "returns": 41, "bai_lockbox": 1}


@pytest.mark.parametrize("name", HARMLESS_TAIL)
def test_a_file_cut_at_any_byte_is_not_trusted(name: str) -> None:
    data = small_files.ALL[name]
    for length in range(len(data) - HARMLESS_TAIL[name]):
        assert not read_statement(data[:length]).is_trusted, data[:length][-40:]


def test_a_csv_file_cut_within_its_last_row_is_not_trusted() -> None:
    data = small_files.CSV
    start = data.rindex(b"CREDIT")
    for length in range(start + 1, len(data) - 2):
        assert not read_statement(data[:length]).is_trusted, data[:length][-40:]


def mutated(source: random.Random, data: bytes) -> bytes:
    """Change some bytes, drop or repeat a stretch, or mix up lines."""
    changed = bytearray(data)
    kind = source.randrange(4)
    if kind == 0:
        for _ in range(source.randint(1, 8)):
            changed[source.randrange(len(changed))] = source.choice([0, 10, 13, 34, 38, 44, 47, 58, 60, 62, 255])
    elif kind == 1:
        at = source.randrange(len(changed))
        del changed[at : at + source.randint(1, 200)]
    elif kind == 2:
        at = source.randrange(len(changed))
        changed[at:at] = changed[at : at + source.randint(1, 200)] * source.randint(1, 5)
    else:
        lines = bytes(changed).split(b"\n")
        source.shuffle(lines)
        return b"\n".join(lines)
    return bytes(changed)


@pytest.mark.parametrize("name", small_files.ALL)
def test_mutated_files_never_raise_and_give_the_frame(name: str) -> None:
    for seed in range(MUTATIONS):
        source = random.Random(seed)
        file = read_statement(mutated(source, small_files.ALL[name]))
        assert file.lines.num_rows == sum(statement.entries for statement in file.statements) + sum(
            parent is not None for parent in file.lines["parent"].to_pylist()
        )
        if seed % 20 == 0:
            file.frame()


LONG = b"x" * (MEGABYTES << 20)
HOSTILE = {
    "laughs": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><Document>&d;</Document>',
    "external": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><Document xmlns="camt.053">&x;</Document>',
    "deep": b'<Document xmlns="camt.053">' + b"<a>" * 300_000,
    "deep entry": b'<Document xmlns="camt.053"><Stmt><Ntry>' + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</Ntry></Stmt>",
    "many statements": b'<Document xmlns="camt.053">' + b"<Stmt>" * 20_000,
    "open entries": b'<Document xmlns="camt.053"><Stmt>' + b"<Ntry>" * 200_000,
    "ofx": b"<OFX>" + b"<STMTTRN>" * 100_000,
    "ofx tags": b"<OFX>" + b"<A" * 1_000_000,
    "ofx entities": b"<OFX><STMTRS><STMTTRN><MEMO>" + b"&" * 2_000_000,
    "long line": LONG,
    "long bai2": b"01,A,B,240304,0300,1,,,2/\n02,B,A,1,240304,,,/\n03,7,,010," + LONG,
    "commas": b"01,A,B,240304,0300,1,,,2/\n03,7,USD" + b"," * 1_000_000,
    "slashes": b"01,A,B,240304,0300,1,,,2/\n16,115,1,Z,,," + b"/ " * 1_000_000,
    "continued": b"01,A,B,240304,0300,1,,,2/\n16,115,1" + b"\n88,1" * 200_000,
    "distributed": b"01,A,B,240304,0300,1,,,2/\n03,7,USD,010,1,,D,999999999,1,1/",
    "mt940": b":20:A\n:61:" + b"1" * 2_000_000,
    "mt940 text": b":20:A\n:61:240101C1,NTRF\n:86:" + b"166?20/EREF/" * 200_000,
    "nacha": b"101 " + b"9" * 2_000_000,
    "csv quotes": b"Date,Amount\n" + b'"' * 1_000_001,
    "csv open quote": b"Date,Amount\n" + b'"a\n' * 200_000,
    "csv wide": b"Date,Amount\n" + b"," * 2_000_000,
    "csv digits": b"Date,Amount\n2024-01-01," + b"9" * 100_000,
    "spaces": b"Date,Amount\n" + b" " * 2_000_000 + b"x",
    "nul": small_files.BAI2.replace(b"LOCKBOX DEPOSIT", b"LOCKBOX\0DEPOSIT"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_input_hangs_a_reader_or_is_trusted(name: str) -> None:
    began = time.perf_counter()
    file = read_statement(HOSTILE[name])
    assert time.perf_counter() - began < 20  # seconds; each takes below two on an idle machine
    assert not file.is_trusted
    assert len(file.findings) < 3000
