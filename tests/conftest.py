"""Shared fixtures: golden files, and tools that may be missing on a user's machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
NETWORKS = [path for path in EXAMPLES if "[graph" not in path.read_text(encoding="utf-8")]
GRAPHS = [path for path in EXAMPLES if path not in NETWORKS]


# what tests build, not tests
collect_ignore_glob = ["*_sites/*", "*_site/*"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate", action="store_true", help="write the golden files anew instead of comparing"
    )


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a file of the repository, or write it with --regenerate."""

    def check(name: str, text: str) -> None:
        path = ROOT / name
        if request.config.getoption("--regenerate"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"no file {name}; run pytest --regenerate and look at it"
        assert text == path.read_text(encoding="utf-8")

    return check


@pytest.fixture
def golden(page: Callable[[str, str], None]) -> Callable[[str, str], None]:
    """Compare a text with tests/golden/NAME, or write it with --regenerate."""
    return lambda name, text: page(f"tests/golden/{name}", text)


def need(tool: str) -> str:
    """The path of a program; without it the test is skipped, but in CI it fails."""
    found = shutil.which(tool)
    if found is None:
        _missing(tool)
    return found


def need_module(name: str) -> Any:
    """A module of an extra; without it the test is skipped, but in CI it fails."""
    try:
        return import_module(name)
    except ImportError:
        _missing(f"the package {name}")


def need_node(name: str) -> None:
    """A package of npm in NODE_PATH; without it the test is skipped, but in CI it fails."""
    found = subprocess.run([need("node"), "-e", f"require.resolve({name!r})"], capture_output=True)
    if found.returncode:
        _missing(f"the npm package {name}, in NODE_PATH,")


def _missing(what: str) -> NoReturn:
    message = f"{what} is not installed"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
