"""Real Sphinx builds of small sites, with what they solved and read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, need_module

SITES = ROOT / "tests" / "sphinx_sites"
PROBLEMS = ("deck", "graph", "two-outputs")
_COUNTING = """

import os, tracer.api, tracer.solving

def _noting(function, word):
    def run(*given, **named):
        note(word)
        return function(*given, **named)
    return run

def note(line):
    with open(os.environ["TRACER_NOTES"], "a", encoding="utf-8") as file:
        file.write(line + "\\n")

tracer.api.build = _noting(tracer.api.build, "trace")
tracer.solving.evaluated = _noting(tracer.solving.evaluated, "values")

def setup(app):
    app.connect("source-read", lambda app, docname, source: note(f"read {docname}"))
"""


@dataclass(frozen=True)
class Built:
    """What a build said, and what it did."""

    code: int
    said: str
    traces: int
    evaluations: int
    read: tuple[str, ...]

    @property
    def warnings(self) -> list[str]:
        """The warnings, without the folder of the site."""
        lines = [line for line in self.said.splitlines() if "WARNING" in line or "ERROR" in line]
        return [re.sub(r"^.*/site/", "", line) for line in lines]


def copied(name: str, folder: Path) -> Path:
    """A copy of a site, whose builds can be counted."""
    site = folder / "site"
    shutil.copytree(SITES / name, site)
    (site / "problems").mkdir()
    for problem in PROBLEMS:
        shutil.copy(ROOT / "examples" / f"{problem}.toml", site / "problems")
    with (site / "conf.py").open("a", encoding="utf-8") as file:
        file.write(_COUNTING)
    return site


def written(folder: Path, **documents: str) -> Path:
    """A site of these documents."""
    site = folder / "site"
    site.mkdir()
    for name, text in documents.items():
        ending = ".md" if text.startswith("# ") else ".rst"
        (site / f"{name}{ending}").write_text(text, encoding="utf-8")
    conf = (
        'project = "p"\nextensions = ["tracer.sphinx", "myst_parser"]\nshow_warning_types = True\n'
    )
    (site / "conf.py").write_text(conf + _COUNTING, encoding="utf-8")
    for problem in PROBLEMS:
        shutil.copy(ROOT / "examples" / f"{problem}.toml", site)
    return site


def build(site: Path, builder: str = "html", *options: str, out: str = "out") -> Built:
    """Build with every warning an error; into ``out`` beside the site."""
    need_module("sphinx")
    need_module("myst_parser")
    notes = site.parent / "notes"
    notes.write_text("", encoding="utf-8")
    doctrees = site.parent / f"doctrees-{out}"
    command = [sys.executable, "-m", "sphinx", "-nW", "--keep-going", "-q", "-b", builder]
    command += [*options, "-d", str(doctrees), str(site), str(site.parent / out)]
    environment = {**os.environ, "TRACER_NOTES": str(notes), "PYTHONPATH": str(ROOT)}
    environment |= {"NO_COLOR": "1", "SOURCE_DATE_EPOCH": "1700000000"}
    result = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    lines = notes.read_text(encoding="utf-8").splitlines()
    counted = Counter(line.split()[0] for line in lines)
    read = sorted(line.removeprefix("read ") for line in lines if line.startswith("read "))
    said = result.stdout + result.stderr
    return Built(result.returncode, said, counted["trace"], counted["values"], tuple(read))
