"""Tables and bars of an audit, on a page and as Excel and CSV in which no text is ever taken for a formula."""

from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pyarrow as pa

from recon.files import complete, write_table
from recon.rendering import charts, html
from recon.report import Tally

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula
SHOWN = 200


def header(firm: str, as_of: int) -> html.Html:
    """Say whose books these are and as of when; bring the style sheet along."""
    css = files("recon.rendering").joinpath("batch_report.css").read_text(encoding="utf-8")
    words = f"{firm}, as of journal entry {as_of}. A copy: nothing here changes the books."
    return html.joined((html.styles(css), html.element("h1", "Audit"), html.element("p", words)))


def table_of(caption: str, rows: pa.Table) -> html.Html:
    """Show the first rows of a table, and say how many there are."""
    kinds = ["amount" if pa.types.is_decimal(field.type) else "text" for field in rows.schema]
    columns = list(zip((name.replace("_", " ") for name in rows.column_names), kinds, strict=True))
    body = [[_shown(value) for value in row.values()] for row in rows.slice(0, SHOWN).to_pylist()]
    rest = f"; the first {SHOWN} are shown" if len(rows) > SHOWN else ""
    heading = html.element("h2", caption), html.element("p", f"{len(rows):,} rows{rest}.")
    return html.joined((*heading, html.table(caption, columns, body)))


def bars_of(caption: str, rows: pa.Table) -> html.Html:
    """Draw a tally with the columns part, count and amount as bars."""
    return charts.tallies(
        caption, [(str(row["part"]), Tally(row["count"], row["amount"])) for row in rows.slice(0, 12).to_pylist()]
    )


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)


def export(tables: dict[str, pa.Table], folder: Path) -> list[Path]:
    """Write each table as CSV, and all of them as the sheets of `audit.xlsx`; gives the files.

    Text that a spreadsheet would take for a formula gets an apostrophe before it in CSV; in Excel it is text by its
    type. Amounts are exact in CSV; Excel keeps 15 digits of them.
    """
    import xlsxwriter

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        write_table(path, _defused(rows))
        written.append(path)
    path = folder / "audit.xlsx"
    with complete(path) as file, xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        amounts, dates = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in tables.items():
            sheet = book.add_worksheet(name[:31])
            for column, field in enumerate(rows.schema):
                sheet.write_string(0, column, field.name)
                for place, value in enumerate(rows[field.name].to_pylist(), 1):
                    if value is None:
                        continue
                    if isinstance(value, Decimal):
                        sheet.write_number(place, column, value, amounts)
                    elif pa.types.is_date(field.type):
                        sheet.write_datetime(place, column, value, dates)
                    elif pa.types.is_integer(field.type):
                        sheet.write_number(place, column, value)
                    else:
                        sheet.write_string(place, column, str(value))
    return [*written, path]


def _defused(rows: pa.Table) -> pa.Table:
    for place, field in enumerate(rows.schema):
        if pa.types.is_string(field.type):
            texts = [
                f"'{text}" if text is not None and text.startswith(_FORMULA) else text
                for text in rows[field.name].to_pylist()
            ]
            rows = rows.set_column(place, field, pa.array(texts, pa.string()))
    return rows
