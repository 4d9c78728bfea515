"""The languages of pages and messages. A language is added here, and with its catalogues (CONTRIBUTING.md says how)."""

from typing import Literal, get_args

Language = Literal["fi", "sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "fi"
