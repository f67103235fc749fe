from mockserver.replay.headers import answer_headers, request_headers, with_length

PLAIN = b'{"error":[],"result":{}}'


def test_a_length_of_another_body_is_left_out() -> None:
    right, stale = (("content-length", "24"),), (("content-length", "94"),)
    assert answer_headers(right, PLAIN, failed=False) == right
    assert answer_headers(stale, PLAIN, failed=False) == ()
    assert answer_headers(stale, PLAIN, failed=True) == stale
    assert answer_headers(stale, b"", failed=False) == stale
    assert request_headers({"content-length": "94", "a": "b"}, PLAIN) == {"a": "b"}
    assert request_headers({"content-length": "24"}, PLAIN) == {"content-length": "24"}


def test_a_right_content_length_is_right_of_another_body() -> None:
    headers = (("content-length", "24"), ("a", "24"))
    assert with_length(headers, PLAIN, b"{}") == (("content-length", "2"), ("a", "24"))
    assert with_length(headers, b"{}", PLAIN) == headers
