"""The search for the mistakes: every step of signing done in every known way, one or two of them wrongly.

An HMAC that matches is proof, so nothing is ever named by chance. The search is bounded by what it hashes, not by time,
so it always finds the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from mockserver.doctor.signature.option import Option
from mockserver.doctor.signature.recipes import Recipe

MAX_BYTES = 3_000_000
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
        self._left = MAX_BYTES
        self.tried: dict[str, None] = {}
        """The codes that were tried, in order."""

    def one(self, wrong: Wrong) -> Attempt | None:
        """One step done wrongly, those with fewest mistakes in it first; before that, none. Notes what was tried."""
        attempts = [self._right._replace(**{step: option}) for step, options in wrong.items() for option in options]
        found = self.among([self._right, *sorted(attempts, key=lambda attempt: len(attempt.codes))])
        if self._left >= 0:
            self.tried.update((code, None) for options in wrong.values() for option in options for code in option.codes)
        return found

    def two(self, first: Wrong, second: Wrong) -> Attempt | None:
        """A step of ``first`` and one of ``second`` done wrongly."""
        return self.among(self._pairs(first, second))

    def among(self, attempts: Iterable[Attempt]) -> Attempt | None:
        """The first that makes what was sent; a digest is kept while an attempt differs from the one before only in
        what comes after it."""
        sent, digest = self._sent, b""
        last_nonce = last_path = last_data = last_join = last_digest = None
        for attempt in attempts:
            secret, nonce, path, data, option = attempt
            recipe = option.value
            if (
                data is not last_data
                or nonce is not last_nonce
                or recipe.join is not last_join
                or recipe.digest is not last_digest
                or (recipe.joins_path and path is not last_path)
            ):
                last_nonce, last_path, last_data, last_join, last_digest = nonce, path, data, recipe.join, recipe.digest
                joined = recipe.join(nonce.value, data.value, path.value)
                self._left -= len(joined)
                if self._left < 0:
                    return None
                digest = recipe.digest(joined)
            if recipe.mac(secret.value, recipe.assemble(path.value, digest)) in sent:
                return attempt
        return None

    def _pairs(self, first: Wrong, second: Wrong) -> Iterator[Attempt]:
        for one, other in product(first, second):
            steps = list(self._right)
            i, j = Attempt._fields.index(one), Attempt._fields.index(other)
            for steps[i], steps[j] in product(first[one], second[other]):
                yield Attempt._make(steps)
