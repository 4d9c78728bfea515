"""The list of who was erased: what stands in it, who may read it, and what a crash leaves of it."""

import datetime as dt
import re
import uuid
from pathlib import Path

import pytest

from shared.retention import DAY, TOMBSTONES_KEPT
from shared.secrets import Secrets
from shared.tombstones import ALWAYS, Tombstones

NOW = dt.datetime(2027, 3, 31, 22, 30, tzinfo=dt.UTC)  # April has begun in Helsinki, and not in UTC
AILI, EINO = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def stones(tmp_path: Path) -> Tombstones:
    return Tombstones(tmp_path / "tombstones" / "booking", Secrets("s" * 32))


def test_a_line_says_when_and_a_keyed_hash_and_is_the_owners_alone(stones: Tombstones) -> None:
    stones.add([(AILI, NOW)])
    (file,) = stones.folder.iterdir()
    assert file.name == "2027-03.txt"
    assert re.fullmatch(r"2027-03-31T22:30:00\+00:00 [0-9a-f]{64}\n", file.read_text())
    assert str(AILI) not in file.read_text()
    assert (file.stat().st_mode & 0o777, stones.folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert Tombstones(stones.folder, Secrets("t" * 32)).mark_of(AILI) != stones.mark_of(AILI)


def test_those_since_a_moment_are_found_across_months(stones: Tombstones) -> None:
    assert (stones.since(ALWAYS), stones.last()) == (frozenset(), ALWAYS)
    helsinki = dt.timezone(dt.timedelta(hours=3))
    stones.add([(AILI, NOW), (EINO, (NOW + DAY).astimezone(helsinki))])
    assert stones.last() == NOW + DAY
    assert stones.since(NOW) == {stones.mark_of(AILI), stones.mark_of(EINO)}
    assert stones.since(NOW + dt.timedelta(seconds=1)) == {stones.mark_of(EINO)}


@pytest.mark.parametrize("torn", [b"2027-03-31T2", b"2027-03-31T22:30:00+00:00 ab12", b"\xff\xfe", b""])
def test_a_line_that_a_crash_has_torn_spoils_no_other(stones: Tombstones, torn: bytes) -> None:
    stones.add([(AILI, NOW)])
    with (stones.folder / "2027-03.txt").open("ab") as file:
        file.write(torn)
    stones.add([(EINO, NOW)])
    assert stones.since(ALWAYS) == {stones.mark_of(AILI), stones.mark_of(EINO)}


def test_a_month_is_forgotten_when_no_backup_is_so_old(stones: Tombstones) -> None:
    stones.add([(AILI, NOW), (EINO, NOW + 40 * DAY)])
    stones.forget_old(NOW + TOMBSTONES_KEPT)
    assert stones.since(ALWAYS) == {stones.mark_of(AILI), stones.mark_of(EINO)}
    stones.forget_old(NOW + TOMBSTONES_KEPT + DAY)
    assert stones.since(ALWAYS) == {stones.mark_of(EINO)}
