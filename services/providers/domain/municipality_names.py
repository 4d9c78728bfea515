"""Which municipality is meant by its name or code as people write them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

LONGEST = 40
"""No name has more letters, and morphology takes ever longer with what is no word."""
FINNISH_KINDS = (" kaupunki", " kunta")
SWEDISH_KINDS = (" stad", " kommun")
ENGLISH_KINDS = ("city of ", "town of ", "municipality of ")


@dataclass(frozen=True)
class MunicipalityNames:
    """The code for every name (casefolded) and code. `base_forms` gives the words that a Finnish word may be a form
    of."""

    codes: Mapping[str, str]
    base_forms: Callable[[str], Iterable[str]]

    def code_of(self, text: str) -> str | None:
        """Return the code of the municipality that is meant; None when there is none, or more than one."""
        name = " ".join(text.split()).casefold()
        for meant in self._readings(name):
            if code := self.codes.get(meant):
                return code
        bare = _without_kind(name)
        forms = self.base_forms(bare) if len(bare) <= LONGEST else ()
        found = {self.codes[form] for form in forms if form in self.codes}
        return found.pop() if len(found) == 1 else None

    def _readings(self, name: str) -> Iterator[str]:
        yield name
        if name.isdecimal():
            yield name.zfill(3)  # spreadsheets drop the zeros that a code begins with
        bare = _without_kind(name)
        yield bare
        if name.endswith(SWEDISH_KINDS):
            yield bare.removesuffix("s")


def _without_kind(name: str) -> str:
    """Return a name without the word for a town or a municipality."""
    for kind in (*FINNISH_KINDS, *SWEDISH_KINDS):
        name = name.removesuffix(kind)
    for kind in ENGLISH_KINDS:
        name = name.removeprefix(kind)
    return name
