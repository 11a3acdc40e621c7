"""What can't be used: a warning at its line, and a box on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docutils import nodes
from sphinx.util import logging

from tracer.embedding.given import Given
from tracer.errors import Fault, InputError, TracerError
from tracer.sphinx.desk import line_of

_logger = logging.getLogger(__name__)


def told(
    error: TracerError, docname: str, line: int, block: str = "", given: Given | None = None
) -> list[str]:
    """Warn of each fault; return what was said. ``block`` is the directive that begins at ``line``.

    A fault of an option is at that option's line, one of a problem in the document at its own.
    """
    faults = error.faults if isinstance(error, InputError) else (Fault("", str(error)),)
    messages = []
    for fault in faults:
        inner = line_of(fault, given) if given else None
        where = f"{fault.where}: " if fault.where and inner is None else ""
        if fault.argument and fault.where != "problem":
            where = f'option "{fault.where}": '
        message = f"{where}{fault.message}"
        place = inner or line + _lines_before(fault, block)
        _logger.warning("%s", message, location=(docname, place), type="tracer")
        messages.append(message)
    return messages


def _lines_before(fault: Fault, block: str) -> int:
    """How far below the directive's first line the option stands, or the id in one."""
    option = re.compile(rf"\s*:?{re.escape(fault.where)}:")
    for number, text in enumerate(block.splitlines()):
        if option.match(text) if fault.argument else fault.where and fault.where in text:
            return number
    return 0


def box(messages: Sequence[str]) -> nodes.error:
    """The faults where the solution would stand."""
    items = [nodes.paragraph("", "", nodes.Text(message)) for message in messages]
    return nodes.error("", *items, classes=["tracer-fault"])
