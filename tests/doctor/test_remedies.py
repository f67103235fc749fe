"""Languages are known by what their HTTP libraries send; the lines of one sign what Kraken publishes as examples.

Python, JavaScript and the shell are run here; the others were when their lines were written, and are held together by
the names in them.
"""

import base64
import hashlib
import hmac
import itertools
import json
import re
import subprocess
import urllib.parse
import urllib.request
from types import SimpleNamespace

import krakenex
import pytest

from mockserver.doctor.languages import LANGUAGES
from mockserver.doctor.mistakes import Step
from mockserver.doctor.remedies import language, remedy

AGENTS = {
    "python": "python-requests/2.34.2",
    "javascript": "node",
    "go": "Go-http-client/1.1",
    "java": "Java-http-client/17.0.15",
    "ruby": "Ruby",
    "php": "GuzzleHttp/7",
    "csharp": "RestSharp/111.2.0.0",
    "rust": "reqwest/0.12.4",
    "shell": "curl/7.88.1",
    None: "",
}
HEADERS = {"spot": "API-Sign", "futures": "Authent"}
WORLDS = pytest.mark.parametrize("world", HEADERS)
EXAMPLES = {
    "spot": {
        "secret": "FRs+gtq09rR7OFtKj9BGhyOGS3u5vtY/EdiIBO9kD8NFtRX7w7LeJDSrX6cq1D8zmQmGkWFjksuhBvKOAWJohQ==",
        "url": "https://api.kraken.com/0/private/TradeBalance",
        "params": {"asset": "xbt"},
        "nonce": 1540973848000,
        "data": "nonce=1540973848000&asset=xbt",
        "signature": "RdQzoXRC83TPmbERpFj0XFVArq0Hfadm0eLolmXTuN2R24hzIqtAnF/f7vSfW1tGt7xQOn8bjm+Ht+X0KrMwlA==",
    },
    "futures": {
        "secret": "rttp4AzwRfYEdQ7R7X8Z/04Y4TZPa97pqCypi3xXxAqftygftnI6H9yGV+OcUOOJeFtZkr8mVwbAndU3Kz4Q+eE=",
        "url": "https://futures.kraken.com/derivatives/api/v3/orderbook",
        "params": {"symbol": "fi_xbtusd_180615"},
        "nonce": 1415957147987,
        "data": "symbol=fi_xbtusd_180615",
        "signature": "DqUyz8Wh/72af7dimSXHw91IFxrAriTgVodyg2s67PU2mVStwLDQak+uIoCtfb43XONq0xVAp+vm5dqnhFAB1Q==",
    },
}
"""Kraken's: support article 360029054811, and the guide to Futures."""


def lines(name, world):
    return {step: remedy(step, world, AGENTS[name]).line for step in Step}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()


@WORLDS
def test_python(world):
    example, headers = EXAMPLES[world], {}
    names = {
        "api_secret": example["secret"],
        "url": example["url"],
        "params": example["params"],
        "headers": headers,
        "time": SimpleNamespace(time_ns=lambda: example["nonce"] * 10**6 + 999_999),
        **{module.__name__: module for module in (base64, hashlib, hmac, urllib)},
    }
    exec("\n".join(lines("python", world).values()), names)
    assert names["post_data"] == example["data"]
    nonce = {"Nonce": str(example["nonce"])} if world == "futures" else {}
    assert headers == {HEADERS[world]: example["signature"], **nonce}


@WORLDS
def test_javascript(world):
    example = EXAMPLES[world]
    program = f"""
import crypto from 'node:crypto'
Date.now = () => {example["nonce"]}
const [apiSecret, url, params, headers] = {json.dumps([example["secret"], example["url"], example["params"], {}])}
{chr(10).join(lines("javascript", world).values())}
console.log(JSON.stringify({{ postData, headers }}))
"""
    (printed,) = run("node", "--input-type=module", "--eval", program)
    nonce = {"Nonce": str(example["nonce"])} if world == "futures" else {}
    assert json.loads(printed) == {
        "postData": example["data"],
        "headers": {HEADERS[world]: example["signature"], **nonce},
    }


@WORLDS
@pytest.mark.parametrize("query", ["", "?x=/y"])
def test_shell(world, query):
    example = EXAMPLES[world]
    ((name, value),) = example["params"].items()
    program = f"""
set -euo pipefail
date() {{ echo {example["nonce"]}; }}
api_secret='{example["secret"]}' url='{example["url"]}{query}' {name}='{value}'
{chr(10).join(lines("shell", world).values())}
printf '%s\\n' "$post_data" "$header"
"""
    assert run("bash", "-c", program) == [example["data"], f"{HEADERS[world]}: {example['signature']}"]


@WORLDS
@pytest.mark.parametrize("name", AGENTS)
def test_the_lines_hang_together(name, world):
    of = {step: re.sub(r"[^a-z0-9]+", " ", line.replace("_", "").lower()) for step, line in lines(name, world).items()}
    made = {"key": Step.SECRET, "nonce": Step.NONCE, "path": Step.PATH, "postdata": Step.DATA, "digest": Step.DIGEST}
    used = {"key": Step.HMAC, "nonce": Step.DIGEST, "postdata": Step.DIGEST, "digest": Step.HMAC, "mac": Step.OUTPUT}
    used["path"] = Step.HMAC if world == "spot" else Step.DIGEST
    for variable, step in [*made.items(), *used.items(), ("mac", Step.HMAC)]:
        assert re.search(rf"\b{variable}\b", of[step])
    assert re.search(r"\bpath\b", of[Step.DIGEST if world == "spot" else Step.HMAC]) is None
    assert ("derivatives" in of[Step.PATH]) is (world == "futures")
    assert "nonce" in of[Step.DATA] or world == "futures"
    order = [
        of[Step.DIGEST].rindex(part)
        for part in (("nonce", "postdata") if world == "spot" else ("postdata", "nonce", "path"))
    ]
    assert order == sorted(order)
    for step, word in ((Step.SECRET, "64"), (Step.DIGEST, "256"), (Step.HMAC, "512"), (Step.OUTPUT, "64")):
        assert word in of[step]
    assert HEADERS[world] in lines(name, world)[Step.OUTPUT]


@WORLDS
@pytest.mark.parametrize(("step", "name"), [*itertools.product(Step, AGENTS)])
def test_a_remedy(step, name, world):
    found = remedy(step, world, AGENTS[name])
    assert found.language == name
    assert re.fullmatch(r"[A-Z][ -~]+\.", found.sentence)
    assert re.fullmatch(r"[!-~][ -~]{,108}[!-~]", found.line)
    terms = {"spot": "API-Sign|POST data|URI path", "futures": "Authent|postData|endpoint path"}
    assert re.search(terms[world], found.sentence)
    assert not re.search(terms["futures" if world == "spot" else "spot"], found.sentence)


def test_every_language_is_tested():
    assert set(LANGUAGES) == set(AGENTS) - {None}


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        *((agent, name) for name, agent in AGENTS.items()),
        ("python-httpx2/2.16.2", "python"),
        ("python-httpx/0.27.0", "python"),
        ("Python/3.11 aiohttp/3.14.5", "python"),
        (urllib.request.build_opener().addheaders[0][1], "python"),
        (krakenex.API().session.headers["User-Agent"], "python"),
        ("btschwertfeger/python-kraken-sdk", "python"),
        ("HTTPie/3.2.2", "python"),
        ("PycURL/7.45.2 libcurl/7.88.1 OpenSSL/3.0.9", "python"),
        ("undici", "javascript"),
        ("axios/1.7.2", "javascript"),
        ("got (https://github.com/sindresorhus/got)", "javascript"),
        ("node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "javascript"),
        ("Kraken Javascript API Client", "javascript"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/62.0.3202.94 Safari/537.36",
            "javascript",
        ),
        ("Deno/1.44.0", "javascript"),
        ("Bun/1.1.12", "javascript"),
        ("go-resty/2.13.1 (https://github.com/go-resty/resty)", "go"),
        ("Java/17.0.15", "java"),
        ("okhttp/4.12.0", "java"),
        ("Apache-HttpClient/5.3.1 (Java/17.0.11)", "java"),
        ("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8)", "java"),
        ("Faraday v2.9.0", "ruby"),
        ("http.rb/5.2.0", "ruby"),
        ("rest-client/2.1.0 (linux x86_64) ruby/3.1.2p20", "ruby"),
        ("Symfony HttpClient (Curl)", "php"),
        ("PHP-Curl-Class/9.19.2 PHP/8.2.20 curl/7.88.1", "php"),
        ("GuzzleHttp/6.5.5 curl/7.88.1 PHP/8.2.20", "php"),
        (".NET/8.0", "csharp"),
        ("ureq/2.9.7", "rust"),
        ("hyper/0.14.28", "rust"),
        ("Wget/1.21.3", "shell"),
        ("my-bot/1.0 python-requests/2.34.2", "python"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            None,
        ),
        ("my-bot/1.0 (+https://node.example/)", None),
        ("ongoing-pythonic/1.0", None),
        ("\xff\x00", None),
    ],
)
def test_language(agent, name):
    assert language(agent) == name


def test_a_library_that_signs_by_itself_is_given_the_right_secret():
    agent = "btschwertfeger/python-kraken-sdk"
    spot, futures = (remedy(Step.SECRET, world, agent) for world in HEADERS)
    assert spot.sentence == (
        "Give python-kraken-sdk the secret that belongs to this key, exactly as Kraken shows it: "
        "python-kraken-sdk decodes it and signs."
    )
    assert spot.line == "user = kraken.spot.User(key=api_key, secret=api_secret)"
    assert futures.line == "user = kraken.futures.User(key=api_key, secret=api_secret)"
    assert remedy(Step.PATH, "spot", agent) == remedy(Step.PATH, "spot", AGENTS["python"])


def test_a_library_that_does_not_know_the_world_is_just_its_language():
    assert remedy(Step.SECRET, "futures", "krakenex/2.2.2") == remedy(Step.SECRET, "futures", AGENTS["python"])


@pytest.mark.parametrize(("wrong", "data"), [("secret", {}), ("data", {"asset": None})])
def test_krakenex_is_cured(kraken, account, wrong, data):
    secret = kraken.create_account().api_secret if wrong == "secret" else account.api_secret
    client = krakenex.API(account.api_key, secret)
    client.uri = kraken.spot_url
    assert client.query_private("TradeBalance", data) == {"error": ["EAPI:Invalid signature"]}
    mended = account.journal()[-1]["diagnosis"]["remedy"]
    assert "krakenex" in mended["sentence"]
    names = {"krakenex": krakenex, "kraken": client, "data": data}
    exec(mended["line"], {"api_key": account.api_key, "api_secret": account.api_secret}, names)
    names["kraken"].uri = kraken.spot_url
    assert names["kraken"].query_private("TradeBalance", names["data"])["error"] == []
