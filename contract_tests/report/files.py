"""A folder of reports: ``report.html`` ``report.md`` ``report.json`` ``junit.xml``."""

import os
from pathlib import Path

from contract_tests.report import html, json_report, junit, markdown
from contract_tests.report.model import Report

FORMATS = {
    "report.html": html.render,
    "report.md": markdown.render,
    "report.json": json_report.render,
    "junit.xml": junit.render,
}


def prepare(folder: Path) -> None:
    """Make ``folder`` where it is missing. Raises ``OSError`` where nothing can be written into it."""
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / ".writable", "")
    (folder / ".writable").unlink()


def write(report: Report, folder: Path) -> None:
    """Each file is there whole or as it was. Raises ``OSError``."""
    for name, render in FORMATS.items():
        _replace(folder / name, render(report))


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
