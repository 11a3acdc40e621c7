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
    return _named(worked, base, "" if sample is None else f" of sample {sample}")


def together(worked: Worked, names: Iterable[str]) -> Iterator[Text]:
    """Quantities, those that differ in their sample alone as one: ``l (samples 1–5)``."""
    samples: dict[str, list[int]] = {}
    for name in names:
        base, sample = _parted(worked, name)
        found = samples.setdefault(base, [])
        if sample is not None:
            found.append(sample)
    for base, found in samples.items():
        if len(found) > 1:
            yield (*_named(worked, base), f" (samples {_ranges(found)})")
        else:
            yield _named(worked, base, f" of sample {found[0]}" if found else "")


def _parted(worked: Worked, quantity: str) -> tuple[str, int | None]:
    """An id without its sample, and the sample where the problem has several."""
    if not isinstance(worked, Solved):
        return quantity, None
    sample = None if len(worked.problem.data) == 1 else ids.sample(quantity)
    return ids.base(quantity), sample


def _named(worked: Worked, quantity: str, sample: str = "") -> Text:
    """A quantity without its sample, which is told in the words ``sample``, and its step."""
    step, base = ids.split_step(quantity)
    is_new = step > 0 and worked.problem.steps == 1
    after = sample if is_new or not step else f"{sample} after step {step}"
    return (*["the new "] * is_new, addressed(worked, base), *[after] * bool(after))


def _ranges(numbers: Sequence[int]) -> str:
    """``1–5, 7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
