"""How completely a service point is described, for a citizen who wonders whether to go there."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class KnownOfPoint:
    """What is known of a service point, as a citizen would ask for it."""

    help: bool
    hours: bool
    contact: bool
    coordinates: bool
    description: bool
    features: bool
    languages: frozenset[str]
    not_done: bool
    url: bool
    named_in: frozenset[str]


def completeness(known: KnownOfPoint, languages: Iterable[str]) -> tuple[int, list[str]]:
    """Return how complete the description is, of 100, and what is missing, what matters most first. `languages` are
    those of the point's municipality, which its name and its help should speak."""
    spoken = set(languages)
    weighed = [
        ("help", 20, known.help),
        ("hours", 20, known.hours),
        ("contact", 15, known.contact),
        ("coordinates", 15, known.coordinates),
        ("description", 10, known.description),
        ("features", 8, known.features),
        ("name", 4, spoken <= known.named_in),
        ("languages", 4, spoken <= known.languages),
        ("not_done", 2, known.not_done),
        ("url", 2, known.url),
    ]
    return sum(weight for _name, weight, there in weighed if there), [name for name, _w, there in weighed if not there]
