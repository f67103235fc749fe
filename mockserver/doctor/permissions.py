"""The permission doctor."""

from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.doctor.evidence import Evidence
from mockserver.errors import Refusal

_TITLES = {
    "query-funds": "Funds permissions - Query",
    "query-open-trades": "Orders and trades - Query open orders & trades",
}
"""As "Get Extended Balance" and "Get Trade Balance" name them."""


def missing(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    operation, key = evidence.operation, evidence.key
    assert operation is not None
    assert key is not None
    needs = " or ".join(operation.permissions)
    titles = " or ".join(f'"{_TITLES[code]}"' for code in operation.permissions if code in _TITLES)
    on_kraken = f"On Kraken, allow the key {titles}; here" if titles else "Here"
    enough = ", ".join([*sorted(key.permissions), *operation.permissions])
    return Diagnosis(
        codes=(refusal.code,),
        sentence=f"{operation.path} needs the permission {needs}, which the key does not have",
        remedy=Remedy(
            sentence=f"{on_kraken}, add it to the key's permissions in the account.",
            line=f"keys: {{{evidence.world}: {{permissions: [{enough}]}}}}",
        ),
        facts={"operation": operation.id, "needs": needs, "has": ", ".join(sorted(key.permissions)) or "none"},
    )
