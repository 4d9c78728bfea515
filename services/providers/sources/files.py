"""Reading what somebody hands over: a file, or an address on the web. However broken it is, the report says so and
nothing else is lost."""

import json
from html import unescape
from pathlib import Path

import httpx2
import nh3

LARGEST = 64 * 2**20


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


def documents(where: str | Path) -> list[object]:
    """Return the JSON documents of a file: one, or a list of them, bare or under `items`, `itemList`, `data` or
    `results`."""
    try:
        whole: object = json.loads(content_of(where).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable(f"{Path(str(where)).name} is not JSON in UTF-8.") from None
    for name in ("items", "itemList", "data", "results"):
        within = whole.get(name) if isinstance(whole, dict) else None
        if isinstance(within, list | dict):
            whole = within
    return whole if isinstance(whole, list) else [whole]


def plain(html: str | None) -> str | None:
    """Return a text without its HTML, at most 2,000 letters; paragraphs stay apart."""
    if not html:
        return None
    spaced = html.replace("</p>", "\n</p>").replace("<br", "\n<br").replace("</li>", "\n</li>").replace("</h", "\n</h")
    text = nh3.clean(spaced, tags=set())
    lines = (" ".join(line.split()) for line in unescape(text).splitlines())
    kept = "\n".join(line for line in lines if line)
    return "".join(letter for letter in kept if letter == "\n" or letter.isprintable())[:2000] or None


def text(value: object, longest: int = 200) -> str | None:
    """Return a short text of a document, or None for anything that is none."""
    if not isinstance(value, str | int):
        return None
    found = " ".join(str(value).split())
    return found if found and found.isprintable() and len(found) <= longest else None


def web_address(value: object) -> str | None:
    """Return a web address, or None for anything that is none."""
    found = text(value)
    if found and found.startswith("www."):
        found = f"https://{found}"
    return found if found and found.startswith(("http://", "https://")) and not set(found) & set(' <>"') else None
