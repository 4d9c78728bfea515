"""Translations: gettext catalogues (`locale/<language>.po` beside the code), compiled in memory when first asked for.

The texts in the code are English; `fi` and `sv` are catalogues. A test holds every text to be translated.
"""

import functools
import gettext
import io
from pathlib import Path

from babel import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from shared.languages import DEFAULT, LANGUAGES, Language


@functools.cache
def catalogue(folder: Path, language: Language) -> gettext.NullTranslations:
    """The catalogue of `folder` in `language`; English stands in the code itself."""
    source = folder / f"{language}.po"
    if not source.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def marked(text: str) -> str:
    """Mark a text for translation where it is defined; it is translated where it is shown."""
    return text


def language_of(accept_language: str | None) -> Language:
    """The page language that an Accept-Language header (RFC 9110 section 12.5.4) prefers; Finnish when none fits."""
    ranked = []
    for position, part in enumerate((accept_language or "").split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), position, tag.replace("-", "_")))
        except ValueError:
            continue
    chosen = negotiate_locale([tag for _, _, tag in sorted(ranked)], LANGUAGES)
    return next((language for language in LANGUAGES if language == chosen), DEFAULT)
