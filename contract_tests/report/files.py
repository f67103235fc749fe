"""A folder of reports: ``report.html`` ``report.md`` ``report.json`` ``junit.xml``, of clients ``badge-NAME.svg``."""

import os
from pathlib import Path

from contract_tests.report import badge, html, json_report, junit, markdown, matrix_html, matrix_markdown
from contract_tests.report.matrix import Matrix
from contract_tests.report.model import Report

FORMATS = {
    "report.html": html.render,
    "report.md": markdown.render,
    "report.json": json_report.render,
    "junit.xml": junit.render,
}
FORMATS_OF_CLIENTS = {
    "report.html": matrix_html.render,
    "report.md": matrix_markdown.render,
    "report.json": json_report.render_matrix,
    "junit.xml": junit.render_matrix,
}


def prepare(folder: Path) -> None:
    """Make ``folder`` where it is missing. Raises ``OSError`` where nothing can be written into it."""
    folder.mkdir(parents=True, exist_ok=True)
    replace(folder / ".writable", "")
    (folder / ".writable").unlink()


def write(report: Report, folder: Path) -> None:
    """Each file is there whole or as it was. Raises ``OSError``."""
    for name, render in FORMATS.items():
        replace(folder / name, render(report))


def write_matrix(matrix: Matrix, folder: Path) -> None:
    """The same of clients, and a badge for each."""
    for name, render in FORMATS_OF_CLIENTS.items():
        replace(folder / name, render(matrix))
    names = badge.file_names([column.name for column in matrix.columns])
    for column in matrix.columns:
        replace(folder / names[column.name], badge.render(column))


def replace(path: Path, text: str) -> None:
    """``path`` with ``text`` in it, whole or as it was. Raises ``OSError``."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
