"""What a user waits for at the prompt: cold processes, compared with what any must cost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from measuring import Cold, interleaved, network

ROUNDS = 11
MANY_ROUNDS = 31


def test_solving_the_deck_costs_little_more_than_importing_sympy(
    benchmark: Any, bounds: Any, tmp_path: Path
) -> None:
    solve = Cold("-m", "tracer", "solve", "--to", "latex", "-o", "deck.tex", cwd=tmp_path)
    imports = Cold("-c", "import sympy", cwd=tmp_path)
    own, sympy = map(median, interleaved(benchmark, ROUNDS, solve, imports))
    ratio = benchmark.extra_info["ratio"] = own / sympy
    bounds.at_most(
        "the deck to LaTeX, cold : import sympy",
        ratio,
        1.5,
        "×",
        f"{own:.3f} s : {sympy:.3f} s, medians of {ROUNDS}",
    )
    assert (tmp_path / "deck.tex").read_text(encoding="utf-8").strip()


def test_help_answers_at_once(benchmark: Any, bounds: Any, tmp_path: Path) -> None:
    helped = Cold("-m", "tracer", "--help", cwd=tmp_path)
    nothing = Cold("-c", "", cwd=tmp_path)
    own, bare = map(min, interleaved(benchmark, MANY_ROUNDS, helped, nothing))
    benchmark.extra_info["ratio"] = own / bare
    bounds.at_most(
        "tracer --help",
        1000 * own,
        100,
        "ms",
        f"{own / bare:.1f} × an interpreter that does nothing ({1000 * bare:.0f} ms), "
        f"best of {MANY_ROUNDS}",
        f"of the processor {1000 * min(helped.processor):.0f} ms",
    )


def test_help_imports_no_sympy(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tracer", "--help"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert "click" in imported
    assert "sympy" not in imported


def test_one_gradient_of_a_large_network(benchmark: Any, bounds: Any, tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_text(network((64, 64, 64, 10), 1), encoding="utf-8")
    only = ("--only", "dloss/dw1[1,1]")
    large = Cold("-m", "tracer", "solve", "large.toml", *only, cwd=tmp_path)
    deck = Cold("-m", "tracer", "solve", *only, cwd=tmp_path)
    own, start = map(min, interleaved(benchmark, ROUNDS, large, deck))
    benchmark.extra_info["ratio"] = own / start
    bounds.at_most(
        "one gradient of 64-64-64-10, beyond that of the deck",
        own - start,
        1,
        "s",
        f"{own:.3f} s - {start:.3f} s, cold, best of {ROUNDS}",
        f"of the processor {min(large.processor) - min(deck.processor):.2f} s",
    )
