"""Formulas of a user's own by themselves: value and derivative together, in dual numbers.

Python's own parser reads the text, and each operation carries (value, derivative by one variable)
along; nothing is from the package, and nothing is differentiated symbolically.
"""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

import mpmath

Number = Any
Dual = tuple[Number, Number]


def is_exact(*values: Number) -> bool:
    return all(isinstance(value, (Fraction, int)) for value in values)


def real(x: Number) -> Number:
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def add(a: Number, b: Number) -> Number:
    return a + b if is_exact(a, b) else real(a) + real(b)


def mul(a: Number, b: Number) -> Number:
    if is_exact(a, b):
        return a * b
    return Fraction(0) if any(is_exact(x) and x == 0 for x in (a, b)) else real(a) * real(b)


def div(a: Number, b: Number) -> Number:
    return Fraction(a) / b if is_exact(a, b) else mul(a, 1 / real(b))


def evaluate(text: str, **variables: Dual) -> Dual:
    """Value and derivative of a formula; each variable comes with its own derivative, 0 or 1."""
    return _dual(ast.parse(text.replace("^", "**"), mode="eval").body, text, variables)


def _dual(node: ast.expr, text: str, names: dict[str, Dual]) -> Dual:
    def own(node: ast.expr) -> Dual:
        return _dual(node, text, names)

    match node:
        case ast.Constant():
            source = ast.get_source_segment(text.replace("^", "**"), node)
            assert source is not None
            return Fraction(source), Fraction(0)
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=body):
            value, slope = own(body)
            return -value, -slope
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(power))):
            value, slope = own(left)
            whole, below = Fraction(1), Fraction(1)
            for _ in range(power):
                whole, below = mul(whole, value), whole
            return whole, mul(mul(power, below), slope)
        case ast.BinOp(left=left, op=op, right=right):
            (a, da), (b, db) = own(left), own(right)
            if isinstance(op, ast.Add):
                return add(a, b), add(da, db)
            if isinstance(op, ast.Sub):
                return add(a, -b), add(da, -db)
            if isinstance(op, ast.Mult):
                return mul(a, b), add(mul(da, b), mul(a, db))
            assert isinstance(op, ast.Div)
            return div(a, b), div(add(mul(da, b), -mul(a, db)), mul(b, b))
        case ast.Call(func=ast.Name(id=name), args=[one]):
            value, slope = own(one)
            result, factor = _function(name, value)
            return result, mul(factor, slope)
        case ast.Call(func=ast.Name(id=name), args=[one, other]):
            a, b = own(one), own(other)
            difference = add(a[0], -b[0])
            return a if (difference > 0 if name == "max" else difference < 0) else b
    raise TypeError(ast.dump(node))


def _function(name: str, x: Number) -> Dual:
    """f(x) and f'(x), at a kink the value that the page names."""
    if name == "abs":
        return abs(x), Fraction((x > 0) - (x < 0))
    if name == "relu":
        return (x, Fraction(1)) if x > 0 else (Fraction(0), Fraction(0))
    if is_exact(x) and x == 0 and name in ("exp", "tanh", "sigmoid"):
        exact = {"exp": (1, 1), "tanh": (0, 1), "sigmoid": (Fraction(1, 2), Fraction(1, 4))}[name]
        return Fraction(exact[0]), Fraction(exact[1])
    if is_exact(x) and x == 1 and name == "log":
        return Fraction(0), Fraction(1)
    own = real(Fraction(x)) if is_exact(x) else x
    if name == "exp":
        return mpmath.exp(own), mpmath.exp(own)
    if name == "log":
        return mpmath.log(own), div(Fraction(1), x)
    if name == "sqrt":
        return mpmath.sqrt(own), 1 / (2 * mpmath.sqrt(own))
    if name == "tanh":
        return mpmath.tanh(own), 1 / mpmath.cosh(own) ** 2
    sigma = 1 / (1 + mpmath.exp(-own))
    if name == "sigmoid":
        return sigma, sigma * (1 - sigma)
    assert name == "softplus"
    return mpmath.log1p(mpmath.exp(own)), sigma
