"""What a cell of a list is refused for."""


class Unclear(Exception):
    """A time or a date that is none, or that may be two; the text says why."""
