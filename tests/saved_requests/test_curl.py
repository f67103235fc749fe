"""curl commands, each compared with what the real curl sends."""

import re
import shutil
import socket
import subprocess
import threading

import pytest

from mockserver.saved_requests import UnreadableError, read_requests
from mockserver.saved_requests.curl import SHORT, SHORT_WITH_VALUE, WITH_VALUE

curl_is_there = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


class Listener:
    """Takes requests one after another and keeps their bytes."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.received = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                head = b"".join(iter(stream.readline, b"\r\n"))
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                self.received.append((head, stream.read(int(length[1])) if length else b""))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.fixture(scope="module")
def listener():
    listener = Listener()
    yield listener
    listener.socket.close()


def as_sent(head, body):
    line, *lines = head.decode("latin-1").splitlines()
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("user-agent", "").startswith("curl/"):
        headers["user-agent"] = "curl"
    headers.pop("content-length", None)
    if "accept-encoding" in headers:
        headers["accept-encoding"] = "deflate, gzip"
    return line, headers, body


def as_read(request):
    target = request.path + (f"?{request.query}" if request.query else "")
    return f"{request.method} {target} HTTP/1.1", dict(request.headers), request.body


COMMANDS = r"""
curl HOST/0/public/Time
curl 'http://HOST/0/public/Assets?asset=XBT#part'
curl -X POST http://HOST/0/private/BalanceEx -H 'API-Key: k' -H "API-Sign: a+/b==" -d nonce=1
curl -sSd nonce=1 HOST/p
curl -XPOST HOST/p
curl HOST/p -d ''
curl HOST/p -d a=b -d '' -d c=d
curl HOST/p -d '' -d c=d
curl HOST/p --data-ascii a=b --data-binary $'c\r\nd'
curl HOST/p --data-raw @two-lines
curl HOST/p -d @two-lines
curl HOST/p --data-binary @two-lines -d a=b
curl HOST/p --data-urlencode 'a b=~!é'
curl HOST/p --data-urlencode '=a b=c' --data-urlencode 'a b+c/'
curl HOST/p --data-urlencode @two-lines --data-urlencode name@two-lines
curl HOST/p --json '{"nonce":' --json '"1"}'
curl HOST/p --json x -d y
curl HOST/p -d y --json x
curl HOST/p --json @two-lines -H 'content-type: a/b'
curl -G HOST/p -d a=b -d c=d
curl -G 'HOST/p?x=1#f' --data-urlencode 'a=b c'
curl --get 'HOST/p?' -d a=b
curl -G -X POST HOST/p -d a=b
curl -I -G HOST/p -d a=b
curl --head HOST/p
curl HOST/p?z --url-query a=b --url-query 'c d' --url-query +e=%20
curl 'HOST?x=1'
curl HOST
curl -A '' -H 'Accept:' -H 'X;' -H 'Y:   z  ' HOST/p
curl -H 'X: é' -H 'nothing' -A agent HOST/p
curl -d a -H 'Content-Type:' HOST/p
curl -d a -H 'Content-Type;' HOST/p
curl -d a -H 'CONTENT-TYPE: application/json' HOST/p
curl -u a:b -b a=b -b c=d -e ref --compressed HOST/p
curl --oauth2-bearer token HOST/p -b jar
curl -sikL -m 5 --connect-timeout 5 -o /dev/null --retry 0 -w '%{http_code}' HOST/p
curl --max-time 5 -O --output-dir . --no-keepalive HOST/p --cacert /dev/null
curl HOST/a HOST/b -d x --next -H 'Accept:' --url HOST/c
curl -d a HOST/b -: HOST/c
curl -- HOST/p
curl -g 'HOST/p?a={b}&c=[1-2]'
curl 'HOST/p?a[]=1'
curl --request-target /other?x HOST/p
curl "HOST/p//x%2fy/" -d "a=\"b\" \$c \\ \x"
curl HOST/p -d $'it\'s \u00e9\x41\101\t\\ \cA'
curl HOST/p -d a"b"'c'\ d"e\
f"  # a comment
curl HOST/p \
  -d a=b 2>/dev/null | cat
true; FOO=bar command curl HOST/p -d 'a;b&c' > /dev/null && true
"""
COMMANDS = [line for line in re.split(r"\n(?=curl|true)", COMMANDS) if line]


@curl_is_there
@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_read_as_curl_sends_it(command, listener, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two-lines").write_bytes(b"a=1\r\nb=2\n\n\xe9")
    command = command.replace("HOST", listener.host)
    listener.received.clear()
    subprocess.run(["bash", "-c", command], check=True, capture_output=True, timeout=20)
    sent = [as_sent(*received) for received in listener.received]
    assert [as_read(saved.request) for saved in read_requests(command.encode(), files=True)] == sent


@curl_is_there
def test_options_with_a_value_are_those_of_curl():
    pages = subprocess.run(["curl", "--help", "all"], check=True, capture_output=True, text=True).stdout
    options = re.findall(r"^ *(?:-(.), +)?--(\S+)( [<\[])?", pages, re.MULTILINE)
    assert len(options) > 200
    assert {name for _, name, value in options if not value and name in WITH_VALUE} == set()
    assert {name for _, name, value in options if value and name not in WITH_VALUE} <= {"help"}
    shorts = {letter: (name, bool(value)) for letter, name, value in options if letter and name != "help"}
    assert {letter for letter, (_, value) in shorts.items() if value} == SHORT_WITH_VALUE
    assert {letter: shorts[letter][0] for letter in SHORT} == SHORT


def test_several_requests_are_told_apart():
    assert [saved.place for saved in read_requests(b"curl h/a h/b\ncurl h/c")] == [
        "request 1",
        "request 2",
        "request 3",
    ]
    assert [saved.place for saved in read_requests(b"curl h/a")] == [""]
    (third,) = read_requests(b"curl h/a h/b\ncurl h/c", number=3)
    assert third.request.path == "/c"


def test_windows():
    """As Chrome's "Copy as cURL (cmd)" writes it, and PowerShell's line ends."""
    command = (
        'curl ^"https://api.kraken.com/0/private/BalanceEx?a=1^&b=2^" ^\r\n'
        '  -H ^"API-Sign: a+/b==^" ^\r\n'
        '  --data-raw ^"^{^\\^"nonce^\\^":^\\^"1^\\^",^\\^"p^\\^":^\\^"50^% a^\n\nb^\\^"^}^" &\r\n'
        'curl.exe ^"h/b^" -d "c ""d"" e"\r\n'
    )
    first, second = (saved.request for saved in read_requests(command.encode()))
    assert as_read(first)[0] == "POST /0/private/BalanceEx?a=1&b=2 HTTP/1.1"
    assert first.headers["api-sign"] == "a+/b=="
    assert first.body == b'{"nonce":"1","p":"50% a\nb"}'
    assert (second.path, second.body) == ("/b", b'c "d" e')
    (saved,) = read_requests(b'curl.exe "http://h/a" `\r\n  -d "b=c" `\n  -H \'X: y\'\n')
    assert (saved.request.path, saved.request.body, saved.request.headers["x"]) == ("/a", b"b=c", "y")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("curl h/p \\\n -d \"nonce=$NONCE\"", "line 2: the shell would replace $NONCE; write what it stands for"),
        ("curl h/p -d ${NONCE}", "line 1: the shell would replace ${...;"),
        ("curl h/p -H \"API-Sign: $(sign hush)\"", "line 1: the shell would replace $(...;"),
        ("curl h/p -d `date hush`", "line 1: the shell would replace `d...;"),
        ("curl h/p -d 'hush", "line 1: a quote ' is opened and not closed"),
        ("curl h/p\n\ncurl h/p -d $'\\ud800'", "line 3: $'...' holds an escape of a character that does not exist"),
        ("curl h/p -H @headers", "line 1: -H @file takes headers from a file"),
        ("curl h/p -d @-", "line 1: @- takes the data from standard input"),
        ("curl h/p -d @no-such-file", "line 1: the file of curl's data, 'no-such-file', cannot be read: No such file"),
        ("curl h/p -d @a$'\\x01'/b", r"'a\x01/b', cannot be read"),
        ("curl h/p -F a=hush", "line 1: -F sends multipart/form-data"),
        ("curl h/p -T file", "line 1: -T uploads a file"),
        ("curl -K file", "line 1: -K reads options from a file"),
        ("curl h/p --request=POST", "line 1: curl takes no = behind an option"),
        ("curl h/p -X", "line 1: curl's option -X has no value"),
        ("curl h/p --data", "line 1: curl's option --data has no value"),
        ("curl 'h/p?a={hush}'", "curl expands {...} and [...] in a URL; add -g"),
        ("curl 'h/p a'", "curl refuses a URL with a space"),
        ("curl -s", "no request found: expected a HAR"),
        ("curl h/p -d 'a\0b'", "holds a NUL"),
        ("curlie h/p", "no request found"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(command, message):
    with pytest.raises(UnreadableError) as refused:
        read_requests(command.encode(), files=True)
    assert message in str(refused.value)
    assert "hush" not in str(refused.value)
