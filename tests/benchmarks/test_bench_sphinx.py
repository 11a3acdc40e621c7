"""A Sphinx site of 50 directives on 10 problems: what is solved, and what that costs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from measuring import interleaved

import tracer
from tracer.embedding import Solver, parse
from tracer.embedding.portable import portable

PROBLEMS = (
    "deck", "deep", "softmax", "graph", "lstm", "two-outputs", "xor", "logistic", "adam", "huber",
)  # fmt: skip
# the whole, a section, in full, by a view, in brief
DIRECTIVES: tuple[Mapping[str, str], ...] = (
    {},
    {"section": "Gradients"},
    {"detail": "full"},
    {"view": "auto"},
    {"detail": "brief"},
)
_COUNTING = """
import tracer.api
_build = tracer.api.build
def _counted(problem):
    with open("NOTES", "a") as file:
        file.write("solved\\n")
    return _build(problem)
tracer.api.build = _counted
"""


def _site(folder: Path) -> Path:
    site = folder / "site"
    site.mkdir()
    conf = 'extensions = ["tracer.sphinx"]\n' + _COUNTING.replace("NOTES", str(folder / "notes"))
    (site / "conf.py").write_text(conf, encoding="utf-8")
    for number, options in enumerate(DIRECTIVES):
        lines = [f"Page {number}", "======", ""]
        for name in PROBLEMS:
            lines += [f".. derivation:: {name}.toml"]
            lines += [f"   :{key}: {value}" for key, value in options.items()] + [""]
        document = "index" if number == 0 else f"page{number}"
        orphan = "" if number == 0 else ":orphan:\n\n"
        (site / f"{document}.rst").write_text(orphan + "\n".join(lines), encoding="utf-8")
    for name in PROBLEMS:
        shutil.copy(tracer.EXAMPLES / f"{name}.toml", site)
    return site


def _build(site: Path) -> int:
    """Build; return how many problems were solved."""
    notes = site.parent / "notes"
    notes.write_text("", encoding="utf-8")
    out = site.parent / "out"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(site), str(out)]
    subprocess.run(command, check=True, timeout=600)
    return len(notes.read_text(encoding="utf-8").splitlines())


def test_a_site_solves_each_problem_once(benchmark: Any, bounds: Any, tmp_path: Path) -> None:
    site = _site(tmp_path)
    first = benchmark.pedantic(_build, args=(site,), rounds=1)
    assert first >= len(PROBLEMS)  # else nothing was counted
    bounds.at_most("solutions for 50 directives on 10 problems", first, 10, "")
    bounds.at_most("solutions for the same site again", _build(site), 0, "")


def test_directives_share_what_is_solved(benchmark: Any, bounds: Any) -> None:
    problems = [tracer.load(tracer.EXAMPLES / f"{name}.toml") for name in PROBLEMS]
    requests = [parse(options) for options in DIRECTIVES]

    def shared() -> None:
        solver = Solver()
        for request in requests:
            for problem in problems:
                portable(solver.solve(problem, request))

    def each() -> None:
        for request in requests:
            for problem in problems:
                portable(Solver().solve(problem, request))

    own, other = map(median, interleaved(benchmark, 5, shared, each))
    ratio = benchmark.extra_info["ratio"] = own / other
    detail = f"{own:.2f} s : {other:.2f} s, medians of 5"
    bounds.at_most("50 directives on 10 problems : each solved anew", ratio, 1, "×", detail)
