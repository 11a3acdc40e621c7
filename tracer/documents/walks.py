"""What a formula of a document consists of, without working it out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from tracer.answers.trees import (
    Call,
    Entrywise,
    Matrix,
    Minus,
    Number,
    Over,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transposed,
    Tree,
)
from tracer.documents.names import Names, Ref

_NO_LETTER = re.compile("[^a-z0-9φ]")


def plain_name(name: str) -> str:
    """The name of a function, however it is written: ``leakyrelu``."""
    return _NO_LETTER.sub("", name.lower())


def text_of(tree: Symbol | Partial) -> str:
    """The text that a symbol is looked up by."""
    return tree.text if isinstance(tree, Symbol) else f"∂{tree.of.text}/∂{tree.wrt.text}"


def leaves(tree: Tree) -> Iterator[Symbol | Partial]:
    """All symbols and derivatives of a formula, from left to right."""
    match tree:
        case Symbol() | Partial():
            yield tree
        case Minus(body) | Transposed(body) | Over(body):
            yield from leaves(body)
        case Sum(parts) | Product(parts) | Entrywise(parts) | Call(_, parts):
            for part in parts:
                yield from leaves(part)
        case Quotient(top, bottom):
            yield from leaves(top)
            yield from leaves(bottom)
        case Power(base, exponent):
            yield from leaves(base)
            yield from leaves(exponent)
        case Matrix(rows):
            for row in rows:
                for entry in row:
                    yield from leaves(entry)


def numbers(tree: Tree) -> Iterator[Number]:
    """All numbers of a formula."""
    match tree:
        case Number():
            yield tree
        case Minus(body) | Transposed(body) | Over(body):
            yield from numbers(body)
        case Sum(parts) | Product(parts) | Entrywise(parts) | Call(_, parts):
            for part in parts:
                yield from numbers(part)
        case Quotient(top, bottom):
            yield from numbers(top)
            yield from numbers(bottom)
        case Power(base, _):
            yield from numbers(base)


def is_numeric(tree: Tree) -> bool:
    """Whether there are numbers alone (and e)."""
    if any(not isinstance(leaf, Symbol) or leaf.text != "e" for leaf in leaves(tree)):
        return False
    return not any(True for _ in sums(tree))


def called(tree: Tree, known: Collection[str]) -> Tree:
    """The tree with calls where a function that only the problem has stands before brackets."""
    match tree:
        case Product(factors):
            found: list[Tree] = []
            for factor in factors:
                before = found[-1] if found else None
                own = called(factor, known)
                if isinstance(before, Symbol) and _is_function(before.text, own, known):
                    is_slope = before.text.rstrip().endswith(("'", "′"))
                    found[-1] = Call(before.text.rstrip("'′ "), (own,), is_slope)
                else:
                    found.append(own)
            return found[0] if len(found) == 1 else Product(tuple(found))
        case Minus(body):
            return Minus(called(body, known))
        case Transposed(body):
            return Transposed(called(body, known))
        case Over(body, below, above):
            return Over(called(body, known), below, above)
        case Sum(terms):
            return Sum(tuple(called(term, known) for term in terms))
        case Entrywise(factors):
            return Entrywise(tuple(called(factor, known) for factor in factors))
        case Call(function, args, prime):
            return Call(function, tuple(called(arg, known) for arg in args), prime)
        case Quotient(top, bottom):
            return Quotient(called(top, known), called(bottom, known))
        case Power(base, exponent):
            return Power(called(base, known), called(exponent, known))
    return tree


def _is_function(text: str, after: Tree, known: Collection[str]) -> bool:
    name = plain_name(text)
    if isinstance(after, Matrix):
        return name in known
    return len(name) > 1 and name in known and isinstance(after, Sum | Number | Minus)


def sums(tree: Tree) -> Iterator[Over]:
    """All sums over data in a formula."""
    match tree:
        case Over(body):
            yield tree
            yield from sums(body)
        case Minus(body):
            yield from sums(body)
        case Sum(parts) | Product(parts) | Call(_, parts):
            for part in parts:
                yield from sums(part)
        case Quotient(top, bottom) | Power(top, bottom):
            yield from sums(top)
            yield from sums(bottom)


def has_free_sample(tree: Tree, names: Names, replaced: Mapping[str, Ref]) -> bool:
    """Whether a symbol outside every sum over the data depends on the sample."""
    match tree:
        case Over():
            return False
        case Symbol() | Partial():
            ref = replaced.get(text_of(tree)) or names.ref(tree)
            return ref is not None and ref.sample is None and names.is_of_samples(ref.base)
        case Minus(body) | Transposed(body):
            return has_free_sample(body, names, replaced)
        case Sum(parts) | Product(parts) | Entrywise(parts) | Call(_, parts):
            return any(has_free_sample(part, names, replaced) for part in parts)
        case Quotient(top, bottom) | Power(top, bottom):
            return any(has_free_sample(part, names, replaced) for part in (top, bottom))
    return False
