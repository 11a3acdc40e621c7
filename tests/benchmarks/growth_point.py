"""Print seconds and output size of one solution, in a process of its own.

The seconds are those of load, solve and render, after all imports and without garbage collection,
as on the command line.
"""

from __future__ import annotations

import gc
import json
import sys
from importlib import import_module
from pkgutil import walk_packages
from time import perf_counter


def measure(path: str) -> dict[str, float]:
    """Seconds of each part, and the length of the LaTeX."""
    import tracer

    for module in walk_packages(tracer.__path__, "tracer."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    start = perf_counter()
    problem = tracer.load(path)
    loaded = perf_counter()
    solution = tracer.solve(problem)
    solved = perf_counter()
    output = solution.render("latex")
    rendered = perf_counter()
    return {
        "load": loaded - start,
        "solve": solved - loaded,
        "render": rendered - solved,
        "size": len(output),
    }


if __name__ == "__main__":
    gc.disable()
    print(json.dumps(measure(sys.argv[1])))
