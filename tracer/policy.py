"""How numbers are computed and printed, the same for every kind of problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Precision:
    """To how many decimals numbers are rounded, or to how many ``significant`` figures.

    Where so many decimals would leave fewer figures than ``at_least``, these are kept instead.
    """

    count: int
    significant: bool = False
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are computed and printed; the words are those of :mod:`tracer.schema`.

    ``significant``, where it is given, stands in the place of ``digits``; ``digits_of`` and
    ``significant_of`` override both for some kinds of quantities, by the names of
    ``schema.QUANTITIES``.
    """

    policy: str
    digits: int
    style: str
    decimal_comma: bool
    significant: int | None = None
    digits_of: Mapping[str, int] = field(default_factory=dict)
    significant_of: Mapping[str, int] = field(default_factory=dict)

    @property
    def precision(self) -> Precision:
        """To what numbers are rounded whose kind has no digits of its own."""
        if self.significant is not None:
            return Precision(self.significant, significant=True)
        return Precision(self.digits)

    @property
    def own(self) -> Mapping[str, Precision]:
        """The kinds that have digits of their own, in the order of the schema."""
        decimals = {kind: Precision(count) for kind, count in self.digits_of.items()}
        figures = {kind: Precision(n, significant=True) for kind, n in self.significant_of.items()}
        return decimals | figures
