"""What both tests of the dashboard share."""

from contextlib import contextmanager

from mockserver import KrakenMock
from mockserver.app import assemble

TOKEN = "sesame"


@contextmanager
def guarded():
    """A fake whose control API demands ``TOKEN``."""
    kraken = KrakenMock()
    kraken._app = assemble(kraken._fake, control_token=TOKEN)
    with kraken:
        yield kraken
