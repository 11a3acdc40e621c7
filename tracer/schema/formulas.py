"""What a formula can have, in words."""

from __future__ import annotations

from tracer.expressions import FUNCTIONS

*_FIRST, _LAST = (f"{name} (natural)" if name == "log" else name for name in FUNCTIONS)
KNOWN_FUNCTIONS = f"the functions {', '.join(_FIRST)} and {_LAST}"
