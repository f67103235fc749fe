"""The search for the mistakes: every step of signing done in every known way, one or two of them wrongly.

An HMAC that matches is proof, so nothing is ever named by chance. The search is bounded by what it hashes, not by time,
so it always finds the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product
from typing import Any, NamedTuple

from mockserver.doctor.signature.option import Option
from mockserver.doctor.signature.recipes import Recipe

MAX_BYTES = 4_000_000
"""What is put into hashes, all in all."""

Wrong = Mapping[str, list[Option[Any]]]
"""The wrong options of each step."""


class Attempt(NamedTuple):
    """One way to sign: an option for each step."""

    secret: Option[bytes]
    nonce: Option[bytes]
    path: Option[bytes]
    data: Option[bytes]
    recipe: Option[Recipe]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for option in self for code in option.codes)

    @property
    def joined(self) -> bytes:
        """What goes into the SHA-256."""
        return self.recipe.value.join(self.nonce.value, self.data.value, self.path.value)

    def sign(self) -> bytes:
        recipe = self.recipe.value
        return recipe.mac(self.secret.value, recipe.assemble(self.path.value, recipe.digest(self.joined)))


class Search:
    """For a signature among ``sent``, by the ways that differ from the ``right`` one."""

    def __init__(self, right: Attempt, sent: Mapping[bytes, Option[bytes]]) -> None:
        self._right = right
        self._sent = sent
        self._digests: dict[Any, bytes] = {}
        self._left = MAX_BYTES
        self.tried: dict[str, None] = {}
        """The codes that were tried, in order."""

    def right(self) -> Attempt | None:
        return self._among([self._right])

    def one(self, wrong: Wrong) -> Attempt | None:
        """One step done wrongly, those with fewest mistakes in it first."""
        self._note(wrong)
        attempts = [self._right._replace(**{step: option}) for step, options in wrong.items() for option in options]
        return self._among(sorted(attempts, key=lambda attempt: len(attempt.codes)))

    def two(self, wrong: Wrong) -> Attempt | None:
        """Two steps done wrongly."""
        return self._among(self._pairs(wrong))

    def _pairs(self, wrong: Wrong) -> Iterator[Attempt]:
        steps = list(self._right)
        for first, second in combinations(wrong, 2):
            i, j = Attempt._fields.index(first), Attempt._fields.index(second)
            for steps[i], steps[j] in product(wrong[first], wrong[second]):
                yield Attempt._make(steps)
            steps = list(self._right)

    def _note(self, wrong: Wrong) -> None:
        self.tried.update((code, None) for options in wrong.values() for option in options for code in option.codes)

    def _among(self, attempts: Iterable[Attempt]) -> Attempt | None:
        """The first that makes what was sent."""
        sent, digests = self._sent, self._digests
        for attempt in attempts:
            secret, nonce, path, data, option = attempt
            recipe = option.value
            key = (recipe.join, recipe.digest, nonce.value, data.value, path.value if recipe.joins_path else b"")
            digest = digests.get(key)
            if digest is None:
                joined = recipe.join(nonce.value, data.value, path.value)
                self._left -= len(joined)
                if self._left < 0:
                    return None
                digest = digests[key] = recipe.digest(joined)
            if recipe.mac(secret.value, recipe.assemble(path.value, digest)) in sent:
                return attempt
        return None
