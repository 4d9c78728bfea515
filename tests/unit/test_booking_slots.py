"""What a slot's id says, and that nothing else is taken for one."""

import base64
import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.slots import CHANNELS, LAST_MINUTE, LAYOUT, SlotKey

START = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
KEY = SlotKey(UUID(int=1), UUID(int=2), UUID(int=3), "on_site", 30, START)
ids = st.uuids().filter(lambda value: value.int != 0)
keys = st.builds(
    SlotKey,
    st.none() | ids,
    ids,
    st.none() | ids,
    st.sampled_from(CHANNELS),
    st.integers(5, 480),
    st.integers(0, LAST_MINUTE).map(lambda minute: dt.datetime.fromtimestamp(minute * 60, dt.UTC)),
    st.none() | st.integers(1, 999).map("{:03}".format),
)


def an_id(channel: int = 0, duration: int = 30, municipality: int = 0, minute: int = 0) -> str:
    raw = LAYOUT.pack(UUID(int=1).bytes, UUID(int=2).bytes, UUID(int=3).bytes, channel, duration, municipality, minute)
    return base64.urlsafe_b64encode(raw).decode()


@given(keys)
def test_an_id_says_what_it_was_made_of(key: SlotKey) -> None:
    text = key.encode()
    assert SlotKey.decode(text) == key
    assert len(text) == 76
    assert "=" not in text


@pytest.mark.parametrize(
    "text",
    [
        an_id(channel=len(CHANNELS)),
        an_id(minute=LAST_MINUTE + 1),
        an_id(municipality=1000),
        KEY.encode()[:-4],
        KEY.encode() + "AAAA",
        KEY.encode()[:-1],
        KEY.encode()[:-1] + "!",
        "ä" * 76,
        "",
    ],
)
def test_whatever_else_is_no_id(text: str) -> None:
    assert SlotKey.decode(text) is None


@pytest.mark.parametrize("text", [an_id(channel=len(CHANNELS) - 1), an_id(minute=LAST_MINUTE), an_id(municipality=999)])
def test_the_last_of_each_is_one(text: str) -> None:
    assert SlotKey.decode(text) is not None


def test_another_tutor_at_the_same_time_and_place() -> None:
    assert KEY.by(UUID(int=9)) == KEY._replace(tutor_id=UUID(int=9))
    assert KEY.by(None).tutor_id is None
