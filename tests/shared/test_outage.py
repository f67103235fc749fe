"""Redis gone, slow, back, or back with nothing."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockserver import RemoteMock
from mockserver.shared.engine import PREFIX
from mockserver.shared.transaction import HELD
from tests.requests import futures, send, spot
from tests.shared.redis_server import RedisServer
from tests.shared.serving import serving

BOUND = 2.5
"""Seconds in which every answer is there, whatever Redis does."""


@pytest.fixture
def redis():
    with RedisServer() as redis:
        yield redis


def timed(ask, *arguments, **options):
    begun = time.monotonic()
    answer = ask(*arguments, **options)
    assert time.monotonic() - begun < BOUND
    return answer


def assert_unavailable(server) -> None:
    answer = timed(spot, server.url, server.account)
    assert (answer.status, answer.json["error"]) == (200, ["EService:Unavailable"])
    assert answer.headers["mock-diagnosis"] == "store/unavailable"
    answer = timed(futures, server.url, server.account)
    assert (answer.status, answer.json["result"], answer.json["error"]) == (200, "error", "Unavailable")
    answer = timed(send, server.url, "GET", "/_mock/accounts")
    assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "does not answer" in answer.json["detail"]
    assert timed(send, server.url, "GET", "/_mock/events").status == 503
    assert timed(send, server.url, "GET", "/_mock/").status == 200


def recovered(server, nonce: int):
    """The first answer that is not refused for want of Redis."""
    until = time.monotonic() + 5
    while (answer := spot(server.url, server.account, nonce=nonce).json)["error"] == ["EService:Unavailable"]:
        assert time.monotonic() < until
        time.sleep(0.05)
    return answer


def test_redis_that_is_gone_and_comes_back(redis):
    with serving(redis.url) as server:
        assert spot(server.url, server.account, nonce=5).json["error"] == []
        redis.stop()
        assert_unavailable(server)
        redis.start()
        assert recovered(server, 6)["error"] == []
        assert f"the store at {redis.url} does not answer" in server.told()


def test_redis_that_hangs_accepts_nothing_twice(redis):
    with serving(redis.url) as server:
        assert spot(server.url, server.account, nonce=5).json["error"] == []
        redis.halt()
        assert timed(spot, server.url, server.account, nonce=6).json["error"] == ["EService:Unavailable"]
        assert_unavailable(server)
        redis.resume()
        answers = [
            recovered(server, 6)["error"],
            *(spot(server.url, server.account, nonce=6).json["error"] for _ in "ab"),
        ]
        assert answers.count([]) <= 1
        assert spot(server.url, server.account, nonce=5).json["error"] == ["EAPI:Invalid nonce"]
        assert recovered(server, time.time_ns())["error"] == []


def test_many_requests_at_once_wait_no_longer_than_one(redis):
    with serving(redis.url) as server, ThreadPoolExecutor(32) as pool:
        redis.halt()
        answers = list(pool.map(lambda _: timed(spot, server.url, server.account).json["error"], range(64)))
        assert set(map(tuple, answers)) == {("EService:Unavailable",)}


def test_a_store_that_was_emptied_begins_anew(redis):
    with serving(redis.url) as server:
        assert spot(server.url, server.account, nonce=5).json["error"] == []
        redis.empty()
        assert spot(server.url, server.account, nonce=5).json["error"] == []
        assert spot(server.url, server.account, nonce=5).json["error"] == ["EAPI:Invalid nonce"]


def test_a_lock_that_was_got_after_giving_up_is_let_go(redis):
    """Redis that hangs has the wish for the lock, and grants it when it goes on."""
    with serving(redis.url) as server:
        mock = RemoteMock(server.url)
        redis.halt()
        assert timed(send, server.url, "GET", "/_mock/accounts").status == 503
        redis.resume()
        begun = time.monotonic()
        while send(server.url, "GET", "/_mock/accounts").status == 503:
            assert time.monotonic() - begun < HELD / 2
        assert mock.account().read()["name"] == "default"


def test_it_ends_quietly_while_redis_is_gone(redis):
    with serving(redis.url, "--workers", "2") as server:
        redis.stop()
        assert timed(spot, server.url, server.account).json["error"] == ["EService:Unavailable"]
        server.process.terminate()
        assert server.process.wait(timeout=10) == 0
        assert "Traceback" not in server.told()
        redis.start()


def test_a_server_starts_though_another_has_died_with_the_lock(redis):
    redis.client.set(f"{PREFIX}lock", "somebody", px=1500)
    with serving(redis.url) as server:
        assert spot(server.url, server.account).json["error"] == []


def test_an_account_that_redis_has_lost_is_made_again(redis):
    with serving(redis.url) as server:
        made = RemoteMock(server.url).create_account().name
        for name in ("default", made):
            redis.client.delete(f"{PREFIX}tenant:{name}")
        assert RemoteMock(server.url).accounts() == []
        assert spot(server.url, server.account).json["error"] == ["EAPI:Invalid key"]
    with serving(redis.url) as server:
        assert [account.name for account in RemoteMock(server.url).accounts()] == ["default"]
        assert spot(server.url, server.account).json["error"] == []


def test_a_redis_that_refuses_says_why(redis):
    with serving(redis.url) as server:
        redis.client.config_set("maxmemory", 1)
        assert timed(spot, server.url, server.account).json["error"] == ["EService:Unavailable"]
        detail = timed(send, server.url, "POST", "/_mock/accounts", body=b"{}").json["detail"]
        assert detail.startswith(f"the store at {redis.url} refuses: ")
        assert "'maxmemory'" in detail
        redis.client.config_set("maxmemory", 0)
        assert spot(server.url, server.account).json["error"] == []
