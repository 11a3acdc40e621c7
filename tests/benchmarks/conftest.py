"""The bounds that a run has measured, told at its end. Nothing here fails for being slow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest


@dataclass(frozen=True)
class Bound:
    """One measured value and its bound, ``limit``: from above, or with ``at_least`` from below."""

    name: str
    value: float
    limit: float
    unit: str
    at_least: bool
    details: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the value keeps to its bound."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def lines(self) -> Iterator[str]:
        """What the run says of it."""
        relation = "at least" if self.at_least else "at most"
        measured = f"{self.value:10,.{0 if self.value >= 1000 else 2}f} {self.unit}"
        verdict = "holds " if self.holds else "MISSED"
        limit = f"{relation} {self.limit:,g} {self.unit}"
        yield f"{verdict} {measured:<14} {limit:<18} {self.name}"
        yield from (f"{'':41}{detail}" for detail in self.details)


@dataclass
class Bounds:
    """All bounds of a run, in the order in which they were measured."""

    found: list[Bound] = field(default_factory=list)

    def at_most(self, name: str, value: float, limit: float, unit: str, *details: str) -> None:
        """Note a value that should be ``limit`` or less."""
        self.found.append(Bound(name, value, limit, unit, False, details))

    def at_least(self, name: str, value: float, limit: float, unit: str, *details: str) -> None:
        """Note a value that should be ``limit`` or more."""
        self.found.append(Bound(name, value, limit, unit, True, details))


_BOUNDS = pytest.StashKey[Bounds]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_BOUNDS] = Bounds()


@pytest.fixture
def bounds(request: pytest.FixtureRequest) -> Bounds:
    """Where a test notes what it has measured."""
    return request.config.stash[_BOUNDS]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    found = config.stash[_BOUNDS].found
    if not found:
        return
    terminalreporter.section("bounds")
    for bound in found:
        first, *rest = bound.lines()
        terminalreporter.line(first, green=bound.holds, red=not bound.holds)
        for line in rest:
            terminalreporter.line(line)
    missed = sum(not bound.holds for bound in found)
    terminalreporter.line(f"{len(found) - missed} of {len(found)} bounds hold")
