"""`python -m services.web api`"""

import sys

match sys.argv[1:]:
    case ["api"]:
        from services.web.app import create_app
        from shared.serving import serve

        serve(create_app())
    case _:
        sys.exit(__doc__)
