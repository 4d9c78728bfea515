"""Lost links: who has lost the link to their times has it sent again, to where they are reached and nowhere else; with
a code for the page on which they asked, since a phone that shows no pages may lie beside a library's computer."""

from uuid import UUID

from shared.codes import six_digits

MOST_TRIES = 5  # of a code
MOST_TIMES = 5  # that one message names


def lost_link_code(secret: str, lost_link: UUID, contact: str) -> str:
    """Return the six digits that open the times of who is reached there, on the page that asked for them: another page
    has asked under another id. Nothing that else is made from the secret tells them."""
    return six_digits(secret, b"lost link" + lost_link.bytes + contact.encode())
