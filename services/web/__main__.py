"""`python -m services.web api`"""

import sys

from services.web.settings import Settings
from shared.settings import read_or_stop

match sys.argv[1:]:
    case ["api"]:
        read_or_stop(Settings)
        from services.web.app import create_app
        from shared.serving import serve

        serve(create_app())
    case _:
        sys.exit(__doc__)
