"""The chain of the audit log: whatever is changed, taken out or put in is found."""

import dataclasses
import datetime as dt
import uuid

from hypothesis import given
from hypothesis import strategies as st

from shared.audit.chain import Entry, Seal, is_unchanged, sealed

# PostgreSQL takes no NUL in a text.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ENTRIES = st.builds(
    Entry,
    id=st.uuids(),
    at=st.datetimes(timezones=st.just(dt.UTC)),
    caller=TEXTS,
    address=st.none() | st.ip_addresses(v=4).map(str),
    salt=st.uuids(),
    action=TEXTS,
    kind=TEXTS,
    record=TEXTS,
    region=st.none() | TEXTS,
)


def chain_of(entries: list[Entry]) -> list[Seal]:
    seals: list[Seal] = []
    for entry in entries:
        seals.append(sealed(entry, seals[-1] if seals else None))
    return seals


def holds(entries: list[Entry], seals: list[Seal]) -> bool:
    before = [None, *seals[:-1]]
    return all(map(is_unchanged, entries, seals, before))


@given(st.lists(ENTRIES, max_size=6))
def test_what_was_written_holds(entries: list[Entry]) -> None:
    seals = chain_of(entries)
    assert holds(entries, seals)
    assert [seal.position for seal in seals] == list(range(1, len(entries) + 1))


@given(st.lists(ENTRIES, min_size=1, max_size=4), st.data())
def test_whatever_is_changed_is_found(entries: list[Entry], data: st.DataObject) -> None:
    seals, at = chain_of(entries), data.draw(st.integers(0, len(entries) - 1))
    names = [field.name for field in dataclasses.fields(Entry) if field.name != "salt"]
    name = data.draw(st.sampled_from(names))
    other = getattr(data.draw(ENTRIES), name)
    changed = dataclasses.replace(entries[at], **{name: other})
    assert holds([*entries[:at], changed, *entries[at + 1 :]], seals) == (changed == entries[at])


@given(st.lists(ENTRIES, min_size=2, max_size=5, unique_by=lambda entry: entry.id), st.data())
def test_one_that_is_taken_out_is_found_by_the_next(entries: list[Entry], data: st.DataObject) -> None:
    seals, at = chain_of(entries), data.draw(st.integers(0, len(entries) - 2))
    assert not holds(entries[:at] + entries[at + 1 :], seals[:at] + seals[at + 1 :])


@given(st.lists(ENTRIES, min_size=1, max_size=4))
def test_the_chain_holds_when_addresses_have_gone(entries: list[Entry]) -> None:
    seals = chain_of(entries)
    assert holds([dataclasses.replace(entry, address=None, salt=None) for entry in entries], seals)


def test_without_its_salt_nobody_finds_an_address_by_trying() -> None:
    """What stays of an address is made with a salt that went with it."""
    one = Entry(
        uuid.UUID(int=1), dt.datetime(2027, 3, 1, tzinfo=dt.UTC), "a", "192.0.2.1", uuid.uuid4(), "", "", "", None
    )
    other = dataclasses.replace(one, salt=uuid.uuid4())
    assert sealed(one, None).address_hash != sealed(other, None).address_hash
