"""The languages of pages and messages. A language is added here, and with its catalogues (CONTRIBUTING.md says how)."""

from typing import Literal, get_args

Language = Literal["fi", "sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "fi"

# What a language calls itself.
NATIVE_NAMES: dict[Language, str] = {"fi": "suomi", "sv": "svenska", "en": "English"}
# "In Finnish", in Finnish: what leads to a page in that language.
NATIVE_INVITATIONS: dict[Language, str] = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}
