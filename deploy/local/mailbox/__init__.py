"""A mailbox for `make run`: an SMTP server and a stand-in for Twilio's Messages resource receive what Vuoro sends, and
`/dev/mailbox` shows it. Like a good provider, it delivers once what comes twice under the same key."""
