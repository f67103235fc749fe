"""``junit.xml``: a suite a topic. A broken SHOULD, or an accepted failure, is a skip that says so."""

from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from contract_tests.report.matrix import Matrix
from contract_tests.report.model import Outcome, Report, headline, outcome, topic
from contract_tests.report.text import indented, printable, told_texts
from contract_tests.run import Result

ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "skipped",
    Outcome.WARNING: "skipped",
    Outcome.ACCEPTED: "skipped",
}


def render(report: Report) -> str:
    results = list(report.results)
    root = _suite("testsuites", f"kraken-mock verify {report.subject}", results, report.started, report.seconds)
    root.extend(_suites(report))
    return _text(root)


def render_matrix(matrix: Matrix) -> str:
    """A suite for each client and topic; one with a single error for a client that is not available."""
    results = [result for report in matrix.reports for result in report.results]
    root = _suite("testsuites", "kraken-mock verify client", results, matrix.started, matrix.seconds)
    for column in matrix.columns:
        if column.report:
            root.extend(_suites(column.report, f"{column.name}: "))
        else:
            root.append(_absent(column.name, column.unavailable, matrix.started))
            for name in ("tests", "errors"):
                root.set(name, str(int(root.attrib[name]) + 1))
    return _text(root)


def _suites(report: Report, client: str = "") -> Iterator[Element]:
    for name, results in report.topics.items():
        seconds = sum(result.seconds for result in results)
        suite = _suite("testsuite", client + name, results, report.started, seconds)
        suite.extend(_test(result, report, client) for result in results)
        yield suite


def _absent(client: str, reason: str, started: datetime) -> Element:
    suite = _suite("testsuite", client, [], started, 0)
    suite.attrib |= {"tests": "1", "errors": "1"}
    test = SubElement(suite, "testcase", classname=printable(client), name="available", time="0.000")
    SubElement(test, "error", message=printable(reason), type="unavailable")
    return suite


def _text(root: Element) -> str:
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(tag: str, name: str, results: list[Result], started: datetime, seconds: float) -> Element:
    elements = [ELEMENTS.get(outcome(result)) for result in results]
    return Element(
        tag,
        name=printable(name),
        tests=str(len(results)),
        failures=str(elements.count("failure")),
        errors=str(elements.count("error")),
        skipped=str(elements.count("skipped")),
        time=f"{seconds:.3f}",
        timestamp=started.strftime("%Y-%m-%dT%H:%M:%S"),
    )


def _test(result: Result, report: Report, client: str) -> Element:
    case, group = result.case, printable(client + topic(result))
    test = Element("testcase", classname=group, name=case.id, time=f"{result.seconds:.3f}")
    properties = SubElement(test, "properties")
    for name in ("level", "requirement", "source"):
        SubElement(properties, "property", name=name, value=printable(str(getattr(case, name))))
    if (found := outcome(result)) is not Outcome.PASSED:
        noted = {Outcome.WARNING: "warning, a SHOULD is broken: ", Outcome.ACCEPTED: f"accepted {result.accepted}: "}
        attributes = {"message": printable(noted.get(found, "") + headline(result)), "type": found.value}
        SubElement(test, ELEMENTS[found], attributes).text = printable(result.message)
    if result in report.trouble:
        SubElement(test, "system-out").text = printable(_evidence(result, report))
    return test


def _evidence(result: Result, report: Report) -> str:
    parts = [f"again: {report.again(result)}"]
    if result.example:
        parts.append(f"smallest example:\n{indented(result.example)}")
    for exchange in result.evidence:
        parts += [text for _, text in told_texts(exchange)]
    return "\n\n".join(parts)
