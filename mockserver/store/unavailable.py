"""What can be wrong with a shared store."""


class StoreError(ValueError):
    """There can be no such store."""


class StoreUnavailable(Exception):
    """The store did not answer in time; whether it has done what it was asked is not known."""


class StoreLocked(StoreUnavailable):
    """Another process holds its lock too long; nothing has been done."""
