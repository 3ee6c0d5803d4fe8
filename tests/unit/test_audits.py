"""The laws: a store or journal changed by hand is found and named, a clean one gives nothing (RELIABILITY)."""

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest

from recon import audits, batch_work, batches, daily, decisions, deposits, receipt_export, schema, store, tenant_credit
from recon.audits import audit
from recon.batches import Terms
from recon.decisions import Part
from recon.errors import ControlTotalsDisagree, StoreUnusable
from recon.ledger_loading import load_ledger
from recon.reconciliation import matching
from recon.relations import PostingRules
from recon.workspace import Workspace
from tests.bank_days import bai2
from tests.ledger_folders import folder_of
from tests.workspaces import BOOKS, WHO, by_hand, laws, loaded, lockbox, posted, rows


def _busy(folder: Path) -> Workspace:
    """A workspace in which everything has happened at least once."""
    workspace = posted(folder)
    parts = [
        Part(Decimal("180.00"), "T2", "U2", {"C3": Decimal("170.00")}),
        Part(Decimal("20.00"), ledger_id="MGMT"),
    ]
    decisions.process_payment(workspace, "B000001", 2, parts, who=WHO, why="split")
    tenant_credit.refund_credit(workspace, "R0000003", Decimal("4.00"), date(2026, 6, 12), who=WHO, why="moved out")
    deposits.record(workspace, "D000002", Decimal("350.01"), who=WHO)
    decisions.reverse(workspace, "R0000001", "correction", date(2026, 6, 12), who=WHO, why="other charge")
    decisions.process_payment(workspace, "B000001", 1, [Part(Decimal("150.01"), "T1", "U1")], who=WHO)
    decisions.reverse(workspace, "R0000002", "returned", date(2026, 6, 12), who=WHO, why="NSF")
    deposits.void(workspace, "D000001", who=WHO, why="never taken there")
    batch_work.remove_lines(workspace, "B000001", [4], who=WHO, why="rejected for good")
    receipt_export.export(workspace, folder / "out.csv", who=WHO)
    again = batches.import_file(workspace, lockbox(folder / "June.csv"), Terms(again="second half"), who=WHO)
    batch_work.remove_lines(workspace, again, None, who=WHO, why="start over")
    batch_work.restore_lines(workspace, again, [2], who=WHO, why="this one after all")
    decisions.close_period(workspace, date(2026, 4, 30), who=WHO)
    load_ledger(workspace, folder_of(folder / "later", _later()), who=WHO, includes="none")
    statement = folder / "bank.txt"
    lines = "date | amount | code | ref\n2026-06-12 | 350.01 | 175 | D000002\n2026-06-12 | -12.50 | 698 |"
    statement.write_text(bai2(lines))
    matching.match_statement(workspace, statement, who=WHO, bank_account="TRUST")
    matching.post_item(workspace, "L0000002", "MGMT", who=WHO, why="monthly fee")
    return workspace


def _later() -> dict[str, str]:
    """The books as exported later: one charge is gone, another was renamed."""
    kept = [line.replace("WATER | June", "WATER | Water") for line in BOOKS["charges"].splitlines() if "C5" not in line]
    return BOOKS | {"charges": "\n".join(kept)}


_templates: dict[str, Path] = {}


@pytest.fixture
def busy(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the busy workspace."""
    if "busy" not in _templates:
        _templates["busy"] = _busy(tmp_path_factory.mktemp("busy")).root
    return Workspace.at(shutil.copytree(_templates["busy"], tmp_path / "workspace"))


@pytest.mark.parametrize("make", [loaded, posted, _busy])
def test_a_clean_store_gives_nothing(make: Callable[[Path], Workspace], tmp_path: Path) -> None:
    """The laws, checked by `recon audit`: silent when good."""
    assert audit(make(tmp_path)) == []


# --- each law that is a query ----------------------------------------------------------------------------------------

# Law by law, changes by hand that break it. Keys and checks stand in the way of some; then rows are added that could
# have been there from the start.
_RECEIPT = "insert into facts.receipts select * replace ({}) from facts.receipts where receipt_id = '{}'"


def _published(opening: str, closing: str) -> list[str]:
    """A statement of L1 for June, with these balances."""
    return [
        "insert into facts.publications values "
        "('P1', 'x', 'x', date '2026-06-01', date '2026-06-30', '', date '2026-07-01', 6, 'x', null, 6)",
        "insert into facts.published_statements values ('owner', 'l1', 'o1', date '2026-06-01', date '2026-06-30', 1, "
        f"6, {opening}, {closing}, 'unit', 'Harbor', 'P1', 6)",
    ]


BROKEN: dict[str, list[Sequence[str]]] = {
    "law_01_lines_balance": [
        ["update facts.imports set total_amount = total_amount + 0.01 where batch_id = 'B000002'"],
        ["update facts.imports set entries = entries + 1 where batch_id = 'B000002'"],
        ["insert into facts.lines select * replace (77 as line_number) from facts.lines where line_number = 4"],
        ["update facts.lines set amount = amount - 0.01 where batch_id = 'B000002' and line_number = 3"],
    ],
    "law_02_applications_belong": [
        ["update facts.applications set ledger_key = 'l2' where receipt_id = 'R0000003'"],
        ["insert into facts.applications values ('R0000003', 1, 'c4', 'l2', 1.00, '2026-06-10', 5)"],
    ],
    "law_02_lines_not_overposted": [
        [_RECEIPT.format("'R9' as receipt_id, 9 as part", "R0000002")],
        [_RECEIPT.format("'R9' as receipt_id, 9 as part, 0.01 as amount", "R0000004")],
    ],
    "law_02_receipts_applied": [
        ["insert into facts.applications values ('R0000003', 1, 'c5', 'mgmt', 10.01, '2026-06-10', 5)"],
        ["insert into facts.credit_refunds values ('R0000003', 6.01, '2026-06-12', 6)"],
        ["update facts.credit_refunds set amount = amount + 6.01"],
    ],
    "law_03_charges_not_overpaid": [
        ["insert into facts.applications values ('R0000005', 2, 'c1', 'l1', 100.01, '2026-06-10', 8)"],
        [
            "insert into facts.reversals values ('R0000003', 'returned', '2026-06-12', 5)",
            "insert into facts.reversals values ('R0000003', 'correction', '2026-06-12', 5)",
        ],
    ],
    "law_05_requests_once": [
        ["insert into facts.runs values ('run-1', 'B000001', '', '', 2), ('run-2', 'B000001', '', '', 2)"],
    ],
    "law_06_files_once": [
        ["update facts.imports set again_reason = null where batch_id = 'B000002'"],
        ["update facts.imports set again_reason = null, sha256 = 'of other line ends' where batch_id = 'B000002'"],
    ],
    "law_07_one_slip_each": [
        [
            "insert into facts.deposits select * replace ('D9' as deposit_id) from facts.deposits "
            "where deposit_id = 'D000002'",
            "insert into facts.deposit_items values ('D9', 'R0000003', 180.00, 5)",
        ],
        ["delete from facts.deposit_items where receipt_id = 'R0000003'"],
        ["delete from facts.deposit_items where receipt_id = 'R0000002' and deposit_id <> 'D000001'"],
        ["update facts.deposits set deposit_date = '2026-06-11' where deposit_id = 'D000003'"],
        ["update facts.deposits set bank_account_key = 'reserve' where deposit_id = 'D000002'"],
    ],
    "law_07_slip_totals": [
        ["update facts.deposit_items set amount = amount - 0.01 where receipt_id = 'R0000003'"],
        ["update facts.deposit_recordings set total_entered = total_entered + 0.01"],
        ["delete from facts.deposit_items where receipt_id = 'R0000005'"],
    ],
    "law_08_matches_are_equal": [
        ["update facts.bank_match_lines set amount = amount + 0.01"],
        ["update facts.bank_lines set amount = amount - 0.01"],
        ["delete from facts.bank_match_items"],
        ["update facts.bank_matches set bank_account_key = 'reserve'"],
        ["insert into facts.deposit_voids values ('D000002', 7)"],
    ],
    "law_12_publications_as_of": [
        [
            "insert into facts.publications values "
            f"('P000009', 'a', 'b', '2026-06-01', '2026-06-30', 'activity', '2026-07-01', 3, '{'0' * 64}', null, 9)"
        ],
    ],
    "law_12_statements_recompute": [_published(opening="0.00", closing="150.02")],
    "law_12_statements_follow": [
        [
            *_published(opening="0.00", closing="150.01"),
            "insert into facts.published_statements select * replace (period_to + 1 as period_from, period_to + 30 as "
            "period_to, 149.00 as opening, 9 as as_of, 9 as entry_seq) from facts.published_statements",
        ],
    ],
    "law_09_books_are_owed": [
        ["update facts.bank_postings set ledger_key = 'l2'"],
        ["update facts.applications set ledger_key = 'nobody' where receipt_id = 'R0000003'"],
    ],
    "law_08_matched_once": [
        [
            f"insert into facts.bank_{table} select * replace ('M9' as match_id) from facts.bank_{table}"
            for table in ("matches", "match_lines", "match_items")
        ],
    ],
}


def _change(workspace: Workspace, statements: Sequence[str]) -> None:
    """Run the statements; where keys stand in the way, on copies of the tables that have none."""
    try:
        by_hand(workspace, *statements)
    except duckdb.ConstraintException:
        by_hand(workspace, *_without_keys(workspace), *statements)


def _without_keys(workspace: Workspace) -> list[str]:
    """Statements that replace every fact table by a copy without keys and checks, as a database tool can."""
    tables = [
        name
        for (name,) in rows(
            workspace, "select table_name from duckdb_tables() where schema_name = 'facts' order by table_oid"
        )
    ]
    copies = [f"create table main.copy_of_{name} as select * from facts.{name}" for name in tables]
    drops = [f"drop table facts.{name}" for name in reversed(tables)]
    back = [f"create table facts.{name} as select * from main.copy_of_{name}" for name in tables]
    gone = [f"drop table main.copy_of_{name}" for name in tables]
    return copies + drops + back + gone


@pytest.mark.parametrize(("law", "statements"), [(law, changes) for law in BROKEN for changes in BROKEN[law]])
def test_a_law_broken_by_hand_is_named(busy: Workspace, law: str, statements: Sequence[str]) -> None:
    """Issue: one cent changed in the store by hand, and the audit finds it; by its law, and by the journal's hash."""
    _change(busy, statements)
    found = audit(busy)
    assert law in laws(found), found
    assert "law_10_facts_unchanged" in laws(found)
    assert all(finding.words for finding in found)


def test_law_4_is_the_view_computed_in_another_way(busy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 4: the open amount comes from the facts alone, so only a wrong view can break it; a wrong view is found."""
    defined = audits.store._define_views

    def with_a_wrong_view(current: store.Store) -> None:
        defined(current)
        wrong = "select * replace (open_amount - 0.01 as open_amount) from store.main.charges where charge_key = 'c3'"
        current.view("charges", wrong)  # on this connection, in front of the one that the store keeps

    monkeypatch.setattr(audits.store, "_define_views", with_a_wrong_view)
    found = audit(busy)
    assert "law_04_open_amounts" in laws(found)
    assert "charge_id C3" in next(finding.words for finding in found if finding.law == "law_04_open_amounts")


def test_every_law_has_a_test_that_breaks_it() -> None:
    """A check that no test can make fail is decoration."""
    there = {entry.name.removesuffix(".sql") for entry in files("recon.sql").joinpath("audits").iterdir()}
    assert set(audits.names()) == {name for name in there if name.startswith("law_")}
    assert set(audits.names()) == BROKEN.keys() | {"law_04_open_amounts"}


def test_many_findings_of_one_law_are_counted(busy: Workspace) -> None:
    """Twenty are spelled out; all of them count."""
    imports = (
        "insert into facts.imports select imports.* replace ('B1' || n as batch_id, 9000 + n as entry_seq) "
        "from facts.imports as imports, range(26) as t(n) where batch_id = 'B000002'"
    )
    by_hand(busy, imports)
    words = [finding.words for finding in audit(busy) if finding.law == "law_01_lines_balance"]
    assert len(words) == 21
    assert words[-1] == "and 6 more"


# --- every table, every row, every cent ------------------------------------------------------------------------------


def test_a_row_taken_from_any_table_is_found(busy: Workspace, tmp_path: Path) -> None:
    """Law 10: posted rows never change; the table is named, whatever it is."""
    keyless = _without_keys(busy)
    tables = [name for name in schema.fact_tables() if rows(busy, f"select count(*) from facts.{name}") != [(0,)]]
    assert len(tables) >= 18
    by_hand(busy, *keyless)
    deletions = [
        f"delete from facts.{name} where rowid = (select max(rowid) from facts.{name})"
        for name in tables
        if name != "ledger_loads"
    ]
    by_hand(busy, *deletions)
    words = "\n".join(finding.words for finding in audit(busy) if finding.law == "law_10_facts_unchanged")
    for name in tables:
        if name != "ledger_loads":
            assert f"{name}: the rows of journal entry" in words


def test_a_cent_in_any_amount_is_found(busy: Workspace) -> None:
    """Issue: one cent changed in the store by hand is found by the audit, in every column of money."""
    columns = rows(
        busy,
        "select table_name, column_name from duckdb_columns() "
        "where schema_name = 'facts' and data_type like 'DECIMAL%'",
    )
    assert len(columns) >= 11
    by_hand(busy, *_without_keys(busy))
    for table, column in columns:
        if rows(busy, f"select count(*) from facts.{table}") == [(0,)]:
            continue
        row = f"rowid = (select max(rowid) from facts.{table} where {column} is not null)"
        by_hand(busy, f"update facts.{table} set {column} = {column} + 0.01 where {row}")
        words = [finding.words for finding in audit(busy) if finding.law == "law_10_facts_unchanged"]
        assert [word for word in words if word.startswith(f"{table}: ")], (table, column)
        by_hand(busy, f"update facts.{table} set {column} = {column} - 0.01 where {row}")
    assert laws(audit(busy)) == {"law_10_structure"}, "the keys were taken away, and nothing else is left of it"


def test_a_row_added_under_an_entry_is_found(busy: Workspace) -> None:
    by_hand(busy, "insert into facts.receipt_exports values ('R7', 'default', 3)")
    (found,) = audit(busy)
    assert found.law == "law_10_facts_unchanged"
    assert "receipt_exports: the rows of journal entry 3 (post)" in found.words
    assert "no rows then, 1 rows" in found.words


def test_a_row_added_under_no_entry_is_found(busy: Workspace) -> None:
    by_hand(busy, "insert into facts.receipt_exports values ('R7', 'default', 9999)")
    (found,) = audit(busy)
    assert (found.law, found.words) == (
        "law_10_facts_unchanged",
        "receipt_exports: rows claim journal entry 9999, which does not exist",
    )


# --- what the store is made of ---------------------------------------------------------------------------------------


_ALTERED = {
    "the view main.charges is not as this program makes it": [
        "create or replace view main.charges as select * from facts.ledger_charges where false",
    ],
    "the view main.receipts is missing": ["drop view main.receipts"],
    "the view main.more is none of this program's": ["create view main.more as select 1 as one"],
    "the macro main.to_json is none of this program's": [
        "create macro main.to_json(one) as replace(system.main.to_json(one)::varchar, '1', '2')",
    ],
    "the view facts.transmissions is none of this program's": [
        "alter table facts.transmissions rename to kept",
        "create view facts.transmissions as select * from facts.kept",
    ],
    "the index facts.more is none of this program's": ["create index more on facts.line_revisions (line_number)"],
    "the table facts.tie_outs is not as this program makes it": ["alter table facts.tie_outs add column more integer"],
}


@pytest.mark.parametrize("words", _ALTERED)
def test_a_store_that_is_made_of_something_else_is_found(busy: Workspace, words: str) -> None:
    """Law 10: a view or macro of one's own would have every law and every page look at other figures."""
    by_hand(busy, *_ALTERED[words])
    found = audit(busy)
    assert words in [finding.words for finding in found if finding.law == "law_10_structure"], found


def test_altered_views_are_read_by_nobody_and_put_right_by_the_next_writer(busy: Workspace) -> None:
    """Whoever only reads has the program's views, and whoever writes keeps them."""
    count = "select count(*) from receipts"
    right = rows(busy, count)
    by_hand(
        busy,
        "create or replace view main.receipts as select * from facts.receipts where false",
    )
    assert rows(busy, count) == right
    decisions.close_period(busy, date(2026, 5, 1), who=WHO)
    assert audit(busy) == []


def test_views_that_were_just_put_right_are_no_finding(busy: Workspace) -> None:
    """Whoever publishes checks the laws in the transaction that has defined them, before they were read back."""
    by_hand(busy, "drop view main.receipts")
    with store.writing(busy, "test", who=WHO) as change:
        assert audits.audit_store(change.store, None) == []
        change.discard()


def test_views_that_nobody_changed_are_read_from_the_store(busy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Defining them takes half the time of an open, so they must be known again after they were read from the disk."""

    def nobody(*_: object) -> None:
        pytest.fail("a view was defined anew")

    decisions.close_period(busy, date(2026, 5, 1), who=WHO)
    monkeypatch.setattr(store.Store, "view", nobody)
    assert rows(busy, "select count(*) from receipts") != []


def test_a_law_that_cannot_be_checked_is_a_finding(busy: Workspace) -> None:
    """SPEC 8: what a hand has put there may be no amount any more; the other laws are checked all the same."""
    by_hand(busy, "update facts.deposit_items set amount = 9999999999999999.99 where receipt_id = 'R0000003'")
    found = audit(busy)
    assert {"law_07_slip_totals", "law_10_facts_unchanged"} <= laws(found)
    assert any(finding.words.startswith("cannot be checked, because of what a hand has put there") for finding in found)
    by_hand(busy, "update facts.journal set recorded_at = '20000-01-01' where seq = 3")
    assert "journal entry 3 does not follow the one before it" in [finding.words for finding in audit(busy)]


# --- the journal -----------------------------------------------------------------------------------------------------

_COLUMNS = ["who", "action", "why", "batch_id", "file_name", "detail", "previous_hash", "recorded_at"]


@pytest.mark.parametrize("column", _COLUMNS)
def test_a_journal_entry_rewritten_in_the_store_is_found(busy: Workspace, column: str) -> None:
    """Law 10: the journal's chain is unbroken and agrees with its file."""
    value = "'2020-01-01'" if column == "recorded_at" else "'someone else'"
    by_hand(busy, f"update facts.journal set {column} = {value} where seq = 4")
    assert {"law_10_journal_chain", "law_10_journal_file"} <= laws(audit(busy))


def test_an_entry_rewritten_with_a_new_hash_breaks_the_chain_after_it(busy: Workspace) -> None:
    """Law 10: whoever mends one entry has to mend all that follow, and the file, and the printed head."""
    with store.reading(busy) as current:
        entry = next(entry for entry, _ in store.entries_with_hash(current) if entry.seq == 4)
    forged = type(entry)(**{**entry.__dict__, "who": "somebody else"})
    by_hand(busy, f"update facts.journal set who = 'somebody else', hash = '{forged.hash}' where seq = 4")
    found = audit(busy)
    assert [finding.words for finding in found if finding.law == "law_10_journal_chain"] == [
        "journal entry 5 does not follow the one before it"
    ]
    assert "law_10_journal_file" in laws(found)


def test_an_entry_taken_out_of_the_middle_is_found(busy: Workspace) -> None:
    by_hand(busy, "delete from facts.journal where seq in (4, 7, 8)")
    found = audit(busy)
    assert {"law_10_journal_chain", "law_10_facts_unchanged", "law_10_journal_file"} <= laws(found)
    assert [finding.words for finding in found if finding.law == "law_10_journal_chain"] == [
        "journal entry 4 is missing",
        "journal entries 7 to 8 are missing",
    ]


@pytest.mark.parametrize("cut", ["nothing", "the end"])
def test_a_forged_entry_is_not_written_to_the_file(busy: Workspace, cut: str) -> None:
    """M16: the second witness does not repeat what does not follow from it."""
    lines = busy.journal.read_bytes().splitlines(keepends=True)
    if cut == "nothing":
        by_hand(
            busy,
            "insert into facts.journal select * replace (seq + 1 as seq, 'mallory' as who, 'x' as hash) "
            "from facts.journal order by seq desc limit 1",
        )
    else:
        by_hand(busy, f"update facts.journal set who = 'mallory' where seq = {len(lines) - 1}")
        busy.journal.write_bytes(b"".join(lines[:-3]))
    before = busy.journal.read_bytes()
    with pytest.raises(StoreUnusable, match=r"does not follow entry \d+ of journal.jsonl: one of them was changed"):
        audit(busy)
    assert busy.journal.read_bytes() == before


def test_a_file_that_lacks_more_than_an_accident_takes_is_told(
    busy: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """M16: a crash takes one entry at most from the file; whoever took more is not helped in silence."""
    lines = busy.journal.read_bytes().splitlines(keepends=True)
    busy.journal.write_bytes(b"".join(lines[:-1]))
    assert audit(busy) == []
    assert capsys.readouterr().err == ""
    busy.journal.unlink()
    assert audit(busy) == []
    assert f"lacked {len(lines)} of {len(lines)} entries, more than an accident takes" in capsys.readouterr().err


@pytest.mark.parametrize(
    "last",
    ["{" * 50_000, '{"seq": 1e400, "hash": "a"}', f'{{"seq": {"9" * 60}, "hash": "a"}}', '{"seq": 0, "hash": "a"}'],
)
def test_a_last_line_out_of_all_bounds_is_told(busy: Workspace, last: str) -> None:
    """SPEC 8: one sentence, whatever stands there."""
    busy.journal.write_bytes(busy.journal.read_bytes() + last.encode() + b"\n")
    with pytest.raises(StoreUnusable, match="is not a journal entry"):
        audit(busy)
    busy.journal.unlink()
    busy.journal.mkdir()
    with pytest.raises(StoreUnusable, match="cannot be read"):
        audit(busy)


def test_a_table_taken_away_is_told(busy: Workspace) -> None:
    """SPEC 8: it is named, and so is whatever could not be looked at without it."""
    by_hand(busy, "drop table facts.transmissions")
    found = audit(busy)
    assert "the table facts.transmissions is missing" in [finding.words for finding in found]
    assert any(finding.words.startswith("cannot be checked") for finding in found)
    by_hand(busy, "drop view main.transmissions")
    with pytest.raises(StoreUnusable, match="lacks a table .*transmissions"):
        audit(busy)


def test_versions_taken_away_are_told(busy: Workspace) -> None:
    """SPEC 8: the steps that make the tables do not run twice."""
    by_hand(busy, "delete from facts.schema_versions where version > 3")
    with pytest.raises(StoreUnusable, match="is not what its version 3 says"):
        audit(busy)


def test_the_last_entry_taken_away_makes_the_store_unusable(busy: Workspace) -> None:
    """Law 11: the store knows less than its file."""
    by_hand(busy, "delete from facts.journal where seq = (select max(seq) from facts.journal)")
    with pytest.raises(StoreUnusable, match="is older than its journal or was replaced"):
        audit(busy)


@pytest.mark.parametrize(
    "damage", ["facts || 'x'", "'[]'", "'7'", '\'{"receipts": "x"}\'', "'{\"receipts\": {}}'", "''"]
)
def test_an_entry_that_cannot_be_read_is_named(busy: Workspace, damage: str) -> None:
    """Law 10, SPEC 8: a damaged journal is a finding, no unexpected error; nothing else is found beside it."""
    by_hand(busy, f"update facts.journal set facts = {damage} where seq = 3")
    found = [(finding.law, finding.words) for finding in audit(busy)]
    assert sorted(found) == [
        ("law_10_facts_unchanged", "what journal entry 3 (post) says of its rows was changed and cannot be read"),
        ("law_10_journal_chain", "journal entry 3 does not follow the one before it"),
        ("law_10_journal_file", "journal.jsonl differs from the journal in the store, first at entry 3"),
    ]


@pytest.mark.parametrize(
    ("change", "entry"), [("a word", 4), ("a line gone", 2), ("a line twice", 2), ("a blank line", 2), ("the order", 1)]
)
def test_a_journal_file_changed_by_hand_is_found(busy: Workspace, change: str, entry: int) -> None:
    """Law 10: the second witness; the first entry in which it differs is named."""
    lines = busy.journal.read_bytes().splitlines(keepends=True)
    changed = {
        "a word": [*lines[:3], lines[3].replace(b'"who":"ann"', b'"who":"bob"'), *lines[4:]],
        "a line gone": [lines[0], *lines[2:]],
        "a line twice": [lines[0], *lines],
        "a blank line": [lines[0], b"\n", *lines[1:]],
        "the order": [lines[1], lines[0], *lines[2:]],
    }[change]
    busy.journal.write_bytes(b"".join(changed))
    (found,) = audit(busy)
    words = f"journal.jsonl differs from the journal in the store, first at entry {entry}"
    assert (found.law, found.words) == ("law_10_journal_file", words)


def test_the_last_line_of_the_file_changed_by_hand_is_told(busy: Workspace) -> None:
    """M2: a file that ends in another hash is another store's."""
    lines = busy.journal.read_bytes().splitlines(keepends=True)
    last = json.loads(lines[-1]) | {"hash": "0" * 64}
    busy.journal.write_bytes(b"".join([*lines[:-1], json.dumps(last).encode() + b"\n"]))
    with pytest.raises(StoreUnusable, match="with another hash"):
        audit(busy)
    busy.journal.write_bytes(b"".join([*lines[:-1], b"nonsense\n"]))
    with pytest.raises(StoreUnusable, match="was changed by hand"):
        audit(busy)


# --- the archive -----------------------------------------------------------------------------------------------------


def test_a_file_of_the_archive_that_is_gone_or_changed_is_found(busy: Workspace) -> None:
    """SPEC 3: the archive stands in for the input, of lockbox files and bank statements alike; one finding for each."""
    kept = {
        name: busy.archive / sha256
        for name, sha256 in rows(
            busy,
            "select file_name, sha256 from facts.imports union select file_name, sha256 from facts.bank_statements",
        )
    }
    assert kept.keys() == {"June.csv", "bank.txt"}
    data = kept["June.csv"].read_bytes()
    kept["June.csv"].write_bytes(data.replace(b"150.01", b"150.02"))
    (found,) = audit(busy)
    assert found.law == "law_06_files_archived"
    assert found.words == f"the copy of June.csv (batch B000001, batch B000002) was changed: {kept['June.csv']}"
    assert found.advice.startswith("Put the file there again")
    shutil.rmtree(busy.archive)
    assert [finding.words.partition(":")[0] for finding in audit(busy)] == [
        "the copy of June.csv (batch B000001, batch B000002) is missing",
        "the copy of bank.txt (statement S000001) is missing",
    ]


def test_what_was_never_archived_is_not_missed(tmp_path: Path) -> None:
    """A batch that comes from no file, a refused file, a rehearsal: nothing is said of them."""
    workspace = loaded(tmp_path)
    with store.writing(workspace, "typed", who=WHO) as change:
        batches.register_empty(
            change, "typed", bank_account="TRUST", deposit_date=date(2026, 6, 10), rules=PostingRules()
        )
    june = lockbox(tmp_path / "June.csv")
    daily.run(workspace, june, Terms(), who=WHO, dry_run=True, output=tmp_path / "rehearsal")
    with pytest.raises(ControlTotalsDisagree):
        batches.import_file(workspace, june, Terms(expect_entries=9), who=WHO)
    shutil.rmtree(workspace.archive)
    assert audit(workspace) == []
