"""What Kraken would refuse."""


class Rejected(ValueError):
    """A happening that cannot be: Kraken's ``error``, in the words of Spot or of Futures, and one ``sentence`` why."""

    def __init__(self, error: str, sentence: str) -> None:
        super().__init__(f"{error}: {sentence}")
        self.error = error
        self.sentence = sentence
