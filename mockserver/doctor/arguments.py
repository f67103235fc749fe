"""The argument doctor: which parameter breaks which part of the schema."""

import json
from difflib import get_close_matches

from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.doctor.evidence import Evidence
from mockserver.encodings import is_json
from mockserver.errors import Refusal, quoted
from mockserver.exchange.assets import ASSETS


def invalid(refusal: Refusal, evidence: Evidence) -> Diagnosis | None:
    operation, request = evidence.operation, evidence.request
    assert operation is not None
    name = refusal.subject
    arguments = next(
        (one for one in (operation.parameters, operation.body(is_json(request))) if name in one.schemas), None
    )
    if arguments is None:
        return None
    schema = arguments.schemas[name]
    allowed = schema.get("enum")
    expected = f"one of {', '.join(map(str, allowed))}" if allowed else f"a value of {json.dumps(schema)}"
    return Diagnosis(
        codes=(refusal.code,),
        sentence=refusal.sentence,
        remedy=Remedy(sentence=f"Give {name} {expected}."),
        facts={
            "parameter": name,
            "schema": json.dumps({key: value for key, value in schema.items() if key != "description"}),
            "document": f"{operation.source}, {operation.id}",
        },
    )


def unknown_asset(refusal: Refusal, evidence: Evidence) -> Diagnosis | None:
    names = {name for code, asset in ASSETS.items() for name in (code, asset.altname)}
    near = get_close_matches(refusal.value.upper(), sorted(names), n=3, cutoff=0.6)
    return Diagnosis(
        codes=(refusal.code,),
        sentence=refusal.sentence,
        remedy=Remedy(
            sentence=f"Did you mean {' or '.join(near)}?"
            if near
            else f"Name an asset such as ZUSD or XXBT, or add {quoted(refusal.value)} to the account's assets."
        ),
        facts={"parameter": refusal.subject},
    )
