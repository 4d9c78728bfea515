"""What the pages themselves refuse."""

from services.web.language import LOCALE
from shared.problems import Problem
from shared.texts import marked


class ForeignForm(Problem):
    """This form was sent from another site"""

    status, slug = 403, "foreign-form"
    detail = marked("Nothing was done. Open the page here and send the form again.")
    locale = LOCALE
