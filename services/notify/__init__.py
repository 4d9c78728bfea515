"""`notify` writes to people: it owns an outbox of messages, filled from the feeds of `booking` and `providers`, and the
channels that carry them. Whom to write to, and what, is asked for at the moment of sending and never kept."""
