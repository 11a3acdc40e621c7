"""The layout is the pipeline: a module imports only what comes before it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

# in import order; a package stands for its modules, whose own order is free
ORDER = [
    "other_names",
    "errors",
    "ids",
    "literals",
    "toml_scan",
    "source",
    "glyph",
    "expressions",
    "indices",
    "trees",
    "schema",
    "validation",
    "json_schema",
    "reference",
    "starters",
    "input_conventions",
    "parameters",
    "sharing",
    "notation",
    "symbols",
    "matrix_symbols",
    "policy",
    "number_keys",
    "print_steps",
    "optimizer_keys",
    "page_options",
    "check_options",
    "graph_updates",
    "graph_steps",
    "graph_problem",
    "own_formula",
    "problem",
    "given",
    "precision",
    "page_symbols",
    "network_checks",
    "loading",
    "activations",
    "losses",
    "optimizers",
    "graph",
    "circuit",
    "own_functions",
    "own_rules",
    "chain",
    "stable",
    "trace",
    "results",
    "rounding",
    "printing",
    "program",
    "domains",
    "cancellation",
    "values",
    "graph_faults",
    "workings",
    "differences",
    "graph_symbols",
    "formula",
    "recomputing",
    "parametric",
    "matrices",
    "solved",
    "solved_graph",
    "derivation",
    "drawing",
    "blocks",
    "pieces",
    "excerpts",
    "outline",
    "typeset",
    "diagrams",
    "plots",
    "renderers",
    "reading",
    "answers",
    "documents",
    "marking",
    "diagnosis",
    "reports",
    "sheets",
    "checking",
    "asking",
    "solving",
    "api",
    "embedding",
    "sphinx",
    "mkdocs",
    "myst",
    "files",
    "completion",
    "terminal",
    "commands",
    "cli",
]
# front ends and the package itself, which imports lazily
FREE = {"__init__", "__main__"}


def _rooms() -> list[tuple[str, Path]]:
    base = ROOT / "tracer"
    found = []
    for path in sorted(base.rglob("*.py")):
        first = path.relative_to(base).parts[0]
        found.append((first.removesuffix(".py"), path))
    return [(room, path) for room, path in found if room not in FREE]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "tracer":
                found |= {alias.name for alias in node.names}
            elif node.module.startswith("tracer."):
                found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("tracer.")}
    return {name for name in found if (ROOT / "tracer" / name).exists() or name in ORDER}


def test_every_room_has_its_place() -> None:
    assert {room for room, _ in _rooms()} == set(ORDER)


@pytest.mark.parametrize(("room", "path"), _rooms(), ids=lambda value: str(value)[-30:])
def test_imports_point_upward(room: str, path: Path) -> None:
    allowed = set(ORDER[: ORDER.index(room) + 1])
    assert _imports(path) <= allowed


# what may run text as code, or guess at it
_FORBIDDEN = {"eval", "exec", "compile", "sympify", "S", "parse_expr", "parse_latex", "lambdify"}


def test_no_text_is_evaluated() -> None:
    """One use each of compile and exec: on source that program.py wrote itself."""
    found = []
    for room, path in _rooms():
        found += [(room, name) for name in _dangers(path.read_text(encoding="utf-8"))]
    assert sorted(found) == [("program", "compile"), ("program", "exec")]


def _dangers(source: str) -> list[str]:
    """Names that may run text, however they are reached: called, passed on, imported, attributes.

    ``re.compile`` is the one namesake that is harmless.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in _FORBIDDEN:
            found.append(node.id)
        elif isinstance(node, ast.ImportFrom):
            found += [alias.name for alias in node.names if alias.name in _FORBIDDEN]
        elif isinstance(node, ast.Attribute) and ast.unparse(node) != "re.compile":
            found += [node.attr] if node.attr in _FORBIDDEN else []
    return found


def test_dangers_are_seen_however_they_are_reached() -> None:
    source = "import sympy\nfrom sympy import S\nsympy.sympify('1')\nmap(eval, x)\nre.compile('a')"
    assert sorted(_dangers(source)) == ["S", "eval", "sympify"]
