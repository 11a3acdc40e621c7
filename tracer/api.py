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
from tracer.asking import check_view, is_in_symbols, own_views, with_layers, with_page
from tracer.blocks import Figure, Page
from tracer.chain import Path as ChainPath
from tracer.chain import path_counts, paths
from tracer.derivation.quantity import addressed
from tracer.errors import Fault, InputError, NotSupported
from tracer.excerpts import WHOLE, Part, excerpt
from tracer.graph_problem import GraphProblem
from tracer.outline.page import (
    derivation_page,
    needed,
    needed_in_symbols,
    page,
    workings_needed,
)
from tracer.page_options import (
    NO_VIEWS,
    graph_view_fault,
    mixed_fault,
)
from tracer.pieces import derived
from tracer.problem import AnyProblem, Problem
from tracer.reading import resolve
from tracer.renderers import PICTURED, Job, no_plots, render
from tracer.renderers.shown import Picture, bundle, named
from tracer.schema import VIEWS
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph
from tracer.solving import known_values, same_numbers, values_of
from tracer.trace import build, expression, rule_expression
from tracer.typeset import LatexPrinter
from tracer.values import Progress, evaluate

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
        # imported only now: most pages and formats do without one or both
        if pictures and self.solved.shows("diagrams"):
            from tracer.diagrams.pages import with_pictures

            whole = with_pictures(self.solved, whole)
        if pictures and self.solved.shows("plots") and not self.asked:
            from tracer.plots.pages import with_plots

            whole = with_plots(self.solved, whole)
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
            more = values_of(solved.trace, solved.problem, wanted, (), ())
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
    check_view(view, VIEWS)
    if view != "auto" and isinstance(problem, GraphProblem):
        raise InputError(Fault("view", graph_view_fault(view), argument=True))
    if views and isinstance(problem, GraphProblem):
        raise InputError(Fault("views", NO_VIEWS, argument=True))
    problem = with_page(problem, only, detail, show, hide)
    if mixed := mixed_fault(view, problem.page.detail, problem.page.show):
        raise InputError(Fault("view", mixed, argument=True))
    if not _has_values(problem) and (view != "function" or views):
        raise InputError(Fault("view", NO_DATA, argument=True))
    earlier = known.solved if known and same_numbers(known.solved.problem, problem) else None
    trace = earlier.trace if earlier else build(problem)
    asked = tuple(resolve([only] if isinstance(only, str) else only, trace.index, problem))
    own = {} if isinstance(problem, GraphProblem) else own_views(problem, trace, view, views or {})
    if view == "function":
        worked = tuple(name for name in asked if not is_in_symbols(name, own))
        if worked and not _has_values(problem):
            raise InputError(Fault("only", f"{worked[0]} is a number; {NO_DATA}", argument=True))
        wanted = needed_in_symbols(trace, with_layers(trace, worked, view, own))
    else:
        wanted = needed(problem, trace, with_layers(trace, asked, view, own))
    extra = () if asked else tuple(workings_needed(problem, trace))
    found = known_values(earlier, (*wanted, *extra)) or values_of(
        trace, problem, wanted, extra, asked, progress
    )
    workings = {name: found.pop(name) for name in extra}
    solved: Worked
    if isinstance(problem, GraphProblem):
        solved = SolvedGraph(problem, trace, found, workings=workings)
    else:
        solved = Solved(problem, trace, found, view, own, workings=workings)
    return Solution(solved, asked, options=options)
