"""Symbols that stand for another one: which one a formula means, so that it comes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tracer import ids
from tracer.answers.trees import (
    Over,
    Partial,
    Product,
    Symbol,
    Tree,
)
from tracer.documents.chains import Target
from tracer.documents.names import Names, Ref
from tracer.documents.walks import leaves, text_of
from tracer.reading import canonical

Replaced = Mapping[str, Ref]
_INDICES = re.compile(r"\[[^\]]*\]")
_DIGITS = re.compile(r"[0-9]+")
_MOST_TESTS = 400


def repaired(
    tree: Tree, target: Target, names: Names, test: Callable[[Replaced], bool]
) -> Replaced | None:
    """What some symbols of a formula must stand for to make it come out; None where unclear.

    One symbol for another of its kind, or all those of a path that goes through another neuron.
    """
    own = {text_of(leaf): leaf for leaf in leaves(tree)}
    unknown = [text for text, leaf in own.items() if names.ref(leaf) is None]
    if len(unknown) > 1:
        return None
    if isinstance(tree, Product | Over) and not unknown and _is_chain(tree):
        path = _path(own, target, names)
        if path and test(path):
            return path
    found: list[tuple[int, Replaced]] = []
    tests = 0
    for text in unknown or own:
        for base in _candidates(own[text], target, names):
            tests += 1
            if tests > _MOST_TESTS:
                return None
            replaced = {text: Ref(base)}
            if test(replaced):
                found.append((_changes(own[text], base, names), replaced))
    if found:
        found.sort(key=lambda entry: entry[0])
        if len(found) > 1 and found[0][0] == found[1][0]:
            return None
        return found[0][1]
    path = None if unknown else _path(own, target, names)
    return path if path and test(path) else None


def _is_chain(tree: Tree) -> bool:
    """Whether a formula is a product of derivatives alone, perhaps under a sum."""
    body = tree.body if isinstance(tree, Over) else tree
    return isinstance(body, Product) and all(isinstance(f, Partial) for f in body.factors)


def _path(own: Mapping[str, Symbol | Partial], target: Target, names: Names) -> Replaced | None:
    """The same factors along the path through the target's own neuron."""
    goal = ids.parse(target.base)
    if names.is_graph or goal is None or goal.wrt is None or goal.wrt.kind not in "wba":
        return None
    found: dict[str, Ref] = {}
    for text, leaf in own.items():
        ref = names.ref(leaf)
        parsed = ids.parse(ref.base) if ref else None
        if ref is None or parsed is None:
            return None
        moved = replace(
            parsed,
            of=_moved(parsed.of, goal.wrt),
            wrt=None if parsed.wrt is None else _moved(parsed.wrt, goal.wrt),
        )
        if moved != parsed:
            new = Ref(str(moved), ref.sample, ref.step)
            if not names.has(new):
                return None
            found[text] = new
    return found or None


def _moved(name: ids.Name, goal: ids.Name) -> ids.Name:
    """A neuron of the layer of a parameter as that of the parameter, and its parameters as it."""
    if name.layer != goal.layer:
        return name
    if name.kind in ("p", "l"):
        return replace(name, j=goal.j)
    return goal if name.kind in ("w", "b", "a") else name


def _candidates(leaf: Symbol | Partial, target: Target, names: Names) -> Iterator[str]:
    """The quantities of the same kind, and derivatives by the parameter that is asked about."""
    ref = names.ref(leaf)
    if ref is None:
        own = _shape(leaf)
        yield from (base for base in _bases(names) if _shape_of(base, names) == own)
        return
    kind = _INDICES.sub("", ref.base)
    kinds = {kind}
    goal = ids.parse(target.base) if not names.is_graph else None
    parsed = ids.parse(ref.base) if not names.is_graph else None
    if goal and goal.wrt and parsed and parsed.wrt and parsed.wrt.kind in ("w", "b", "a"):
        kinds.add(_INDICES.sub("", str(replace(parsed, wrt=goal.wrt))))
    if names.is_graph:
        return
    for base in _bases(names):
        if base != ref.base and _INDICES.sub("", base) in kinds:
            yield base


def _bases(names: Names) -> list[str]:
    return sorted(names.plain | names.by_sample)


def _shape(leaf: Symbol | Partial) -> str:
    text = leaf.text if isinstance(leaf, Symbol) else f"∂{leaf.of.text}/∂{leaf.wrt.text}"
    if isinstance(leaf, Partial):
        text = f"∂{canonical(leaf.of.text)}/∂{canonical(leaf.wrt.text)}"
    return _DIGITS.sub("#", canonical(text))


def _shape_of(base: str, names: Names) -> str:
    return _DIGITS.sub("#", canonical(names.spoken(base)))


def _changes(leaf: Symbol | Partial, base: str, names: Names) -> int:
    """How many characters differ between what stands there and what would be meant."""
    text = leaf.text if isinstance(leaf, Symbol) else f"∂{leaf.of.text}/∂{leaf.wrt.text}"
    ref = names.ref(leaf)
    here = canonical(names.spoken(ref.base) if ref else text)
    there = canonical(names.spoken(base))
    changed = sum(a != b for a, b in zip(here, there, strict=False))
    return changed + abs(len(here) - len(there))
