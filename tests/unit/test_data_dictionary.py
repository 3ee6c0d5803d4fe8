"""The data dictionary is what the schemas say, no older."""

from __future__ import annotations

import runpy

from recon import schema
from schemas.views import VIEWS
from tests.test_tidy import ROOT


def test_the_data_dictionary_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_data_dictionary.py"))["dictionary"]()
    written = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == made, "make it anew: python docs/make_data_dictionary.py"


def test_it_has_every_relation_with_its_grain_and_columns() -> None:
    written = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    for name in schema.VIEWS:
        assert f"## `{name}`\n" in written
        if name in VIEWS:
            assert all(f"| `{line.split()[0]}` |" in written for line in VIEWS[name].columns.split(","))
