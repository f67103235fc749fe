"""A document that a user drops in: served, signed and validated like the vendored ones, answered from examples."""

import logging

import pytest

from mockserver import KrakenMock
from mockserver.resources import OPENAPI
from mockserver.spec.document import DocumentError, effective, load_operations
from tests.requests import fresh_nonce, send, spot

LEDGERS = """
openapi: 3.0.0
info: {title: dropped in, version: '1'}
servers: [{url: https://api.kraken.com/0}]
security: [{API-Key: [], API-Sign: []}]
paths:
  /private/Ledgers:
    post:
      operationId: getLedgers
      x-permissions: [query-ledger]
      requestBody:
        content:
          application/json:
            schema: &body
              type: object
              properties: {ofs: {type: integer}}
          application/x-www-form-urlencoded: {schema: *body}
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: {type: object, properties: {error: {type: array, items: {type: string}}}}
              example: {error: [], result: {count: 0, ledger: {}}}
  /private/Composed:
    post:
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {$ref: '#/components/schemas/Composed'}}}
  /private/BalanceEx:
    post: {operationId: anotherBalanceEx, responses: {}}
components:
  schemas:
    Composed:
      allOf:
        - {type: object, properties: {a: {type: string, example: x}}}
        - {type: object, properties: {b: {type: array, items: {enum: [1, 2]}}, c: {oneOf: [{default: 3}]}}}
  securitySchemes:
    API-Key: {type: apiKey, in: header, name: API-Key}
    API-Sign: {type: apiKey, in: header, name: API-Sign}
"""


@pytest.fixture(scope="module")
def dropped_in(tmp_path_factory):
    path = tmp_path_factory.mktemp("documents") / "more.yaml"
    path.write_text(LEDGERS)
    with KrakenMock(documents=[path]) as kraken:
        yield kraken


def test_answers_from_the_example_and_says_so(dropped_in, caplog):
    with caplog.at_level(logging.WARNING, "mockserver"):
        answer = spot(dropped_in.url, dropped_in.account(), "/0/private/Ledgers")
    assert answer.json == {"error": [], "result": {"count": 0, "ledger": {}}}
    assert "no handler for getLedgers; answered from the example in" in caplog.text


def test_an_example_is_put_together_from_the_schema(dropped_in):
    answer = spot(dropped_in.url, dropped_in.account(), "/0/private/Composed")
    assert answer.json == {"a": "x", "b": [1], "c": 3}


def test_signed_and_checked_like_every_operation(dropped_in):
    url = dropped_in.url
    assert spot(url, dropped_in.account(), "/0/private/Ledgers", signature="x").json["error"] == [
        "EAPI:Invalid signature"
    ]
    nonce = fresh_nonce()
    answer = spot(url, dropped_in.account(), "/0/private/Ledgers", body=f"nonce={nonce}&ofs=x".encode(), nonce=nonce)
    assert answer.json["error"] == ["EGeneral:Invalid arguments"]
    reader = dropped_in.create_account({"keys": {"spot": {"permissions": ["query-funds"]}}})
    assert spot(url, reader, "/0/private/Ledgers").json["error"] == ["EGeneral:Permission denied"]


def test_the_vendored_operation_stays_and_the_log_says_so(dropped_in, tmp_path, caplog):
    assert "ZUSD" in spot(dropped_in.url, dropped_in.account()).json["result"]
    path = tmp_path / "more.yaml"
    path.write_text(LEDGERS)
    load_operations(OPENAPI, fidelity="documented", extra=[path])
    stays = f"{path}: POST /0/private/BalanceEx stays as in {OPENAPI / 'spot-rest.yaml'}"
    assert [message for message in caplog.messages if "stays" in message] == [stays]


@pytest.mark.parametrize("name", ["control.yaml", "spot-rest.yaml", "futures-rest.yaml"])
def test_a_document_may_be_called_like_one_of_ours(tmp_path, name):
    """It is neither ignored, nor do our overlays apply to it."""
    path = tmp_path / name
    path.write_text(LEDGERS)
    operations = load_operations(OPENAPI, fidelity="observed", extra=[path])
    assert {"getLedgers", "getTradeBalance"} <= {operation.id for operation in operations}


def test_default_arguments_come_from_the_document():
    operations = {operation.id: operation for operation in load_operations(OPENAPI, fidelity="documented")}
    for body in operations["getTradeBalance"].bodies.values():
        assert body.defaults == {"asset": "ZUSD", "rebase_multiplier": "rebased"}
    assert operations["getAccounts"].security == ("apikey", "authent")
    assert operations["getExtendedBalance"].security == ("api-key", "api-sign")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("&a {a: *a}", "is not JSON in YAML's clothes"),
        ("- a", "expected an OpenAPI document, found list"),
        ("{", "cannot be read"),
        ("paths: {/x: {get: {security: [{nope: []}]}}}", "paths//x/get"),
        ("paths: {/x: {get: {parameters: [{$ref: '#/components/parameters/nope'}]}}}", "paths//x/get"),
        (
            "paths: {/x: {$ref: '#/a/b'}}\na: {b: {$ref: '#/paths/~1x'}}",
            "paths//x: the $ref #/a/b points back to itself",
        ),
        ("paths: {/x: {$ref: 'other.yaml#/x'}}", "paths//x: the $ref other.yaml#/x points to nothing in this document"),
        ("components: {schemas: {A: {$ref: '#/components/schemas/A'}}}", "components/schemas/A: the $ref"),
        ("paths: {'/x/{a}/{a}': {get: {}}}", "paths//x/{a}/{a}/get: a path parameter stands twice in the path"),
        ("paths: {x: {get: {}}}", "paths/x/get: a path begins with /"),
        ("[" * 100_000, "cannot be read: nested too deeply"),
    ],
)
def test_a_broken_document_is_named(tmp_path, text, sentence):
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError) as caught:
        load_operations(OPENAPI, fidelity="documented", extra=[path])
    assert str(path) in str(caught.value)
    assert sentence in str(caught.value)


def test_overlays_differ_by_fidelity():
    documents = [
        effective(OPENAPI / "futures-rest.yaml", OPENAPI / "overlays", fidelity=fidelity)
        for fidelity in ("documented", "observed")
    ]
    assert documents[0] != documents[1]


def test_strict_turns_a_wrong_answer_into_a_loud_500(tmp_path, monkeypatch):
    from mockserver import app

    monkeypatch.setattr(app, "HANDLERS", {**app.HANDLERS, "getServerTime": lambda call: {"unixtime": "soon"}})
    with KrakenMock(strict=True) as kraken:
        answer = send(kraken.url, "GET", "/0/public/Time")
    assert (answer.status, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json["title"] == "The answer breaks the document"
    assert any("unixtime" in error for error in answer.json["errors"])


def test_strict_does_not_judge_an_answer_that_is_not_json(tmp_path):
    path = tmp_path / "text.yaml"
    path.write_text(
        """
        openapi: 3.0.0
        info: {title: text, version: '1'}
        servers: [{url: https://api.kraken.com/0}]
        paths:
          /public/Motto:
            get: {responses: {'200': {description: '', content: {text/plain: {example: plain words}}}}}
        """
    )
    with KrakenMock(documents=[path], strict=True) as kraken:
        answer = send(kraken.url, "GET", "/0/public/Motto")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"plain words", "text/plain")
