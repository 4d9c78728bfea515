"""Translations: gettext catalogues (`locale/<language>.po` beside the code), compiled in memory when first asked for.

The texts in the code are in `languages.SOURCE`; a test holds every text to be translated into the others.
"""

import functools
import gettext
import io
from collections.abc import Iterator
from pathlib import Path

from babel import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from shared.languages import DEFAULT, LANGUAGES, Language


@functools.cache
def catalogue(folder: Path, language: Language) -> gettext.NullTranslations:
    """Return the catalogue of `folder` in `language`; an empty one for the language of the code itself."""
    source = folder / f"{language}.po"
    if not source.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def marked(text: str) -> str:
    """Mark a text for translation where it is defined, and return it as it is; it is translated where it is shown."""
    return text


def language_of(accept_language: str | None) -> Language:
    """Return the language that an Accept-Language header (RFC 9110 section 12.5.4) prefers; DEFAULT when none fits."""
    wanted = sorted(_preferences(accept_language or ""))
    chosen = negotiate_locale([tag for _weight, _position, tag in wanted], LANGUAGES)
    return next((language for language in LANGUAGES if language == chosen), DEFAULT)


def _preferences(header: str) -> Iterator[tuple[float, int, str]]:
    """Yield the languages of a header so that sorting puts the most wanted first, and of equals the first named. What
    cannot be read is passed over: nobody is refused a page for an odd header."""
    for position, part in enumerate(header.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if quality > 0:  # zero means "not this one" (section 12.4.2)
            yield -quality, position, tag.replace("-", "_")
