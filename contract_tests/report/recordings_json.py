"""The report on recordings as JSON, as ``recordings.schema.json`` describes it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from contract_tests.report.recordings import Entry, RecordingsReport
from contract_tests.report.text import plain

SCHEMA = Path(__file__).with_name("recordings.schema.json")


def render(report: RecordingsReport) -> str:
    described = describe(report)
    return json.dumps(plain(described) | {"seconds": described["seconds"]}, indent=2, ensure_ascii=False) + "\n"


def describe(report: RecordingsReport) -> dict[str, Any]:
    return {
        "format": "kraken-mock-check/1",
        "version": report.version,
        "started": report.started.isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 3),
        "counts": report.counts,
        "leaks": [asdict(leak) for leak in report.leaks],
        "recordings": [_entry(entry) for entry in report.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    judgement = entry.judgement
    return {
        "file": entry.file,
        "entry": entry.number,
        "method": entry.method,
        "path": entry.path,
        "operation": judgement.operation or None,
        "verdict": judgement.verdict.value,
        "reason": judgement.reason or None,
        "fidelity": judgement.fidelity or None,
        "figures_agree": judgement.figures_agree,
        "findings": [
            {**asdict(finding), "aspect": finding.aspect.value, "case": finding.case or None}
            for finding in judgement.findings
        ],
        "warnings": dict(entry.warnings),
        "notes": list(entry.notes),
        "note": entry.note or None,
    }
