"""One Redis for all tests of a process, emptied before each."""

import pytest

from tests.shared.redis_server import RedisServer


@pytest.fixture(scope="session")
def redis_server():
    with RedisServer() as server:
        yield server


@pytest.fixture
def store(redis_server):
    """The URL of an empty one."""
    redis_server.empty()
    return redis_server.url
