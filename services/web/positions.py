"""Where somebody is, as their browser says it: to two decimals of a degree, about a kilometre. More is not needed, and
stands in no address."""

import re

# Degrees north and east (WGS 84), in the bounds of the earth.
POSITION = re.compile(r"(-?[0-9]{1,2}\.[0-9]{1,9}),(-?[0-9]{1,3}\.[0-9]{1,9})")


def read_position(text: str) -> str:
    """Return a position as the registry and booking take it; "" for what is none."""
    found = POSITION.fullmatch(text)
    if found is None:
        return ""
    north, east = (round(float(number), 2) for number in found.groups())
    return f"{north},{east}" if abs(north) < 90 and abs(east) <= 180 else ""
