"""RFC 6238, appendix B (its 8 digits cut to the last 6), and the neighbours of the current step."""

import pytest

from mockserver.auth.otp import decode_otp_secret, totp, verify

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("now", "password"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_known_answers(now, password):
    assert totp(SECRET, now) == password
    assert verify(password, SECRET, now)
    assert verify(password, SECRET, now - 30)
    assert verify(password, SECRET, now + 30)
    assert not verify(password, SECRET, now + 90)


def test_a_secret_may_be_lower_case_and_unpadded():
    assert decode_otp_secret("jbswy3dpehpk3px") == decode_otp_secret("JBSWY3DPEHPK3PX=")
    assert decode_otp_secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") == SECRET
