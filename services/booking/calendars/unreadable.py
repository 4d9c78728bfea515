"""What cannot be read."""


class Unreadable(Exception):
    """This is not a calendar that can be read; the text says why, without a word of its contents."""
