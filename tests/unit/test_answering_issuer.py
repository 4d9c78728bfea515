"""Which answers are taken for a provider's own (RFC 9207)."""

from hypothesis import given
from hypothesis import strategies as st

from services.providers.domain.answering_issuer import is_from

issuers = st.sampled_from(["https://a.example", "https://a.example/", "https://A.example", "https://b.example", ""])


@given(issuers, issuers, st.booleans())
def test_who_says_another_name_letter_by_letter_is_another(said: str, issuer: str, always_says: bool) -> None:
    assert is_from(said, issuer, always_says=always_says) is (said == issuer)


@given(issuers, st.booleans())
def test_who_says_nothing_is_believed_unless_they_always_say_it(issuer: str, always_says: bool) -> None:
    assert is_from(None, issuer, always_says=always_says) is not always_says
