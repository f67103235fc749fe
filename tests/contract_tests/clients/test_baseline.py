"""Which failures a baseline accepts, until when, and what is wrong with one."""

import json
from datetime import date

import pytest

from contract_tests.clients.baseline import NONE, Baseline, BaselineError, Entry, read
from contract_tests.report.model import Outcome, outcome
from tests.contract_tests.report.made_up import ERROR, FAILED, PASSED, SKIPPED, client, result

CASE = "client/failures/html"
GOOD = {"client": "krakenex", "case": CASE, "reason": "issue 1", "expires": "2027-01-31"}


def baseline(*entries, today=date(2027, 1, 31)):
    usual = {"client": "krakenex", "case": CASE, "reason": "issue 1", "expires": date(2027, 1, 31)}
    return Baseline("known.yaml", tuple(Entry(**{**usual, **entry}) for entry in entries), today)


def of(tmp_path, entries, name="known.json", clients=()):
    path = tmp_path / name
    path.write_text(entries if isinstance(entries, str) else json.dumps(entries), encoding="utf-8")
    return read(path, clients=clients, cases=[CASE, "client/failures/empty"])


def test_accepted_until_its_last_day():
    accepted = baseline({}).accept("krakenex", result(CASE, FAILED, message="no"))
    assert (outcome(accepted), accepted.accepted) == (Outcome.ACCEPTED, "until 2027-01-31: issue 1")
    assert accepted.message == "no"


def test_a_broken_should_is_accepted_too():
    assert outcome(baseline({}).accept("krakenex", result(CASE, FAILED, "SHOULD"))) is Outcome.ACCEPTED


def test_expired():
    judged = baseline({}, today=date(2027, 2, 1)).accept("krakenex", result(CASE, FAILED, message="no"))
    assert outcome(judged) is Outcome.FAILED
    assert judged.message == "no\nknown.yaml accepted this until 2027-01-31, which is past: issue 1"


@pytest.mark.parametrize(
    ("name", "judged"),
    [
        ("ccxt", result(CASE, FAILED)),
        ("krakenex", result("client/failures/empty", FAILED)),
        ("krakenex", result(CASE, PASSED)),
        ("krakenex", result(CASE, SKIPPED, message="why")),
        ("krakenex", result(CASE, ERROR)),
    ],
    ids=["another client", "another case", "passed", "skipped", "error"],
)
def test_what_is_left_alone(name, judged):
    assert baseline({}).accept(name, judged) is judged


def test_any_client_unless_it_has_an_entry_of_its_own():
    both = baseline({"client": "*", "reason": "all"}, {"reason": "own"})
    assert both.accept("ccxt", result(CASE, FAILED)).accepted == "until 2027-01-31: all"
    assert both.accept("krakenex", result(CASE, FAILED)).accepted == "until 2027-01-31: own"


def test_no_baseline_accepts_nothing():
    assert NONE.accept("krakenex", result(CASE, FAILED)).accepted == ""
    assert NONE.fixed([client("krakenex", result(CASE))]) == []


@pytest.mark.parametrize(
    ("entry", "verdicts", "fixed"),
    [
        ({}, {"krakenex": PASSED}, True),
        ({}, {"krakenex": FAILED}, False),
        ({}, {"krakenex": SKIPPED}, False),
        ({}, {"krakenex": ERROR}, False),
        ({}, {"ccxt": PASSED}, False),
        ({"client": "*"}, {"krakenex": PASSED, "ccxt": PASSED}, True),
        ({"client": "*"}, {"krakenex": PASSED, "ccxt": SKIPPED}, True),
        ({"client": "*"}, {"krakenex": PASSED, "ccxt": FAILED}, False),
        ({"client": "*"}, {"krakenex": SKIPPED}, False),
    ],
)
def test_fixed(entry, verdicts, fixed):
    columns = [client(name, result(CASE, verdict)) for name, verdict in verdicts.items()]
    told = baseline(entry, today=date(2028, 1, 1)).fixed(columns)
    passes = [name for name, verdict in verdicts.items() if verdict is PASSED]
    assert told == [f"{CASE} is fixed in {', '.join(passes)}: take it out of the baseline known.yaml"] * fixed


def test_an_entry_of_all_is_not_judged_by_a_client_with_its_own():
    both = baseline({"client": "*"}, {})
    assert both.fixed([client("krakenex", result(CASE, FAILED)), client("ccxt", result(CASE))]) == [
        f"{CASE} is fixed in ccxt: take it out of the baseline known.yaml"
    ]


def test_yaml_and_json_are_read_alike(tmp_path):
    yaml = of(
        tmp_path, "- {client: krakenex, case: client/failures/html, reason: issue 1, expires: 2027-01-31}", "b.yaml"
    )
    assert yaml.entries == of(tmp_path, [GOOD]).entries == (Entry("krakenex", CASE, "issue 1", date(2027, 1, 31)),)
    assert yaml.name == "b.yaml"
    assert of(tmp_path, "[]", "b.yml").entries == ()
    assert of(tmp_path, json.dumps([GOOD], indent="\t")).entries == yaml.entries


@pytest.mark.parametrize("name", ["*", "python:mine:Driver", "exec:./driver", "curl"])
def test_names_of_clients(tmp_path, name):
    assert of(tmp_path, [GOOD | {"client": name}]).entries[0].client == name


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"client": "krakenx"}, "client: no client is called krakenx; did you mean krakenex?"),
        ({"client": 5}, "client: found 5, expected text: which client, as on the command line, or '*' for all"),
        ({"client": None}, "client: missing; say which client, as on the command line, or '*' for all"),
        ({"case": "client/failures/htm"}, f"case: no case is called client/failures/htm; did you mean {CASE}?"),
        ({"case": "*"}, "case: no case is called *; --list names the cases, --help the clients"),
        ({"case": ""}, "case: missing; say which case, by its id"),
        ({"reason": ""}, "reason: missing; say why it is put up with"),
        ({"reason": ["a"]}, "reason: found ['a'], expected text: why it is put up with"),
        ({"expires": None}, "expires: missing; say until when, such as 2027-01-31"),
        ({"expires": "soon"}, "expires: found soon, expected a day such as 2027-01-31"),
        ({"expires": "2027-02-30"}, "expires: found 2027-02-30, expected a day such as 2027-01-31"),
        ({"expires": 20270131}, "expires: found 20270131, expected a day such as 2027-01-31"),
        ({"expire": "2027-01-31"}, "expire: no such field; there are client, case, reason, expires"),
    ],
)
def test_a_wrong_field(tmp_path, entry, told):
    with pytest.raises(BaselineError) as error:
        of(tmp_path, [GOOD | {"case": "client/failures/empty"}, GOOD | entry])
    assert str(error.value) == f"{tmp_path}/known.json: entry 2: {told}"


@pytest.mark.parametrize("field", GOOD)
def test_a_field_that_is_not_there(tmp_path, field):
    with pytest.raises(BaselineError, match=f"entry 1: {field}: missing; say "):
        of(tmp_path, [{name: value for name, value in GOOD.items() if name != field}])


def test_a_time_is_no_day(tmp_path):
    with pytest.raises(BaselineError, match="expires: found 2027-01-31 12:00:00, expected a day"):
        of(tmp_path, "- {client: '*', case: client/failures/html, reason: a, expires: 2027-01-31 12:00:00}", "b.yaml")


def test_two_entries_for_the_same(tmp_path):
    with pytest.raises(BaselineError, match=f"entry 2: client: a second entry for krakenex and {CASE}; take one out"):
        of(tmp_path, [GOOD, GOOD | {"reason": "another"}])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.yaml", "{", "is not YAML: "),
        ("a.json", "{", "is not JSON: "),
        ("a.yaml", "a: 1", "should be a list of entries with client, case, reason, expires"),
        ("a.yaml", "", "should be a list of entries"),
        ("a.yaml", "- 5", "entry 1: expected client, case, reason, expires, found 5"),
    ],
)
def test_no_baseline(tmp_path, name, text, told):
    with pytest.raises(BaselineError, match=f"{name}.*{told}"):
        of(tmp_path, text, name)


def test_no_such_file(tmp_path):
    with pytest.raises(BaselineError, match=r"cannot read the baseline .*/a\.yaml: No such file"):
        read(tmp_path / "a.yaml", clients=(), cases=())
