"""What a service point has for who sees, hears, moves or speaks otherwise, in words."""

from collections.abc import Iterable

from shared.texts import marked

# By the registry's codes, in the order in which they are told. Any other is not shown: nobody could read it.
WORDS = {
    "wheelchair": marked("You can come with a wheelchair"),
    "step-free": marked("No steps at the entrance"),
    "lift": marked("There is a lift"),
    "accessible-toilet": marked("There is an accessible toilet"),
    "accessible-parking": marked("There is an accessible parking space"),
    "hearing-loop": marked("There is a hearing loop"),
    "quiet-room": marked("You can get help in a quiet room"),
    "interpreter": marked("An interpreter can come along"),
    "sign-language": marked("You can get help in sign language"),
    "assistance-dog": marked("An assistance dog may come along"),
}


def in_words(codes: Iterable[str]) -> list[str]:
    """Return the sentences for what a service point has, still to be translated."""
    known = set(codes)
    return [text for code, text in WORDS.items() if code in known]
