"""The signature doctor against a signer that shares nothing with it: every mistake named, nothing else blamed."""

import json
import logging
import random
from base64 import b64decode, b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.doctor.mistakes import MISTAKES, Step
from tests.doctor.asgi import InProcess
from tests.doctor.cases import STRANGER, cases, mistaken, mistaken_twice
from tests.doctor.signer import PAIRS, Case, keys, right

CODES = [(world, code) for code, known in MISTAKES.items() for world in known.worlds]
WORLDS = pytest.mark.parametrize("world", ["spot", "futures"])
REFUSAL = {
    "spot": {"error": ["EAPI:Invalid signature"]},
    "futures": {"result": "error", "error": "authenticationError"},
}
FIRST_DIFFERENCE = {
    Step.SECRET: {"secret"},
    Step.NONCE: {"nonce", "SHA-256 input"},
    Step.PATH: {"path"},
    Step.DATA: {"data"},
    Step.DIGEST: {"digest", "SHA-256 input", "HMAC-SHA512 message"},
    Step.HMAC: {"HMAC", "digest"},
    Step.OUTPUT: {"API-Sign", "Authent"},
}
"""The first part that differs in the comparison, by the step of the mistake."""


class Heard(logging.Handler):
    """What is logged."""

    def __init__(self):
        super().__init__()
        self.text = ""

    def emit(self, record):
        self.text += record.getMessage()


class Clinic:
    """A fake that requests are sent to, each by an account that lives no longer."""

    def __init__(self, server, heard):
        self.server = server
        self.heard = heard

    def send(self, case, *signatures, before=None):
        """The answers to ``case`` under each signature, after a right request ``before``, with entries and log."""
        other = "futures" if case.world == "spot" else "spot"
        own = [case.keys, case.others[0]]
        document = {"keys": {case.world: [_key(keys) for keys in own], other: _key(case.foreign)}}
        tenant = self.server.fake.create(document)
        try:
            if before is not None:
                assert "mock-diagnosis" not in self.server.ask(*before.sent(right(before).signature)).headers
            self.heard.text = ""
            answers = [self.server.ask(*case.sent(signature)) for signature in signatures]
            entries = [self._entry(answer.headers["mock-request-id"]) for answer in answers]
        finally:
            self.server.fake.delete(tenant.name)
        assert "itself has failed" not in self.heard.text
        return [(answer, entry, self.heard.text) for answer, entry in zip(answers, entries, strict=True)]

    def _entry(self, number):
        """As a client of the control API sees it."""
        return json.loads(json.dumps(self.server.fake.journal.entry(int(number)).describe()))

    def diagnose(self, case, signature, before=None):
        """Codes, entry and log of a request whose signature Kraken refuses."""
        ((answer, entry, log),) = self.send(case, signature, before=before)
        assert answer.status == 200
        assert answer.json.items() >= REFUSAL[case.world].items()
        codes = answer.headers["mock-diagnosis"].split(", ")
        assert entry["diagnosis"]["codes"] == codes
        assert entry["diagnosis"]["code"] == codes[0]
        return codes, entry, log


def _key(keys):
    return {"api_key": keys.key, "api_secret": keys.secret}


@pytest.fixture(scope="module")
def clinic():
    logger, heard = logging.getLogger("mockserver"), Heard()
    level = logger.level
    logger.addHandler(heard)
    logger.setLevel(logging.INFO)
    with InProcess() as server:
        server.fake.create({"keys": {world: _key(keys) for world, keys in STRANGER.items()}})
        yield Clinic(server, heard)
    logger.removeHandler(heard)
    logger.setLevel(level)


def earlier(case):
    """A right request of the same key with the nonce ``case.earlier``."""
    return Case(
        world=case.world, keys=case.keys, path=case.path, nonce=case.earlier, parameters=(("nonce", case.earlier),)
    )


def assert_secrets_kept(case, signature, entry, log):
    shown = json.dumps(entry, ensure_ascii=False) + log
    secret = b64decode(case.keys.secret)
    escaped = "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in secret)
    assert case.keys.secret[:20] not in shown
    assert escaped[:20] not in shown.replace("\\\\", "\\")
    assert secret.hex()[:20] not in shown.lower()
    for one in (right(case).signature, signature):
        assert len(one) < 20 or one[:20] not in shown
    otp = dict(case.parameters).get("otp")
    assert otp is None or otp[:12] not in shown


@pytest.mark.parametrize(("world", "code"), CODES, ids=[f"{world}-{code}" for world, code in CODES])
def test_every_mistake_is_named(clinic, world, code):
    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(mistaken(world, code))
    def named(drawn):
        case, signature = drawn
        before = earlier(case) if code == "nonce-of-another-request" else None
        codes, entry, log = clinic.diagnose(case, signature, before)
        assert codes == [f"signature/{code}"]
        diagnosis = entry["diagnosis"]
        assert MISTAKES[code].sentence in diagnosis["sentence"]
        assert f"signature/{code}" in log
        different = [part["name"] for part in diagnosis["comparison"] if part["signed"] != part["expected"]]
        assert different[0] in FIRST_DIFFERENCE[MISTAKES[code].step]
        assert_secrets_kept(case, signature, entry, log)

    named()


@pytest.mark.parametrize(("world", "first", "second"), PAIRS, ids=[" ".join(pair) for pair in PAIRS])
def test_two_mistakes_are_both_named(clinic, world, first, second):
    @settings(max_examples=10, derandomize=True, deadline=None)
    @given(mistaken_twice(world, first, second))
    def named(drawn):
        case, signature = drawn
        codes, entry, log = clinic.diagnose(case, signature)
        assert set(codes) == {f"signature/{first}", f"signature/{second}"}
        assert_secrets_kept(case, signature, entry, log)

    named()


def test_pairs_cover_every_pair_of_steps_twice():
    pairs = [frozenset((MISTAKES[first].step, MISTAKES[second].step)) for _, first, second in PAIRS]
    steps = list(Step)
    for one in steps:
        for other in steps[steps.index(one) + 1 :]:
            assert pairs.count(frozenset((one, other))) >= 2, (one, other)


@WORLDS
def test_what_is_signed_right_is_not_diagnosed(clinic, world):
    @settings(max_examples=200, derandomize=True, deadline=None)
    @given(cases(world))
    def accepted(case):
        ((answer, _, _),) = clinic.send(case, right(case).signature)
        assert "Invalid" not in answer.body.decode() or "EGeneral:Invalid arguments" in answer.body.decode()
        assert b"authenticationError" not in answer.body
        diagnosis = answer.headers.get("mock-diagnosis", "argument/")
        assert diagnosis.startswith("argument/")

    accepted()


def garbage(case):
    """Signatures that no mistake in signing ``case`` explains."""
    made = st.integers(0, 2**64).map(lambda seed: random.Random(f"garbage {seed}"))

    def of_another(source):
        other = Case(
            world=case.world,
            keys=case.keys,
            path=case.path,
            nonce=str(source.randrange(10**9, 10**10)),
            parameters=(("nonce", source.randrange(10**9, 10**10)), ("memo", source.randbytes(9).hex())),
        )
        return right(other).signature

    def under_another(source):
        return right(Case(case.world, keys(source), case.path, case.nonce, case.parameters, case.style)).signature

    return st.one_of(
        made.map(lambda source: b64encode(source.randbytes(64)).decode()),
        made.map(lambda source: b64encode(source.randbytes(source.randrange(1, 100))).decode()),
        made.map(lambda source: source.randbytes(64).hex()),
        made.map(of_another),
        made.map(under_another),
        st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=["Cc"]), min_size=1),
    )


@WORLDS
def test_garbage_is_not_blamed_on_a_mistake(clinic, world):
    @settings(max_examples=200, derandomize=True, deadline=None)
    @given(st.data())
    def not_blamed(data):
        case = data.draw(cases(world))
        signature = data.draw(garbage(case))
        codes, entry, log = clinic.diagnose(case, signature)
        assert codes in (["signature/mismatch"], ["signature/malformed"])
        if codes == ["signature/malformed"]:
            return
        ruled_out = set(entry["diagnosis"]["ruled_out"])
        assert ruled_out <= {f"signature/{code}" for code, known in MISTAKES.items() if world in known.worlds}
        assert {f"signature/{code}" for code in ("secret-not-decoded", "sha256-hexdigest", "output-hex")} <= ruled_out
        assert_secrets_kept(case, signature, entry, log)

    not_blamed()


@WORLDS
@pytest.mark.parametrize(
    "signature", ["", " ", "=", "\xe9\xff", "\x00", "a" * 100_000, "=" * 5_000, "%" * 999, '"', "0" * 128, "0" * 64]
)
@pytest.mark.parametrize("size", [0, 60_000])
def test_odd_signatures(clinic, world, signature, size):
    source = random.Random(0)
    case = Case(
        world=world,
        keys=keys(source),
        path="/0/private/BalanceEx" if world == "spot" else "/derivatives/api/v3/accounts",
        nonce="1700000000123",
        parameters=(("nonce", 1700000000123), ("note", "&% é" * (size // 15))),
        others=(keys(source),),
        foreign=keys(source),
    )
    first, second = clinic.send(case, signature, signature)
    assert first[0].headers["mock-diagnosis"].startswith("signature/")
    assert first[0].headers["mock-diagnosis"] == second[0].headers["mock-diagnosis"]
    assert first[0].json.items() >= REFUSAL[world].items()


@WORLDS
def test_the_same_request_has_the_same_diagnosis(clinic, world):
    codes = [code for one, code in CODES if one == world and code != "nonce-of-another-request"]

    @settings(max_examples=100, derandomize=True, deadline=None)
    @given(st.sampled_from(codes).flatmap(lambda code: mistaken(world, code)))
    def same(drawn):
        case, signature = drawn
        first, second = clinic.send(case, signature, signature)
        assert first[0].headers["mock-diagnosis"] == second[0].headers["mock-diagnosis"]

    same()
