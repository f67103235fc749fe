"""``python -m contract_tests.peers``: hold every peer against the contract, and write PEERS.md."""

from contract_tests.calls import BALANCE_EX, JSON, TRADE_BALANCE, Spot
from contract_tests.case import Violation, load_cases
from contract_tests.peers.page import page
from contract_tests.peers.peer import HERE, PEERS, Peer
from contract_tests.profiles import PROFILES
from contract_tests.run import Result, run
from contract_tests.schemas import schema_findings
from contract_tests.server import Keys, Server

KEYS = Keys(
    api_key="MadeUpSpotKey",
    api_secret="TWFkZS11cCBzZWNyZXQgb2YgYSBTcG90IGtleSwgbm9ib2R5IGhhcyBpdC4=",
    futures_api_key="MadeUpFuturesKey",
    futures_api_secret="TWFkZS11cCBzZWNyZXQgb2YgYSBGdXR1cmVzIGtleSwgbm9ib2R5IGhhcyBpdC4=",
)
"""Peers look at no key."""
OPERATIONS = {BALANCE_EX: "getExtendedBalance", TRADE_BALANCE: "getTradeBalance"}


def main() -> None:
    judged: dict[Peer, list[Result]] = {}
    kindly: dict[Peer, list[str]] = {}
    for peer in PEERS:
        with peer.running() as (url, futures_url), Server(url, futures_url=futures_url, keys=KEYS) as server:
            judged[peer] = list(run(load_cases(), server, PROFILES["dev"]))
            kindly[peer] = asked_kindly(server.provide("spot"), server.fidelity)
    (HERE / "PEERS.md").write_text(page(judged, kindly), encoding="utf-8")


def asked_kindly(spot: Spot, fidelity: str) -> list[str]:
    """What is wrong with the answers to requests that every peer takes: JSON, and a small nonce."""
    found = list[str]()
    for path, operation in OPERATIONS.items():
        asked = f"Asked in JSON with nonce 1, {path}"
        answer = spot(path, encoding=JSON, nonce=1)
        try:
            answer.accepted()
        except Violation as violation:
            found.append(f"{asked}: {violation}")
            continue
        found += [f"{asked}: {finding}." for finding in schema_findings(answer.body, operation, fidelity)]
        if not spot(path, encoding=JSON, nonce=1, signature="wrong").errors:
            found.append(f"{asked} is answered, and again with the same nonce and a wrong signature.")
    return found


if __name__ == "__main__":
    main()
