"""The languages of pages, messages and problems. A language is added here, in the two models of the wire that have a
field for each (a test compares them), and with its catalogues (CONTRIBUTING.md says how)."""

from typing import Literal, get_args

Language = Literal["fi", "sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
# Of who says nothing else, and the first to be shown of a text that is not there in the language asked for.
DEFAULT: Language = "fi"
# Of the texts in the code; each other language has a catalogue beside the code, `locale/<language>.po`.
SOURCE: Language = "en"
TRANSLATED: tuple[Language, ...] = tuple(language for language in LANGUAGES if language != SOURCE)

# What a language calls itself.
NATIVE_NAMES: dict[Language, str] = {"fi": "suomi", "sv": "svenska", "en": "English"}
# "In Finnish", in Finnish: what leads to a page in that language.
NATIVE_INVITATIONS: dict[Language, str] = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}
