"""``python -m benchmarks [NAME ...]``: measure all, and write RESULTS.md; or what is named, and print it alone."""

import importlib
import signal
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from benchmarks.connection import Refused
from benchmarks.results import Section, Unmeasured, page

SUBJECTS = (
    "throughput", "peers", "store", "startup", "memory", "accounts", "assets", "journal", "recordings", "suite",
    "doctor",
)  # fmt: skip
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SUBJECTS)}")
    names = parser.parse_args().names
    if unknown := sorted(set(names) - set(SUBJECTS)):
        parser.error(f"unknown: {', '.join(unknown)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begin, sections = time.monotonic(), list[Section]()
    for name in names or SUBJECTS:
        started = time.monotonic()
        sections.append(_measured(name))
        print(f"\n{sections[-1]}\n\n({name}: {time.monotonic() - started:.0f} s)", flush=True)
    if not names:
        RESULTS.write_text(page(sections, time.monotonic() - begin), encoding="utf-8")


def _measured(name: str) -> Section:
    try:
        section: Section = importlib.import_module(f"benchmarks.{name}").measure()
    except Refused as answer:
        sys.exit(f"{name}: no figure, as not every request was answered well: {answer}")
    except Unmeasured as why:
        section = Section(name.capitalize(), f"Not measured: {why}.")
    return section


if __name__ == "__main__":
    main()
