"""What a caller finds in Kraken's envelopes, for libraries that hand them over as they are."""

from lines import Returned


def result(answer):
    """Of Spot: what is below ``result``, ``None`` where there is none; an answer that is no envelope as it is."""
    if not isinstance(answer, dict):
        return answer
    if errors := [error for error in answer.get("error") or [] if error.startswith("E")]:
        raise Returned(", ".join(errors))
    return answer.get("result")


def accounts(answer):
    """Of Futures: what is below ``accounts``, in the same way."""
    if not isinstance(answer, dict):
        return answer
    if answer.get("result") == "error":
        raise Returned(answer.get("error", "an error without a name"))
    return answer.get("accounts")
