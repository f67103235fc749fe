import contextlib
import errno
import http.client
import json
import socket
import struct
import threading
import time
import urllib.request

import pytest

from mockserver.faults.sockets import MISSING
from tests.faults.conftest import ANSWERS, FUTURES, SPOT, FaultyServer
from tests.requests import send

REQUEST = b"POST /0/private/BalanceEx HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\r\nnonce=1"
BODY = json.dumps(ANSWERS["spot"], separators=(",", ":")).encode()


def raw(server: FaultyServer, data: bytes = REQUEST) -> socket.socket:
    client = socket.create_connection(server.address, timeout=5)
    client.sendall(data)
    return client


def read_all(client: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of what comes until the server closes."""
    received = b""
    with client:
        while part := client.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    return head, body


def works(server: FaultyServer) -> None:
    assert not server.faults
    assert send(server.url, "POST", SPOT, body=b"nonce=1").json == ANSWERS["spot"]


def eventually(count: int, server: FaultyServer) -> None:
    until = time.monotonic() + 5
    while server.done < count and time.monotonic() < until:
        time.sleep(0.005)
    assert server.done == count


def test_reset_is_a_reset(server: FaultyServer) -> None:
    server.faults.add({"fault": {"socket": "reset"}, "times": 3})
    with raw(server) as client, pytest.raises(ConnectionResetError) as reset:
        client.recv(1)
    assert reset.value.errno == errno.ECONNRESET
    with pytest.raises(ConnectionResetError):
        send(server.url, "POST", SPOT, body=b"nonce=1")
    with pytest.raises(ConnectionResetError):
        send(server.url, "GET", FUTURES)
    eventually(3, server)
    assert server.carried_out == 3
    works(server)


def test_close_in_mid_body(server: FaultyServer) -> None:
    server.faults.add({"fault": {"socket": "close-mid-body"}, "times": 2})
    head, body = read_all(raw(server))
    assert f"content-length: {len(BODY)}".encode() in head
    assert body == BODY[: len(BODY) // 2]
    with pytest.raises(http.client.IncompleteRead) as incomplete:
        send(server.url, "POST", SPOT, body=b"nonce=1")
    assert (incomplete.value.partial, incomplete.value.expected) == (body, len(BODY) - len(body))
    eventually(2, server)
    works(server)


@pytest.mark.parametrize("kind", ["close-mid-body", "content-length"])
def test_a_large_body_is_cut_where_it_should(one_server: FaultyServer, kind: str) -> None:
    """What lies in buffers is sent, and not a byte more, however slowly the client reads."""
    one_server.faults.add({"fault": {"socket": kind}})
    client = raw(one_server, REQUEST.replace(b"Host", b"X-Size: 8000000\r\nHost"))
    time.sleep(0.1)
    head, body = read_all(client)
    length = int(head.partition(b"content-length: ")[2].split()[0])
    assert length > 8_000_000
    assert len(body) == (length // 2 if kind == "close-mid-body" else length - MISSING)
    works(one_server)


def test_content_length_is_larger_than_the_body(server: FaultyServer) -> None:
    server.faults.add({"fault": {"socket": "content-length"}, "times": 2})
    head, body = read_all(raw(server))
    assert f"content-length: {len(BODY) + MISSING}".encode() in head
    assert body == BODY
    with pytest.raises(http.client.IncompleteRead) as incomplete:
        send(server.url, "POST", SPOT, body=b"nonce=1")
    assert (incomplete.value.partial, incomplete.value.expected) == (BODY, MISSING)
    eventually(2, server)
    works(server)


def test_dribble_is_slow_and_right(server: FaultyServer) -> None:
    server.faults.add({"fault": {"socket": "dribble"}})
    with raw(server) as client:
        started = time.monotonic()
        parts = [client.recv(65536)]
        while parts[-1] and not b"".join(parts).endswith(BODY):
            parts.append(client.recv(65536))
        assert time.monotonic() - started > 0.5
        assert len(parts) > len(BODY) / 4
        client.sendall(REQUEST.replace(b"Host", b"Connection: close\r\nHost"))
        assert read_all(client)[1] == BODY


def test_a_client_may_leave_while_it_dribbles(server: FaultyServer) -> None:
    server.faults.add({"fault": {"socket": "dribble"}})
    with raw(server) as client:
        client.recv(200)
    eventually(1, server)
    works(server)


def test_never_lasts_until_the_client_gives_up(server: FaultyServer) -> None:
    server.faults.add({"fault": {"socket": "never"}, "times": 2})
    with raw(server) as client:
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)
        assert (server.carried_out, server.done) == (1, 0)
    eventually(1, server)
    with pytest.raises(TimeoutError), urllib.request.urlopen(server.url + SPOT, timeout=0.2):
        pass
    eventually(2, server)
    works(server)


@pytest.mark.parametrize("fault", [{"socket": "never"}, {"socket": "dribble"}, {"latency": {"fixed": 60}}])
def test_a_server_stops_at_once(own_server: FaultyServer, fault: dict) -> None:
    own_server.faults.add({"fault": fault})
    with raw(own_server) as client:
        time.sleep(0.1)
        started = time.monotonic()
        own_server.stop()
        assert time.monotonic() - started < 1
        with contextlib.suppress(ConnectionResetError):
            while client.recv(65536):
                pass


@pytest.mark.parametrize("kind", ["reset", "close-mid-body", "content-length", "never"])
def test_pipelined_requests_go_down_with_the_first(own_server: FaultyServer, kind: str) -> None:
    own_server.faults.add({"fault": {"socket": kind}})
    with raw(own_server, REQUEST * 2) as client:
        client.settimeout(0.2)
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            while client.recv(65536):
                pass
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    works(own_server)


def test_many_at_once(server: FaultyServer) -> None:
    for kind in ("reset", "close-mid-body", "content-length", "never", "dribble"):
        server.faults.add({"fault": {"socket": kind}, "times": 20, "account": kind})

    def suffer(kind: str) -> None:
        request = REQUEST.replace(b"Host", f"Account: {kind}\r\nHost".encode())
        with contextlib.suppress(OSError), raw(server, request) as client:
            client.settimeout(0.3)
            while client.recv(65536):
                pass

    threads = [threading.Thread(target=suffer, args=[fault.account]) for fault in server.faults for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    eventually(100, server)
    works(server)


def test_head(one_server: FaultyServer) -> None:
    for kind in ("close-mid-body", "content-length", "dribble"):
        one_server.faults.add({"fault": {"socket": kind}})
        assert send(one_server.url, "HEAD", SPOT).body == b""
    works(one_server)
