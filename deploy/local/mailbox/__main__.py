"""`python -m deploy.local.mailbox`, with VUORO_LISTEN_PORT, VUORO_SMTP_PORT and VUORO_MAILBOX in the environment."""

from deploy.local.mailbox.app import create_app
from shared.serving import serve

serve(create_app())
