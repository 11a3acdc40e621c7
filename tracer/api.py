"""The pipeline on a page: a problem in, its trace, its values, a page, a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, overload

from sympy import Expr

from tracer import ids
from tracer.blocks import Figure, Page
from tracer.chain import Path as ChainPath
from tracer.chain import path_counts, paths
from tracer.check_options import USUAL
from tracer.derivation.quantity import addressed
from tracer.errors import Fault, InputError, NotSupported, did_you_mean
from tracer.excerpts import WHOLE, Part, excerpt
from tracer.graph_faults import explained
from tracer.graph_problem import GraphProblem
from tracer.outline.page import (
    derivation_page,
    needed,
    needed_in_symbols,
    page,
    skipped,
    workings_needed,
)
from tracer.page_options import (
    AUTO,
    MATRIX_FAULT,
    NO_VIEWS,
    graph_part_fault,
    graph_view_fault,
    mixed_fault,
)
from tracer.page_symbols import with_symbols
from tracer.pieces import derived
from tracer.printing import Value
from tracer.problem import AnyProblem, Problem
from tracer.reading import resolve
from tracer.renderers import PICTURED, Job, no_plots, render
from tracer.renderers.shown import Picture, bundle, named
from tracer.schema import VIEWS
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph
from tracer.trace import Trace, build, expression, rule_expression
from tracer.typeset import LatexPrinter
from tracer.values import Progress, evaluate, state_of
from tracer.workings import evaluated

# a chain longer than this is no longer for reading
_MOST_PATHS = 10_000


@dataclass(frozen=True, slots=True, repr=False)
class SolvedQuantity:
    """One quantity of a solution."""

    id: str
    solved: Worked
    solution: Solution

    def __repr__(self) -> str:
        return f"<{self.id} = {self.solved.values[self.id].number.text}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """How a notebook shows it: its derivation as it stands on the page, or else alone."""
        alone = self.solution.derivation(self.id)
        return bundle(alone.solved, alone._written(pictures=False), repr(self))

    @property
    def value(self) -> Decimal:
        """The value as printed, a number without unit: rounded to the problem's digits.

        What is printed as a fraction is rounded to its digits here.
        """
        return Decimal(self.solved.decimal(self.id))

    @property
    def exact(self) -> Fraction | None:
        """The exact value, or None where it is irrational."""
        value = self.solved.values[self.id].exact
        return None if value is None else Fraction(int(value.p), int(value.q))

    @property
    def rule(self) -> Expr:
        """The quantity in terms of those that it is computed from, in SymPy."""
        return rule_expression(self.solved.trace.rule(self.id))

    @property
    def expr(self) -> Expr:
        """The quantity in full, in the symbols of parameters, inputs and targets, in SymPy.

        For a gradient this equals ``sympy.diff`` of the composed loss.
        """
        return expression(self.solved.trace, self.id)

    @property
    def latex(self) -> str:
        """The quantity's symbol in LaTeX."""
        return LatexPrinter(self.solved.symbols, 0).line(addressed(self.solved, self.id))

    @property
    def chain(self) -> tuple[ChainPath, ...]:
        """For a gradient the paths from the loss to the parameter; empty for all else.

        Raises NotSupported where there are more than 10,000.
        """
        graph = self.solved.trace.graph
        found = ids.parse(self.id) if graph.samples else None
        if found is None or found.wrt is None or found.wrt.kind not in "wba" or found.sample:
            return ()
        count = path_counts(graph)[str(found.wrt)]
        if count > _MOST_PATHS:
            raise NotSupported(f"{self.id}: {count:,} paths, more than {_MOST_PATHS:,}")
        return tuple(paths(self.solved.trace.readers, str(found.wrt)))


@dataclass(frozen=True, slots=True, repr=False)
class Solution:
    """A solved problem. ``solution["dloss/dw1[1,2]"]`` is a quantity; `render` writes a page.

    On the last line of a notebook's cell the solution shows its page, as does a `section` of it,
    and a quantity its derivation. ``options`` are what `solve` was told.
    """

    solved: Worked
    asked: tuple[str, ...] = ()
    part: Part = WHOLE
    options: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        if self.part != WHOLE:
            return named(self.part, self.solved.problem.title)
        return f"<Solution of {self.solved.problem.title!r}: {len(self.ids)} quantities>"

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all quantities that have been evaluated, in the order of the solution."""
        return self.solved.stated

    def __getitem__(self, name: str) -> SolvedQuantity:
        """A quantity by its id, or by its LaTeX spelling. Raises KeyError with a suggestion."""
        try:
            (found,) = resolve([name], self.solved.trace.index, self.solved.problem)
        except InputError as error:
            raise KeyError(str(error)) from None
        if not _has_values(self.solved.problem):
            raise KeyError(NO_DATA)
        if found not in self.solved.values:
            more = evaluate(self.solved.trace, self.solved.problem, [found])
            solved = replace(self.solved, values={**self.solved.values, **more})
            return SolvedQuantity(found, solved, self)
        return SolvedQuantity(found, self.solved, self)

    @property
    def page(self) -> Page:
        """What `render` writes, in no format yet."""
        return self._written(pictures=True)

    def _written(self, *, pictures: bool) -> Page:
        """The page, in formats without pictures without the work that they are."""
        if self.part.plots:
            from tracer.plots.pages import plots_page

            return plots_page(self.solved)
        whole = derivation_page(self.solved, self.asked) if self.asked else page(self.solved)
        if pictures:  # imported only now: text does without
            from tracer.diagrams.pages import with_pictures
            from tracer.plots.pages import with_plots

            whole = with_pictures(self.solved, whole)
            whole = whole if self.asked else with_plots(self.solved, whole)
        return excerpt(whole, self.part)

    def section(self, name: str) -> Solution:
        """The part of the page under a heading; of a title that comes twice ``Gradients (2)``.

        Raises InputError with a suggestion.

        >>> import tracer
        >>> solution = tracer.solve(tracer.load(tracer.DECK))
        >>> solution.section("Initial MSE")
        <Solution of 'Deep Learning': Initial MSE>
        """
        return self._part(Part(sections=(name,)))

    def before(self, name: str) -> Solution:
        """What the page says between a derivation and the one before it: words, and tables.

        ``name`` is the id of what is derived. Raises InputError where the page does not derive it.
        """
        return self._part(Part(before=self[name].id))

    def _part(self, part: Part) -> Solution:
        found = self.excerpt(part)
        found.page.blocks  # noqa: B018 a part that is not there is noticed here
        return found

    def diagram(self, name: str = "") -> Picture:
        """A picture: the whole network, or the ways from a parameter to the loss.

        ``name`` is the id of the gradient by the parameter. Raises InputError where there is no
        picture: of what is no gradient, or would be too large to be read.
        """
        from tracer.diagrams.chosen import drawing

        own = self[name].id if name else ""
        found = drawing(self.solved, own)
        if found is None:
            what = own or "this problem"
            message = f"there is no diagram of {what}: none can be drawn, or it would be too large"
            raise InputError(Fault("diagram", message, argument=True))
        return Picture(found, self.solved.symbols, own)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of the page, or of a part of it, in order: each can be shown by itself."""
        symbols = self.solved.symbols
        figures = (block for block in self.page.blocks if isinstance(block, Figure))
        return tuple(Picture(figure.drawing, symbols, figure.id) for figure in figures)

    def derivation(self, name: str) -> Solution:
        """The derivation of a quantity: as it stands on the page, or else alone."""
        own = self[name].id
        if any(own == found.id for found in derived(self._written(pictures=False).blocks)):
            return self.excerpt(Part(derived=own))
        options = {name: told for name, told in self.options.items() if name in ("view", "views")}
        return solve(self.solved.problem, only=own, known=self, **options)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """How a notebook shows it: the page, of a long one the head."""
        # the section of plots is only there with them
        shown = self._written(pictures=bool(self.part.sections))
        if self.part != WHOLE:
            shown = replace(shown, title="")
        return bundle(self.solved, shown, repr(self))

    @overload
    def render(  # type: ignore[overload-overlap]
        self,
        to: Literal["pdf", "slides"],
        *,
        templates: Path | None = None,
        engine: str | None = None,
    ) -> bytes: ...
    @overload
    def render(
        self,
        to: str = "text",
        *,
        fragment: bool = False,
        flavour: str = "github",
        width: int = 80,
        templates: Path | None = None,
        engine: str | None = None,
    ) -> str: ...
    def render(
        self,
        to: str = "text",
        *,
        fragment: bool = False,
        flavour: str = "github",
        width: int = 80,
        templates: Path | None = None,
        engine: str | None = None,
    ) -> str | bytes:
        """The solution as a document in the format ``to``, one of `renderers.FORMATS`.

        ``pdf`` and ``slides`` are bytes, all others text. ``engine`` sets them: ``typst``, a
        package, or one of ``pdflatex``, ``lualatex`` and ``tectonic``, where it is installed.
        ``fragment`` leaves out what makes it a document of its own; ``flavour`` is whose Markdown:
        ``github``, ``pandoc`` or ``myst``; ``width`` is the length of lines of plain text, in
        characters; ``templates`` is a folder whose files replace built-in ones of the same name.

        Raises InputError where there is no such format, engine or template, the engine is not
        installed, or the format has no such content.
        """
        solved = self.solved
        if to == "json" and not _has_values(solved.problem):
            raise InputError(Fault("to", f"json has values alone, and {NO_DATA}", argument=True))
        if to == "json" and isinstance(solved, Solved) and solved.view == "function":
            # the page has no numbers, and JSON nothing else
            wanted = needed(solved.problem, solved.trace, self.asked)
            more = _values(solved.trace, solved.problem, wanted, (), ())
            solved = replace(solved, values={**more, **solved.values})
        if self.part.plots and (fault := no_plots(to)):
            raise InputError(Fault("plot", fault, argument=True))
        if to == "ipynb" and self.part != WHOLE:
            message = "a notebook is of a whole solution, not of a part of its page"
            raise InputError(Fault("to", message, argument=True))
        own = replace(self, solved=solved)
        content = own.page if to in PICTURED else own._written(pictures=False)
        job = Job(
            solved,
            content,
            self.asked,
            fragment,
            flavour,
            width,
            templates,
            engine,
            options=self.options,
        )
        return render(to, job)

    @property
    def plots(self) -> Solution:
        """The plots alone: ``solution.plots.render("html")``.

        Raises InputError, when it is written, where there is nothing to draw.
        """
        return self.excerpt(Part(plots=True))

    def excerpt(self, part: Part) -> Solution:
        """The same solution, of whose page only a part is written.

        Raises InputError, when it is written, where the page has no such part.
        """
        return replace(self, part=part)


NO_DATA = "the problem has no data, without which there is only the view function"


def _has_values(problem: AnyProblem) -> bool:
    return not isinstance(problem, Problem) or problem.has_data


def solve(
    problem: AnyProblem,
    *,
    only: str | Sequence[str] = (),
    view: str | None = None,
    views: Mapping[str, str] | None = None,
    detail: str | None = None,
    show: str | Sequence[str] = (),
    hide: str | Sequence[str] = (),
    progress: Progress | None = None,
    known: Solution | None = None,
) -> Solution:
    """Solve a problem: everything that its page prints, or ``only`` what some quantities need.

    ``view``: ``paths`` writes gradients as sums over paths, ``deltas`` with the derivatives by the
    pre-activations, ``auto`` chooses by the number of paths, ``matrix`` writes the page in
    matrices, ``function`` in symbols alone, None is what the problem says. ``views`` has those of
    single gradients, by id.
    ``detail``: ``brief``, ``slides`` or ``full``; ``show`` and ``hide`` name parts of the page to
    add or leave out, as in ``schema.PARTS``; both count more than what the problem says.
    ``known``: a solution of the same problem, whose page may be another; what it has is not
    worked out again.
    Raises InputError where a value does not exist, or an id or view is unknown.
    """
    told = {
        "only": only,
        "view": view,
        "views": views,
        "detail": detail,
        "show": show,
        "hide": hide,
    }
    options = {name: own for name, own in told.items() if own}
    if view is None:
        view = problem.page.view
    _check_view(view, VIEWS)
    if view != "auto" and isinstance(problem, GraphProblem):
        raise InputError(Fault("view", graph_view_fault(view), argument=True))
    if views and isinstance(problem, GraphProblem):
        raise InputError(Fault("views", NO_VIEWS, argument=True))
    problem = _with_page(problem, only, detail, show, hide)
    if mixed := mixed_fault(view, problem.page.detail, problem.page.show):
        raise InputError(Fault("view", mixed, argument=True))
    if not _has_values(problem) and (view != "function" or views):
        raise InputError(Fault("view", NO_DATA, argument=True))
    earlier = known.solved if known and same_numbers(known.solved.problem, problem) else None
    trace = earlier.trace if earlier else build(problem)
    asked = tuple(resolve([only] if isinstance(only, str) else only, trace.index, problem))
    own = {} if isinstance(problem, GraphProblem) else _own_views(problem, trace, view, views or {})
    if view == "function":
        worked = tuple(name for name in asked if not _is_in_symbols(name, own))
        if worked and not _has_values(problem):
            raise InputError(Fault("only", f"{worked[0]} is a number; {NO_DATA}", argument=True))
        wanted = needed_in_symbols(trace, _with_layers(trace, worked, view, own))
    else:
        wanted = needed(problem, trace, _with_layers(trace, asked, view, own))
    extra = () if asked else tuple(workings_needed(problem, trace))
    found = _known(earlier, (*wanted, *extra)) or _values(
        trace, problem, wanted, extra, asked, progress
    )
    workings = {name: found.pop(name) for name in extra}
    solved: Worked
    if isinstance(problem, GraphProblem):
        solved = SolvedGraph(problem, trace, found, workings=workings)
    else:
        solved = Solved(problem, trace, found, view, own, workings=workings)
    return Solution(solved, asked, options=options)


def same_numbers(one: AnyProblem, other: AnyProblem) -> bool:
    """Whether two problems have the same trace and values, whatever their pages say of them."""
    if isinstance(one, Problem) and isinstance(other, Problem):
        other = replace(other, notation=one.notation)
    return _unspoken(one) == _unspoken(other)


def _unspoken(problem: AnyProblem) -> AnyProblem:
    return replace(problem, title="", question="", page=AUTO, check=USUAL)


def _known(earlier: Worked | None, wanted: Sequence[str]) -> dict[str, Value]:
    """Values that have been worked out already; empty unless all that are wanted have been."""
    found = {**earlier.values, **earlier.workings} if earlier else {}
    if not found.keys() >= set(wanted):
        return {}
    assert earlier is not None
    index = earlier.trace.index
    return {name: found[name] for name in sorted(wanted, key=lambda n: state_of(index, n)[0])}


def _values(
    trace: Trace,
    problem: AnyProblem,
    wanted: Sequence[str],
    extra: Sequence[str],
    asked: Sequence[str],
    progress: Progress | None = None,
) -> dict[str, Value]:
    """What the page prints; derivatives that it does without may be too large to have a value."""
    try:
        return evaluated(trace, problem, wanted, extra, progress)
    except InputError as error:
        if isinstance(problem, GraphProblem):
            raise explained(trace, problem, error) from None
        spare = skipped(problem, wanted, asked)
        if not spare.issuperset(fault.where for fault in error.faults):
            raise
    rest = [name for name in wanted if name not in spare]
    return evaluated(trace, problem, rest, extra, progress)


def _is_in_symbols(name: str, own: Mapping[str, str]) -> bool:
    """Whether a derivation on a page of functions has no numbers: that of a gradient."""
    found = ids.parse(name)
    is_gradient = found and found.wrt and found.sample is None and found.of.kind == ids.LOSS
    return bool(is_gradient) and own.get(name, "function") == "function"


def _with_layers(
    trace: Trace, asked: Sequence[str], view: str, own: Mapping[str, str]
) -> tuple[str, ...]:
    """What is asked for, and beside a gradient in matrix form those of its whole layer."""
    found = list(asked)
    for name in asked:
        parsed = ids.parse(name)
        if parsed is None or parsed.wrt is None or own.get(name, view) != "matrix":
            continue
        layer, kind = parsed.wrt.layer, parsed.wrt.kind
        found += [
            ids.later(ids.partial(ids.LOSS, parameter), parsed.step)
            for parameter in trace.graph.parameters
            if parameter[0] == kind and ids.layer_of(parameter) == layer
        ]
    return tuple(dict.fromkeys(found))


def _check_view(view: str, known: Sequence[str], argument: str = "view") -> None:
    if view not in known:
        choices = ", ".join(known)
        raise InputError(
            Fault(
                argument,
                f"no view {view!r}; use one of {choices}{did_you_mean(view, known)}",
                argument=True,
            )
        )


def _own_views(
    problem: Problem, trace: Trace, view: str, asked: Mapping[str, str]
) -> Mapping[str, str]:
    """The views of single gradients by their ids: the problem's, and over them those asked for."""
    for word in asked.values():
        _check_view(word, VIEWS, "views")
    names = resolve(tuple(asked), trace.index, problem)
    gradients = {ids.partial(ids.LOSS, name) for name in trace.graph.parameters}
    for name in names:
        if name not in gradients:
            message = f"{name} is no gradient; those have views, such as {min(gradients)}"
            raise InputError(Fault("views", message, argument=True))
    if asked and view == "matrix":
        raise InputError(Fault("views", MATRIX_FAULT, argument=True))
    own = {} if view == "matrix" else problem.page.views
    return {**own, **dict(zip(names, asked.values(), strict=True))}


def _with_page(
    problem: AnyProblem,
    only: str | Sequence[str],
    detail: str | None,
    show: str | Sequence[str],
    hide: str | Sequence[str],
) -> AnyProblem:
    """The problem with what its page is to show, and the symbols that this needs."""
    show, hide = ([names] if isinstance(names, str) else names for names in (show, hide))
    if only and (detail or show or hide):
        option = "detail" if detail else "show" if show else "hide"
        raise InputError(
            Fault(
                option,
                "is for the whole page; here only derivations are asked for",
                argument=True,
            )
        )
    if only:  # a derivation reads as on the slides, whatever the page around it
        return replace(problem, page=replace(problem.page, detail="slides", show=(), hide=()))
    chosen = problem.page.changed(detail, show, hide)
    if isinstance(problem, GraphProblem):
        for option, names in (("show", show), ("hide", hide)):
            for name in names:
                if fault := graph_part_fault(name, is_worked=not problem.slopes):
                    raise InputError(Fault(option, fault, argument=True))
        return replace(problem, page=chosen)
    return with_symbols(replace(problem, page=chosen))
