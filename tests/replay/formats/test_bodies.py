import gzip
import zlib

import pytest

from mockserver.replay.formats import bodies
from mockserver.replay.formats.bodies import BodyError, decoded

PLAIN = b'{"error":[],"result":{}}'
GZIPPED, TWICE = (gzip.compress(body, mtime=0) for body in (PLAIN, zlib.compress(PLAIN)))
RAW = zlib.compressobj(wbits=-15)
DEFLATED = RAW.compress(PLAIN) + RAW.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", GZIPPED),
        ("X-GZIP", GZIPPED),
        ("deflate", zlib.compress(PLAIN)),
        ("deflate", DEFLATED),
        ("deflate, gzip", TWICE),
        ("identity", PLAIN),
        ("gzip", PLAIN),
        ("br", PLAIN),
        ("zstd", b""),
    ],
)
def test_a_body_is_what_the_server_meant(coding: str, body: bytes) -> None:
    headers = (("content-encoding", coding), ("server", "x"))
    assert decoded(headers, body) == ((("server", "x"),), PLAIN if body else b"")


def test_codings_may_stand_in_headers_of_their_own() -> None:
    headers = (("content-encoding", "deflate"), ("content-encoding", "gzip"))
    assert decoded(headers, TWICE) == ((), PLAIN)


@pytest.mark.parametrize("body", [GZIPPED[:-9], GZIPPED + b"\xff", b"\x80 broken"])
def test_what_is_broken_stays_as_it_came(body: bytes) -> None:
    headers = (("content-encoding", "gzip"),)
    assert decoded(headers, body) == (headers, body)


def test_what_cannot_be_decoded_here_says_what_to_do() -> None:
    with pytest.raises(
        BodyError, match=r"^is compressed with 'br'; record again with Accept-Encoding: gzip, or without$"
    ):
        decoded((("content-encoding", "br"),), b"\x8b\x05\x80{}\x03")


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MAX_BODY", 1000)
    assert decoded((("content-encoding", "gzip"),), gzip.compress(bytes(1000))) == ((), bytes(1000))
    with pytest.raises(BodyError, match=r"^has more than 1000 bytes when it is decompressed"):
        decoded((("content-encoding", "gzip"),), gzip.compress(bytes(1001)))
