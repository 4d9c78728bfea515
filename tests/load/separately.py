"""`python -m tests.load.separately`: `make run` without the fork server, to see what it saves."""

import sys

from deploy.local.launchers import ModuleLauncher
from deploy.local.supervisor import main

sys.exit(main(ModuleLauncher()))
