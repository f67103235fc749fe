"""What Kraken refuses."""


class Refused(Exception):
    """With Kraken's ``error``, in the words of Spot or of Futures."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


def demand(condition: bool, error: str) -> None:
    if not condition:
        raise Refused(error)
