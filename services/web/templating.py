"""The templates: one environment for each language and kind of reader, made when the process starts."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from services.web.for_others import ForOthers
from services.web.formats import Formats
from services.web.language import LOCALE
from services.web.pictograms import pictogram_address
from services.web.qr_codes import qr_code
from services.web.static_files import file_address
from shared.languages import LANGUAGES, NATIVE_NAMES, Language
from shared.texts import catalogue

TEMPLATES = Path(__file__).parent / "templates"


def template(name: str, language: Language, *, for_others: bool = False) -> Template:
    """Return a template, whose texts and formats are in that language, and speak to whoever books `for_others` or to
    the citizen."""
    return ENVIRONMENTS[language, for_others].get_template(name)


def _environment(language: Language, *, for_others: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,  # a slip of the pen in a template is an error, not an empty place on a page
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = catalogue(LOCALE, language)
    said = ForOthers(texts) if for_others else texts
    environment.install_gettext_translations(said, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {"language": language, "native_names": NATIVE_NAMES}
    environment.globals |= {"file": file_address, "pictogram_address": pictogram_address}
    environment.filters |= {**Formats(language).filters(), "qr_code": qr_code}
    return environment


ENVIRONMENTS = {
    (language, for_others): _environment(language, for_others=for_others)
    for language in LANGUAGES
    for for_others in (False, True)
}
