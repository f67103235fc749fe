"""The suite's own signatures and one-time passwords, by Kraken's published vectors and those of RFC 6238."""

import base64

import pytest

from contract_tests.signing import api_sign, authent, totp

DOCS_SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
FUTURES_SECRET = "rttp4AzwRfYEdQ7R7X8Z/04Y4TZPa97pqCypi3xXxAqftygftnI6H9yGV+OcUOOJeFtZkr8mVwbAndU3Kz4Q+eG"


def test_api_sign():
    body = b"nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
    expected = "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
    assert api_sign(DOCS_SECRET, "/0/private/AddOrder", 1616492376594, body) == expected


@pytest.mark.parametrize(
    ("nonce", "expected"),
    [
        ("", "BGOdiF//YXbOtKUkyFFRqKAft7gai33YfScxFrXMdMHGUJ6wSaMA6y0p6UzfYzj5Flgvv+SFQe53h2KrEe37Ng=="),
        ("1415957147987", "DqUyz8Wh/72af7dimSXHw91IFxrAriTgVodyg2s67PU2mVStwLDQak+uIoCtfb43XONq0xVAp+vm5dqnhFAB1Q=="),
    ],
)
def test_authent(nonce, expected):
    assert authent(FUTURES_SECRET, "/derivatives/api/v3/orderbook", nonce, "symbol=fi_xbtusd_180615") == expected


@pytest.mark.parametrize(("unix", "expected"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_totp(unix, expected):
    assert totp(base64.b32encode(b"12345678901234567890").decode(), unix) == expected
