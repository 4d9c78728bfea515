"""What `make run` says of a database that it cannot connect to."""

from pathlib import Path

import pytest

from deploy.local.children import Failure
from deploy.local.databases import check_reachable
from deploy.local.home import Home

ADDRESS = "VUORO_PROVIDERS_DATABASE_URL"
PASSWORD = "hunter2"


@pytest.mark.parametrize(
    "address",
    ["http://vuoro:{}@x/db", "postgresql://vuoro:{}@[x/db", "postgresql://vuoro:{} 3@x/db", "a password {}"],
    ids=["of something else", "half", "a space", "none"],
)
def test_what_is_no_address_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(ADDRESS, address.format(PASSWORD))
    with pytest.raises(Failure) as told:
        check_reachable(Home(tmp_path, 8080))
    assert str(told.value).endswith(f"({ADDRESS}): its address is not one of PostgreSQL")


def test_what_does_not_answer_is_told_by_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, f"postgresql://vuoro:{PASSWORD}@127.0.0.1:1/db")
    with pytest.raises(Failure) as told:
        check_reachable(Home(tmp_path, 8080))
    assert "Connection refused" in str(told.value)
    assert PASSWORD not in str(told.value)
