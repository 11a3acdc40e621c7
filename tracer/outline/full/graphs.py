"""The parts of a graph's page that are not those of a network's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from flint import fmpq

from tracer import ids
from tracer.activations import ACTIVATIONS
from tracer.blocks import (
    Block,
    Cell,
    Display,
    Flow,
    Heading,
    Paragraph,
    Subheading,
    Table,
    Text,
)
from tracer.chain import paths
from tracer.derivation.steps import gradient, local_symbols, written
from tracer.expressions import Call, Name, Number, Power, Product, Quotient, Sum, Tree
from tracer.formula import Arrow, Equation, Neg, Partial, Var, product, whole
from tracer.outline.full.blanks import symbolic
from tracer.outline.full.products import Worked, words_of_table
from tracer.outline.full.segment import MOST_DRAWN, drawn
from tracer.outline.words import in_words
from tracer.solved_graph import SolvedGraph
from tracer.trees import names_in
from tracer.workings import term


def indices(s: SolvedGraph) -> Iterator[Block]:
    """One edge with its local derivative, then every kind of symbol with its meaning."""
    yield Heading("Symbols")
    first = s.problem.definitions[0].id
    edges = [(name, own) for name in s.problem.wrt for own in s.readers(name)]
    edges.sort(key=lambda edge: edge[1] == s.problem.output)  # others say more
    read, reader = edges[0] if edges else (s.trace.index[first].uses[0], first)
    yield Flow(((Equation(Arrow(Var(read), s.local_name(reader, read), Var(reader))),),))
    yield Paragraph(
        (Var(reader), " reads ", Var(read), "; on the arrow stands its local derivative.")
    )
    indexed = next((own.id for own in s.problem.definitions if "[" in own.id), None)
    if indexed is not None:
        yield Paragraph(("The index of ", Var(indexed), " counts; it is no power and no factor."))
    yield Table((("symbol",), ("meaning",)), tuple(_rows(s)), 1)


def _rows(s: SolvedGraph) -> Iterator[tuple[Cell, ...]]:
    output = s.problem.output
    first = next(iter(s.problem.given), None)
    if first is not None:
        yield Var(first), ("given, as are all that the box lists",)
    step = s.problem.definitions[0].id
    if step != output:
        yield Var(step), ("a step: computed from what it reads",)
    yield Var(output), ("the output, which is derived",)
    for name in s.problem.wrt[:1]:
        yield Partial(output, name), ("how fast ", Var(output), " changes with ", Var(name))
    local = next(((r, n) for n in s.problem.wrt for r in s.readers(n) if r != output), None)
    if local is not None:
        yield Partial(*local), ("local derivative: all else that is read held fixed",)
    if s.problem.steps:
        yield Var(ids.LEARNING_RATE), ("learning rate: how far a step goes",)


def local_derivatives(s: SolvedGraph) -> Iterator[Block]:
    """Every local derivative with its number, before any of them is used."""
    rows = []
    for own, (reader, name) in s.locals.items():
        if own not in s.trace.index:  # by what does not depend on what is asked for
            continue
        symbols = local_symbols(s, reader, name)
        left = s.local_name(reader, name)
        rows.append(
            (
                left,
                "" if symbols == left else symbols,
                s.num(own, 0),
            )
        )
    if rows:
        yield Paragraph(("The local derivatives, at these values:",))
        yield Table((("derivative",), ("is",), ("number",)), tuple(rows), 1)
        yield from direct_words(s, s.locals)


def direct_words(s: SolvedGraph, names: Iterable[str]) -> Iterator[Block]:
    """What ∂⁺ means, at the first of some local derivatives, by their ids, that is written so."""
    pairs = (s.locals[name] for name in names if name in s.locals)
    found = next((own for own in (s.local_name(*pair) for pair in pairs) if own.direct), None)
    if found is None:
        return
    output, whole_one = Var(found.of), Partial(found.of, found.wrt)
    yield Paragraph(
        (
            found,
            " counts only where ",
            output,
            " itself reads ",
            Var(found.wrt),
            ", all else in it held fixed; ",
            whole_one,
            " is the sum over all ways from ",
            Var(found.wrt),
            " to ",
            output,
            ".",
        ),
        remark=True,
    )


def output_words(s: SolvedGraph) -> Iterator[Block]:
    """What a sum or a half of the output does to its gradients, where there is one."""
    tree, output = s.formulas.get(s.problem.output), Var(s.problem.output)
    if tree is None:
        return
    terms = tree.terms if isinstance(tree, Sum) else (tree,)
    if len(terms) > 1 and all(type(term) is type(terms[0]) for term in terms):
        count = len(terms)
        words = f" is the sum of {in_words(count, 'term')}, not their mean, whose gradients would "
        rest = f"be {in_words(count, 'time')} smaller."
        yield Paragraph((output, words + rest), remark=True)
    if all(_is_square(term) for term in terms):
        words = "The derivative of each square has a factor 2."
        if all(_is_half(term) for term in terms):
            words = "The factor 1/2 cancels the 2 that the derivative of each square has."
        yield Paragraph((words,), remark=True)


def _is_square(tree: Tree) -> bool:
    match tree:
        case Power(_, 2):
            return True
        case Quotient(top, Number()):
            return _is_square(top)
        case Product((Number() | Quotient(Number(), Number()), body)):
            return _is_square(body)
    return False


def _is_half(tree: Tree) -> bool:
    match tree:
        case Quotient(_, Number(bottom)):
            return bottom == 2
        case Product((Number(factor), _)):
            return factor * 2 == 1
        case Product((Quotient(Number(top), Number(bottom)), _)):
            return top * 2 == bottom
    return False


def segment(s: SolvedGraph, name: str) -> Iterator[Block]:
    """The gradient of one quantity at the first step."""
    own = ids.partial(s.problem.output, name)
    equation = gradient(s, name, 0)
    readers = s.readers(name)
    tabled = s.shows("samples") and len(readers) > 1
    if not (s.shows("paths") or s.shows("reasons") or tabled):
        yield Display((equation,), own)
        return
    yield Subheading(("Gradient by ", Var(name)))
    if s.shows("paths"):
        yield from _paths(s, name)
    if tabled:
        parts = s.parts((), own, 0, newline=False)
        equation = Equation(equation.left, (*symbolic(equation).parts, *parts))
    yield Display((equation,), own)
    if s.shows("reasons") and readers:
        rows = tuple(_reason(s, reader, name) for reader in readers)
        yield Table((("factor",), ("is",), ("number",), ("because",)), rows, 1)
    if tabled:
        yield _uses(s, name)


def _paths(s: SolvedGraph, name: str) -> Iterator[Block]:
    output = s.problem.output
    above = {own: s.readers(own) for own in (*s.problem.given, *s.formulas)}
    count = s.path_counts[name]
    if not count:
        yield Paragraph(("Path: none leads from ", Var(name), " to ", Var(output), "."))
        return
    found = list(islice(paths(above, name, output), MOST_DRAWN))
    yield Paragraph(drawn(found, count, name, output))


def _reason(s: SolvedGraph, reader: str, name: str) -> tuple[Cell, ...]:
    left = s.local_name(reader, name)
    symbols = local_symbols(s, reader, name)
    number = s.num(s.local_id(reader, name), 0)
    return (left, "" if symbols == left else symbols, number, _because(s, reader, name))


def _because(s: SolvedGraph, reader: str, name: str) -> Text:
    symbols = local_symbols(s, reader, name)
    match s.formulas[reader]:
        case Call("max" | "min"):
            return ("1 by the one taken, else 0",)
        case Call("relu"):
            return ("1 where ", Var(name), " > 0, else 0")
        case Call(function):
            textbook = ACTIVATIONS[function].textbook if function in ACTIVATIONS else None
            ending = ", from its own output" if textbook is not None else ""
            return (f"derivative of {function}{ending}",)
    if symbols == whole(1):
        return (Var(name), " is added as it is")
    if symbols in (whole(-1), Neg(whole(1))):
        return (Var(name), " is subtracted as it is")
    beside = _beside(s.formulas[reader], name)
    if beside:
        is_given = all(isinstance(factor, Number) for factor in beside)
        rest = product(tuple(written(factor, Var) for factor in beside))
        words = (Var(reader), " has ", Var(name), " times ", rest)
        return words if is_given else (*words, ", held fixed")
    return ("all else in ", Var(reader), " held fixed")


def _beside(tree: Tree, name: str) -> tuple[Tree, ...]:
    """What a name is multiplied by in the only term that has it; nothing where it is not so."""
    terms = tree.terms if isinstance(tree, Sum) else (tree,)
    found = [term for term in terms if name in names_in(term)]
    if len(found) != 1 or not isinstance(found[0], Product):
        return ()
    factors = found[0].factors
    own = [factor for factor in factors if name in names_in(factor)]
    if len(own) != 1 or not isinstance(own[0], Name):
        return ()
    beside = tuple(factor for factor in factors if factor is not own[0])
    return () if len(beside) == 1 and isinstance(beside[0], Sum) else beside


def _uses(s: SolvedGraph, name: str) -> Table:
    """A row for each step that reads a quantity, a column for each factor, and the sum."""
    output = s.problem.output
    own = ids.partial(output, name)
    rows: list[tuple[Cell, ...]] = []
    products: list[Worked] = []
    for position, reader in enumerate(s.readers(name)):
        number = s.num(ids.partial(output, reader), 0)
        local_number = s.num(s.local_id(reader, name), 0)
        products.append(((number, local_number), s.working(term(own, position), 0)))
        rows.append((Var(reader), number, local_number, products[-1][1]))
    heading, of_sum = words_of_table(products, s.num(own, 0), fmpq(1), fmpq(0))
    head: tuple[Cell, ...] = (
        ("read by",),
        (Var(output), " by that"),
        ("that by ", Var(name)),
        (heading,),
    )
    rows.append(((of_sum,), "", "", s.num(own, 0)))
    return Table(head, tuple(rows), 1, total=True)
