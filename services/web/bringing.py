"""What a person needs for their visit: by what it is about, and by how it is held."""

from dataclasses import dataclass

from shared.schemas.common import Channel, LocalisedText
from shared.texts import marked

SAFE = marked("You sign in yourself. Never tell or show your codes to anybody.")

BY_CHANNEL: dict[Channel, str] = {
    "on_site": marked("The device that you need help with, and its charger."),
    "home": marked("Have the device and its charger at hand."),
    "phone": marked("Keep the device beside you during the call."),
    "video": marked("You need a device with a camera and sound."),
}
# The helper never uses them, but nothing can be done there without.
OWN_CODES = marked("Your own bank codes or another way to identify yourself. Only you use them.")
BY_TOPIC: dict[str, str] = dict.fromkeys(
    (
        "online-bank",
        "e-identification",
        "bank-codes",
        "e-services",
        "kela",
        "tax",
        "health",
        "work",
        "suomi-fi",
        "police",
    ),
    OWN_CODES,
)


@dataclass(frozen=True)
class Needed:
    """What is needed: in an organisation's own words, where it has written some, and in ours."""

    own: LocalisedText | None
    texts: tuple[str, ...]


def what_is_needed(topic: str, channel: Channel, own: LocalisedText | None) -> Needed:
    """Return what is needed. An organisation's own words are of visits at a place, and stand there for ours."""
    by_topic = (BY_TOPIC[topic],) if topic in BY_TOPIC else ()
    if channel == "on_site" and own is not None:
        return Needed(own, by_topic)
    return Needed(None, (BY_CHANNEL[channel], *by_topic))
