"""The forward pass of a computational graph: named steps as rules that SymPy can differentiate.

A step's formula is a sum of terms, each a template and the ids of its arguments, as in `graph`;
terms of the same shape share one template, so SymPy differentiates each kind of term once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import sympy
from sympy import Expr, Piecewise, Symbol

from tracer import ids
from tracer.activations import ACTIVATIONS
from tracer.errors import Fault, InputError
from tracer.expressions import Call, Minus, Name, Number, Power, Product, Quotient, Sum, Tree
from tracer.graph import IDENTITY, PRODUCT, Graph, Quantity, Template, Term
from tracer.graph_problem import GraphProblem
from tracer.graph_steps import Definition
from tracer.losses import meaning
from tracer.trees import names_in

_X, _Y = (Symbol(name, real=True) for name in "xy")


class sqrt(sympy.Function):  # type: ignore[misc]  # noqa: N801 - named as programs call it
    """The square root, kept as it is written: SymPy's own turns sqrt(x^2) into the size of x."""

    is_real = True

    def fdiff(self, argindex: int = 1) -> Expr:
        """Its derivative in its own value, 1/(2 sqrt(x)), from SymPy's root."""
        x = Symbol("x", positive=True)
        return sympy.diff(sympy.sqrt(x), x).subs(sympy.sqrt(x), self)


def forward(problem: GraphProblem) -> Graph:
    """What is given and every step, in order. Raises InputError where a step divides by 0."""
    given = [Quantity(name) for name in problem.given]
    if problem.learning_rates:
        given.append(Quantity(ids.LEARNING_RATE))
    by_hand = problem.numbers.policy == "step"
    steps = []
    for own in problem.definitions:
        try:
            steps.append(Quantity(own.id, terms(own.formula), _by_hand(own) if by_hand else ()))
        except ZeroDivisionError:
            raise InputError(Fault(own.id, "division by zero")) from None
    return Graph((), 0, problem.wrt, (*given, *steps), problem.output)


def textbook(formula: Tree) -> Template | None:
    """The derivative of a function of one name in the name x and the function's own value y.

    That is how books print it: ``y (1 - y)``. None where they don't, and of any other formula.
    """
    match formula:
        case Call("exp", (Name(),)):
            return Template((_X, _Y), _Y)
        case Call(function, (Name(),)) if function in ACTIVATIONS:
            form = ACTIVATIONS[function].textbook
            return None if form is None else Template((_X, _Y), form(_X, _Y))
    return None


def _by_hand(own: Definition) -> tuple[tuple[str, tuple[Term, ...]], ...]:
    """The derivative of a step from its (rounded) value, as by hand, where books print it so.

    It equals SymPy's; only rounding tells them apart.
    """
    form = textbook(own.formula)
    if form is None:
        return ()
    (name,) = names_in(own.formula)
    return ((name, (Term(form, (name, own.id)),)),)


def terms(formula: Tree) -> tuple[Term, ...]:
    """A formula as the terms of a rule.

    >>> from tracer.expressions import formula
    >>> [term.args for term in terms(formula("x*y - z"))]
    [('x', 'y'), ('z',)]
    """
    parts = formula.terms if isinstance(formula, Sum) else (formula,)
    return tuple(_term(part) for part in parts)


def _term(tree: Tree) -> Term:
    places: dict[str, int] = {}
    shape = _numbered(tree, places)
    return Term(_template(shape, len(places)), tuple(places))


def _numbered(tree: Tree, places: dict[str, int]) -> Tree:
    """The shape of a formula: its names replaced by the numbers of its arguments.

    ``places`` is filled with the names in the order in which they stand.
    """
    match tree:
        case Name(name, _):
            return Name(str(places.setdefault(name, len(places))))
        case Product(parts):
            return Product(tuple([_numbered(part, places) for part in parts]))
        case Minus(body):
            return Minus(_numbered(body, places))
        case Power(base, exponent):
            return Power(_numbered(base, places), exponent)
        case Quotient(top, bottom):
            return Quotient(_numbered(top, places), _numbered(bottom, places))
        case Sum(parts):
            return Sum(tuple([_numbered(part, places) for part in parts]))
        case Call(function, parts):
            return Call(function, tuple([_numbered(part, places) for part in parts]))
    return tree


@cache
def _template(shape: Tree, count: int) -> Template:
    if shape == Name("0"):
        return IDENTITY
    if shape == Product((Name("0"), Name("1"))):
        return PRODUCT
    # SymPy orders products by name: with numbers of two digits they keep the order of the page
    symbols = tuple(Symbol(f"x{position:02}", real=True) for position in range(count))
    return Template(symbols, expression(shape, symbols, function_of))


def expression(
    tree: Tree,
    symbols: tuple[Symbol, ...],
    function: Callable[[str, tuple[Expr, ...]], Expr],
) -> Expr:
    """The formula as it stands: SymPy would cancel x/x, whose value at 0 does not exist.

    Its names are the numbers of ``symbols``; ``function`` is what a call comes to.
    """

    def part(tree: Tree) -> Expr:
        return expression(tree, symbols, function)

    match tree:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Name(name, _):
            return symbols[int(name)]
        case Minus(body):
            return _product(sympy.Integer(-1), part(body))
        case Power(base, exponent):
            return _power(part(base), exponent)
        case Quotient(top, bottom):
            return _product(part(top), _power(part(bottom), -1))
        case Sum(parts):
            terms = [part(one) for one in parts]
            return sympy.Add(*terms, evaluate=_are_numbers(terms))
        case Product(parts):
            return _product(*(part(one) for one in parts))
        case Call(name, parts):
            return function(name, tuple(part(one) for one in parts))
    raise TypeError(type(tree).__name__)


def _product(*factors: Expr) -> Expr:
    if factors[0] == 1 and len(factors) == 2:
        return factors[1]
    return sympy.Mul(*factors, evaluate=_are_numbers(factors))


def _power(base: Expr, exponent: int) -> Expr:
    if base == 0 and exponent < 0:
        raise ZeroDivisionError
    return sympy.Pow(base, exponent, evaluate=_are_numbers([base]))


def _are_numbers(parts: Sequence[Expr]) -> bool:
    return all(part.is_number for part in parts)


def function_of(name: str, args: tuple[Expr, ...]) -> Expr:
    """One of the functions of `expressions` in SymPy.

    max and min pass their second argument on where both are equal; abs has the derivative 0 at 0.
    """
    if name in ACTIVATIONS:
        return ACTIVATIONS[name].formula(args[0], sympy.Integer(0))
    if name in ("max", "min"):
        first, second = args
        difference = first - second if name == "max" else second - first
        return Piecewise((first, difference > 0), (second, True))
    if name == "abs":
        return meaning(sympy.Function("abs")(args[0]), sympy.Integer(0))
    functions = {"exp": sympy.exp, "log": sympy.log, "sqrt": sqrt}
    return functions[name](args[0])
