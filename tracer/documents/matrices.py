"""Formulas of matrices, worked out in numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tracer.answers.trees import (
    Call,
    Entrywise,
    Matrix,
    Minus,
    Product,
    Quotient,
    Sum,
    Transposed,
    Tree,
)
from tracer.documents.evaluating import Scope, Unknown, worth
from tracer.rounding import Undecided


def grid(tree: Tree, scope: Scope) -> Any:
    """The value of a formula of matrices and numbers. Raises Unknown."""
    try:
        return _grid(tree, scope)
    except (ArithmeticError, ValueError, Undecided) as error:
        raise Unknown(str(error)) from None


def _grid(tree: Tree, scope: Scope) -> Any:
    match tree:
        case Matrix(rows):
            if len({len(row) for row in rows}) != 1:
                raise Unknown("rows of different lengths")
            return [[worth(entry, scope) for entry in row] for row in rows]
        case Transposed(body):
            own = _grid(body, scope)
            if not isinstance(own, list):
                return own
            return [list(column) for column in zip(*own, strict=True)]
        case Minus(body):
            return _mapped(_grid(body, scope), lambda value: -value)
        case Sum(terms):
            return _folded([_grid(term, scope) for term in terms], _added)
        case Product(factors):
            return _folded([_grid(factor, scope) for factor in factors], _times)
        case Entrywise(factors):
            return _folded([_grid(factor, scope) for factor in factors], _entrywise)
        case Quotient(top, bottom):
            below = worth(bottom, scope)
            return _mapped(_grid(top, scope), lambda value: value / below)
        case Call(function, (body,), prime):
            own = scope.functions.get((function, prime))
            if own is None:
                raise Unknown(function)
            return _mapped(_grid(body, scope), lambda value: own([value]))
    return worth(tree, scope)


def _mapped(value: Any, of: Callable[[Any], Any]) -> Any:
    return [[of(entry) for entry in row] for row in value] if isinstance(value, list) else of(value)


def _folded(parts: Sequence[Any], joined: Callable[[Any, Any], Any]) -> Any:
    found = parts[0]
    for part in parts[1:]:
        found = joined(found, part)
    return found


def _merged(a: Any, b: Any, of: Callable[[Any, Any], Any]) -> Any:
    if isinstance(a, list) and isinstance(b, list):
        if (len(a), len(a[0])) != (len(b), len(b[0])):
            raise Unknown("matrices of different sizes")
        return [[of(x, y) for x, y in zip(*rows, strict=True)] for rows in zip(a, b, strict=True)]
    return of(a, b)


def _added(a: Any, b: Any) -> Any:
    if isinstance(a, list) != isinstance(b, list):
        raise Unknown("a matrix and a number")
    return _merged(a, b, lambda x, y: x + y)


def _entrywise(a: Any, b: Any) -> Any:
    if isinstance(a, list) != isinstance(b, list):
        raise Unknown("a matrix and a number")
    return _merged(a, b, lambda x, y: x * y)


def _times(a: Any, b: Any) -> Any:
    if not isinstance(a, list):
        return _mapped(b, lambda value: a * value)
    if not isinstance(b, list):
        return _mapped(a, lambda value: value * b)
    if len(a[0]) != len(b):
        raise Unknown("a product of matrices whose sizes do not fit")
    columns = list(zip(*b, strict=True))
    return [
        [_folded([x * y for x, y in zip(row, column, strict=True)], _added) for column in columns]
        for row in a
    ]
