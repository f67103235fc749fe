"""``junit.xml``: a suite a topic. A broken SHOULD, for which JUnit has no word, is a skip that says so."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from contract_tests.report.model import Outcome, Report, headline, outcome, topic
from contract_tests.report.text import indented, printable, request_text, response_text
from contract_tests.run import Result

ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "skipped",
    Outcome.WARNING: "skipped",
}


def render(report: Report) -> str:
    root = _suite("testsuites", f"kraken-mock verify {report.subject}", list(report.results), report)
    for name, results in report.topics.items():
        suite = _suite("testsuite", name, results, report)
        suite.extend(_test(result, report) for result in results)
        root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(tag: str, name: str, results: list[Result], report: Report) -> Element:
    elements = [ELEMENTS.get(outcome(result)) for result in results]
    seconds = report.seconds if tag == "testsuites" else sum(result.seconds for result in results)
    return Element(
        tag,
        name=printable(name),
        tests=str(len(results)),
        failures=str(elements.count("failure")),
        errors=str(elements.count("error")),
        skipped=str(elements.count("skipped")),
        time=f"{seconds:.3f}",
        timestamp=report.started.strftime("%Y-%m-%dT%H:%M:%S"),
    )


def _test(result: Result, report: Report) -> Element:
    case = result.case
    test = Element("testcase", classname=topic(result), name=case.id, time=f"{result.seconds:.3f}")
    properties = SubElement(test, "properties")
    for name in ("level", "requirement", "source"):
        SubElement(properties, "property", name=name, value=printable(str(getattr(case, name))))
    if (found := outcome(result)) is not Outcome.PASSED:
        warned = "warning, a SHOULD is broken: " if found is Outcome.WARNING else ""
        attributes = {"message": warned + printable(headline(result)), "type": found.value}
        SubElement(test, ELEMENTS[found], attributes).text = printable(result.message)
    if result in report.trouble:
        SubElement(test, "system-out").text = printable(_evidence(result, report))
    return test


def _evidence(result: Result, report: Report) -> str:
    parts = [f"again: {report.again(result)}"]
    if result.example:
        parts.append(f"smallest example:\n{indented(result.example)}")
    for exchange in result.evidence:
        parts += [request_text(exchange), response_text(exchange)]
    return "\n\n".join(parts)
