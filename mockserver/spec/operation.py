"""One operation of an OpenAPI document: where it is served, who may call it, what it takes and what it answers."""

import re
from collections.abc import Hashable, Mapping
from functools import cache, cached_property
from typing import Any, Self
from urllib.parse import urlsplit

from jsonschema_rs import Draft202012Validator

from mockserver.encodings import means_json, read_query
from mockserver.spec.arguments import Arguments
from mockserver.spec.example import example
from mockserver.spec.schema import resolve, validator
from mockserver.wire import Request, to_json

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

_TEMPLATE = re.compile(r"\{([^{}/]+)\}")
_SIGNED = "a private operation has two security schemes of type apiKey in header: the key, then the signature"


class Operation:
    """An operation with its validators; response validators are compiled when first used.

    A path, a ``$ref`` or a security scheme that cannot be served is a ``ValueError``.
    """

    __slots__ = ("__dict__", "header_parameters", "id", "key_header", "parameters", "permissions", "security")
    """What every request asks: a slot is read without a look into the dictionary, which cached properties need."""

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
        self.route = self._route(path)
        self.security = self._security_headers()
        self.key_header = self.security[0] if self.security else ""
        self.parameters = self._parameters(path_item)

    def prepared(self) -> Self:
        """The operation with all compiled that a request needs."""
        _ = self.bodies
        return self

    def _route(self, path: str) -> str:
        """The path as Starlette takes it: its parameters, of any name in OpenAPI, are ``{p0}``, ``{p1}``..."""
        if not path.startswith("/"):
            raise ValueError("a path begins with /")
        names = _TEMPLATE.findall(self.path)
        if len(set(names)) < len(names):
            raise ValueError("a path parameter stands twice in the path")
        self._path_names = {f"p{index}": name for index, name in enumerate(names)}
        safe = iter(self._path_names)
        return _TEMPLATE.sub(lambda match: f"{{{next(safe)}}}", self.path)

    def _security_headers(self) -> tuple[str, ...]:
        """Lower-case names of the headers of key and signature, in the document's order; none of a public operation."""
        requirements = self._definition.get("security", self._document.get("security")) or [{}]
        known = self._document.get("components", {}).get("securitySchemes", {})
        schemes = [resolve(known.get(name, {}), self._document) for name in requirements[0]]
        if schemes and [(scheme.get("type"), scheme.get("in")) for scheme in schemes] != [("apiKey", "header")] * 2:
            raise ValueError(f"{_SIGNED}; found {', '.join(requirements[0])}")
        return tuple(scheme["name"].lower() for scheme in schemes)

    def _parameters(self, path_item: Mapping[str, Any]) -> Arguments:
        """Query, header and path parameters as one object schema; the operation's own take the place of the path's."""
        given = [
            resolve(parameter, self._document)
            for parameter in [*path_item.get("parameters", ()), *self._definition.get("parameters", ())]
        ]
        parameters = {(parameter["in"], parameter["name"]): parameter for parameter in given}
        self.header_parameters = tuple(name for place, name in parameters if place == "header")
        schema = {
            "type": "object",
            "properties": {name: parameter.get("schema", {}) for (_, name), parameter in parameters.items()},
            "required": [name for (_, name), parameter in parameters.items() if parameter.get("required")],
        }
        return Arguments(schema, self._document, text=True)

    @cached_property
    def bodies(self) -> dict[str, Arguments]:
        """What the body holds, by encoding; a body that the document has in one may be sent in the other as well."""
        body = resolve(self._definition.get("requestBody", {}), self._document)
        content = {media_type.partition(";")[0]: media for media_type, media in body.get("content", {}).items()}
        schemas = {
            FORM: content.get(FORM, content.get(JSON, {})).get("schema", {}),
            JSON: content.get(JSON, content.get(FORM, {})).get("schema", {}),
        }
        return {
            media_type: Arguments(resolve(schema, self._document), self._document, text=media_type == FORM)
            for media_type, schema in schemas.items()
        }

    def body(self, is_json: bool) -> Arguments:
        """What the body holds, sent as JSON or as a form; nothing where the document has no body."""
        return self.bodies[JSON if is_json else FORM]

    def question(self, request: Request, body: Mapping[str, Any] | None) -> Hashable:
        """What ``request`` asks, raw: those that ask the same have the same arguments, right or wrong, but for a nonce.

        ``body`` holds the parameters of a body that was read. ``None`` where that cannot be told.
        """
        as_json = means_json(request.headers.get("content-type", ""))
        asked = request.body if body is None else self.bodies[JSON if as_json else FORM].question(body)
        if asked is None:
            return None
        if not (request.query or request.path_params or self.header_parameters):
            return self.id, as_json, asked
        headers = self.parameters.question(self._named(request.headers))
        if headers is None:
            return None
        return self.id, as_json, asked, request.query, tuple(request.path_params.items()), headers

    def arguments(self, query: str, headers: Mapping[str, str], path_params: Mapping[str, str]) -> dict[str, Any]:
        """The checked query, header and path parameters.

        ``headers`` by lower-case name, ``path_params`` as ``route`` names them. ``ArgumentError`` for one outside its
        schema, any other ``ValueError`` for a query that cannot be read.
        """
        if not (query or path_params or self.header_parameters):
            return self._without_parameters
        in_path = {self._path_names[name]: value for name, value in path_params.items()}
        values = {**read_query(query, self.parameters.lists), **self._named(headers), **in_path}
        return self.parameters.read(values)

    def _named(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: headers[name.lower()] for name in self.header_parameters if name.lower() in headers}

    @cached_property
    def _without_parameters(self) -> dict[str, Any]:
        return self.parameters.read({})

    @property
    def success_status(self) -> int:
        """The status of the answer that succeeds: the document's lowest 2xx, 200 where it has ``default`` alone."""
        return min((int(status) for status in self._responses if re.fullmatch("2[0-9]{2}", status)), default=200)

    @property
    def success_media_type(self) -> str:
        """JSON where that answer has it, else its first media type."""
        content = self._content(self.success_status)
        return next((media_type for media_type in content if _is_json(media_type)), next(iter(content), JSON))

    @cached_property
    def example(self) -> Any:
        """That answer made of the document's own examples, ``None`` where it has none."""
        return example(self._content(self.success_status).get(self.success_media_type, {}), self._document)

    @property
    def example_body(self) -> bytes:
        """``example`` in its media type: text as it stands, all else as JSON."""
        if isinstance(self.example, str) and not _is_json(self.success_media_type):
            return self.example.encode()
        return to_json(self.example)

    @property
    def answer_schema(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The schema of the JSON answer that succeeds, and the document that its ``$ref`` point into."""
        return self._schema(self.success_status), self._document

    def response_errors(self, status: int, payload: Any) -> list[str]:
        """What is wrong with a JSON answer by the document, each with its place; empty where nothing is, and where
        the document's answer is not JSON."""
        if self._response(status) is None:
            return [f"the document of {self.id} has no answer with status {status}"]
        return [
            f"{'/'.join(map(str, error.instance_path)) or 'body'}: {error.message}"
            for error in self._response_validator(status).iter_errors(payload)
        ]

    @cached_property
    def _response_validator(self) -> Any:
        @cache
        def compiled(status: int) -> Draft202012Validator:
            return validator(self._schema(status), self._document)

        return compiled

    @property
    def _responses(self) -> Mapping[str, Any]:
        responses: Mapping[str, Any] = self._definition.get("responses") or {}
        return responses

    def _response(self, status: int) -> Any:
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self._responses:
                return resolve(self._responses[key], self._document)
        return None

    def _content(self, status: int) -> Mapping[str, Any]:
        return (self._response(status) or {}).get("content") or {}

    def _schema(self, status: int) -> Mapping[str, Any]:
        content = self._content(status).items()
        return next((media.get("schema", {}) for media_type, media in content if _is_json(media_type)), {})


def _is_json(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().endswith(("/json", "+json"))
