"""A text that is not what its kind of value wants."""


class Malformed(ValueError):
    """A text that cannot be read: `message` says what is wrong with it, `mend` what to write instead."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(f"{message}: {mend}")
        self.message = message
        self.mend = mend
