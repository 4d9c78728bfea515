"""Where somebody is, to about a kilometre and no closer."""

import pytest

from services.web.forms.search import Search
from services.web.positions import read_position


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("65.96,29.19", "65.96,29.19"),
        ("65.964621,29.188733", "65.96,29.19"),
        ("-33.9,151.2", "-33.9,151.2"),
        ("", ""),
        ("Kuusamo", ""),
        ("95.0,29.1", ""),
        ("65.9,190.0", ""),
        ("65.9", ""),
        ("nan,inf", ""),
        ("65.9,29.1;drop", ""),
    ],
)
def test_a_position_is_kept_to_two_decimals_and_anything_else_is_none(said: str, kept: str) -> None:
    assert read_position(said) == kept


def test_help_at_a_place_is_sought_around_it_and_other_help_in_the_municipality() -> None:
    near = Search("e-services", "305", "65.96,29.19")
    assert near.query()["near"] == "65.96,29.19"
    assert "near" not in Search("e-services", "305", "65.96,29.19", "phone").query()
