"""The style sheet and the pages agree on classes: none is styled that is nowhere, none is named that has no style."""

import re

from services.web.static_files import FOLDER
from services.web.templating import TEMPLATES

STYLE = re.sub(r"/\*.*?\*/", "", (FOLDER / "style.css").read_text(encoding="utf-8"), flags=re.DOTALL)
SELECTORS = " ".join(re.findall(r"([^{};]*)\{", STYLE))


def test_each_class_is_both_on_a_page_and_in_the_sheet() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in TEMPLATES.glob("*.html"))
    named = {name for names in re.findall(r'class="([^"]*)"', pages) for name in names.split()}
    assert set(re.findall(r"\.([a-z-]+)", SELECTORS)) == named
