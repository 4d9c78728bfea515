"""`vuoro rebuild`, as an operator runs it beside a running installation."""

import re

from tests.e2e.test_supervisor import run_vuoro
from tests.installation import Installation


def test_copies_and_free_times_are_made_anew_and_were_right(installation: Installation) -> None:
    told = run_vuoro(installation, "rebuild", "--copies")
    assert told.returncode == 0, told.stderr
    copies, times = told.stdout.splitlines()
    assert re.fullmatch(
        r"The copies of the registry were made anew from [1-9]\d* events; rows that differed: none\.", copies
    )
    assert re.fullmatch(
        r"The free times of [1-9]\d* tutors were worked out anew; those of 0 differed from what was kept\.", times
    )
