"""What the bodies of all services share."""

import datetime as dt
import re
import unicodedata
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    Strict,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from shared.languages import LANGUAGES, Language

Channel = Literal["on_site", "phone", "video", "home"]
REMOTE: frozenset[Channel] = frozenset({"phone", "video"})


def _printable(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\t\r" for letter in text):
        raise PydanticCustomError("control_characters", "control characters are not allowed")
    return text


# What ends a line somewhere (str.splitlines), and the tab: a name with one of them would begin a new line of whatever
# it is written into, such as a mail's headers.
LINE_ENDS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
# They turn round what follows, so that a name shows as another (Unicode Standard Annex 9).
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _on_one_line(text: str) -> str:
    if LINE_ENDS & set(text):
        raise PydanticCustomError("one_line", "line breaks and tabs are not allowed")
    if any(unicodedata.category(letter) == "Cc" or letter in DIRECTIONS for letter in text):
        raise PydanticCustomError("control_characters", "control characters are not allowed")
    return text


def _plain_address(value: object, validate: ValidatorFunctionWrapHandler) -> str:
    """Return the address as pydantic reads it; one that `shared.contacts.email` would not take is none."""
    try:
        address: str = validate(value.strip() if isinstance(value, str) else value)
    except ValidationError:
        address = ""
    if not address or not address.isascii():
        raise PydanticCustomError("email", "this is not an e-mail address")
    return address


# Described by patterns, and refused by a rule, whose advice says more than that a pattern does not fit.
LETTERS = r"[^\x00-\x08\x0b\x0c\x0e-\x1f]*"
ShortText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_on_one_line),
    Field(json_schema_extra={"pattern": rf"^{LETTERS}[^\s\x00-\x1f]{LETTERS}$"}),
]
LongText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2000),
    AfterValidator(_printable),
    Field(json_schema_extra={"pattern": f"^{LETTERS}$"}),
]
# Sent as true or false alone, and not as 0, "no" or "off".
Flag = Annotated[bool, Strict()]
Email = Annotated[EmailStr, WrapValidator(_plain_address)]
WebAddress = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"""^https?://[^\s<>"\x00-\x1f]+$""")
]
TopicCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,49}$", max_length=50)]
FeatureCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,49}$", max_length=50)]
MunicipalityCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$", max_length=3)]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$", max_length=2)]


WALL_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$"


def _within_reach(value: dt.date) -> dt.date:
    if not 2000 <= value.year <= 2200:
        raise PydanticCustomError("year", "a year between 2000 and 2200 is needed")
    return value


def _whole_minute(value: object) -> object:
    # Before pydantic reads it, which would take an offset, parts of a second, and a number of seconds.
    if not isinstance(value, dt.time) and not (isinstance(value, str) and re.fullmatch(WALL_TIME, value)):
        raise PydanticCustomError("whole_minute", "a wall-clock time in whole minutes, without an offset, is needed")
    return value


# Years far away would leave the calendar's arithmetic, and are slips of the finger.
YEARS: JsonDict = {"pattern": "^(2[01][0-9]{2}|2200)-"}
Date = Annotated[dt.date, AfterValidator(_within_reach), Field(json_schema_extra=YEARS)]
Instant = Annotated[AwareDatetime, AfterValidator(_within_reach), Field(json_schema_extra=YEARS)]
# No `format: time`: that is a time with an offset (RFC 3339, full-time).
WallTime = Annotated[
    dt.time,
    BeforeValidator(_whole_minute),
    WithJsonSchema({"type": "string", "pattern": WALL_TIME, "maxLength": 8, "examples": ["10:00"]}),
]

# Degrees north and east (WGS 84), as a map's address bar has them.
Near = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,2}(\.[0-9]+)?,-?[0-9]{1,3}(\.[0-9]+)?$", max_length=60)]


class Wire(BaseModel):
    """A body on the wire. Unknown fields are refused, so that a misspelt one is never silently lost."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, populate_by_name=True)


def example(**values: Any) -> ConfigDict:
    """Return the configuration of a body with an example in its description."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class LocalisedText(Wire):
    """A text in one or more of the page languages."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    # One field for each of LANGUAGES, written out so that readers and type checkers see them; a test compares.
    fi: LongText | None = None
    sv: LongText | None = None
    en: LongText | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "LocalisedText":
        if not any(getattr(self, language) for language in LANGUAGES):
            *others, last = LANGUAGES
            raise PydanticCustomError("text_needed", f"at least one of {', '.join(others)} and {last} is needed")
        return self

    def best(self, language: str) -> str:
        """Return the text in `language`, else in the first of LANGUAGES in which there is one."""
        return str(getattr(self, self.language_of_best(language)))

    def language_of_best(self, language: str) -> Language:
        """Return the language in which `best` is."""
        there = [each for each in LANGUAGES if getattr(self, each)]
        return next((each for each in there if each == language), there[0])


def address_in(language: str, address: str, address_sv: str | None) -> str:
    """Return an address as it is read in `language`: a street may have a Swedish name beside its own."""
    return address_sv if language == "sv" and address_sv else address


class FieldError(Wire):
    """One thing wrong in a request: where it stands (RFC 6901 pointer, or a parameter's name) and what to do."""

    pointer: str
    detail: str


def _each_on_one_line(name: LocalisedText) -> LocalisedText:
    for language in LANGUAGES:
        _on_one_line(getattr(name, language) or "")
    return name


LocalisedName = Annotated[LocalisedText, AfterValidator(_each_on_one_line)]
"""What something is called, as it is written. What was taken before there was this rule is still shown."""


class ProblemDocument(BaseModel):
    """An error, as RFC 9457 has it. `detail` is a sentence that a person can act on, in their language."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:vuoro:problem:slot-taken"])
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    errors: list[FieldError] | None = None


class Health(Wire):
    """Whether a process runs (`healthz`), or can serve (`readyz`)."""

    status: Literal["ok", "unavailable"]


class StuckReader(Wire):
    """A feed that a service cannot go on following: since when, at which event (none when the feed itself is refused),
    and what kind of failure it is."""

    source: str
    since: AwareDatetime
    event_id: UUID | None = None
    event_type: str | None = None
    reason: str


class Readiness(Health):
    """Whether a process can serve, and which feeds its service cannot go on following: what depends on those gets old,
    and nothing else."""

    stuck: list[StuckReader] = []


class CloudEvent(Wire):
    """An event in a feed: CloudEvents 1.0, in JSON. `data` carries ids and public facts, never personal data."""

    # Unlike a body: a consumer passes over attributes that it does not know, as CloudEvents has it.
    model_config = ConfigDict(extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any]
