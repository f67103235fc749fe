"""``kraken-mock check``: verdicts, leaks, duplicates, age, reports, exit codes; and the recordings that are shipped."""

import json
import os
import re
import time
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from click.testing import CliRunner
from jsonschema_rs import validator_for

from contract_tests.report.recordings_json import SCHEMA
from mockserver.cli import main
from mockserver.cli.check import recorded_at
from mockserver.replay.files import read_recordings, write_recordings
from mockserver.replay.recording import Answer, Recording
from mockserver.resources import FIXTURES
from mockserver.wire import Request

SHIPPED = FIXTURES / "recordings"
RECORDED = Path(__file__).parents[1] / "recorded"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (SHIPPED / "README.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| file")
]
VALIDATOR = validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
GOOD = b'{"error":[],"result":{"ZUSD":{"balance":"25435.2100","hold_trade":"0.0000"}}}'
BAD = GOOD.replace(b'"0.0000"', b'"-1.0000"')
KEY = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    for name in list(os.environ):
        if name.startswith("KRAKEN_"):
            monkeypatch.delenv(name)


def recording(body=GOOD, path="BalanceEx", *, status=200, days=1.0, form=b"nonce=(redacted)", headers=(), **fields):
    return Recording(
        base="https://api.kraken.com",
        request=Request(method="POST", path=f"/0/private/{path}", headers={"api-key": "(redacted)"}, body=form),
        answer=Answer(status=status, headers=headers, body=body),
        recorded_at=None if days is None else time.time() - days * 86_400,
        **fields,
    )


def many(number, body=GOOD):
    return [recording(body, form=b"nonce=(redacted)&n=%d" % one) for one in range(number)]


@pytest.fixture
def saved(tmp_path):
    def save(*recordings, name="saved.yaml"):
        write_recordings(tmp_path / name, recordings)
        return str(tmp_path / name)

    return save


def run(*arguments):
    return CliRunner().invoke(main, ["check", *map(str, arguments)], catch_exceptions=False)


def report(*arguments, exit_code=0):
    result = run(*arguments, "--json")
    assert result.exit_code == exit_code, result.output
    told = json.loads(result.stdout)
    VALIDATOR.validate(told)
    return told


def test_a_good_recording(saved):
    path = saved(recording())
    result = run(path)
    assert (result.exit_code, result.stderr) == (0, "")
    first, last = result.stdout.splitlines()
    assert first == f"consistent   {path}: entry 1: POST /0/private/BalanceEx"
    assert last.startswith("1 recording in 1 file: 1 consistent, 0 leaks, ")


def test_what_is_broken_is_told_with_its_sentence_and_source(saved):
    result = run(saved(recording(), recording(BAD)))
    assert result.exit_code == 1
    lines = [line.strip() for line in result.stdout.splitlines()[1:5]]
    assert lines[0].startswith("inconsistent ")
    assert lines[0].endswith("saved.yaml: entry 2: POST /0/private/BalanceEx")
    assert lines[1] == "Nothing but a balance is below 0, and no more credit is used than there is."
    assert lines[2].startswith("source: Get Extended Balance: total credit amount")
    assert lines[2].endswith("(spot/balance-ex/signs)")
    assert lines[3] == "found:  ZUSD hold_trade -1.0000 < 0"


def test_of_many_only_those_with_trouble_are_shown(saved):
    result = run(saved(*many(40), recording(BAD), *[recording(path="Ledgers", form=b"%d" % n) for n in range(3)]))
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        "inconsistent",
        "not",
        "consistent",
        "44",
    ]
    assert lines[-3:-1] == [
        "not judged   3: no contract for POST /0/private/Ledgers",
        "consistent   40 others",
    ]


def test_of_a_flood_of_trouble_the_rest_is_counted(saved):
    lines = run(saved(*many(150, BAD))).stdout.splitlines()
    assert sum(line.startswith("inconsistent") for line in lines) == 100
    assert "and 50 recordings more, which --json and --report show" in lines


def test_all_files_are_judged_as_one(saved):
    first, second = saved(recording(), name="b.yaml"), saved(recording(), name="a.har.yaml")
    told = report(first, second)
    assert [Path(entry["file"]).name for entry in told["recordings"]] == ["b.yaml", "a.har.yaml"]
    assert told["recordings"][1]["warnings"] == {
        "duplicate": f"the same request and the same answer are in {first}: entry 1"
    }
    assert told["counts"]["duplicates"] == 1


@pytest.mark.parametrize("other", [{"body": BAD}, {"form": b"nonce=(redacted)&asset=ZUSD"}, {"path": "Balance"}])
def test_what_differs_is_no_duplicate(saved, other):
    assert run(saved(recording(), recording(**other))).stdout.count("duplicate") == 0


def test_a_nonce_does_not_hide_a_duplicate(saved):
    told = report(saved(recording(form=b"nonce=0&a=1"), recording(form=b"a=1&nonce=00")))
    assert told["counts"]["duplicates"] == 1


def test_warnings_fail_under_strict_alone(saved):
    for trouble in ([recording(), recording()], [recording(days=181)]):
        path = saved(*trouble)
        assert run(path).exit_code == 0
        assert run(path, "--strict").exit_code == 1
    assert run(saved(recording()), "--strict").exit_code == 0


def test_age(saved):
    path = saved(recording(days=10.5))
    assert report(path)["recordings"][0]["warnings"] == {}
    told = report(path, "--max-age", 10)
    assert told["recordings"][0]["warnings"] == {"age": "recorded 10 days ago, and --max-age is 10"}
    assert told["counts"]["old"] == 1


def test_without_a_time_the_date_of_the_answer_counts(saved):
    dated = recording(days=None, headers=(("date", "Fri, 23 Apr 2021 10:00:00 GMT"),))
    assert recorded_at(dated) == 1_619_172_000
    assert "age" in report(saved(dated))["recordings"][0]["warnings"]


@pytest.mark.parametrize("headers", [(), (("date", "yesterday"),), (("date", ""),)])
def test_without_any_date_there_is_a_note(saved, headers):
    [entry] = report(saved(recording(days=None, headers=headers)))["recordings"]
    assert (entry["warnings"], entry["notes"]) == ({}, ["nothing says when it was recorded"])


@pytest.mark.parametrize(
    ("error", "notes"),
    [
        ("EAPI:Invalid key", []),
        ("EGeneral:Invalid arguments:volume", []),
        ("EService: Throttled: 1700000000", []),
        ("EGeneral:Something new", ["the fake does not know the error EGeneral:Something new"]),
    ],
)
def test_an_error_that_the_fake_does_not_know_is_a_note(saved, error, notes):
    [entry] = report(saved(recording(json.dumps({"error": [error]}).encode())), "--strict")["recordings"]
    assert (entry["verdict"], entry["notes"]) == ("consistent", notes)


def leaky():
    """A key in the request, and in what is found wrong with the answer."""
    whole = recording(b'{"error":[],"result":{"ZUSD":{"balance":"%s","hold_trade":"0.0000"}}}' % KEY.encode())
    request = msgspec.structs.replace(whole.request, headers={"api-key": KEY})
    return msgspec.structs.replace(whole, request=request, note=f"with {KEY}")


def test_a_leak_fails_and_is_shown_nowhere(saved, tmp_path):
    path = saved(leaky(), recording())
    result = run(path)
    assert result.exit_code == 1
    assert "\nleak " in result.stdout
    assert f"{path}: entry 1: request header api-key: " in result.stdout
    told = report(path, "--report", tmp_path / "out", exit_code=1)
    assert told["counts"]["leaks"] == len(told["leaks"]) > 0
    assert all(leak["place"].startswith(f"{path}: entry 1: ") for leak in told["leaks"])
    assert told["recordings"][0]["verdict"] == "inconsistent"
    files = [file.read_text(encoding="utf-8") for file in (tmp_path / "out").iterdir()]
    for text in [result.output, json.dumps(told), *files]:
        assert KEY not in text
        assert KEY[:20] not in text


def test_a_leak_in_a_comment(saved):
    path = saved(recording())
    Path(path).write_text(f"# api-key: {KEY}\n{Path(path).read_text()}")
    told = report(path, exit_code=1)
    assert {leak["place"] for leak in told["leaks"]} == {f"{path}: line 1"}
    assert told["recordings"][0]["verdict"] == "consistent"


def test_a_key_of_the_environment_is_a_leak(saved, monkeypatch):
    path = saved(recording(note="made with simple-key"))
    assert run(path).exit_code == 0
    monkeypatch.setenv("KRAKEN_API_KEY", "simple-key")
    assert "known secret" in run(path).stdout


def test_reports(saved, tmp_path):
    missing = b'{"error":[],"result":{"ZUSD":{"balance":"1.0000"}}}'
    path = saved(recording(), recording(BAD), recording(missing), recording(path="Ledgers"), recording(), leaky())
    folder = tmp_path / "deep" / "out"
    told = report(path, "--report", folder, exit_code=1)
    assert sorted(file.name for file in folder.iterdir()) == ["junit.xml", "report.json"]
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == told
    root = ElementTree.parse(folder / "junit.xml").getroot()
    [suite] = root
    counts = {"name": path, "tests": "7", "failures": "4", "skipped": "2", "errors": "0"}
    assert counts.items() <= suite.attrib.items()
    outcomes = [[child.tag for child in test if child.tag != "system-out"] for test in suite]
    assert outcomes == [[], ["failure"], ["failure"], ["skipped"], ["skipped"], ["failure"], ["failure"]]
    assert suite[1].get("name") == "entry 2: POST /0/private/BalanceEx"
    assert suite[1][0].get("message") == "ZUSD hold_trade -1.0000 < 0"
    assert "Nothing but a balance is below 0" in suite[1][0].text
    assert [test[0].get("type") for test in suite if len(test)] == [
        "inconsistent", "incomplete", "not judged", "warning", "inconsistent", "leak",
    ]  # fmt: skip


def test_no_terminal_and_no_parser_trips_over_what_a_file_says(saved, tmp_path):
    body = GOOD.replace(b"ZUSD", b"Z\\u001b[31m]]><").replace(b'"0.0000"', b'"-1.0000"')
    path = saved(recording(body, note="\x1b]0;x\x07"), recording(path="\x1b[31m"))
    result = run(path, "--report", tmp_path / "out")
    assert result.exit_code == 1
    assert "Z\\x1b[31m]]>< hold_trade -1.0000 < 0" in result.stdout
    assert "\x1b" not in result.output
    ElementTree.parse(tmp_path / "out" / "junit.xml")


def test_a_fidelity_can_be_demanded():
    path = SHIPPED / "futures-accounts.yaml"
    assert report(path, exit_code=1)["recordings"][1]["verdict"] == "consistent"
    entry = report(path, "--fidelity", "documented", exit_code=1)["recordings"][1]
    assert (entry["verdict"], entry["fidelity"]) == ("inconsistent", "documented")


def refused(*arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_wrong_use(tmp_path, saved):
    assert "PATH" in refused()
    assert str(tmp_path / "nowhere.yaml") in refused(tmp_path / "nowhere.yaml")
    (tmp_path / "broken.yaml").write_text("interactions: [1]")
    assert "broken.yaml: entry 1" in refused(tmp_path / "broken.yaml")
    (tmp_path / "empty").mkdir()
    assert "holds no recordings" in refused(tmp_path / "empty")
    path = saved(recording())
    assert "--report" in refused(path, "--report", path)
    (tmp_path / "file").write_text("")
    assert "cannot write into" in refused(path, "--report", tmp_path / "file" / "out")


def test_a_check_that_judged_nothing_is_no_pass(saved):
    path = saved(recording(path="Ledgers"), recording(b"", status=0, failure="timeout"))
    message = refused(path)
    assert "none of the 2 recordings could be judged" in message
    assert "no contract for POST /0/private/Ledgers; no whole answer came: timeout" in message
    assert refused(path, "--json")
    assert report(path, exit_code=2)["counts"]["not judged"] == 2


def test_a_key_of_one_recording_is_a_leak_in_every_other(saved):
    used = msgspec.structs.replace(recording().request, headers={"api-key": "simple-key"})
    first = msgspec.structs.replace(recording(), request=used)
    path = saved(recording(note="made with simple-key"), first)
    leaks = report(path, exit_code=1)["leaks"]
    assert {"place": f"{path}: entry 1: note", "kind": "known secret", "hint": "10 characters"} in leaks


def test_a_leak_fails_even_where_nothing_was_judged(saved):
    whole = leaky()
    request = msgspec.structs.replace(whole.request, path="/0/private/Ledgers")
    assert run(saved(msgspec.structs.replace(whole, request=request))).exit_code == 1


def test_the_shipped_recordings_are_what_their_table_says():
    told = report(SHIPPED, exit_code=1)
    assert told["counts"]["leaks"] == told["counts"]["duplicates"] == told["counts"]["doubts"] == 0
    entries = [
        [Path(entry["file"]).name, str(entry["entry"]), entry["path"].rpartition("/")[2], entry["verdict"]]
        for entry in told["recordings"]
    ]
    assert [[file, number, method, verdict] for file, number, method, _, verdict, _, _ in ROWS] == entries
    for entry, (*_, verdict, why, source) in zip(told["recordings"], ROWS, strict=True):
        says, _, ours = entry["note"].partition(" check: ")
        assert says == f"{source}."
        assert re.fullmatch(rf"{verdict}[.,;]? ?{re.escape(why)}\.?", ours), entry["note"]


def test_what_the_table_calls_incomplete_has_figures_that_agree():
    told = report(SHIPPED, exit_code=1)["recordings"]
    assert all(entry["figures_agree"] for entry in told if entry["verdict"] == "incomplete")


def test_bare_answers_in_a_folder_are_what_their_sources_say():
    lines = (RECORDED / "sources.md").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if line.startswith("| ") and not line.startswith("| file")]
    agree = {row[1].strip(): row[3].strip() == "yes" for row in rows}
    told = report(RECORDED, exit_code=1)["recordings"]
    found = {Path(entry["file"]).stem: entry["figures_agree"] is True for entry in told}
    without_envelope = {"futures-f4", "futures-f5"}
    assert found == {name: consistent for name, consistent in agree.items() if name not in without_envelope}


def test_the_shipped_recordings_have_the_bodies_of_the_tests():
    bodies = [recorded.answer.body for recorded in read_recordings([SHIPPED])]
    for file in RECORDED.glob("*.json"):
        body = file.read_bytes().strip()
        assert sum(body in shipped for shipped in bodies) == 1, file.name


def test_the_shipped_recordings_are_written_as_the_recorder_writes(tmp_path):
    for file in SHIPPED.glob("*.yaml"):
        write_recordings(tmp_path / file.name, read_recordings([file]))
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()
