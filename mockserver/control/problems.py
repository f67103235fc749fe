"""Errors of the control API as ``application/problem+json`` (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from mockserver.wire import Response, problem_response


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
        return problem_response(self.status, title, self.detail, headers=self.headers, **self.extra)
