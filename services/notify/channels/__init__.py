"""One file for each way to reach people, each with one `send`. A failure says whether it is permanent.

`key` is the same for every try of the same message: a provider that honours it delivers once, however often we ask.
"""


class Undelivered(Exception):
    """The channel did not take the message"""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason, self.permanent = reason, permanent
