"""What an import changes of a record, and where a record and its sources disagree.

The fields of a record are compared as flat names, a text in a language as `name.fi`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

Fields = Mapping[str, object]
EMPTY: tuple[object, ...] = (None, "", [])


@dataclass(frozen=True)
class Difference:
    """A field in which a source and the registry disagree, because somebody has edited it here."""

    source_id: str
    field: str
    ours: object
    theirs: object


def merged(source_id: str, ours: Fields, before: Fields, theirs: Fields) -> tuple[dict[str, object], list[Difference]]:
    """Return what an import of `theirs` changes in `ours`, and the differences that it leaves alone; `before` is what
    the source had the last time.

    A field follows its source as long as it is as the source left it; one that was never imported follows when it is
    empty. What somebody has edited stays, and is reported as long as the two differ.
    """
    changes: dict[str, object] = {}
    differences: list[Difference] = []
    for name, value in theirs.items():
        mine = ours.get(name)
        if mine == value:
            continue
        follows = mine == before[name] if name in before else mine in EMPTY
        if follows:
            changes[name] = value
        elif not means_the_same(name, mine, value) and (name in before or value not in EMPTY):
            differences.append(Difference(source_id, name, mine, value))
    return changes, differences


def disagreements(records: Mapping[str, Fields]) -> dict[str, dict[str, object]]:
    """Return the fields in which sources, the registry among them, do not mean the same, with the value that each of
    them gives; one that gives none does not disagree."""
    found = {}
    for name in dict.fromkeys(name for fields in records.values() for name in fields):
        values = {source: fields[name] for source, fields in records.items() if fields.get(name) not in EMPTY}
        first = next(iter(values.values()), None)
        if not all(means_the_same(name, first, value) for value in values.values()):
            found[name] = values
    return found


def means_the_same(name: str, ours: object, theirs: object) -> bool:
    """Return whether two values of a field mean the same: a place within some fifty metres, a number or a text written
    with other spaces and marks."""
    if isinstance(ours, str) and isinstance(theirs, str):
        return _same_number(ours, theirs) if name == "phone" else _words(ours) == _words(theirs)
    if name in DEGREES and isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) < DEGREES[name]
    return ours == theirs


# Some fifty metres: in Finland a degree of longitude is about half as long as one of latitude.
DEGREES = {"lat": 0.0005, "lon": 0.001}


def _same_number(ours: str, theirs: str) -> bool:
    """Compare the last seven digits, since one may be written with its country; a text without digits is no number."""
    mine, other = re.sub(r"\D", "", ours)[-7:], re.sub(r"\D", "", theirs)[-7:]
    return mine == other if mine or other else ours == theirs


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
