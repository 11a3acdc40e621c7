"""The table of misconceptions: to add one, add a row to one of its parts."""

from __future__ import annotations

from tracer.diagnosis.anywhere import ANYWHERE
from tracer.diagnosis.backward import BACKWARD
from tracer.diagnosis.forward import FORWARD
from tracer.diagnosis.rows import Row
from tracer.diagnosis.updates import UPDATES

MISCONCEPTIONS: tuple[Row, ...] = (*FORWARD, *BACKWARD, *UPDATES, *ANYWHERE)
BY_CODE = {row.code: row for row in MISCONCEPTIONS}
