"""File names for reports: those of the submissions, made safe; what students call files is data."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from pathlib import PurePath

_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST = 80
# names of devices on Windows, with any ending
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE | re.ASCII)


def safe_names(paths: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """A name without an ending for each path, all different whatever their case.

    Of files in different folders it begins with what tells the folders apart:
    ``alice/answers.toml`` and ``bob/answers.toml`` are ``alice-answers`` and ``bob-answers``.
    """
    parts = [PurePath(os.path.abspath(path)).with_suffix("").parts for path in paths]
    shared = 0
    for level in zip(*(part[:-1] for part in parts), strict=False):
        if len(set(level)) > 1:
            break
        shared += 1
    found: list[str] = []
    used = {name.casefold() for name in taken}
    for part in parts:
        wanted = _safe("-".join(part[shared:]))
        name, number = wanted, 1
        while name.casefold() in used:
            number += 1
            name = f"{wanted}-{number}"
        used.add(name.casefold())
        found.append(name)
    return found


def _safe(name: str) -> str:
    name = _UNSAFE.sub("_", name).strip(".-_")[:_LONGEST].rstrip(".-_") or "submission"
    return f"_{name}" if _DEVICE.match(name) else name
