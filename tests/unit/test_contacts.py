"""Numbers and addresses as people write them."""

import pytest

from shared.contacts import email, phone


@pytest.mark.parametrize("text", ["040 685 404", "+358 40 685404", "040685404", "+35840685404", "040-685404"])
def test_a_number_is_the_same_however_it_is_written(text: str) -> None:
    assert phone(text) == "+35840685404"


@pytest.mark.parametrize("text", ["", "12", "abc", "112", "+358", "040 6854041234567"])
def test_what_is_no_number(text: str) -> None:
    assert phone(text) is None


@pytest.mark.parametrize("text", ["aili@example.fi", " Aili.Makela@example.fi "])
def test_an_address(text: str) -> None:
    assert email(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "aili",
        "a@b",
        "a b@c.fi",
        "a@b.fi,c@d.fi",
        "aili.mäkelä@example.fi",
        "a\0@b.fi",
        "(x@y.fi",
        "[@b.fi",
        "a:b@example.fi",
        "x@[1.2.3].fi",
        "a..b@c.fi",
        "<a@b.fi>",
        "a@b.fi\nBcc: x@y.fi",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert email(text) is None
