"""Reading what somebody hands over: a file, or an address on the web. However broken it is, the report says so and
nothing else is lost."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import nh3

LARGEST = 64 * 2**20
# A host's name, with what follows it: what people write of a web address, without `https://`.
BARE_ADDRESS = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#]\S*)?")


class Unreadable(Exception):
    """The whole file cannot be read; the text says why."""


def content_of(where: str | Path) -> bytes:
    """Return the bytes of a file or of a web address (http or https), at most 64 MB; raises `Unreadable`."""
    text = str(where)
    if text.startswith(("http://", "https://")):
        return _fetched(text)
    path = Path(where)
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"{path.name} is larger than {LARGEST // 2**20} MB. Cut it into parts.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from None


def _fetched(address: str) -> bytes:
    found = b""
    try:
        with httpx2.stream("GET", address, timeout=30, follow_redirects=True) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                found += part
                if len(found) > LARGEST:
                    raise Unreadable(f"The answer is larger than {LARGEST // 2**20} MB.")
    except httpx2.HTTPError as error:
        raise Unreadable(f"The address does not answer as it should: {type(error).__name__}") from None
    return found


def name_of(where: str | Path) -> str:
    """Return what a file or a web address is called in a report; what an address asks for, or a key in it, is left
    out."""
    text = str(where)
    if not text.startswith(("http://", "https://")):
        return Path(where).name
    address = urlsplit(text)
    return f"{address.hostname}{address.path}"


def documents(where: str | Path) -> list[object]:
    """Return the JSON documents of a file: one, or a list of them, bare or under `items`, `itemList`, `data` or
    `results`."""
    try:
        whole: object = json.loads(content_of(where))  # in UTF-8, UTF-16 or UTF-32, as RFC 4627 had it
    except (ValueError, RecursionError):
        raise Unreadable(f"{name_of(where)} is not JSON.") from None
    for name in ("items", "itemList", "data", "results"):
        within = whole.get(name) if isinstance(whole, dict) else None
        if isinstance(within, list | dict):
            whole = within
    return whole if isinstance(whole, list) else [whole]


def plain(html: str | None) -> str | None:
    """Return a text without its HTML; paragraphs stay apart."""
    if not html:
        return None
    spaced = html.replace("</p>", "\n</p>").replace("<br", "\n<br").replace("</li>", "\n</li>").replace("</h", "\n</h")
    text = nh3.clean(spaced, tags=set())
    lines = (" ".join(line.split()) for line in unescape(text).splitlines())
    kept = "\n".join(line for line in lines if line)
    return "".join(letter for letter in kept if letter == "\n" or letter.isprintable()) or None


def text(value: object) -> str | None:
    """Return a text of a document on one line, or None when it says nothing; raises TypeError for what is no text."""
    if value is None:
        return None
    if not isinstance(value, str | int):
        raise TypeError("a text is needed")
    return " ".join(str(value).split()) or None


def web_address(value: object) -> str | None:
    """Return a web address, with `https://` where somebody has left it out. What is none stays as it is, to be refused
    with the record's other fields."""
    found = text(value)
    if found is None:
        return None
    scheme, separator, rest = found.partition("://")
    if separator:
        return f"{scheme.lower()}://{rest}"
    return f"https://{found}" if BARE_ADDRESS.fullmatch(found) else found
