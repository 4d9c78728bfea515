"""A link as a drawing that a phone's camera reads."""

import segno
from markupsafe import Markup


def qr_code(link: str) -> Markup:
    """Return the QR code (ISO/IEC 18004) of a link, as an SVG element without a size of its own."""
    drawn = segno.make(link, error="m", micro=False)
    return Markup(drawn.svg_inline(omitsize=True, svgclass=None, lineclass=None, light="#fff"))  # noqa: S704  its own numbers alone
