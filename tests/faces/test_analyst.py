"""The Python face: relations as validated frames, SQL that only reads, the use cases as methods."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import recon
from recon import schema
from recon.errors import WrongUse
from schemas.views import VIEWS


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> recon.Books:
    place = tmp_path_factory.mktemp("analyst")
    return prepared(place)


def prepared(place: Path) -> recon.Books:
    sample = Path(__file__).parents[2] / "data" / "sample"
    books = recon.open_workspace(place / "books", who="ann")
    books.load_ledger(sample / "portfolio" / "ledger")
    for name in ("2026-06-01.txt", "2026-06-10.txt"):
        file = next((sample / "portfolio" / "lockbox").glob(f"*{name}"))
        books.post(books.import_file(file, recon.Terms(rules=recon.PostingRules(partial_pay=True))))
    return books


@pytest.mark.parametrize("relation", schema.VIEWS)
def test_every_relation_comes_as_a_frame_that_its_model_accepts(books: recon.Books, relation: str) -> None:
    assert relation in VIEWS, "every relation has a model"
    frame = books.frame(relation)
    assert list(frame.columns) == [column.split()[0] for column in VIEWS[relation].columns.split(",")]
    assert all(isinstance(kind, pd.ArrowDtype) for kind in frame.dtypes)


def test_amounts_are_exact_decimals(books: recon.Books) -> None:
    total = books.frame("receipts")["amount"].sum()
    assert isinstance(total, Decimal)
    assert total == books.status().posted.amount


def test_a_frame_that_breaks_its_promise_is_refused() -> None:
    frame = pd.DataFrame(
        {"unit_key": ["u", "u"], "unit_id": ["U", "U"], "description": ["a", "b"]}, dtype="string[pyarrow]"
    ).astype(pd.ArrowDtype(VIEWS["unit_names"].model("x").columns["unit_key"].dtype.type.pyarrow_dtype))
    with pytest.raises(Exception, match="unit_key"):
        VIEWS["unit_names"].model("unit_names").validate(frame, lazy=True)


def test_an_unknown_relation_is_a_clear_error(books: recon.Books) -> None:
    with pytest.raises(WrongUse, match="no relation 'recipts'"):
        books.frame("recipts")


def test_sql_reads_relations_and_facts(books: recon.Books) -> None:
    found = books.sql("select count(*) as n from lines where state = $state", {"state": "posted"})
    assert found["n"][0] == books.status().posted.count
    assert books.sql("select count(*) as n from facts.lines")["n"][0] > 0


@pytest.mark.parametrize(
    "statement",
    [
        "delete from facts.receipts",
        "update facts.lines set amount = 0",
        "insert into facts.period_closings values (date '2026-01-01', 1)",
        "drop table facts.lines",
        "copy (select 1) to 'out.csv'",
        "select * from read_csv('pyproject.toml')",
        "attach 'other.duckdb'",
    ],
)
def test_sql_changes_nothing_and_reads_no_file(books: recon.Books, statement: str) -> None:
    with pytest.raises(Exception, match="(?i)read-only|disabled|permission"):
        books.sql(statement)
    assert books.audit() == []


def test_a_line_can_be_looked_at_and_processed(tmp_path: Path) -> None:
    """BTR-60: the proposal is oldest first, the rest credit; it posts as proposed."""
    books = prepared(tmp_path)
    lines = books.sql(
        """
        select lines.batch_id, lines.line_number from lines
        inner join classifications using (batch_id, line_number)
        where reason = 'OVERPAID' and state = 'waiting' order by all limit 1
        """
    )
    batch_id, line_number = lines.iloc[0]
    parts = books.proposed(batch_id, int(line_number))
    (receipt_id,) = books.process_payment(batch_id, int(line_number), parts)
    explained = books.explain(receipt_id)
    assert explained.state == "posted"
    assert explained.is_replayed
    assert explained.receipts[0]["credit"] > 0
    assert books.audit() == []
