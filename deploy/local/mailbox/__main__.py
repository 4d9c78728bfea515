"""`python -m deploy.local.mailbox`, with VUORO_LISTEN_PORT, VUORO_SMTP_PORT and VUORO_MAILBOX (a file) in the
environment."""

import os
from pathlib import Path

from deploy.local.mailbox.app import create_mailbox_app
from deploy.local.mailbox.mails import Mailbox
from shared.serving import serve

serve(create_mailbox_app(Mailbox(Path(os.environ["VUORO_MAILBOX"])), int(os.environ["VUORO_SMTP_PORT"])))
