"""The report on recordings as ``junit.xml``: a suite a file. A warning, like what was not judged, is a skip."""

from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from contract_tests.recordings import Verdict
from contract_tests.report.recordings import Entry, Leak, RecordingsReport
from contract_tests.report.text import printable

COUNTED = {"tests": "testcase", "failures": "failure", "skipped": "skipped"}


def render(report: RecordingsReport) -> str:
    root = Element("testsuites", name="kraken-mock check", time=f"{report.seconds:.3f}")
    suites: dict[str, list[Entry]] = {}
    for entry in report.entries:
        suites.setdefault(entry.file, []).append(entry)
    for file, entries in suites.items():
        suite = SubElement(root, "testsuite", name=printable(file))
        suite.extend(_test(entry) for entry in entries)
        suite.append(_leaks(file, [leak for leak in report.leaks if leak.place.startswith(f"{file}:")]))
        _count(suite)
    _count(root)
    for element in (root, *root):
        element.set("timestamp", report.started.strftime("%Y-%m-%dT%H:%M:%S"))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _count(element: Element) -> None:
    for name, tag in COUNTED.items():
        element.set(name, str(sum(1 for _ in element.iter(tag))))
    element.set("errors", "0")


def _test(entry: Entry) -> Element:
    judgement = entry.judgement
    test = _case(entry.file, f"entry {entry.number}: {entry.method} {entry.path}")
    told = [f"{finding.sentence}\n{finding.source}\n{finding.detail}" for finding in judgement.findings]
    warnings = list(entry.warnings.values())
    if entry.is_bad:
        _say(test, "failure", judgement.verdict, judgement.findings[0].detail, [*told, *warnings])
    elif judgement.verdict is Verdict.NOT_JUDGED:
        _say(test, "skipped", judgement.verdict, judgement.reason, warnings)
    elif entry.is_doubtful:
        first = [*warnings, *(finding.detail for finding in judgement.findings)][0]
        _say(test, "skipped", "warning", first, [*told, *warnings])
    if entry.notes:
        SubElement(test, "system-out").text = printable("\n".join(entry.notes))
    return test


def _leaks(file: str, leaks: list[Leak]) -> Element:
    test = _case(file, "leaks")
    if leaks:
        _say(test, "failure", "leak", str(leaks[0]), map(str, leaks))
    return test


def _case(file: str, name: str) -> Element:
    return Element("testcase", classname=printable(file), name=printable(name), time="0.000")


def _say(test: Element, tag: str, kind: str, message: str, texts: Iterable[str]) -> None:
    SubElement(test, tag, message=printable(message), type=kind).text = printable("\n\n".join(texts))
