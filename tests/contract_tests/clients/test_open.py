"""What names a driver."""

import sys

import pytest

from contract_tests.clients.open import open_driver
from contract_tests.clients.outcome import Broken


def test_a_command():
    with open_driver(f"exec:{sys.executable} -c 'import sys; sys.exit(\"gone with spaces\")'") as driver:
        assert driver.hello == Broken("died", "it ended with exit code 1; the end of its stderr: gone with spaces")


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("exec:  ", "after exec: a command was expected"),
        ("exec:./driver 'once", "exec:./driver 'once is no command: No closing quotation"),
    ],
)
def test_no_command(spec, text):
    with pytest.raises(LookupError, match=text):
        open_driver(spec)


@pytest.mark.parametrize("spec", ["python:json", "python:json:"])
def test_no_attribute(spec):
    with pytest.raises(
        LookupError, match=r"python:json:? names no driver: expected python:module:attr, such as python:json:Driver"
    ):
        open_driver(spec)


def test_a_name_that_is_like_none():
    with pytest.raises(LookupError, match=r"no driver is called qqqq\. There are krakenex, "):
        open_driver("qqqq")


def test_a_name_that_is_none():
    with pytest.raises(LookupError, match=r"no driver is called krakenx; did you mean krakenex\? There are krakenex, "):
        open_driver("krakenx")
