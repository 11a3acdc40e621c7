"""Quantities as they are called in a sentence: ``the new w of sample 3``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tracer import ids
from tracer.blocks import Text
from tracer.derivation.quantity import addressed
from tracer.solved import Solved, Worked


def spoken(worked: Worked, quantity: str) -> Text:
    """A quantity by its symbol, its step and its sample in words: ``the new b of sample 2``."""
    base, sample = _parted(worked, quantity)
    text = _of_step(worked, base)
    return text if sample is None else (*text, f" of sample {sample}")


def together(worked: Worked, names: Iterable[str]) -> Iterator[Text]:
    """Quantities, those that differ in their sample alone as one: ``l (samples 1–5)``."""
    samples: dict[str, list[int]] = {}
    for name in names:
        base, sample = _parted(worked, name)
        found = samples.setdefault(base, [])
        if sample is not None:
            found.append(sample)
    for base, found in samples.items():
        text = _of_step(worked, base)
        if len(found) > 1:
            yield (*text, f" (samples {_ranges(found)})")
        else:
            yield (*text, f" of sample {found[0]}") if found else text


def _parted(worked: Worked, quantity: str) -> tuple[str, int | None]:
    """An id without its sample, and the sample where the problem has several."""
    if not isinstance(worked, Solved):
        return quantity, None
    sample = None if len(worked.problem.data) == 1 else ids.sample(quantity)
    return ids.base(quantity), sample


def _of_step(worked: Worked, quantity: str) -> Text:
    step, base = ids.split_step(quantity)
    symbol = addressed(worked, base)
    if not step:
        return (symbol,)
    return ("the new ", symbol) if worked.problem.steps == 1 else (symbol, f" after step {step}")


def _ranges(numbers: Sequence[int]) -> str:
    """``1–5, 7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
