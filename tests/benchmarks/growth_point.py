"""Print seconds, memory and output size of one solution, in a process of its own.

The seconds are those of load, solve and render, after all imports and without garbage collection,
as on the command line. They are the processor's, which other processes add nothing to.
"""

from __future__ import annotations

import gc
import json
import sys
from importlib import import_module
from pkgutil import walk_packages
from resource import RUSAGE_SELF, getrusage
from time import process_time


def measure(path: str) -> dict[str, float]:
    """Seconds of each part, the most megabytes held at once, and the length of the LaTeX."""
    import tracer

    for module in walk_packages(tracer.__path__, "tracer."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    start = process_time()
    problem = tracer.load(path)
    loaded = process_time()
    solution = tracer.solve(problem)
    solved = process_time()
    output = solution.render("latex")
    rendered = process_time()
    return {
        "load": loaded - start,
        "solve": solved - loaded,
        "render": rendered - solved,
        "memory": getrusage(RUSAGE_SELF).ru_maxrss / 1024,
        "size": len(output),
    }


if __name__ == "__main__":
    gc.disable()
    print(json.dumps(measure(sys.argv[1])))
