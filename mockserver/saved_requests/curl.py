"""curl commands: the requests that curl would send.

What is no option here changes nothing that Kraken judges. Text is Latin-1: each character is a byte.
"""

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import quote_plus

import msgspec

from mockserver.saved_requests.saved import Saved, UnreadableError, split_url
from mockserver.saved_requests.shell import Word, commands
from mockserver.wire import Request

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

SHORT = {
    "A": "user-agent", "b": "cookie", "d": "data", "e": "referer", "F": "form", "G": "get", "g": "globoff",
    "H": "header", "I": "head", "K": "config", "T": "upload-file", "u": "user", "X": "request", ":": "next",
}  # fmt: skip
SHORT_WITH_VALUE = frozenset("AbCcDdEeFHKmoPQrTtUuwXxYyz")
_NAMES = """
abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare
etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode
happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos json keepalive-cnt
keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize
max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey preproxy proto
proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile
proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers
proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer
request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name socks4 socks4a socks5
socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max
tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url url-query user
user-agent variable vlan-priority write-out
"""
WITH_VALUE = frozenset(_NAMES.split())
"""Of curl 7.88, and what came later."""
REFUSED = {
    "form": "-F sends multipart/form-data, which Kraken does not read; send the parameters with -d",
    "form-string": "--form-string sends multipart/form-data, which Kraken does not read; send the parameters with -d",
    "upload-file": "-T uploads a file, which Kraken does not take; send the parameters with -d",
    "config": "-K reads options from a file; write them into the command",
    "variable": "--variable is not followed; write the value into the command",
}


_files: ContextVar[bool] = ContextVar("files")
"""Whether the command may name files."""


def read(data: bytes, *, files: bool) -> list[Saved]:
    """The requests of every curl command in ``data``, a script or what was pasted; ``files``: it may read files."""
    _files.set(files)
    saved: list[Saved] = []
    for words in commands(data.decode("latin-1")):
        names = [re.split(r"[/\\]", word.text)[-1].lower().removesuffix(".exe") for word in words]
        if "curl" in names:
            saved += _sent(words[names.index("curl") + 1 :])
    if len(saved) == 1:
        return saved
    return [msgspec.structs.replace(one, place=f"request {number}") for number, one in enumerate(saved, 1)]


def _sent(words: list[Word]) -> Iterator[Saved]:
    """One for each URL; ``--next`` begins anew."""
    options = _Options()
    for name, value, line in _options(words):
        if name == "next":
            yield from options.requests()
            options = _Options()
        elif name in REFUSED:
            raise UnreadableError(f"line {line}: {REFUSED[name]}")
        elif name in _TAKEN:
            try:
                _TAKEN[name](options, value)
            except UnreadableError as error:
                raise UnreadableError(f"line {line}: {error}") from error
    yield from options.requests()


def _options(words: list[Word]) -> Iterator[tuple[str, str, int]]:
    """Long names of options with their values; what is no option is a ``url``."""
    rest = iter(words)
    for word in rest:
        text, line = _known(word), word.line
        if not text.startswith("-") or text == "-":
            yield "url", text, line
        elif text.startswith("--"):
            name = text[2:]
            if "=" in name:
                raise UnreadableError(f"line {line}: curl takes no = behind an option; write a space")
            yield name, _value(rest, f"--{name}", line) if name in WITH_VALUE else "", line
        else:
            for position, letter in enumerate(text[1:], 2):
                if letter in SHORT_WITH_VALUE:
                    yield SHORT.get(letter, ""), text[position:] or _value(rest, f"-{letter}", line), line
                    break
                yield SHORT.get(letter, ""), "", line


def _value(rest: Iterator[Word], option: str, line: int) -> str:
    word = next(rest, None)
    if word is None:
        raise UnreadableError(f"line {line}: curl's option {option} has no value")
    return _known(word)


def _known(word: Word) -> str:
    if word.expands:
        raise UnreadableError(
            f"line {word.line}: the shell would replace {word.expands}; write what it stands for, as set -x shows it"
        )
    return word.text


class _Options:
    """What the options up to ``--next`` say."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.headers: list[str] = []
        self.defaults = {"user-agent": "curl", "accept": "*/*"}
        self.cookies: list[str] = []
        self.data: str | None = None
        self.query: list[str] = []
        self.method = ""
        self.target = ""
        self.get = self.head = self.globoff = False

    def add_data(self, piece: str, separator: str = "&") -> None:
        self.data = piece if self.data is None else f"{self.data}{separator}{piece}"

    def add_json(self, text: str) -> None:
        self.add_data(_file_or_text(text), separator="")
        self.defaults |= {"content-type": JSON, "accept": JSON}

    def requests(self) -> Iterator[Saved]:
        self._body = (self.data or "").encode("latin-1")
        for url in self.urls:
            yield Saved(request=self._request(url))

    def _request(self, url: str) -> Request:
        if not self.globoff and re.search(r"[{}]|\[(?!\])", url):
            raise UnreadableError("curl expands {...} and [...] in a URL; add -g, or write each URL out")
        host, path, query = split_url(url if "://" in url else f"http://{url}")
        in_query = [*self.query, self.data] if self.get and self.data is not None else self.query
        query = "&".join(filter(None, [query, *in_query]))
        if re.search(r"[\0-\x20\x7f]", url + query):
            raise UnreadableError("curl refuses a URL with a space or a control character; percent-encode it")
        if self.target:
            _, path, query = split_url(self.target)
        has_body = self.data is not None and not self.get
        return Request(
            method=self.method or ("HEAD" if self.head else "POST" if has_body else "GET"),
            path=path,
            query=query,
            headers=self._headers(host, has_body=has_body),
            body=self._body if has_body else b"",
        )

    def _headers(self, host: str, *, has_body: bool) -> dict[str, str]:
        headers = {"host": host, **({"content-type": FORM} if has_body else {}), **self.defaults}
        if self.cookies:
            headers["cookie"] = ";".join(self.cookies)
        given = [_header(header) for header in self.headers]
        for name, _ in given:
            headers.pop(name, None)
        return headers | {name: value for name, value in given if value is not None}


def _header(text: str) -> tuple[str, str | None]:
    """Its name and value; without a value curl leaves out its own of that name."""
    name, colon, value = text.partition(":")
    if colon:
        return name.strip().lower(), value.strip() or None
    return name.partition(";")[0].strip().lower(), "" if name.rstrip().endswith(";") else None


def _file_or_text(text: str, *, strip: bool = False) -> str:
    """``text``, or of ``@name`` what stands in the file, without line ends where ``strip`` says so."""
    if not text.startswith("@"):
        return text
    if text in ("@", "@-"):
        raise UnreadableError("@- takes the data from standard input, which is not here; write it into the command")
    content = _content(text[1:])
    return re.sub(r"[\r\n\0]", "", content) if strip else content


def _content(name: str) -> str:
    if not _files.get():
        raise UnreadableError("the data is in a file, which only kraken-mock explain reads; write it into the command")
    path = Path(os.fsdecode(name.encode("latin-1")))
    try:
        return path.read_bytes().decode("latin-1")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file name"
        raise UnreadableError(f"the file of curl's data, {str(path)!a}, cannot be read: {reason}") from error


def _encoded(text: str) -> str:
    """``--data-urlencode``: ``text``, ``=text``, ``name=text``, ``@file`` or ``name@file``."""
    match = re.match(r"([^=@]*)([=@])", text)
    if match is None:
        return _quoted(text)
    name, rest = match[1], text[match.end() :]
    value = _quoted(rest if match[2] == "=" else _file_or_text(f"@{rest}"))
    return f"{name}={value}" if name else value


def _quoted(text: str) -> str:
    return quote_plus(text.encode("latin-1"))


def _set_agent(options: _Options, agent: str) -> None:
    options.defaults.pop("user-agent", None)
    if agent:
        options.defaults["user-agent"] = agent


def _add_header(options: _Options, header: str) -> None:
    if header.startswith("@"):
        raise UnreadableError("-H @file takes headers from a file; write them into the command, each with its own -H")
    options.headers.append(header)


def _set_user(options: _Options, user: str) -> None:
    options.defaults["authorization"] = f"Basic {b64encode(user.encode('latin-1')).decode()}"


_TAKEN: dict[str, Callable[[_Options, str], None]] = {
    "url": lambda options, value: options.urls.append(value),
    "request": lambda options, value: setattr(options, "method", value),
    "request-target": lambda options, value: setattr(options, "target", value),
    "get": lambda options, _: setattr(options, "get", True),
    "head": lambda options, _: setattr(options, "head", True),
    "globoff": lambda options, _: setattr(options, "globoff", True),
    "data": lambda options, value: options.add_data(_file_or_text(value, strip=True)),
    "data-ascii": lambda options, value: options.add_data(_file_or_text(value, strip=True)),
    "data-binary": lambda options, value: options.add_data(_file_or_text(value)),
    "data-raw": lambda options, value: options.add_data(value),
    "data-urlencode": lambda options, value: options.add_data(_encoded(value)),
    "json": lambda options, value: options.add_json(value),
    "url-query": lambda options, value: options.query.append(value[1:] if value[:1] == "+" else _encoded(value)),
    "header": _add_header,
    "user-agent": _set_agent,
    "user": _set_user,
    "oauth2-bearer": lambda options, token: options.defaults.update(authorization=f"Bearer {token}"),
    "cookie": lambda options, cookie: options.cookies.append(cookie) if "=" in cookie else None,
    "referer": lambda options, referer: options.defaults.update(referer=referer),
    "compressed": lambda options, _: options.defaults.update({"accept-encoding": "deflate, gzip"}),
}
