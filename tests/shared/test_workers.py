"""Several processes that share one store: what one is told the others know."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from mockserver import RemoteMock
from mockserver.server import listen
from mockserver.workers import WorkersError, run_workers
from tests.requests import futures, spot
from tests.shared.serving import serving
from tests.test_isolation import stay_apart

CUSTOMERS_REQUESTS = 40
TRIES = 16


def pids(server) -> set[int]:
    """Of the workers."""
    pid = server.process.pid
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()))


def verified(url: str) -> dict:
    command = [sys.executable, "-m", "mockserver", "verify", "server", url, "--profile", "dev", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return json.loads(run.stdout)


def test_the_contract_suite_and_its_state_machine_pass_on_workers(store):
    with serving(store, "--workers", "2", "--strict") as server:
        report = verified(server.url)
    verdicts = {result["id"]: result["verdict"] for result in report["results"]}
    assert set(verdicts.values()) == {"passed"}
    assert "account/happenings" in verdicts
    assert len(verdicts) > 130


def test_64_accounts_stay_apart_on_workers(store):
    with serving(store, "--workers", "3") as server:
        stay_apart(RemoteMock(server.url), CUSTOMERS_REQUESTS)


def test_a_nonce_is_accepted_once_by_all_workers_together(store):
    with serving(store, "--workers", "3") as server, ThreadPoolExecutor(TRIES) as pool:
        for nonce in range(1, 30):
            asked = pool.map(partial(spot, nonce=nonce), [server.url] * TRIES, [server.account] * TRIES)
            errors = [answer.json["error"] for answer in asked]
            assert sorted(errors) == [[], *[["EAPI:Invalid nonce"]] * (TRIES - 1)]
            asked = pool.map(partial(futures, nonce=str(nonce)), [server.url] * TRIES, [server.account] * TRIES)
            errors = [answer.json.get("error") for answer in asked]
            assert sorted(errors, key=str) == [None, *["nonceDuplicate"] * (TRIES - 1)]


def test_a_limit_is_one_for_all_workers(store):
    with serving(store, "--workers", "3", "--tier", "starter") as server, ThreadPoolExecutor(4) as pool:
        kraken = RemoteMock(server.url)
        kraken.clock.freeze()
        account = kraken.create_account({"keys": {"tier": "starter", "spot": {"nonce_window": "1000"}}})
        asked = pool.map(lambda nonce: spot(server.url, account, nonce=nonce), range(100, 140))
        errors = [answer.json["error"] for answer in asked]
        assert sorted(errors) == [*[[]] * 15, *[["EAPI:Rate limit exceeded"]] * 25]


def test_replicas_know_each_others_changes(store):
    with serving(store) as one, serving(store) as other:
        here, there = RemoteMock(one.url), RemoteMock(other.url)
        account = SimpleNamespace(**here.create_account({"balances": {"ZUSD": "100"}}).credentials())
        assert spot(other.url, account).json["result"]["ZUSD"]["balance"] == "100.0000"
        there.account(account.name).deposit("ZUSD", "5")
        assert spot(one.url, account).json["result"]["ZUSD"]["balance"] == "105.0000"
        here.account(account.name).add_fault({"error": "EService:Busy"})
        assert spot(other.url, account).json["error"] == ["EService:Busy"]
        there.clock.freeze()
        assert here.clock.frozen
        assert [entry["id"] for entry in here.journal()] == [entry["id"] for entry in there.journal()]
        assert len(here.journal(account.name)) == 3
        explained = here.account(account.name).explain("getExtendedBalance")
        assert explained == there.account(account.name).explain("getExtendedBalance")
        assert explained["request"] == here.journal(account.name)[1]["id"]
        snapshot = here.snapshot()
        there.account(account.name).delete()
        assert spot(one.url, account).json["error"] == ["EAPI:Invalid key"]
        there.restore(snapshot)
        assert spot(one.url, account).json["result"]["ZUSD"]["balance"] == "105.0000"


def test_a_second_server_keeps_what_the_first_has_left(store):
    with serving(store) as server:
        assert spot(server.url, server.account, nonce=7).json["error"] == []
        made = RemoteMock(server.url).create_account().credentials()
    with serving(store) as server:
        assert spot(server.url, server.account, nonce=7).json["error"] == ["EAPI:Invalid nonce"]
        assert [account.credentials() for account in RemoteMock(server.url).accounts()][1:] == [made]


def test_a_worker_that_dies_is_replaced(store):
    with serving(store, "--workers", "2") as server:
        for _ in range(2):
            before = pids(server)
            assert len(before) == 2
            os.kill(max(before), signal.SIGKILL)
            until = time.monotonic() + 5
            while not pids(server) - before and time.monotonic() < until:
                time.sleep(0.05)
            assert len(pids(server) - before) == 1
        for _ in range(10):
            assert spot(server.url, server.account).json["error"] == []
        assert f"worker {max(before)} ended with exit code -9; another takes its place" in server.told()


def test_workers_end_with_their_server_however_it_ends(store):
    with serving(store, "--workers", "2") as server:
        workers = pids(server)
        server.process.kill()
        server.process.wait()
        until = time.monotonic() + 5
        while any(alive(pid) for pid in workers) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(alive(pid) for pid in workers)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_dashboards_stream_tells_what_any_worker_has_seen(store):
    with serving(store) as one, serving(store) as other:
        stream = subprocess.Popen(["curl", "-sN", f"{one.url}/_mock/events"], stdout=subprocess.PIPE, text=True)
        assert stream.stdout is not None
        try:
            assert stream.stdout.readline() == "event: state\n"
            answer = spot(other.url, other.account)
            until = time.monotonic() + 5
            for line in stream.stdout:
                if f'"id":{answer.headers["mock-request-id"]},' in line:
                    break
                assert time.monotonic() < until
            assert '"path":"/0/private/BalanceEx"' in line
        finally:
            stream.kill()
            stream.communicate()


def test_workers_that_cannot_work_are_not_started_again_and_again(capfd):
    listener = listen("127.0.0.1", 0)
    listener.close()
    with pytest.raises(WorkersError, match="a worker ended before all were ready, with exit code 1"):
        run_workers(None, [listener], ready=lambda: pytest.fail("it is not ready"))
    assert "Bad file descriptor" in capfd.readouterr().err


def test_a_port_that_is_taken_is_not_shared(store):
    with serving(store, "--workers", "2") as server:
        port = urlsplit(server.url).port
        command = [sys.executable, "-m", "mockserver", "serve", "--store", store, "--workers", "2", "--port", str(port)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.startswith(f"kraken-mock: cannot listen on 127.0.0.1:{port}: Address already in use; ")
