"""The pictograms: line drawings of ours in one file, which is the icon of the site, too: a page asks for it once, and a
browser keeps it."""

import re

from services.web.static_files import FOLDER, file_address

FILE = "pictograms.svg"
FOR_ANYTHING = "general"
NAMES = frozenset(re.findall(r'<symbol id="([^"]+)"', (FOLDER / FILE).read_text(encoding="utf-8")))


def pictogram_address(name: str) -> str:
    """Return where the pictogram of this name is found; without one, as for a topic that a region adds, a general
    one."""
    return f"{file_address(FILE)}#{name if name in NAMES else FOR_ANYTHING}"
