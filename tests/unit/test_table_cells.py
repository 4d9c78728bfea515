"""Cells of exported tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.providers.domain.table_cells import as_text, as_written

TEXTS = st.text(alphabet="'=+-@\t\r\n a1ä")


@pytest.mark.parametrize("text", ["=1+1", "+358 40 123", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_would_be_a_formula_is_text(text: str) -> None:
    assert as_text(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Oulun kirjasto", "040 123", "a=b", "'s-Gravenhage", "Rantatie 1-3", "1 + 1"])
def test_all_else_is_left_as_it_is(text: str) -> None:
    assert as_text(text) == as_written(text) == text


@given(TEXTS)
def test_no_cell_begins_a_formula_and_each_is_taken_back_as_it_was_written(text: str) -> None:
    assert not as_text(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert as_written(as_text(text)) == text
