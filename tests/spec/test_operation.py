"""One operation of a document: its route, what it takes in each place and encoding, and the answer of its example."""

from decimal import Decimal
from typing import Any

import pytest
from starlette.routing import Route

from mockserver.spec.arguments import ArgumentError
from mockserver.spec.operation import FORM, JSON, Operation

SECURITY = {
    "Key": {"type": "apiKey", "in": "header", "name": "API-Key"},
    "Sign": {"type": "apiKey", "in": "header", "name": "API-Sign"},
    "Bearer": {"type": "http", "scheme": "bearer"},
    "Query": {"type": "apiKey", "in": "query", "name": "key"},
}


def operation(path: str = "/x", item: dict[str, Any] | None = None, **definition: Any) -> Operation:
    path_item = {**(item or {}), "post": definition}
    document = {"paths": {path: path_item}, "components": {"securitySchemes": SECURITY}}
    return Operation(path, "post", path_item, document, "more.yaml")


def parameter(name: str, place: str = "query", **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": schema}


@pytest.mark.parametrize(
    ("template", "path", "found"),
    [
        ("/a/{order-id}", "/a/O-1", {"order-id": "O-1"}),
        ("/a/{a:b}/{1}", "/a/x/y", {"a:b": "x", "1": "y"}),
        ("/a/{pair}.json", "/a/XBTUSD.json", {"pair": "XBTUSD"}),
        ("/a", "/a", {}),
    ],
)
def test_path_parameters_of_any_name(template: str, path: str, found: dict[str, str]) -> None:
    served = operation(template, parameters=[parameter(name, "path", type="string") for name in found])
    match, scope = Route(served.route, lambda request: None, methods=["POST"]).matches(
        {"type": "http", "method": "POST", "path": path}
    )
    assert match.name == "FULL"
    assert served.arguments("", {}, scope["path_params"]) == found


def test_arguments_of_every_place() -> None:
    served = operation(
        "/{id}",
        {"parameters": [parameter("depth", type="string"), parameter("id", "path", type="integer")]},
        parameters=[
            parameter("depth", type="integer"),
            parameter("X-Mode", "header", type="boolean"),
            parameter("names", type="array", items={"type": "string"}),
        ],
    )
    headers = {"x-mode": "true", "depth": "7", "names": "no"}
    assert served.arguments("names=a&depth=5&names=b,c&more=1", headers, {"p0": "3"}) == {
        "id": 3, "depth": 5, "X-Mode": True, "names": ["a", "b", "c"],
    }  # fmt: skip
    for query in ("depth=1&depth=2", "depth=%FF", "names=%00&names=1"):
        with pytest.raises(ValueError, match=r"."):
            served.arguments(query, {}, {"p0": "3"})
    with pytest.raises(ArgumentError):
        served.arguments("depth=x", {}, {"p0": "3"})


@pytest.mark.parametrize("media_type", [FORM, JSON, "application/json; charset=utf-8"])
def test_a_body_of_one_encoding_may_be_sent_in_the_other(media_type: str) -> None:
    schema = {"type": "object", "properties": {"volume": {"type": "number"}}}
    served = operation(requestBody={"content": {media_type: {"schema": schema}}})
    assert served.body(is_json=False).read({"volume": "1.25"}) == {"volume": Decimal("1.25")}
    assert served.body(is_json=True).read({"volume": Decimal("1.25")}) == {"volume": Decimal("1.25")}


def test_an_operation_without_a_body_takes_none() -> None:
    assert [operation().body(is_json).read({"nonce": 1}) for is_json in (True, False)] == [{}, {}]


@pytest.mark.parametrize(
    ("responses", "status", "media_type", "body"),
    [
        ({"200": {"content": {JSON: {"example": {"a": 1}}}}}, 200, JSON, b'{"a":1}'),
        ({"400": {}, "201": {"content": {JSON: {"example": [1]}}}}, 201, JSON, b"[1]"),
        ({"default": {"content": {JSON: {"example": "text"}}}}, 200, JSON, b'"text"'),
        ({"2XX": {"content": {JSON: {"schema": {"type": "object"}}}}}, 200, JSON, b"{}"),
        ({"202": {"content": {"text/plain": {"example": "done"}}}}, 202, "text/plain", b"done"),
        (
            {"200": {"content": {"text/plain": {}, "application/hal+json": {"example": 5}}}},
            200,
            "application/hal+json",
            b"5",
        ),
        ({"204": {"description": ""}}, 204, JSON, b"null"),
        ({}, 200, JSON, b"null"),
    ],
)
def test_the_answer_of_the_example(responses: Any, status: int, media_type: str, body: bytes) -> None:
    served = operation(responses=responses)
    assert (served.success_status, served.success_media_type, served.example_body) == (status, media_type, body)
    if responses:
        assert served.response_errors(status, served.example) == []


def test_errors_of_an_answer() -> None:
    content = {JSON: {"schema": {"type": "integer"}}}
    served = operation(responses={"200": {"content": content}, "4XX": {"content": content}})
    assert served.answer_schema[0] == {"type": "integer"}
    assert [len(served.response_errors(status, value)) for status, value in ((200, 1), (200, "x"), (404, "x"))] == [
        0,
        1,
        1,
    ]
    assert served.response_errors(500, 1) == ["the document of POST /x has no answer with status 500"]


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        (
            {"security": [{"Key": []}]},
            "two security schemes of type apiKey in header: the key, then the signature; found Key",
        ),
        ({"security": [{"Bearer": []}]}, "found Bearer"),
        ({"security": [{"Key": [], "Query": []}]}, "found Key, Query"),
        ({"security": [{"Key": [], "Nope": []}]}, "found Key, Nope"),
        ({"path": "/a/{x}/{x}"}, "a path parameter stands twice in the path"),
        ({"path": "x"}, "a path begins with /"),
        ({"parameters": [{"$ref": "#/nope"}]}, "the $ref #/nope points to nothing"),
    ],
)
def test_what_cannot_be_served(definition: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        operation(**definition)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("security", [[], [{}], None])
def test_a_public_operation(security: Any) -> None:
    assert operation(security=security).security == ()
