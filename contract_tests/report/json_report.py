"""``report.json``, as ``report.schema.json`` describes it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract_tests.case import CASES
from contract_tests.report.model import Outcome, Report
from contract_tests.run import Result, Verdict

SCHEMA = Path(__file__).with_name("report.schema.json")


def render(report: Report) -> str:
    return json.dumps(describe(report), indent=2, ensure_ascii=False) + "\n"


def describe(report: Report) -> dict[str, Any]:
    return {
        "format": "kraken-mock-report/1",
        "subject": report.subject,
        "version": report.version,
        "profile": report.profile,
        "started": report.started.isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 3),
        "planned": report.planned,
        "requests": report.requests,
        "examples": report.examples,
        "counts": {outcome.value: report.counts[outcome] for outcome in Outcome},
        "results": [{**describe_result(result), "again": report.again(result)} for result in report.results],
        "coverage": report.coverage and report.coverage.describe(),
    }


def describe_result(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "id": case.id,
        "level": case.level.value,
        "requirement": case.requirement,
        "source": case.source,
        "verdict": result.verdict.value,
        "seconds": round(result.seconds, 6),
        "examples": result.examples,
        "message": result.message,
        "example": dict(result.example),
        "evidence": [dict(exchange) for exchange in result.evidence],
    }


def read_result(described: Mapping[str, Any]) -> Result:
    """The result of a case that is loaded."""
    return Result(
        case=CASES[described["id"]],
        verdict=Verdict(described["verdict"]),
        evidence=tuple(described["evidence"]),
        **{name: described[name] for name in ("seconds", "examples", "message", "example")},
    )
