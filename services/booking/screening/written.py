"""How people write numbers: with what between their digits, hidden by which letters, after which words."""

import unicodedata

# What may stand between two letters or digits of a code.
BETWEEN = r"[\W_]{0,6}"
# What nobody sees though it counts as a letter or a sign, and what is seen as a dash though it counts as none.
UNSEEN = "\u115f\u1160\u2800"
DASHES = "\u2212\u2043\u02d7\u30fc"
# How many letters around a number say what it is.
NEAR = 40


def plain(text: str) -> str:
    """Return a text without what hides a number in it: other forms of letters and digits, those unseen, odd dashes."""
    return "".join(map(_plain_letter, unicodedata.normalize("NFKC", text)))


def _plain_letter(letter: str) -> str:
    kind = unicodedata.category(letter)
    if (kind in ("Cf", "Mn", "Me", "Cc") and not letter.isspace()) or letter in UNSEEN:
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    return "-" if kind == "Pd" or letter in DASHES else letter


def before(text: str, start: int) -> str:
    """Return what stands just before a place of a text."""
    return text[max(0, start - NEAR) : start]


def around(text: str, start: int, end: int) -> str:
    """Return what stands just before and after a part of a text, and the part."""
    return text[max(0, start - NEAR) : end + NEAR]
