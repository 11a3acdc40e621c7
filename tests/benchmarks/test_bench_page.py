"""The page in HTML beside the same solution in LaTeX, and how large pages are."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from measuring import Cold, interleaved, network

import tracer

ROUNDS = 11


def test_the_page_costs_little_more_than_the_article(
    benchmark: Any, bounds: Any, tmp_path: Path
) -> None:
    page = Cold("-m", "tracer", "solve", "--to", "html", "-o", "deck.html", cwd=tmp_path)
    article = Cold("-m", "tracer", "solve", "--to", "latex", "-o", "deck.tex", cwd=tmp_path)
    own, other = map(median, interleaved(benchmark, ROUNDS, page, article))
    ratio = benchmark.extra_info["ratio"] = own / other
    bounds.at_most(
        "the deck to HTML : to LaTeX, cold",
        ratio,
        2,
        "×",
        f"{own:.3f} s : {other:.3f} s, medians of {ROUNDS}",
    )
    size = (tmp_path / "deck.html").stat().st_size
    bounds.at_most("the deck's page", size / 1000, 300, "kB")


def test_the_page_warm(benchmark: Any, bounds: Any) -> None:
    solution = tracer.solve(tracer.load(tracer.DECK))
    own, other = map(
        median,
        interleaved(
            benchmark, 31, lambda: solution.render("html"), lambda: solution.render("latex")
        ),
    )
    ratio = benchmark.extra_info["ratio"] = own / other
    detail = f"{1000 * own:.0f} ms : {1000 * other:.0f} ms, medians of 31"
    bounds.at_most("the deck solved, to HTML : to LaTeX", ratio, 2, "×", detail)


def test_the_page_of_a_larger_network_is_of_use(
    benchmark: Any, bounds: Any, tmp_path: Path
) -> None:
    more = "[training]\nlearning_rate = 0.1"
    problem = tracer.load(network((6, 6, 6, 3), 5, more=more))
    pages = benchmark.pedantic(
        lambda: [tracer.solve(problem, detail=d).render("html") for d in ("slides", "full")],
        rounds=1,
    )
    for detail, page in zip(("slides", "full"), pages, strict=True):
        size = len(page.encode()) / 1_000_000
        bounds.at_most(f"the page of 6-6-6-3, detail {detail}", size, 3, "MB")
