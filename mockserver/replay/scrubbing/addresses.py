"""IP and e-mail addresses in texts, but for those that are nobody's."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

IPV4, IPV6, EMAIL = "192.0.2.1", "2001:db8::1", "someone@example.com"
"""What stands for an address that was taken out, from the ranges for documentation (RFC 5737, 3849, 2606)."""

_NOBODYS = tuple(ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
_MAPPED = IPv6Network("::ffff:0:0/96")
_IPV4 = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w]|\.[0-9])", re.ASCII)
_IPV6 = re.compile(
    r"(?<![\w.])(?<![0-9A-Fa-f:]:)(?=[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:])(?:[0-9A-Fa-f]{0,4}:){2,8}"
    r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{1,4})?(?![\w:])",
    re.ASCII,
)
_VERSION_BEFORE = re.compile(
    r"(?:^|[\s\"'(;,])(?!ip/|addr|client/|host/|from/)[a-z][\w.-]{0,30}/$|\bv(?:ersion)?[\"']?[\s:=]{0,4}[\"']?$",
    re.IGNORECASE,
)
"""``Chrome/120.0.0.0``, ``"version": "1.2.3.4"``, ``v="24.0.0.0"``: no address."""
_LOCAL_PART = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-%" + "".join(
    map(chr, range(0x80, 0x100))
)
_INSIDE_CHARACTER = "".join(map(chr, range(0x80, 0xC0)))
"""Bytes of UTF-8 that begin no character."""
_AT = re.compile(r"(?<=[\w.+%\x80-\xff-])@(?=[\w\x80-\xff])", re.ASCII)
_DOMAIN = re.compile(
    r"[\w\x80-\xff-]{1,63}(?:\.[\w\x80-\xff-]{1,63}){0,8}\.[A-Za-z\x80-\xff][\w\x80-\xff-]{1,62}[\x80-\xbf]{0,3}",
    re.ASCII,
)
_NOBODYS_DOMAIN = re.compile(r"(?:.*\.)?(?:example(?:\.(?:com|org|net))?|test|invalid)", re.IGNORECASE)


def ip_addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Where an address stands that may be somebody's, and what may stand there instead."""
    for match in _IPV4.finditer(text):
        before = text[max(0, match.start() - 48) : match.start()]
        if _is_somebodys(match[0]) and not _VERSION_BEFORE.search(before):
            yield *match.span(), IPV4
    for match in _IPV6.finditer(text):
        groups = [group for group in match[0].split(":") if group]
        telling = len(groups) == 8 or any(len(group) > 2 for group in groups)
        if telling and _is_somebodys(match[0]):
            yield *match.span(), IPV6


def emails(text: str) -> Iterator[tuple[int, int, str]]:
    """Where an e-mail address stands that may be somebody's, and what may stand there instead."""
    end = 0
    for match in _AT.finditer(text):
        at = match.start()
        before = text[max(end, at - 64) : at]
        name = before[len(before.rstrip(_LOCAL_PART)) :].lstrip(_INSIDE_CHARACTER)
        domain = _DOMAIN.match(text, at + 1)
        if name and domain and not _NOBODYS_DOMAIN.fullmatch(domain[0]):
            yield at - len(name), domain.end(), EMAIL
            end = domain.end()


def _is_somebodys(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address in _MAPPED:
        address = IPv4Address(address.packed[-4:])
    return not (
        address.is_loopback
        or address.is_unspecified
        or any(address.version == net.version and address in net for net in _NOBODYS)
    )
