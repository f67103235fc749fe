"""``report.json``, as ``report.schema.json`` describes it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract_tests.case import CASES
from contract_tests.report.matrix import Matrix
from contract_tests.report.model import Report
from contract_tests.run import Result, Verdict

HELLO = ("name", "version", "language")
SCHEMA = Path(__file__).with_name("report.schema.json")


def render(report: Report) -> str:
    return _dumped(describe(report))


def render_matrix(matrix: Matrix) -> str:
    return _dumped(describe_matrix(matrix))


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
        "counts": {outcome.value: report.counts[outcome] for outcome in report.outcomes},
        "results": [{**describe_result(result), "again": report.again(result)} for result in report.results],
        "coverage": report.coverage and report.coverage.describe(),
        **({"client": {field: getattr(report.client, field) for field in HELLO}} if report.client else {}),
    }


def describe_matrix(matrix: Matrix) -> dict[str, Any]:
    """Of one client its report, of several theirs."""
    fixed = {"fixed": list(matrix.fixed)}
    if len(matrix.columns) == 1 and (report := matrix.columns[0].report):
        return describe(report) | fixed
    return {
        "format": "kraken-mock-reports/1",
        "version": matrix.version,
        "profile": matrix.profile,
        "started": matrix.started.isoformat(timespec="seconds"),
        "seconds": round(matrix.seconds, 3),
        "clients": [
            {
                "name": column.name,
                "report": column.report and describe(column.report),
                "unavailable": column.unavailable,
            }
            for column in matrix.columns
        ],
        **fixed,
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
        **({"accepted": result.accepted} if result.accepted else {}),
    }


def read_result(described: Mapping[str, Any]) -> Result:
    """The result of a case that is loaded."""
    return Result(
        case=CASES[described["id"]],
        verdict=Verdict(described["verdict"]),
        evidence=tuple(described["evidence"]),
        **{name: described[name] for name in ("seconds", "examples", "message", "example")},
    )


def _dumped(described: Mapping[str, Any]) -> str:
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"
