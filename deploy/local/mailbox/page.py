"""The page of what has come, for people."""

import html
import re
from collections.abc import Sequence

from deploy.local.mailbox.mails import Mail

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local mailbox</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 1rem auto; padding: 0 1rem }}
article {{ border: 1px solid #777; border-radius: .5rem; padding: 1rem; margin: 1rem 0 }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }} h2 {{ font-size: 1.1rem; margin: 0 }}
</style>
<main><h1>Local mailbox</h1>
<p>What Vuoro has sent on this machine. Nothing leaves it. Newest first.</p>
{mails}</main></html>
"""


def mailbox_page(mails: Sequence[Mail]) -> str:
    """Return the page of these messages, in their order."""
    return PAGE.format(mails="".join(map(_article, mails)) or "<p>Nothing has come yet.</p>")


def _article(mail: Mail) -> str:
    heading = html.escape(f"{mail['channel']} to {mail['to']}: {mail['subject']}".rstrip(": "))
    attached = "".join(
        f"<details><summary>{html.escape(str(part['filename']))}</summary><pre>{html.escape(part['content'])}</pre></details>"
        for part in mail["attachments"]
    )
    moment = html.escape(mail["received_at"])
    return f"<article><h2>{heading}</h2><p>{moment}</p><pre>{_linked(mail['text'])}</pre>{attached}</article>"


def _linked(text: str) -> str:
    """Return the text for HTML, its addresses as links."""
    return re.sub(r"https?://[^\s<]+", lambda match: f'<a href="{match[0]}">{match[0]}</a>', html.escape(text))
