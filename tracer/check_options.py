"""The table ``check`` of a problem file: how submissions are marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tracer import ids, schema
from tracer.schema.check import ASKED, CHECK
from tracer.validation import Findings, defaults

_ONE = dict.fromkeys(ASKED, Fraction(1))


@dataclass(frozen=True, slots=True)
class Points:
    """Points of quantities: by kind (of ``schema.QUANTITIES``), and over that of single ids."""

    kinds: Mapping[str, Fraction] = field(default_factory=lambda: dict(_ONE))
    single: Mapping[str, Fraction] = field(default_factory=dict)

    def of(self, name: str, kind: str) -> Fraction:
        """The points of a quantity, 0 where it is not asked for."""
        own = self.single.get(name)
        return self.kinds.get(kind, Fraction(0)) if own is None else own


@dataclass(frozen=True, slots=True)
class Check:
    """How submissions are marked; the words are those of :mod:`tracer.schema.check`."""

    points: Points = field(default_factory=Points)
    follow_through: Fraction = Fraction(1)
    require_digits: bool = False


def check_options(given: Mapping[str, Any] | None) -> Check:
    """The options of a checked table, or of none."""
    own = defaults(CHECK) | dict(given or {})
    kinds = own.pop("points")
    single = {name: Fraction(points) for name, points in own.pop("points_of").items()}
    if kinds is not None:
        kinds = {name: points for name, points in kinds.items() if points is not None}
    return Check(
        Points(_ONE if kinds is None else kinds, single),
        Fraction(own["follow_through"]),
        own["require_digits"],
    )


def check_check(
    given: Mapping[str, Any] | None, found: Findings, *, is_graph: bool = False
) -> None:
    """A graph has fewer kinds of quantities than a network, and ids are ids."""
    table = given or {}
    for kind in table.get("points") or {}:
        if is_graph and kind in schema.NETWORK_QUANTITIES:
            message = f'a graph has no "{kind}"; all of its steps are "outputs"'
            found.append((("check", "points", kind), True, message))
    for name in table.get("points_of") or {}:
        if not is_graph and ids.parse(name) is None:
            message = "ids look like w1[1,1], 1/w1[1,1], l1[2](3) or dloss/dw1[1,2]"
            found.append((("check", "points_of", name), True, f'"{name}" is no id; {message}'))


USUAL = Check()
"""How submissions are marked where the problem does not say."""
