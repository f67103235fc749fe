"""One operation of an OpenAPI document: where it is served, who may call it, what it takes and what it answers."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from jsonschema_rs import Draft202012Validator

from mockserver.spec.arguments import Arguments
from mockserver.spec.example import example
from mockserver.spec.schema import resolve, validator

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Operation:
    """An operation with its validators; response validators are compiled when first used."""

    def __init__(
        self, path: str, method: str, path_item: Mapping[str, Any], document: Mapping[str, Any], source: str
    ) -> None:
        self._document = document
        self._definition: Mapping[str, Any] = path_item[method]
        servers = self._definition.get("servers") or path_item.get("servers") or document.get("servers") or [{}]
        self.path = urlsplit(servers[0].get("url", "")).path.rstrip("/") + path
        self.method = method.upper()
        self.source = source
        self.id: str = self._definition.get("operationId") or f"{self.method} {self.path}"
        self.permissions: tuple[str, ...] = tuple(self._definition.get("x-permissions", ()))
        self.security = self._security_headers()
        self.parameters = self._parameters(path_item)
        self.bodies = self._bodies()

    def _security_headers(self) -> tuple[str, ...]:
        """Lower-case names of the headers that the operation's security schemes demand, in the document's order."""
        requirements = self._definition.get("security", self._document.get("security")) or [{}]
        schemes = self._document.get("components", {}).get("securitySchemes", {})
        return tuple(schemes[name]["name"].lower() for name in requirements[0])

    def _parameters(self, path_item: Mapping[str, Any]) -> Arguments:
        """Query, header and path parameters as one object schema."""
        parameters = [
            resolve(parameter, self._document)
            for parameter in [*path_item.get("parameters", ()), *self._definition.get("parameters", ())]
        ]
        schema = {
            "type": "object",
            "properties": {parameter["name"]: parameter.get("schema", {}) for parameter in parameters},
            "required": [parameter["name"] for parameter in parameters if parameter.get("required")],
        }
        self.header_parameters = tuple(p["name"] for p in parameters if p["in"] == "header")
        return Arguments(schema, self._document, text=True)

    def _bodies(self) -> dict[str, Arguments]:
        body = resolve(self._definition.get("requestBody", {}), self._document)
        return {
            media_type: Arguments(
                resolve(media.get("schema", {}), self._document), self._document, text=media_type == FORM
            )
            for media_type, media in body.get("content", {}).items()
            if media_type in (FORM, JSON)
        }

    @cached_property
    def example(self) -> Any:
        """An answer made of the document's own examples, ``None`` where it has none."""
        return example(self._media(200), self._document)

    @property
    def route(self) -> str:
        return str(self.path)

    @property
    def answer_schema(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The schema of a JSON answer with status 200, and the document that it refers to."""
        return self._media(200).get("schema", {}), self._document

    def response_errors(self, status: int, payload: Any) -> list[str]:
        """What is wrong with a JSON answer by the document, each with its place; empty where nothing is."""
        if status not in self._response_validators:
            return [f"the document of {self.id} has no answer with status {status}"]
        return [
            f"{'/'.join(map(str, error.instance_path)) or 'body'}: {error.message}"
            for error in self._response_validators[status].iter_errors(payload)
        ]

    @cached_property
    def _response_validators(self) -> dict[int, Draft202012Validator]:
        return {
            int(status): validator(self._media(int(status)).get("schema", {}), self._document)
            for status in self._definition.get("responses", {})
            if str(status).isdigit()
        }

    def _media(self, status: int) -> Mapping[str, Any]:
        response = resolve(self._definition.get("responses", {}).get(str(status), {}), self._document)
        media: Mapping[str, Any] = response.get("content", {}).get(JSON, {})
        return media
