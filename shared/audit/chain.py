"""The chain of the audit log's entries: what is hashed, and what is wrong with one that has been changed."""

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass

START = b""


@dataclass(frozen=True)
class Entry:
    """An entry of the audit log. `salt` and `address` go from it together, when nobody needs the address any more."""

    id: uuid.UUID
    at: dt.datetime
    caller: str
    address: str | None
    salt: uuid.UUID | None
    action: str
    kind: str
    record: str
    region: str | None


@dataclass(frozen=True)
class Seal:
    """An entry's place in the chain. The address is in it by a salted hash, so that the chain holds without it."""

    position: int
    address_hash: bytes | None
    hash: bytes


def sealed(entry: Entry, before: Seal | None) -> Seal:
    """Return the seal of the entry that follows the one that is sealed by `before`."""
    hashed = _address_hash(entry)
    position = before.position + 1 if before else 1
    return Seal(position, hashed, _hash(entry, position, hashed, before.hash if before else START))


def is_unchanged(entry: Entry, seal: Seal, before: Seal | None) -> bool:
    """Return whether an entry is as it was sealed, after the one that is sealed by `before`. One without an address
    may have had one."""
    is_blank = entry.salt is None and entry.address is None
    if not is_blank and seal.address_hash != _address_hash(entry):
        return False
    return seal.hash == _hash(entry, seal.position, seal.address_hash, before.hash if before else START)


def _address_hash(entry: Entry) -> bytes | None:
    if entry.salt is None or entry.address is None:
        return None
    return hashlib.sha256(entry.salt.bytes + entry.address.encode()).digest()


def _hash(entry: Entry, position: int, address_hash: bytes | None, before: bytes) -> bytes:
    hashed = [
        position,
        str(entry.id),
        entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        entry.caller,
        address_hash.hex() if address_hash else None,
        entry.action,
        entry.kind,
        entry.record,
        entry.region,
    ]
    return hashlib.sha256(before + json.dumps(hashed, ensure_ascii=False).encode()).digest()
