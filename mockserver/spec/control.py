"""The schemas of ``openapi/control.yaml``, which also describe account files and faults."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from mockserver.resources import OPENAPI
from mockserver.spec.document import CONTROL, effective
from mockserver.spec.schema import validator


@cache
def control_schema(name: str) -> tuple[Draft202012Validator, Mapping[str, Any]]:
    """The validator of one schema, and the definition that its errors' schema paths lead through."""
    document = effective(OPENAPI / CONTROL)
    schema = document["components"]["schemas"][name]
    return validator(schema, document), {**document, **schema}
