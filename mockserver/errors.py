"""Kraken's error catalogue in both dialects, and the refusal that carries one of its entries out of the pipeline.

Every value is the exact text on the wire. Spot answers all of them with HTTP 200 unless ``STATUS`` says otherwise.
"""

from enum import StrEnum


class SpotError(StrEnum):
    """``<severity><category>:<description>[:<extra>]``, as entries of the envelope's ``error`` list."""

    INVALID_KEY = "EAPI:Invalid key"
    INVALID_SIGNATURE = "EAPI:Invalid signature"
    INVALID_NONCE = "EAPI:Invalid nonce"
    RATE_LIMIT_EXCEEDED = "EAPI:Rate limit exceeded"
    BAD_REQUEST = "EAPI:Bad request"
    FEATURE_DISABLED = "EAPI:Feature disabled"
    INVALID_ARGUMENTS = "EGeneral:Invalid arguments"
    INDEX_UNAVAILABLE = "EGeneral:Invalid arguments:Index unavailable"
    PERMISSION_DENIED = "EGeneral:Permission denied"
    UNKNOWN_METHOD = "EGeneral:Unknown method"
    TEMPORARY_LOCKOUT = "EGeneral:Temporary lockout"
    INTERNAL_ERROR = "EGeneral:Internal error"
    TOO_MANY_REQUESTS = "EGeneral:Too many requests"
    ACCOUNT_DISABLED = "EAuth:Account temporary disabled"
    ACCOUNT_UNCONFIRMED = "EAuth:Account unconfirmed"
    AUTH_RATE_LIMIT_EXCEEDED = "EAuth:Rate limit exceeded"
    AUTH_TOO_MANY_REQUESTS = "EAuth:Too many requests"
    AUTH_FAILED = "EAuth:Failed"
    INVALID_PERMISSIONS = "EAccount:Invalid permissions"
    UNKNOWN_ASSET = "EQuery:Unknown asset"
    UNKNOWN_ASSET_PAIR = "EQuery:Unknown asset pair"
    INVALID_ASSET_PAIR = "EQuery:Invalid asset pair"
    UNAVAILABLE = "EService:Unavailable"
    BUSY = "EService:Busy"
    THROTTLED = "EService: Throttled"
    """On the wire followed by ``: <unix timestamp>``."""
    CANCEL_ONLY = "EService:Market in cancel_only mode"
    POST_ONLY = "EService:Market in post_only mode"
    DEADLINE_ELAPSED = "EService:Deadline elapsed"
    INVALID_SESSION = "ESession:Invalid session"
    DATABASE_ERROR = "EDatabase:Internal error"
    TRADE_LOCKED = "ETrade:Locked"
    USER_LOCKED = "ETrade:User Locked"
    INVALID_REQUEST = "ETrade:Invalid request"
    LIMIT_EXCEEDED = "EBM:limit exceeded:CAL"
    NO_CHANGE = "WDatabase:No change"
    UNKNOWN_WITHDRAW_KEY = "EFunding:Unknown withdraw key"
    INVALID_AMOUNT = "EFunding:Invalid amount"
    NO_FUNDING_METHOD = "EFunding:No funding method"
    FUNDING_UNKNOWN_ASSET = "EFunding:Unknown asset"
    MAX_FEE_EXCEEDED = "EFunding:Max fee exceeded"
    TOO_MANY_ADDRESSES = "EFunding:Too many addresses"
    UNKNOWN_REFERENCE_ID = "EFunding:Unknown reference id"
    INVALID_REFERENCE_ID = "EFunding:Invalid reference id"
    INVALID_STAKING_METHOD = "EFunding:Invalid staking method"
    CANNOT_OPEN_POSITION = "EOrder:Cannot open position"
    CANNOT_OPEN_OPPOSING_POSITION = "EOrder:Cannot open opposing position"
    MARGIN_ALLOWANCE_EXCEEDED = "EOrder:Margin allowance exceeded"
    MARGIN_LEVEL_TOO_LOW = "EOrder:Margin level too low"
    MARGIN_POSITION_SIZE_EXCEEDED = "EOrder:Margin position size exceeded"
    INSUFFICIENT_MARGIN = "EOrder:Insufficient margin"
    INSUFFICIENT_FUNDS = "EOrder:Insufficient funds"
    ORDER_MINIMUM_NOT_MET = "EOrder:Order minimum not met"
    COST_MINIMUM_NOT_MET = "EOrder:Cost minimum not met"
    TICK_SIZE_CHECK_FAILED = "EOrder:Tick size check failed"
    ORDERS_LIMIT_EXCEEDED = "EOrder:Orders limit exceeded"
    ORDER_RATE_LIMIT_EXCEEDED = "EOrder:Rate limit exceeded"
    DOMAIN_RATE_LIMIT_EXCEEDED = "EOrder:Domain rate limit exceeded"
    POSITIONS_LIMIT_EXCEEDED = "EOrder:Positions limit exceeded"
    INVALID_PRICE = "EOrder:Invalid price"
    INVALID_ORDER = "EOrder:Invalid order"
    UNKNOWN_ORDER = "EOrder:Unknown order"
    UNKNOWN_POSITION = "EOrder:Unknown position"
    SCHEDULED_ORDERS_LIMIT_EXCEEDED = "EOrder:Scheduled orders limit exceeded"
    TRADING_AGREEMENT_REQUIRED = "EOrder:Trading agreement required"


class FuturesError(StrEnum):
    """The ``error`` of the Futures envelope: the document's 17 codes and one more that Kraken's own client knows."""

    ACCOUNT_INACTIVE = "accountInactive"
    API_LIMIT_EXCEEDED = "apiLimitExceeded"
    AUTHENTICATION_ERROR = "authenticationError"
    INSUFFICIENT_FUNDS = "insufficientFunds"
    INSUFFICIENT_PRIVILEGES = "insufficientPrivileges"
    INVALID_ACCOUNT = "invalidAccount"
    INVALID_AMOUNT = "invalidAmount"
    INVALID_ARGUMENT = "invalidArgument"
    INVALID_UNIT = "invalidUnit"
    JSON_PARSE_ERROR = "Json Parse Error"
    MARKET_UNAVAILABLE = "marketUnavailable"
    NONCE_BELOW_THRESHOLD = "nonceBelowThreshold"
    NONCE_DUPLICATE = "nonceDuplicate"
    NOT_FOUND = "notFound"
    REQUIRED_ARGUMENT_MISSING = "requiredArgumentMissing"
    SERVER_ERROR = "Server Error"
    UNAVAILABLE = "Unavailable"
    UNKNOWN_ERROR = "unknownError"


STATUS: dict[str, int] = {SpotError.UNKNOWN_METHOD: 404, FuturesError.INVALID_ARGUMENT: 400}


def quoted(value: object) -> str:
    """``value`` as a sentence quotes it: in ASCII, no more than 40 characters of it."""
    text = str(value)
    return ascii(text if len(text) <= 40 else f"{text[:40]}...")


class Refusal(Exception):
    """A refused request: Kraken's ``error`` for the wire; a stable ``code`` and one ``sentence`` for its user.

    ``subject`` is the argument in question and ``value`` what it was, where there is one.
    """

    def __init__(self, error: str, code: str, sentence: str, *, subject: str = "", value: str = "") -> None:
        super().__init__(f"{error} ({code}): {sentence}")
        self.error: str = error
        self.code = code
        self.sentence = sentence
        self.subject = subject
        self.value = value
