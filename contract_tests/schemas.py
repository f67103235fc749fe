"""Answers against the schemas of Kraken's documents, as they stand corrected under ``openapi/``."""

import json
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from contract_tests.calls import Answer
from mockserver import effective_document

DOCUMENTS = {"getExtendedBalance": "spot-rest", "getTradeBalance": "spot-rest", "getAccounts": "futures-rest"}
"""By operationId."""


def schema_findings(answer: Answer, operation_id: str, fidelity: str) -> list[str]:
    """Where the whole answer is not what the operation's document says of status 200, each with its place.

    Raises ``Violation`` where it is no JSON.
    """
    _ = answer.payload
    return [
        f"{'/'.join(map(str, error.instance_path)) or 'the answer'}: {error.message}"
        for error in validator(operation_id, fidelity).iter_errors(json.loads(answer.body))
    ]


@cache
def validator(operation_id: str, fidelity: str) -> Draft202012Validator:
    """Of the answer with status 200; references are looked up in the document, which is a part of the schema."""
    document = effective_document(DOCUMENTS[operation_id], fidelity=fidelity)
    path, method = next(
        (path, method)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and operation.get("operationId") == operation_id
    )
    place = "/".join(
        part.replace("~", "~0").replace("/", "~1")
        for part in ("paths", path, method, "responses", "200", "content", "application/json", "schema")
    )
    return Draft202012Validator({**_json_schema(document), "$ref": f"#/{place}"}, validate_formats=True)


def _json_schema(node: Any) -> Any:
    """OpenAPI 3.0 has ``nullable`` where JSON Schema, and OpenAPI 3.1, have the type ``null``."""
    if isinstance(node, list):
        return [_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {name: _json_schema(value) for name, value in node.items()}
    if schema.pop("nullable", False) is True and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    return schema
