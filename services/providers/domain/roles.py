"""Where each role is held: what it must name, and what it may name besides."""

from collections.abc import Mapping

HELD: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "coordinator": (frozenset(), frozenset()),
    "sub_coordinator": (frozenset({"sub_region"}), frozenset()),
    "manager": (frozenset({"organisation_id"}), frozenset()),
    "staff": (frozenset({"organisation_id"}), frozenset({"service_point_id"})),
    "tutor": (frozenset({"tutor_id"}), frozenset({"organisation_id"})),
}


def wrong_in_role(nth: int, role: Mapping[str, object]) -> dict[str, str]:
    """Return what is wrong with a role, by JSON pointer: where it is held is missing, or it names what does not belong
    to it and would seem to narrow it."""
    needed, besides = HELD[str(role["role"])]
    named = {name for name, value in role.items() if name != "role" and value is not None}
    missing = {f"/roles/{nth}/{name}": "missing" for name in needed - named}
    return missing | {f"/roles/{nth}/{name}": "extra_forbidden" for name in named - needed - besides}
