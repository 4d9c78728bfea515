"""What a visit needs to know of its citizen, by its channel and its offering's questions."""

from collections.abc import Mapping, Sequence
from typing import TypedDict


class AskedQuestion(TypedDict):
    """A question of an offering, as far as the rules need it."""

    code: str
    needed: bool


def wrong_address(channel: str, address: str | None) -> str | None:
    """Return what is wrong with an address, as a kind of advice: a visit at home needs one, nothing else may have one;
    None when all is well."""
    if (channel == "home") == bool(address):
        return None
    return "address_needed" if channel == "home" else "address_not_needed"


def needs_phone(channel: str) -> bool:
    """Whether the tutor phones the citizen."""
    return channel == "phone"


def missing_contact(channel: str, *, has_phone: bool, has_email: bool) -> str | None:
    """Return what is missing to reach a citizen, as a kind of advice; None when nothing is. Who has neither may come to
    a place, where somebody can tell them that their helper is away. Elsewhere they are called or sent a link, or would
    wait at home in vain."""
    if needs_phone(channel) and not has_phone:
        return "phone_needed"
    return None if has_phone or has_email or channel == "on_site" else "contact_needed"


def wrong_channel_for_move(former: str, channel: str, *, has_phone: bool, has_email: bool) -> str | None:
    """Return why a citizen's details do not fit the channel of a new time, as a kind of advice; None when they do. An
    address was never asked of somebody who did not book a visit at home."""
    if channel == former:
        return None
    if channel == "home":
        return "address_needed"
    return missing_contact(channel, has_phone=has_phone, has_email=has_email)


def loses_address(former: str, channel: str) -> bool:
    """Whether a move makes the citizen's address needless, so that it is erased."""
    return former == "home" != channel


def wrong_answers(questions: Sequence[AskedQuestion], answers: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with the answers to an offering's questions, by JSON pointer: one that is needed is missing,
    or answers what nobody asked."""
    codes = {question["code"] for question in questions}
    missing = [question["code"] for question in questions if question["needed"] and not answers.get(question["code"])]
    strange = [code for code in answers if code not in codes]
    return {f"/answers/{code}": "missing" for code in missing} | {
        f"/answers/{code}": "extra_forbidden" for code in strange
    }
