"""Errors of the control API as ``application/problem+json`` (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from mockserver.wire import Response, json_response

PROBLEM = b"application/problem+json"


class Problem(Exception):
    """A call that is not carried out; nothing has changed. ``extra`` are further members of the problem."""

    def __init__(
        self, status: int, detail: str, *, headers: tuple[tuple[bytes, bytes], ...] = (), **extra: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.extra = extra

    def response(self) -> Response:
        title = HTTPStatus(self.status).phrase
        payload = {"type": "about:blank", "title": title, "status": self.status, "detail": self.detail, **self.extra}
        response = json_response(payload, status=self.status, content_type=PROBLEM)
        return Response(
            status=response.status, body=response.body, content_type=response.content_type, headers=self.headers
        )
