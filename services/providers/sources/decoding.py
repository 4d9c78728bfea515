"""The text of a list, however a spreadsheet has encoded it."""

import codecs
import unicodedata

UNREADABLE = "\ufffd"
"""Stands where a byte is no letter in the encoding."""
# UTF-32's mark begins with UTF-16's, so it is looked for first.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 1000


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32 or, failing these, Windows-1252. What is no letter is
    `UNREADABLE`; letters are composed, as names are kept (a Mac may write "ä" as two)."""
    return unicodedata.normalize("NFC", content.decode(_encoding_of(content), errors="replace"))


def _encoding_of(content: bytes) -> str:
    marked = next((encoding for mark, encoding in MARKS if content.startswith(mark)), None)
    return marked or _unmarked_utf16(content[:SAMPLE]) or _one_byte_or_utf8(content)


def _unmarked_utf16(start: bytes) -> str | None:
    """Half of the bytes of letters in UTF-16 are zero, the first of two or the second."""
    if start[1::2].count(0) * 2 > len(start) // 2:
        return "utf-16-le"
    return "utf-16-be" if start[::2].count(0) * 2 > len(start) // 2 else None


def _one_byte_or_utf8(content: bytes) -> str:
    """One bad byte in a file in UTF-8 must not turn all of its other letters into two of Windows-1252."""
    text = content.decode(errors="replace")
    bad = text.count(UNREADABLE)
    good = sum(not letter.isascii() for letter in text) - bad
    return "utf-8" if good >= bad else "cp1252"
