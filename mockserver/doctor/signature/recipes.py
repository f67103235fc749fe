"""How nonce, data, path and secret become a signature: Kraken's way in each world, and the ways that go wrong."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256, sha512
from itertools import permutations

import msgspec

from mockserver.doctor.signature.option import Option
from mockserver.wire import Request


class Recipe(msgspec.Struct, frozen=True):
    """Four steps; ``join`` takes nonce, data, path, ``assemble`` path and digest, ``mac`` key and message."""

    join: Callable[[bytes, bytes, bytes], bytes]
    digest: Callable[[bytes], bytes]
    assemble: Callable[[bytes, bytes], bytes]
    mac: Callable[[bytes, bytes], bytes]
    joins_path: bool = False
    digest_name: str = "SHA-256"
    mac_name: str = "HMAC-SHA512"


SPOT = Recipe(
    lambda nonce, data, path: nonce + data,
    lambda joined: sha256(joined).digest(),
    lambda path, digest: path + digest,
    partial(hmac.digest, digest="sha512"),
)
"""``HMAC-SHA512(secret, path + SHA256(nonce + data))``"""
FUTURES = msgspec.structs.replace(
    SPOT,
    join=lambda nonce, data, path: data + nonce + path,
    assemble=lambda path, digest: digest,
    joins_path=True,
)
"""``HMAC-SHA512(secret, SHA256(data + nonce + path))``, the path without ``/derivatives``."""


def recipes(right: Recipe, request: Request) -> Iterator[Option[Recipe]]:
    """The recipes with one mistake, and with two in steps that are independent."""
    joins = list(_spot_joins() if right is SPOT else _futures_joins())
    assemblies = list(_spot_assemblies() if right is SPOT else ())
    single = [*joins, *_DIGESTS, *assemblies, *_MACS]
    for option in single:
        yield Option(msgspec.structs.replace(right, **option.value), option.codes)
    for index, first in enumerate(single):
        for second in single[index + 1 :]:
            if not first.value.keys() & second.value.keys():
                codes = first.codes + second.codes
                both = ("hashes-swapped",) if set(codes) == {"sha256-is-sha512", "hmac-sha256"} else codes
                yield Option(msgspec.structs.replace(right, **first.value, **second.value), both)
    yield from _other_world(right, request)


def _spot_joins() -> Iterator[Option[dict[str, object]]]:
    yield Option({"join": lambda nonce, data, path: data + nonce}, ("nonce-after-data",))
    for assemble in (FUTURES.assemble, SPOT.assemble):
        for join in (
            lambda nonce, data, path: path + nonce + data,
            lambda nonce, data, path: nonce + path + data,
            lambda nonce, data, path: nonce + data + path,
        ):
            yield Option({"join": join, "assemble": assemble, "joins_path": True}, ("sha256-holds-path",))


def _spot_assemblies() -> Iterator[Option[dict[str, object]]]:
    yield Option({"assemble": lambda path, digest: digest + path}, ("digest-before-path",))


def _futures_joins() -> Iterator[Option[dict[str, object]]]:
    for order in permutations((0, 1, 2)):
        if order != (1, 0, 2):
            yield Option(
                {
                    "join": lambda nonce, data, path, order=order: b"".join(
                        (nonce, data, path)[index] for index in order
                    )
                },
                ("parts-order",),
            )


def _other_world(right: Recipe, request: Request) -> Iterator[Option[Recipe]]:
    """The other world's recipe whole; its nonce may be there or not, its path may be this world's as it was sent."""
    if right is SPOT:
        for join in (FUTURES.join, lambda nonce, data, path: data + path):
            yield Option(msgspec.structs.replace(FUTURES, join=join), ("scheme-of-futures",))
        return
    sent = request.path.encode("latin-1")
    for assemble in (SPOT.assemble, lambda path, digest: sent + digest):
        for join in (SPOT.join, lambda nonce, data, path: data):
            recipe = msgspec.structs.replace(SPOT, join=join, assemble=assemble)
            yield Option(recipe, ("scheme-of-spot",))


_DIGESTS: tuple[Option[dict[str, object]], ...] = (
    *(
        Option({"digest": digest, "digest_name": f"SHA-256 as {form}"}, (code,))
        for code, form, digest in (
            ("sha256-hexdigest", "hexadecimal text", lambda joined: sha256(joined).hexdigest().encode()),
            ("sha256-hexdigest", "hexadecimal text", lambda joined: sha256(joined).hexdigest().upper().encode()),
            ("sha256-base64", "base64 text", lambda joined: b64encode(sha256(joined).digest())),
            ("sha256-as-characters", "characters", lambda joined: sha256(joined).digest().decode("latin-1").encode()),
            (
                "sha256-as-characters",
                "characters",
                lambda joined: sha256(joined).digest().decode("utf-8", "replace").encode(),
            ),
            (
                "sha256-as-characters",
                "characters",
                lambda joined: sha256(joined).digest().decode("utf-8", "ignore").encode(),
            ),
        )
    ),
    Option({"digest": lambda joined: joined, "digest_name": "no hash"}, ("sha256-missing",)),
    Option({"digest": lambda joined: sha512(joined).digest(), "digest_name": "SHA-512"}, ("sha256-is-sha512",)),
)

_MACS: tuple[Option[dict[str, object]], ...] = (
    Option(
        {"mac": lambda key, message: hmac.digest(key, message, "sha256"), "mac_name": "HMAC-SHA256"}, ("hmac-sha256",)
    ),
    Option(
        {
            "mac": lambda key, message: hmac.digest(message, key, "sha512"),
            "mac_name": "HMAC-SHA512, key and message swapped",
        },
        ("hmac-swapped",),
    ),
    *(
        Option({"mac": mac, "mac_name": f"SHA-512 of {what}"}, ("hmac-missing",))
        for what, mac in (
            ("the message", lambda key, message: sha512(message).digest()),
            ("secret + message", lambda key, message: sha512(key + message).digest()),
            ("message + secret", lambda key, message: sha512(message + key).digest()),
        )
    ),
)
