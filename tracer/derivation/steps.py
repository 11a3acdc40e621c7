"""Steps of a computational graph and their gradients: names = formulas = numbers = value."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Piecewise, factor_terms

from tracer import formula, ids
from tracer.chain import local_terms
from tracer.circuit import terms as terms_of
from tracer.circuit import textbook
from tracer.derivation.authored import in_order_of
from tracer.derivation.trees import mapped
from tracer.derivation.updates import made
from tracer.domains import to_fmpq
from tracer.expressions import (
    Call,
    Minus,
    Name,
    Number,
    Over,
    Power,
    Product,
    Quotient,
    Statement,
    Sum,
    Tree,
)
from tracer.formula import (
    Apply,
    Args,
    At,
    Equation,
    Formula,
    Letter,
    Neg,
    Num,
    Part,
    Partial,
    Prod,
    Var,
)
from tracer.glyph import Glyph
from tracer.graph import Quantity
from tracer.graph_symbols import glyph_of
from tracer.indices import shown
from tracer.rounding import exact
from tracer.solved_graph import SolvedGraph

Lookup = Callable[[str], Formula]


def written(tree: Tree, lookup: Lookup) -> Formula:
    """A formula in the order in which its author wrote it, with ``lookup`` for its names."""
    match tree:
        case Number(value):
            return Num(exact(to_fmpq(value)))
        case Name(name, ()):
            return lookup(name)
        case Name():
            return _indexed(tree)
        case Over(own, body):
            low, high = shown(own.low), shown(own.high)
            return formula.OverRange(own.variable, low, high, written(body, lookup))
        case Minus(body):
            return Neg(written(body, lookup))
        case Power(base, exponent):
            return formula.Power(written(base, lookup), exponent)
        case Quotient(top, bottom):
            return formula.Quotient(written(top, lookup), written(bottom, lookup))
        case Sum(parts):
            return formula.Sum(tuple(written(part, lookup) for part in parts))
        case Product(parts):
            return Prod(tuple(written(part, lookup) for part in parts))
        case Call(function, (arg,)):
            return Apply(function, written(arg, lookup))
        case Call(function, parts):
            return Apply(function, Args(tuple(written(part, lookup) for part in parts)))
    raise TypeError(type(tree).__name__)


def general(own: Statement) -> Equation:
    """``h_t = tanh(a_t)``: a statement with its indices as they stand in the file."""
    return Equation(_indexed(own.target), (Part("=", written(own.formula, Var)),))


def _indexed(name: Name) -> Formula:
    below = ",".join(map(shown, name.indices))
    glyph = glyph_of(name.name)
    return Letter(Glyph(glyph.base, ",".join(part for part in (glyph.sub, below) if part)))


def step(s: SolvedGraph, name: str, state: int) -> Equation:
    """``q = x + y = -2 + 5 = 3``; what is given has no formula."""
    tree = s.formulas.get(name)
    if tree is None:
        return Equation(Var(name), (Part("=", s.num(name, state)),))
    symbols = written(tree, Var)
    numbers = written(tree, lambda used: s.num(used, state))
    parts = s.parts((numbers,), name, state, newline=False)
    return Equation(Var(name), (Part("=", symbols), *parts))


def gradient(s: SolvedGraph, name: str, state: int) -> Equation:
    """``∂f/∂x = ∂f/∂q · ∂q/∂x = ∂f/∂q · y = 2 · 5 = 10``, a term for each reader of ``x``."""
    output = s.problem.output
    own = ids.partial(output, name)
    named: list[Formula] = []
    symbols: list[Formula] = []
    numbers: list[Formula] = []
    readers = s.readers(name)
    for reader in readers:
        local = local_symbols(s, reader, name)
        value = local_numbers(s, reader, name, state)
        if reader == output:
            # where it is a matter of cases there is no formula
            own_part = value if isinstance(local, Partial) else local
            named.append(own_part)
            symbols.append(own_part)
            numbers.append(value)
        else:
            above = Partial(output, reader)
            named.append(Prod((above, Partial(reader, name))))
            symbols.append(Prod((above, local)))
            numbers.append(Prod((s.num(ids.partial(output, reader), state), value)))
    left = Partial(output, name)
    if not readers:
        return Equation(left, (Part("=", s.num(own, state)),))
    worked = formula.summed(tuple(numbers))
    links = dict.fromkeys(formula.summed(tuple(link)) for link in (named, symbols))
    head = tuple(Part("=", link) for link in links if link not in (left, worked))
    return Equation(left, (*head, *s.parts((worked,), own, state, newline=False)))


def local_symbols(s: SolvedGraph, reader: str, name: str) -> Formula:
    """A local derivative in symbols; where it is a matter of cases, ReLU' or only its name."""
    match s.formulas[reader]:
        case Call("relu", (Name(arg, _),)):
            return Apply("relu", Var(arg), prime=True)
    return _local(s, reader, name) or s.local_name(reader, name)


def local_numbers(s: SolvedGraph, reader: str, name: str, state: int) -> Formula:
    """A local derivative in numbers; where it is a matter of cases, its value."""
    found = _local(s, reader, name)
    if found is None:
        return s.num(s.local_id(reader, name), state)
    return mapped(found, lambda own: s.num(own.id, state) if isinstance(own, Var) else own)


def _local(s: SolvedGraph, reader: str, name: str) -> Formula | None:
    """The derivative of a step by something it reads, as books print it where they do."""
    form = textbook(s.formulas[reader])
    if form is not None:
        args = Var(name), Var(reader)
        return formula.from_sympy(form.expr, dict(zip(form.symbols, args, strict=True)))
    outer = _outer(s, reader)
    own = s.trace.index[reader] if outer is None else Quantity(reader, terms_of(outer[1]))
    terms = local_terms(own, name)
    if any(term.template.expr.has(Piecewise) for term in terms):
        return None
    found = formula.summed(
        tuple(
            formula.from_sympy(
                factor_terms(term.template.expr),  # 2(y - t), which SymPy had multiplied out
                dict(zip(term.template.symbols, map(Var, term.args), strict=True)),
            )
            for term in terms
        )
    )
    found = in_order_of(written(s.formulas[reader], Var), found)
    if outer is None:
        return found
    return outer[0] if found == formula.whole(1) else formula.product(_factors(outer[0], found))


def _outer(s: SolvedGraph, reader: str) -> tuple[Formula, Tree] | None:
    """``y (1 - y)`` and ``w x + b`` of ``y = sigmoid(w x + b)``: the chain rule within a step.

    None where books have no such form. By hand it would be of the rounded value, and is not.
    """
    match s.formulas[reader]:
        case Call(function, (inner,)) if s.problem.numbers.policy != "step":
            form = textbook(Call(function, (Name("x"),)))
            if form is not None and form.symbols[0] not in form.expr.free_symbols:
                return formula.from_sympy(form.expr, {form.symbols[1]: Var(reader)}), inner
    return None


def _factors(*parts: Formula) -> tuple[Formula, ...]:
    return tuple(f for part in parts for f in (part.factors if isinstance(part, Prod) else (part,)))


def derivation(s: SolvedGraph, quantity: str) -> Equation:
    """The equation of any quantity of the trace: its rule in symbols, in numbers, its value."""
    state, base = ids.split_step(quantity)
    return Equation(addressed(s, quantity), _derived(s, base, state).parts)


def _derived(s: SolvedGraph, base: str, state: int) -> Equation:
    name = s.derived(base)
    if name is not None:
        return gradient(s, name, state)
    if base == ids.partial(s.problem.output, s.problem.output):
        return Equation(addressed(s, base), (Part("=", s.num(base, state)),))
    if base.endswith(ids.POWER) or (state and s.trace.is_update(base)):
        return made(s, addressed(s, base), base, state)
    local = s.locals.get(base)
    if local is None:
        return step(s, base, state)
    reader, name = local
    left = s.local_name(reader, name)
    symbols = local_symbols(s, reader, name)
    head = () if symbols == left else (Part("=", symbols),)
    numbers = local_numbers(s, reader, name, state)
    return Equation(left, (*head, *s.parts((numbers,), base, state, newline=False)))


def addressed(s: SolvedGraph, quantity: str) -> Formula:
    """The symbol of any quantity of the graph, with its step where it has one."""
    state, base = ids.split_step(quantity)
    derived = s.derived(base)
    body: Formula = Var(base)
    if derived is not None:
        body = Partial(s.problem.output, derived)
    elif base in s.locals:
        body = s.local_name(*s.locals[base])
    elif base == ids.partial(s.problem.output, s.problem.output):
        body = Partial(s.problem.output, s.problem.output)
    return body if state == 0 else At(body, None, state)
