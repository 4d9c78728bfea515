"""What the pages read of an access token, whatever it is."""

import jwt
import pytest

from services.web.access_token import region, roles
from tests.unit.web_pages import access_token


def test_roles_and_region_are_read() -> None:
    token = access_token("tutor", "staff", region="19")
    assert roles(token) == {"tutor", "staff"}
    assert region(token) == "19"


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "no.token",
        "a.b.c",
        "ää",
        jwt.encode({"roles": "all"}, "x" * 32, algorithm="HS256"),
        jwt.encode({"roles": [{}]}, "x" * 32, algorithm="HS256"),
    ],
)
def test_a_text_that_is_no_token_of_ours_names_nothing(token: str | None) -> None:
    assert roles(token) == frozenset()
    assert region(token or "") == ""
