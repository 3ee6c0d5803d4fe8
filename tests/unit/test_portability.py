"""The rules stay portable SQL (DESIGN): they are translated to Spark's dialect, and use only what both engines have.

A translator passes a function that it does not know through unchanged, so that translating alone proves little: the
functions and types that a rule may use are listed here.
"""

from collections.abc import Iterator

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from recon import relations
from recon.reconciliation import readings
from recon.relations import PostingRules

FUNCTIONS = {"AND", "OR", "CASE", "IF", "CAST", "COALESCE", "COUNT", "MAX", "MIN", "SUM", "ROW_NUMBER", "NULLIF"}
TYPES = {"DATE", "DECIMAL", "BOOLEAN", "INT", "BIGINT"}
# What parses on both and means different things, or exists on one only.
NOT_BOTH = {
    exp.Div: "7 / 2 is 3.5 on one and 3 on the other",
    exp.IntDiv: "// is DuckDB's",
    exp.Mod: "its sign is not agreed on",
    exp.Lateral: "written otherwise on each",
    exp.Lambda: "written otherwise on each",
    exp.Struct: "written otherwise on each",
    exp.Array: "written otherwise on each",
    exp.Bracket: "counted from 1 on one and from 0 on the other",
    exp.RegexpLike: "another kind of expression on each",
    exp.Qualify: "a subquery says it on both",
    exp.Limit: "no rule cuts rows off",
    exp.NullSafeEQ: "`is distinct from` came late to Spark",
    exp.NullSafeNEQ: "`is distinct from` came late to Spark",
}
PARAMETERS = {*PostingRules().parameters(), "all_uses"}


def _named_parameters(tree: exp.Expression) -> set[str]:
    return {found.name for kind in (exp.Placeholder, exp.Parameter) for found in tree.find_all(kind)}


def not_portable(sql: str) -> Iterator[str]:
    """Say what in a query is not on the lists above, or cannot be translated."""
    (tree,) = sqlglot.parse(sql, read="duckdb")
    assert tree is not None
    for node in tree.walk():
        if isinstance(node, exp.Func):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            if name.upper() not in FUNCTIONS:
                yield f"the function {name}"
        elif isinstance(node, exp.DataType):
            if node.this.value not in TYPES:
                yield f"the type {node.this.value}"
        elif isinstance(node, exp.Interval) and str(node.unit).upper() != "DAY":
            yield f"an interval in {node.unit}"
        elif isinstance(node, exp.Star) and (
            node.args.get("except_") or node.args.get("except") or node.args.get("replace")
        ):
            yield "a star with exceptions"
        elif isinstance(node, exp.Group) and node.args.get("all"):
            yield "group by all"
        elif isinstance(node, exp.Join) and str(node.method).upper() in {"ASOF", "POSITIONAL", "NATURAL"}:
            yield f"a join by {node.method}"
        yield from (f"{type(node).__name__}: {why}" for kind, why in NOT_BOTH.items() if isinstance(node, kind))
    try:
        (translated,) = sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
        (again,) = sqlglot.parse(translated, read="spark")
    except SqlglotError as error:
        yield f"no translation: {error}"
        return
    assert again is not None
    if again.named_selects != tree.named_selects:
        yield "other columns after translation"
    tables = [{table.name for table in one.find_all(exp.Table)} for one in (tree, again)]
    if tables[0] != tables[1]:
        yield "other tables after translation"


@pytest.mark.parametrize("name", relations.ORDER)
def test_each_rule_is_portable(name: str) -> None:
    """BTR-10: the rules of who paid and what posts can be carried to another engine as they are."""
    assert list(not_portable(relations.rule(name))) == []


@pytest.mark.parametrize("name", readings.ORDER)
def test_each_matching_relation_is_portable(name: str) -> None:
    """BTR-62: how the bank's lines are matched can be carried to another engine as it is."""
    assert list(not_portable(readings.matching(name))) == []


@pytest.mark.parametrize("name", relations.ORDER)
def test_each_rule_takes_only_the_known_parameters(name: str) -> None:
    """BTR-13: the switches go in by name, on Spark as `:partial_pay`."""
    (tree,) = sqlglot.parse(relations.rule(name), read="duckdb")
    assert tree is not None
    parameters = _named_parameters(tree)
    assert parameters <= PARAMETERS
    translated = tree.sql(dialect="spark")
    assert [f":{parameter}" in translated for parameter in parameters] == [True] * len(parameters)
    assert "$" not in translated


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select list_sum(x) as y from t", "the function list_sum"),
        ("select arg_max(x, z) as y from t", "the function ARG_MAX"),
        ("select now() as y from t", "the function"),
        ("select a / b as y from t", "Div"),
        ("select cast(a as double) as y from t", "the type DOUBLE"),
        ("select * exclude (a) from t", "a star with exceptions"),
        ("select a, sum(b) as y from t group by all", "group by all"),
        ("select a from t qualify row_number() over (order by a) = 1", "Qualify"),
        ("select a from t where a is distinct from b", "NullSafeNEQ"),
        ("select a + interval 1 month as y from t", "an interval in MONTH"),
        ("select [a, b] as y from t", "Array"),
        ("select x.a from t as x asof join u on x.a >= u.a", "a join by ASOF"),
    ],
)
def test_what_is_not_portable_is_found(sql: str, said: str) -> None:
    """Each of these runs on DuckDB."""
    assert any(said in found for found in not_portable(sql)), list(not_portable(sql))
